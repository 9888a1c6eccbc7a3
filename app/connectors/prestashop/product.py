"""Products of a PrestaShop. Their combinations, stock and images are ports of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from app.connectors.base import (
    MISSING,
    Gone,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.prestashop import catalog_texts, xml
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import Kind, as_int, from_shop, native_id, to_shop
from app.connectors.prestashop.listing import ListedPort
from app.connectors.prestashop.once import Once
from app.connectors.prestashop.product_record import HOME, ProductRecords
from app.connectors.prestashop.records import answered, by_id, by_value, delete, modified_at
from app.connectors.prestashop.reference import Reference
from app.connectors.prestashop.tax_rules import TaxRules
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, Json, NaturalKey, Ref, Side, State
from app.errors import AppError, Conflict, Retryable

FIELDS: Final = {
    "name": Kind.TEXTS,
    "description": Kind.TEXTS,
    "reference": Kind.TEXT,
    "ean13": Kind.TEXT,
    "price": Kind.AMOUNT,
    "weight": Kind.AMOUNT,
    "active": Kind.BOOL,
    "id_category_default": Kind.ID,
    "type": Kind.TEXT,
}
TEXTS: Final = ("name", "description")
_DISPLAY: Final = ("id", *FIELDS, "date_upd", "categories[id]")
_FOR_SALE: Final = {
    "state": "1",
    "minimal_quantity": "1",
    "available_for_order": "1",
    "show_price": "1",
    "visibility": "both",
}
"""Without these a new product is a draft that nobody sees and nobody can buy (recordings 612, 624b)."""


class ProductPort(ListedPort):
    entity_type = EntityType.PRODUCT
    resource = "products"
    columns = _DISPLAY

    def __init__(self, client: PrestashopClient, reference: Reference, *, extra: Sequence[str] = ()) -> None:
        super().__init__(client, reference, ProductRecords(reference), extra=extra)
        self._tax_rules = TaxRules(client)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        rows = await by_id(self._client, "products", ids, self._display)
        shots = await self.shown(rows)
        return {number: shots.get(number, MISSING) for number in ids}

    async def shown(self, rows: Mapping[str, Row]) -> dict[str, Snapshot]:
        return {number: await self._snapshot(row) for number, row in rows.items()}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By reference without regard to case; the shop takes the same one several times, and then all are given."""
        found = await self._by_reference([key.value for key in keys])
        return {key: [await self._snapshot(row) for row in found[key.value]] for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name products by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        new = [str(write.changes.get("reference") or "") for write in writes if write.ref is None]
        taken = Once(partial(self._by_reference, [reference for reference in new if reference]))
        return await write_all(writes, partial(self._store, taken, set()), self.read)

    async def _by_reference(self, references: Sequence[str]) -> dict[str, list[Row]]:
        return await by_value(self._client, "products", "reference", references, self._display)

    async def _snapshot(self, row: Row) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.PRODUCT, native_id=native_id(row))
        state = from_shop(row, FIELDS, only_language=await self._reference.only_language())
        state = catalog_texts.spread(state, TEXTS) | {"categories": list[Json](_categories(row))}
        changed = modified_at(row, await self._reference.time_zone())
        return Snapshot(ref=ref, state=state | await self._own.state(row), modified_at=changed)

    async def _store(self, taken: Once[dict[str, list[Row]]], made: set[str], write: Write) -> Stored:
        if write.ref is None:
            await self._check_reference(str(write.changes.get("reference") or ""), taken, made)
            return await self._create(write.changes)
        number = write.ref.native_id
        if write.removal is Removal.DELETE:
            return await delete(self._client, "products", number)
        wanted: State = {"active": False} if write.removal is Removal.ARCHIVE else write.changes
        return await self._update(number, wanted, write.base or {})

    async def _update(self, number: str, wanted: State, base: State) -> Stored:
        """A default category that the product does not stand in would not show it, so it is put there too."""
        gathered = catalog_texts.gathered(wanted, base, TEXTS)
        fields = _flagged(to_shop(gathered, FIELDS)) | await self._own.changed(wanted, base)
        linked = _linked({**base, **wanted}) if "id_category_default" in wanted else None
        answer = await self._client.update("products", number, fields, associations=linked)
        return Stored(
            native_id=number,
            sent=frozenset({"categories"} if linked else ()),
            answer=await answered(answer, self._snapshot),
        )

    async def _check_reference(self, reference: str, taken: Once[dict[str, list[Row]]], made: set[str]) -> None:
        """Looks for it once more: the shop takes a second product with the same one, also of one batch."""
        if not reference:
            return
        if found := (await taken())[reference]:
            raise Conflict(
                f"product {native_id(found[0])} has the reference {reference} already",
                code="duplicate_sku",
                field="reference",
            )
        if reference.lower() in made:
            raise Retryable(
                f"another new product has the reference {reference}; the retry looks for it",
                code="appeared",
                field="reference",
            )
        made.add(reference.lower())

    async def _create(self, changes: State) -> Stored:
        supplied: State = {"active": True, "id_category_default": HOME}
        wanted = await catalog_texts.everywhere(self._reference, {**supplied, **changes}, TEXTS)
        tax, notes = await self._tax_rules.of_new()
        fields = _fields_of_new(wanted) | tax | await self._own.changed(changes, {})
        number, answer = await self._client.create_shown("products", fields, associations=_linked(wanted))
        return Stored(
            native_id=number,
            notes=notes,
            sent=frozenset({*wanted, "categories"} - changes.keys()),
            answer=await answered(answer, self._snapshot),
        )


def _fields_of_new(wanted: State) -> dict[str, str | xml.Texts]:
    """An ordinary type goes without saying: said, it is fixed, and the back office hides combinations made later
    (`Product::setWsType`, 8.2.1)."""
    fields = to_shop(catalog_texts.gathered(wanted, {}, TEXTS), FIELDS)
    if fields.get("type") == "simple":
        del fields["type"]
    slugs = catalog_texts.slugs(wanted, otherwise=str(wanted.get("reference") or ""))
    return {"price": "0", **_FOR_SALE, **fields, "link_rewrite": slugs}


def _flagged(fields: dict[str, str | xml.Texts]) -> dict[str, str | xml.Texts]:
    """The flag that the type sets goes along: of a whole record put back (1.7), the shop takes the flag last."""
    return {**fields, "is_virtual": "1" if fields["type"] == "virtual" else "0"} if "type" in fields else fields


def _categories(row: Row) -> list[int]:
    associations = row.get("associations")
    listed = associations.get("categories") if isinstance(associations, Mapping) else None
    rows = listed if isinstance(listed, list) else []
    return sorted({as_int(item.get("id")) for item in rows if isinstance(item, dict)})


def _linked(state: State) -> xml.Associations:
    """The categories that it stands in, the default one among them; a list is replaced as a whole (976)."""
    held = state.get("categories")
    numbers = {as_int(one) for one in held} if isinstance(held, list) else {HOME}
    numbers.add(as_int(state.get("id_category_default")) or HOME)
    return {"categories": ("category", [{"id": str(number)} for number in sorted(numbers - {0})])}
