"""Variants: the product.product records that have attribute values. A simple product's only one is no record here.

What a variant adds to the price stands on its attribute values and is shared by all variants that have them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Removal, Resolved, Snapshot, Write, Written
from app.connectors.odoo import listing, product_type, sku
from app.connectors.odoo.attributes import OF_TEMPLATE, Chosen, chosen_by_id, named
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.combination import Combinations
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.product import SALEABLE, currencies_of
from app.connectors.odoo.records import Table, is_id, refuse_patches
from app.connectors.odoo.rounding import rounded
from app.connectors.odoo.schema import FieldInfo
from app.connectors.odoo.search import plain, rows_of
from app.connectors.odoo.values import amount_of, flag_of, id_of, ids_of, number_of, ref_of, text_of, texts_of
from app.connectors.odoo.writing import Planned, Stored, as_known, settle, store_all
from app.context import mark_as_reverse_sync
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.entities.currency import without_foreign_prices
from app.entities.records import record_key
from app.errors import AppError, Conflict

CHOICE: Final = "product_template_attribute_value_ids"
VARYING: Final = "product_template_variant_value_ids"
"""Of those only the values that a customer can choose among: an attribute with a single value gives no choice."""
NEUTRAL: Final[Mapping[str, str]] = {"default_code": "sku", "barcode": "barcode", "active": "active"}
FIXED: Final = ("product", "attributes")
SHARED: Final = "other variants have the same attribute values, so that its price in Odoo was left alone"


class VariantPort:
    entity_type = EntityType.VARIANT
    creates_in_steps = True

    def __init__(
        self, client: OdooClient, options: OdooOptions, money: OrderReference, *, extra: Sequence[str] = ()
    ) -> None:
        self._client = client
        self._money = money
        self._combinations = Combinations(client, options)
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=sku.MODEL,
            fields=("product_tmpl_id", CHOICE, VARYING, "currency_id", *product_type.FIELDS, *NEUTRAL),
            extra=tuple(extra),
            kind=([CHOICE, "!=", False], *(SALEABLE if options.only_saleable else ())),
            overlap_s=options.poll_overlap_s,
        )

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """Two calls: the variants, and the values that they have."""
        rows = await self._table.rows(ids)
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(rows.values()))}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By product and attributes (`attributes`), or by `sku`; live ones before archived ones."""
        products = {key.value.split("|")[0] for key in keys if key.name == "attributes"}
        numbers = list[Json](sorted(int(one) for one in products if is_id(one)))
        rows = await self._table.where([["product_tmpl_id", "in", numbers]]) if numbers else []
        owners = await sku.owners(self._client, [key.value for key in keys if key.name == "sku"])
        rows += list((await self._table.rows(str(row["id"]) for some in owners.values() for row in some)).values())
        shots = {shot.ref: shot for shot in await self._snapshots(rows)}
        return {key: _fitting(key, list(shots.values())) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """A create is finding or making the combination, and then a change like any other."""
        try:
            failed = await self._last_ones(writes)
            aimed = await self._aimed(writes, failed)
            notes = await self._price(aimed, failed)
        except AppError as error:
            return [error for _ in writes]
        stored = dict(zip(aimed, await store_all(self._table, list(aimed.values()), self._plan), strict=True))
        results = [failed.get(at) or _noted(stored[at], notes.get(at, ())) for at in range(len(writes))]
        return await settle(results, self._table, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        codes = await self._money.currency_codes(currencies_of(states))
        return [_to_record(state, codes) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        try:
            fields = await self._client.fields(OF_TEMPLATE)
            currency = await self._money.company_currency()
        except AppError as error:
            return [error for _ in wanted]
        return [_known(desired, fields, currency) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return self._table.changed_since(cursor)

    async def count(self) -> int:
        return await listing.count(self._table)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        having = [row for row in rows if ids_of(row.get(CHOICE))]
        chosen = await chosen_by_id(self._client, {number for row in having for number in ids_of(row.get(CHOICE))})
        return await self._table.snapshots(having, lambda row: _state_of(row, chosen))

    async def _plan(self, write: Write) -> Planned:
        changes = write.changes
        values: Row = {name: False if changes[name] is None else changes[name] for name in NEUTRAL if name in changes}
        return Planned(values={**values, **await self._table.extra_values(changes)})

    async def _aimed(self, writes: Sequence[Write], failed: dict[int, AppError]) -> dict[int, Write]:
        """Each write with the record it is for; those without one join `failed`."""
        creates = {at: write for at, write in enumerate(writes) if write.ref is None}
        located = await self._combinations.located(creates) if creates else {}
        failed |= {at: one for at, one in located.items() if isinstance(one, AppError)}
        return {
            at: replace(write, ref=write.ref or self._table.ref_to(str(located[at])))
            for at, write in enumerate(writes)
            if at not in failed
        }

    async def _price(self, aimed: dict[int, Write], failed: dict[int, AppError]) -> dict[int, tuple[str, ...]]:
        """Sets what each variant adds to the price where a value of its own can carry it; says so where none can."""
        wanted = {at: one for at, one in aimed.items() if one.removal is None and "price_extra" in one.changes}
        if not wanted:
            return {}
        rows = await self._table.rows(one.ref.native_id for one in wanted.values() if one.ref)
        chosen = await chosen_by_id(self._client, {number for row in rows.values() for number in ids_of(row[CHOICE])})
        calls = [self._set_price(one, rows, chosen) for one in wanted.values()]
        results = dict(zip(wanted, await asyncio.gather(*calls), strict=True))
        problems = {at: one for at, one in results.items() if isinstance(one, AppError)}
        failed |= problems
        for at in problems:
            del aimed[at]
        return {at: one for at, one in results.items() if not isinstance(one, AppError)}

    async def _set_price(
        self, write: Write, rows: Mapping[str, Row], chosen: Mapping[int, Chosen]
    ) -> tuple[str, ...] | AppError:
        try:
            row = rows.get(write.ref.native_id if write.ref else "", {})
            values = [chosen[number] for number in ids_of(row.get(CHOICE)) if number in chosen]
            missing = Decimal(amount_of(write.changes["price_extra"])) - _sum(values)
            own = next((one for one in values if one.variants <= {id_of(row.get("id")) or 0}), None)
            if not missing or not values:
                return ()
            if own is None:
                return (SHARED,)
            with mark_as_reverse_sync(write.operation_id):
                price = number_of(str(own.price_extra + missing))
                await self._client.write(OF_TEMPLATE, [own.number], {"price_extra": price})
            return ()
        except Exception as error:
            return as_known(error, "setting the price of a variant")

    async def _last_ones(self, writes: Sequence[Write]) -> dict[int, AppError]:
        """Deletions that would take the product along: Odoo deletes a template with its last product.product."""
        deletes = {at: one.ref.native_id for at, one in enumerate(writes) if one.ref and one.removal is Removal.DELETE}
        rows = await self._table.rows(deletes.values())
        templates = {number: id_of(row.get("product_tmpl_id")) for number, row in rows.items()}
        if not templates:
            return {}
        domain: list[Json] = [["product_tmpl_id", "in", list[Json](sorted(set(templates.values()), key=str))]]
        siblings = await rows_of(self._client, sku.MODEL, domain, ["product_tmpl_id"])
        staying = {id_of(row.get("product_tmpl_id")) for row in siblings if str(row.get("id")) not in templates}
        return {at: _last() for at, one in deletes.items() if one in templates and templates[one] not in staying}


def _state_of(row: Row, chosen: Mapping[int, Chosen]) -> State:
    values = [chosen[number] for number in ids_of(row.get(CHOICE)) if number in chosen]
    return {
        "product": ref_of(row.get("product_tmpl_id")),
        "attributes": named(values),
        "default_code": text_of(row.get("default_code")),
        "barcode": text_of(row.get("barcode")),
        "active": flag_of(row.get("active")),
        "currency_id": id_of(row.get("currency_id")),
        "price_extra": amount_of(str(_sum(values))),
        "counted": product_type.state_of(row)["storable"],
        "alone": VARYING in row and not ids_of(row.get(VARYING)),
    }


def _to_record(state: State, codes: Mapping[int, str]) -> Record:
    own = {word: state.get(name) for name, word in NEUTRAL.items()}
    currency = id_of(state.get("currency_id"))
    code = codes.get(currency) if currency else None
    return {**own, "currency": code, **{name: state.get(name) for name in (*FIXED, "price_extra", "alone", "counted")}}


def _known(desired: Desired, known: Mapping[str, FieldInfo], currency: str | None) -> Resolved | AppError:
    """`currency` is what Odoo sells in: a price in another one is left out."""
    try:
        fields, unpaid = without_foreign_prices(EntityType.VARIANT, desired.fields, currency)
        resolved = _resolved(replace(desired, fields=fields), known)
        return replace(resolved, notes=(*unpaid, *resolved.notes))
    except AppError as error:
        return error


def _resolved(desired: Desired, known: Mapping[str, FieldInfo]) -> Resolved:
    fields, base = desired.fields, desired.base
    own = texts_of(fields, {"default_code": "sku", "barcode": "barcode"})
    if "active" in fields:
        own["active"] = fields["active"]
    if "price_extra" in fields:
        own["price_extra"] = fields["price_extra"]
    state, notes = rounded(own, {"price_extra": "price_extra"}, known)
    given: dict[str, Json] = {name: fields[name] for name in FIXED if name in fields}
    if base is None:
        return Resolved(state={**state, **given}, notes=notes)
    moved = [name for name, value in given.items() if value != base.get(name)]
    fixed = (f"{' and '.join(moved)} of a variant stay what they are, and were left alone",) if moved else ()
    return Resolved(state=state, notes=(*notes, *fixed))


def _fitting(key: NaturalKey, shots: Sequence[Snapshot]) -> list[Snapshot]:
    fitting = [shot for shot in shots if _is(key, shot)]
    return [shot for shot in fitting if shot.state.get("active")] or fitting


def _is(key: NaturalKey, shot: Snapshot) -> bool:
    if key.name == "sku":
        return plain(shot.state.get("default_code")) == key.value
    return record_key(EntityType.VARIANT, _to_record(shot.state, {})) == key


def _sum(values: Sequence[Chosen]) -> Decimal:
    return sum((one.price_extra for one in values), Decimal(0))


def _noted(stored: Stored | AppError, notes: tuple[str, ...]) -> Stored | AppError:
    return replace(stored, notes=(*stored.notes, *notes)) if isinstance(stored, Stored) else stored


def _last() -> AppError:
    return Conflict("it is the last variant, and Odoo would delete the product with it", code="last_variant")
