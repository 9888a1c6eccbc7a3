"""Combinations of a PrestaShop's products: a size and a colour with a reference and a price difference of their own.

The shop keeps no date of them and cannot switch one off: it has a combination or it has not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Final

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    Page,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.prestashop import attributes, changes
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.extra import OwnFields
from app.connectors.prestashop.fields import Kind, as_int, from_shop, native_id, to_shop
from app.connectors.prestashop.product_record import CODES, amounts, codes, native_reference, payable, same
from app.connectors.prestashop.records import answered, by_id, by_value, cannot, delete
from app.connectors.prestashop.reference import Reference
from app.connectors.prestashop.variant_create import NewVariants
from app.connectors.prestashop.variant_create import key as key_of
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.errors import AppError, Rejected

FIELDS: Final = {"id_product": Kind.ID, "reference": Kind.TEXT, "ean13": Kind.TEXT, "price": Kind.AMOUNT}
_DISPLAY: Final = ("id", *FIELDS, "product_option_values[id]")
_SAME: Final = {**CODES, "price_extra": "price", "attributes": "attributes"}


class VariantPort:
    entity_type = EntityType.VARIANT
    creates_in_steps = True

    def __init__(self, client: PrestashopClient, reference: Reference, *, extra: Sequence[str] = ()) -> None:
        self._client = client
        self._reference = reference
        self._own = OwnFields(client, reference, "combinations", extra)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        rows = await by_id(self._client, "combinations", ids, self._display)
        snapshots = {one.ref.native_id: one for one in await self._snapshots(list(rows.values()))}
        return {number: snapshots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By product and attributes, `12|colour=red|size=m`."""
        products = [key.value.partition("|")[0] for key in keys]
        found: dict[str, list[Snapshot]] = {}
        for snapshot in await self._of_products(products):
            found.setdefault(key_of(snapshot.state), []).append(snapshot)
        return {key: found.get(key.value, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name combinations by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        products = [as_int(write.changes.get("id_product")) for write in writes if write.ref is None]
        new = NewVariants(self._client, self._reference, products, self._of_products)
        return await write_all(writes, partial(self._store, new), self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        currency = await self._reference.selling_currency()
        return [_record(state, currency) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """Those of the products that changed: the back office saves both, a module or another client may not."""
        async for page in changes.by_date(self._client, self._reference, "products", cursor):
            found = await by_value(self._client, "combinations", "id_product", page.ids, ("id", "id_product"))
            ids = tuple(native_id(row) for number in page.ids for row in found[number])
            yield Page(ids=ids, cursor=page.cursor)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._own.native()

    async def _resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            new = desired.base is None
            fields, unpaid = await payable(self._reference, self.entity_type, desired.fields, new=new)
            return _resolved(fields, unpaid, new=new)
        except AppError as error:
            return error

    @property
    def _display(self) -> tuple[str, ...]:
        return (*_DISPLAY, *self._own.names)

    async def _of_products(self, products: Sequence[str]) -> list[Snapshot]:
        numbers = [number for number in dict.fromkeys(products) if number.isascii() and number.isdecimal()]
        found = await by_value(self._client, "combinations", "id_product", numbers, self._display)
        return await self._snapshots([row for rows in found.values() for row in rows])

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        names = await attributes.named(self._client, self._reference, rows)
        return [await self._snapshot(row, names[native_id(row)]) for row in rows]

    async def _snapshot(self, row: Row, named: dict[str, Json]) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.VARIANT, native_id=native_id(row))
        state = {**from_shop(row, FIELDS), "attributes": named}
        return Snapshot(ref=ref, state=state | await self._own.state(row))

    async def _store(self, new: NewVariants, write: Write) -> Stored:
        if write.ref is None:
            fields = to_shop(write.changes, FIELDS) | await self._own.changed(write.changes, {})
            return await new.create(write.changes, fields)
        number = write.ref.native_id
        if write.removal is Removal.DELETE:
            return await delete(self._client, "combinations", number)
        if write.removal is Removal.ARCHIVE:
            raise cannot(write.removal, "a combination", "it is there or it is not; let it be deleted")
        fields = to_shop(write.changes, FIELDS) | await self._own.changed(write.changes, write.base or {})
        answer = await self._client.update("combinations", number, fields)
        return Stored(native_id=number, answer=await answered(answer, partial(self._snapshot, named={})))


def _record(state: State, currency: str | None) -> Record:
    """Of a state that may hold only some of its fields. Not `active`: the shop has no such thing here."""
    record = same(state, _SAME)
    if "price" in state:
        record["currency"] = currency
    if "id_product" in state:
        record["product"] = str(state["id_product"])
    return record


def _resolved(fields: Record, unpaid: tuple[str, ...], *, new: bool) -> Resolved:
    state, notes = codes(fields)
    state |= amounts(fields, {"price_extra": "price"})
    if new:
        state |= _of_new(fields)
    notes = (*unpaid, *notes)
    if fields.get("active") is False:
        notes = (*notes, "active was left out: the shop cannot switch a combination off")
    return Resolved(state=state, notes=notes)


def _of_new(fields: Record) -> dict[str, Json]:
    """What never changes later: whose combination it is, and which."""
    product = native_reference(fields.get("product"), field="product")
    if product is None or not fields.get("attributes"):
        missing = "attributes" if product else "product"
        raise Rejected(f"a combination of the shop needs {missing}", code="required", field=missing)
    return {"id_product": product, "attributes": fields["attributes"]}
