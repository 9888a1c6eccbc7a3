"""Products as customers see them: Odoo's templates.

SKU, barcode and weight stand on the variant. A template shows those of its only one, and loses what is written there
when it has several: then a record here has none of the three, and the variants have them (`variant.py`). Up to 16 an
archived template shows none of them: what an archived one does not show, its record does not say.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    ListedPage,
    Page,
    Patch,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.odoo import listing, product_type, sku
from app.connectors.odoo.category import CategoryRoot
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.records import Table, refuse_patches
from app.connectors.odoo.rounding import rounded
from app.connectors.odoo.values import amount_of, flag_of, id_of, many2one_for, number_of, ref_of, text_of, texts_of
from app.connectors.odoo.writing import Planned, as_known, write_all
from app.connectors.told import whole_of
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.entities.currency import without_foreign_prices
from app.errors import AppError, Rejected

MODEL: Final = "product.template"
FIELDS: Final = (
    "name",
    "default_code",
    "barcode",
    "list_price",
    "active",
    "description_sale",
    "weight",
    "categ_id",
    "currency_id",
    *product_type.FIELDS,
    "product_variant_count",
)
NEUTRAL: Final[Mapping[str, str]] = {
    "name": "name",
    "default_code": "sku",
    "barcode": "barcode",
    "list_price": "price",
    "active": "active",
    "description_sale": "description",
    "weight": "weight",
}
"""Odoo's fields and what records call them."""
TEXTS: Final = {name: NEUTRAL[name] for name in ("name", "default_code", "barcode", "description_sale")}
SALEABLE: Final[tuple[Json, ...]] = (["sale_ok", "=", True],)
OF_VARIANTS: Final = ("default_code", "barcode", "weight")
AMOUNTS: Final[Mapping[str, str]] = {"list_price": "price", "weight": "weight"}


class ProductPort:
    entity_type = EntityType.PRODUCT

    def __init__(
        self,
        client: OdooClient,
        options: OdooOptions,
        root: CategoryRoot,
        money: OrderReference,
        *,
        extra: Sequence[str] = (),
    ) -> None:
        self._client = client
        self._money = money
        self._options = options
        self._services = frozenset({options.shipping_product_sku, options.discount_product_sku})
        self._root = root
        no_service: Json = ["default_code", "not in", list[Json](sorted(self._services))]
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=MODEL,
            fields=FIELDS,
            extra=tuple(extra),
            kind=(no_service, *(SALEABLE if options.only_saleable else ())),
            overlap_s=options.poll_overlap_s,
        )

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """The services under which an order's shipping and discounts stand are nothing that a shop sells."""
        found = await self._table.read(ids, state_of)
        return {number: MISSING if self._is_service(one) else one for number, one in found.items()}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By SKU, whoever carries it: the product itself or one of its variants. Archived ones only where no live
        one has it, so that a taken SKU is found rather than made again."""
        owners = await sku.owners(self._client, [key.value for key in keys])
        numbers = {key: [ref_of(row.get("product_tmpl_id")) for row in owners[key.value]] for key in keys}
        shots = await self.read(sorted({number for some in numbers.values() for number in some if number}))
        return {
            key: [shot for number in dict.fromkeys(some) if number and isinstance(shot := shots[number], Snapshot)]
            for key, some in numbers.items()
        }

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(self._table, writes, self._plan, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        root = await self._root.number()
        codes = await self._money.currency_codes(currencies_of(states))
        return [_to_record(state, root, codes) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return self._table.changed_since(cursor)

    def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        return listing.listed(self._table, cursor, self._listed)

    async def count(self) -> int:
        return await listing.count(self._table)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _listed(self, rows: Sequence[Row]) -> list[Snapshot]:
        shots = await self._table.snapshots(rows, state_of)
        return [shot for shot in shots if not self._is_service(shot)]

    def _is_service(self, found: Snapshot | Gone) -> bool:
        return isinstance(found, Snapshot) and found.state.get("default_code") in self._services

    async def _resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            payable, unpaid = await self._payable(desired)
            own, notes = _own(payable)
            state, rounding = rounded(own, AMOUNTS, await self._client.fields(MODEL))
            kind, more = await self._kind(desired)
            category, further = await self._category(desired)
            return Resolved(state={**state, **kind, **category}, notes=(*unpaid, *notes, *rounding, *more, *further))
        except Exception as error:
            return as_known(error, "translating a product")

    async def _payable(self, desired: Desired) -> tuple[Desired, tuple[str, ...]]:
        """A new product of a shop that sells in another currency is made without its price."""
        if desired.base is not None or "currency" not in desired.fields:
            return desired, ()
        fields, notes = without_foreign_prices(self.entity_type, desired.fields, await self._money.company_currency())
        return Desired(fields=fields), notes

    async def _kind(self, desired: Desired) -> tuple[State, tuple[str, ...]]:
        fields = await self._client.fields(MODEL)
        return product_type.wanted(desired, fields, storable=self._options.storable)

    async def _category(self, desired: Desired) -> tuple[State, tuple[str, ...]]:
        """No category is the root's; where there is no root, 17 has no way to say it."""
        if "category" not in desired.fields:
            return {}, ()
        category = desired.fields["category"] or await self._root.number()
        required = (await self._client.fields(MODEL))["categ_id"].required
        if category is None and (required or desired.base is None):
            return {}, ()
        return {"category": category}, ()

    async def _plan(self, write: Write) -> Planned:
        changes = write.changes
        values: Row = {name: _to_odoo(name, changes[name]) for name in NEUTRAL if name in changes}
        if "category" in changes:
            values["categ_id"] = many2one_for(changes["category"])
        values |= product_type.values_of(changes, await self._client.fields(MODEL))
        return Planned(values={**values, **await self._table.extra_values(changes)})


def state_of(row: Row) -> State:
    """`type` is 17's detailed type, 18's type; `several`: whether it has more than one variant."""
    several = whole_of(row.get("product_variant_count"), "product_variant_count") > 1
    state: dict[str, Json] = {name: _from_odoo(name, row.get(name)) for name in NEUTRAL}
    hidden: dict[str, Json] = dict.fromkeys(OF_VARIANTS) if several else {}
    category = ref_of(row.get("categ_id"))
    currency = id_of(row.get("currency_id"))
    return {
        **state,
        **hidden,
        "category": category,
        "currency_id": currency,
        **product_type.state_of(row),
        "several": several,
    }


def currencies_of(states: Sequence[State]) -> set[int]:
    return {number for state in states if (number := id_of(state.get("currency_id")))}


def _to_record(state: State, root: str | None, codes: Mapping[int, str]) -> Record:
    hidden = _hidden(state)
    category, currency = state.get("category"), id_of(state.get("currency_id"))
    return {
        **{word: state.get(name) for name, word in NEUTRAL.items() if name not in hidden},
        "category": None if category == root else category,
        "currency": codes.get(currency) if currency else None,
        "type": product_type.neutral(state),
        "counted": state.get("storable"),
    }


def _hidden(state: State) -> tuple[str, ...]:
    if state.get("several"):
        return OF_VARIANTS
    archived = state.get("active") is False
    return tuple(name for name in OF_VARIANTS if archived and state.get(name) in (None, "0"))


def _own(desired: Desired) -> tuple[dict[str, Json], tuple[str, ...]]:
    fields, several = desired.fields, bool((desired.base or {}).get("several"))
    others = {name: fields[word] for name, word in NEUTRAL.items() if word in fields and name not in TEXTS}
    given = {**others, **texts_of(fields, TEXTS)}
    if "name" in fields and not given["name"]:
        raise Rejected("Odoo refuses a product without a name", field="name", code="name_missing")
    left_out = [NEUTRAL[name] for name in OF_VARIANTS if several and given.get(name) is not None]
    notes = (f"{', '.join(left_out)} belong to the variants in Odoo, and were left out",) if left_out else ()
    return {name: value for name, value in given.items() if not (several and name in OF_VARIANTS)}, notes


def _from_odoo(name: str, value: Json) -> Json:
    if name in AMOUNTS:
        return amount_of(value)
    return flag_of(value) if name == "active" else text_of(value)


def _to_odoo(name: str, value: Json) -> Json:
    if name in AMOUNTS:
        return number_of(value)
    return False if value is None else value
