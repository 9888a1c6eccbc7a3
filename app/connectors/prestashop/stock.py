"""What a PrestaShop has of a product or a combination: `stock_availables`, one row for each.

The shop makes and deletes the rows by itself (recordings 547, 548). A product with combinations has a row too, whose
quantity is the sum of theirs (549): it is nobody's stock, and is not there for us.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    Page,
    Patch,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.prestashop import changes
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.extra import OwnFields
from app.connectors.prestashop.fields import Kind, as_int, from_shop, native_id, to_shop
from app.connectors.prestashop.records import by_id, by_value, cannot
from app.connectors.prestashop.reference import Reference
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.entities.values import as_amount
from app.errors import AppError, Rejected

FIELDS: Final = {"id_product": Kind.ID, "id_product_attribute": Kind.ID, "quantity": Kind.COUNT}
_DISPLAY: Final = ("id", *FIELDS)
MOST: Final = 2**31 - 1
"""Of an `int(10)` column, in which MySQL refuses more (or, not strict, keeps this)."""


class StockPort:
    entity_type = EntityType.STOCK

    def __init__(self, client: PrestashopClient, reference: Reference, *, extra: Sequence[str] = ()) -> None:
        self._client = client
        self._own = OwnFields(client, reference, "stock_availables", extra)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        rows = await by_id(self._client, "stock_availables", ids, self._display)
        single = [str(as_int(row.get("id_product"))) for row in rows.values() if not _combination(row)]
        combined = await by_value(self._client, "combinations", "id_product", single, ("id", "id_product"))
        live = {number: row for number, row in rows.items() if not _is_total(row, combined)}
        return {number: await self._snapshot(live[number]) if number in live else MISSING for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By product and combination: `12|` and `12|7`."""
        products = list(dict.fromkeys(key.value.partition("|")[0] for key in keys))
        rows = await by_value(self._client, "stock_availables", "id_product", products, self._display)
        found: dict[str, list[Snapshot]] = {}
        for product, held in rows.items():
            combined = any(_combination(row) for row in held)
            for row in held:
                if _combination(row) or not combined:
                    key = f"{product}|{_combination(row) or ''}"
                    found.setdefault(key, []).append(await self._snapshot(row))
        return {key: found.get(key.value, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name stock by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(writes, self._store, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """All by id: the shop keeps no date of them, and a product's date stays as it is (recording 541)."""
        return changes.by_id(self._client, "stock_availables", cursor)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._own.native()

    @property
    def _display(self) -> tuple[str, ...]:
        return (*_DISPLAY, *self._own.names)

    async def _snapshot(self, row: Row) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.STOCK, native_id=native_id(row))
        return Snapshot(ref=ref, state=from_shop(row, FIELDS) | await self._own.state(row))

    async def _store(self, write: Write) -> Stored:
        if write.removal is not None:
            raise cannot(write.removal, "stock", "its row goes with the product or combination")
        if write.ref is None:
            raise Rejected(
                "the shop makes the stock of a product or combination by itself; it is there as soon as that is, and "
                "a product with combinations has none of its own",
                code="cannot_create",
            )
        fields = to_shop(write.changes, FIELDS) | await self._own.changed(write.changes, write.base or {})
        await self._client.update("stock_availables", write.ref.native_id, fields)
        return Stored(native_id=write.ref.native_id)


def _combination(row: Row) -> int:
    return as_int(row.get("id_product_attribute"))


def _is_total(row: Row, combined: Mapping[str, Sequence[Row]]) -> bool:
    return not _combination(row) and bool(combined.get(str(as_int(row.get("id_product")))))


def _record(state: State) -> Record:
    """Of a state that may hold only some of its fields."""
    record: dict[str, Json] = {}
    for name, native in (("product", "id_product"), ("variant", "id_product_attribute")):
        if native in state:
            record[name] = str(state[native]) if state[native] else None
    if "quantity" in state:
        record["quantity"] = str(state["quantity"])
    return record


def _resolved(desired: Desired) -> Resolved | AppError:
    """Only the quantity can be written, and the shop counts pieces: half of one is refused, for any rounding would
    come back as a change (recording 546)."""
    if "quantity" not in desired.fields:
        return Resolved(state={})
    try:
        quantity = Decimal(as_amount(desired.fields["quantity"] or "0"))
    except ValueError as error:
        return Rejected(f"quantity {error}", code="invalid", field="quantity")
    if abs(quantity) > MOST:
        return Rejected(f"quantity {desired.fields['quantity']}: more than the shop can count", code="too_large",
                        field="quantity")  # fmt: skip
    if quantity != quantity.to_integral_value():
        return Rejected(
            f"quantity {desired.fields['quantity']}: the shop counts whole pieces", code="not_whole", field="quantity"
        )
    return Resolved(state={"quantity": int(quantity)})
