"""Writing products, in batches: new ones, changed ones, and removals, which the shop's batches would make final."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from app.connectors.base import Removal, Snapshot, Write, Written
from app.connectors.woocommerce import product_state, repricing, sku, taxed, trash
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.extra import OwnFields
from app.connectors.woocommerce.measures import Measures
from app.connectors.woocommerce.outcomes import Outcomes
from app.connectors.woocommerce.product_record import HIDDEN, SHOWN, SIMPLE, VARIABLE
from app.connectors.woocommerce.records import by_ids, native_id
from app.entities.base import State
from app.errors import AppError, Conflict, Retryable

_PATH: Final = "products"
Show: TypeAlias = Callable[[Sequence[Row]], Awaitable[list[Snapshot]]]


class ProductWrites:
    """`manage_stock`: whether new goods have their stock counted in the shop."""

    def __init__(self, client: WooClient, measures: Measures, own: OwnFields, *, manage_stock: bool) -> None:
        self._client, self._measures, self._own, self._manage_stock = client, measures, own, manage_stock

    async def write(self, writes: Sequence[Write], show: Show) -> list[Written | AppError]:
        """One call for up to 100. The shop's answers are the products as they are stored (recording whx-06)."""
        outcomes = Outcomes(writes)
        await outcomes.guarded(self._remove(outcomes))
        await outcomes.guarded(self._reprice(outcomes))
        await outcomes.guarded(self._send(outcomes))
        await outcomes.guarded(self._recover(outcomes))
        return await outcomes.shown(show)

    async def _remove(self, outcomes: Outcomes) -> None:
        """Into the trash, where a person finds it again; what is there or gone already is as good."""
        deletes = {at: one.ref.native_id for at, one in outcomes.open() if one.ref and one.removal is Removal.DELETE}
        outcomes.add_gone(await trash.put(self._client, {at: f"{_PATH}/{number}" for at, number in deletes.items()}))

    async def _reprice(self, outcomes: Outcomes) -> None:
        """Of products with variations, those come first: what is noted of the product is true when they have moved."""
        wanted = {at: price for at, one in outcomes.open() if (price := _new_base(one)) is not None}
        if not wanted:
            return
        numbers = {at: outcomes.number(at) for at in wanted}
        parents = await by_ids(self._client, _PATH, list(numbers.values()), {"status": "any", "context": "edit"})
        prices = {numbers[at]: price for at, price in wanted.items() if numbers[at] in parents}
        failed = await repricing.move(self._client, self._measures, parents, prices)
        outcomes.add({at: failed[number] for at, number in numbers.items() if number in failed})

    async def _send(self, outcomes: Outcomes) -> None:
        new = {at: self._new(one) for at, one in outcomes.open() if one.ref is None}
        changed = {at: self._changed(one) for at, one in outcomes.open() if one.ref is not None}
        if not new and not changed:
            return
        answers = await self._client.batch(_PATH, create=list(new.values()), update=list(changed.values()))
        outcomes.add(dict(zip([*new, *changed], answers, strict=True)))
        for at in new:
            outcomes.sent(at, ("status", "type"))

    async def _recover(self, outcomes: Outcomes) -> None:
        """New ones whose SKU is taken: by one in the trash, which is taken out of it, or by one that just appeared."""
        refused = {at: str(one.changes["sku"]) for at, one in outcomes.refused(sku.TAKEN) if _is_new(one)}
        if not refused:
            return
        owners = await sku.owners(self._client, refused.values())
        taken = {at: owners[sku.plain(code)] for at, code in refused.items() if sku.plain(code) in owners}
        outcomes.add({at: _taken(row) for at, row in taken.items()})
        await self._restore(outcomes, {at: code for at, code in refused.items() if at not in taken})

    async def _restore(self, outcomes: Outcomes, refused: Mapping[int, str]) -> None:
        """All that the new one would be, in place of the old: also its type, for its variations are in the trash."""
        held = await sku.in_trash(self._client) if refused else {}
        rows = {at: held[sku.plain(code)] for at, code in refused.items() if sku.plain(code) in held}
        bodies = [{**self._new(outcomes.writes[at]), "id": row["id"], "type": SIMPLE} for at, row in rows.items()]
        answers = await self._client.batch(_PATH, update=bodies) if bodies else []
        outcomes.add(dict(zip(rows, answers, strict=True)))
        for at, row in rows.items():
            outcomes.note(at, f"product {row['id']} of the shop's trash has this SKU; it was taken out and used again")

    def _new(self, write: Write) -> Row:
        uncounted = write.changes.get("virtual") or write.changes.get("counted") is False
        counted = self._manage_stock and not uncounted
        stock: Row = {"manage_stock": True} if counted else {}
        body = product_state.body_of(write.changes, None)
        return {"type": SIMPLE, "status": SHOWN, **stock, **self._with_own(body, write)}

    def _changed(self, write: Write) -> Row:
        archived: State = {"status": HIDDEN}
        changes = archived if write.removal is Removal.ARCHIVE else write.changes
        assert write.ref is not None
        return {
            "id": int(write.ref.native_id),
            **self._with_own(product_state.body_of(changes, write.base or {}), write),
        }

    def _with_own(self, body: Row, write: Write) -> Row:
        notes = body.get("meta_data")
        own = self._own.changed(write.changes)
        listed = [*(notes if isinstance(notes, list) else []), *own]
        return {**body, "meta_data": listed} if listed else body


def _is_new(write: Write) -> bool:
    return write.ref is None and bool(write.changes.get("sku"))


def _new_base(write: Write) -> Decimal | None:
    """The new price of a product that has variations."""
    variable = write.ref is not None and write.removal is None and (write.base or {}).get("type") == VARIABLE
    return taxed.amount(write.changes.get("regular_price")) if variable else None


def _taken(row: Row) -> AppError:
    if row.get("type") == "variation":
        return Conflict(
            f"variation {row.get('parent_id')}/{row['id']} has the SKU {row.get('sku')} already",
            code="duplicate_sku",
            field="sku",
        )
    return Retryable(
        f"product {native_id(row)} has the SKU {row.get('sku')}; the retry takes it up", code="appeared", field="sku"
    )
