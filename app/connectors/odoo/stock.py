"""Stock: what is there to sell of one product.product, summed over the quants of the places that count.

What a confirmed order has reserved is sold: a shop's customer bought it, and the shop has counted it off already.

A quantity is written as an inventory adjustment of one place, so that Odoo keeps a stock move of it: count (create in
inventory mode, which merges into the quant that is there), then apply. Writing `quantity` itself would leave no move.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.odoo import product_type, sku
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.counting import Count, Counting
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.places import Places
from app.connectors.odoo.polling import changed_since
from app.connectors.odoo.records import Table, is_id, refuse_patches
from app.connectors.odoo.search import rows_of
from app.connectors.odoo.values import amount_of, flag_of, id_of, ids_of, ref_of
from app.connectors.odoo.variant import CHOICE
from app.connectors.odoo.writing import Stored, settle
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.entities.records import record_key
from app.errors import AppError, Rejected

QUANT: Final = "stock.quant"
LONG_AGO: Final = Cursor(moment="1970-01-01 00:00:00")
"""Before any quant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owner:
    """Product and variant that a stock is of; the variant's number where the product is simple too."""

    number: int
    product: str
    variant: str | None


class StockPort:
    entity_type = EntityType.STOCK
    creates_in_steps = True

    def __init__(self, client: OdooClient, options: OdooOptions, *, extra: Sequence[str] = ()) -> None:
        self._client = client
        self._places = Places(client, options)
        self._counting = Counting(client, self._places)
        self._overlap_s = options.poll_overlap_s
        self._reserved = options.stock_counts == "free"
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=sku.MODEL,
            fields=("product_tmpl_id", CHOICE, *product_type.FIELDS),
            extra=tuple(extra),
        )

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """Two calls: the products, of which only those whose stock Odoo tracks have one, and their quants."""
        rows = [row for row in (await self._table.rows(ids)).values() if product_type.state_of(row)["storable"]]
        there = await self._there([id_of(row.get("id")) or 0 for row in rows])
        shots = await self._table.snapshots(rows, lambda row: _state_of(row, there))
        # The product's date tells nothing of its stock.
        known = {shot.ref.native_id: Snapshot(ref=shot.ref, state=shot.state) for shot in shots}
        return {number: known.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By product and variant (`12|`, `12|31`); an archived product's only where it has no live one."""
        products = {int(one) for key in keys if is_id(one := key.value.split("|")[0])}
        owners = await self._owners(products)
        shots = await self.read([str(owner.number) for owner in owners])
        found: dict[NaturalKey | None, list[Snapshot]] = {}
        for owner in owners:
            key = record_key(self.entity_type, {"product": owner.product, "variant": owner.variant})
            if isinstance(shot := shots[str(owner.number)], Snapshot):
                found.setdefault(key, []).append(shot)
        return {key: found.get(key, [])[:1] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """All the counts in one call, and their application in another; then one read of all."""
        try:
            numbers = await self._numbers(writes)
            shots = await self.read([str(one) for one in numbers.values() if isinstance(one, int)])
        except AppError as error:
            return [error for _ in writes]
        planned = {at: self._count(writes[at], one, shots) for at, one in numbers.items()}
        counted = await self._counting.apply({at: one for at, one in planned.items() if isinstance(one, Count)})
        results: list[Stored | AppError] = []
        for at in range(len(writes)):
            outcome = planned[at] if isinstance(planned[at], AppError) else counted[at]
            number = numbers[at]
            results.append(outcome if isinstance(outcome, AppError) else Stored(native_id=str(number)))
        return await settle(results, self._table, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [{name: state.get(name) for name in ("product", "variant", "quantity")} for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """By the dates of quants in the places that count; at first every product, which may have none."""
        if not cursor.moment:
            tracked = product_type.tracked(await self._client.fields(sku.MODEL))
            async for page in changed_since(self._client, sku.MODEL, tracked, cursor, overlap_s=0):
                yield Page(ids=page.ids, cursor=cursor)
            # Where nothing lies anywhere yet, no quant moves the cursor on, and every product would be shown again.
            yield Page(ids=(), cursor=LONG_AGO)
        domain = await self._places.domain()
        quants = changed_since(self._client, QUANT, domain, cursor, overlap_s=self._overlap_s, of="product_id")
        async for page in quants:
            yield page

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _there(self, numbers: Sequence[int]) -> dict[int, Decimal]:
        sums: dict[int, Decimal] = {}
        if numbers:
            domain: list[Json] = [["product_id", "in", list[Json](numbers)], *await self._places.domain()]
            fields = ["product_id", "quantity", *(["reserved_quantity"] if self._reserved else [])]
            for row in await self._client.search_read(QUANT, domain, fields, order="id"):
                number = id_of(row.get("product_id")) or 0
                sums[number] = sums.get(number, Decimal(0)) + _left(row)
        return sums

    async def _owners(self, products: set[int]) -> list[_Owner]:
        if not products:
            return []
        domain: list[Json] = [["product_tmpl_id", "in", list[Json](sorted(products))]]
        rows = await rows_of(self._client, sku.MODEL, domain, ["product_tmpl_id", CHOICE, "active"])
        alive = {id_of(row.get("product_tmpl_id")) for row in rows if flag_of(row.get("active"))}
        # What a product was before it got variants is archived, and is not its stock any more.
        shown = [row for row in rows if flag_of(row.get("active")) or id_of(row.get("product_tmpl_id")) not in alive]
        return [owner for row in shown if (owner := _owner(row))]

    async def _numbers(self, writes: Sequence[Write]) -> dict[int, int | AppError]:
        """The product.product of each write, by position; a new stock's by its product and variant."""
        creates = {at: write for at, write in enumerate(writes) if write.ref is None}
        keys = {at: record_key(self.entity_type, write.changes) for at, write in creates.items()}
        found = await self.find([key for key in keys.values() if key]) if creates else {}
        numbers: dict[int, int | AppError] = {}
        for at, write in enumerate(writes):
            shots = found.get(key, []) if (key := keys.get(at)) else []
            ref = write.ref or (shots[0].ref if shots else None)
            numbers[at] = int(ref.native_id) if ref and is_id(ref.native_id) else _no_stock()
        return numbers

    def _count(self, write: Write, number: int | AppError, shots: Mapping[str, Snapshot | Gone]) -> Count | AppError:
        if isinstance(number, AppError):
            return number
        if write.removal is not None:
            return Rejected("stock goes with its product in Odoo", code=f"cannot_{write.removal}")
        shot = shots.get(str(number))
        if not isinstance(shot, Snapshot):
            return _no_stock()
        now = Decimal(str(shot.state.get("quantity")))
        wanted = write.changes.get("quantity")
        total = now if wanted is None else Decimal(amount_of(wanted))
        return Count(product=number, wanted=total, now=now, operation_id=write.operation_id)


def _left(quant: Row) -> Decimal:
    return Decimal(amount_of(quant.get("quantity"))) - Decimal(amount_of(quant.get("reserved_quantity")))


def _state_of(row: Row, there: Mapping[int, Decimal]) -> State:
    owner = _owner(row)
    quantity = there.get(id_of(row.get("id")) or 0, Decimal(0))
    return {
        "product": owner.product if owner else None,
        "variant": owner.variant if owner else None,
        "quantity": amount_of(str(quantity)),
    }


def _owner(row: Row) -> _Owner | None:
    number, product = id_of(row.get("id")), ref_of(row.get("product_tmpl_id"))
    if number is None or product is None:
        return None
    return _Owner(number=number, product=product, variant=str(number) if ids_of(row.get(CHOICE)) else None)


def _resolved(desired: Desired) -> Resolved | AppError:
    fields = desired.fields
    state: dict[str, Json] = {}
    if "quantity" in fields:
        if fields["quantity"] is None:
            return Rejected("a stock needs its quantity", field="quantity", code="quantity_missing")
        state["quantity"] = amount_of(fields["quantity"])
    if desired.base is None:
        state |= {"product": fields.get("product"), "variant": fields.get("variant")}
    return Resolved(state=state)


def _no_stock() -> AppError:
    return Rejected(
        "Odoo has no such product, or does not track its stock; make it storable there", code="not_storable"
    )
