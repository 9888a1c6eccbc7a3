"""Addresses: the child partners of a customer that are of type delivery, invoice or other.

A child of type contact has its parent's address, whatever it is given, and the main address stands on the customer
itself: neither is a record here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.connectors.odoo import listing
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.customer import MODEL
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.records import Table, refuse_patches
from app.connectors.odoo.reference import Reference
from app.connectors.odoo.values import flag_of, id_of, many2one_for, ref_of, text_of, texts_of
from app.connectors.odoo.writing import Planned, as_known, write_all
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.entities.records import place_key
from app.errors import AppError, Rejected

TYPES: Final[tuple[Json, ...]] = ("delivery", "invoice", "other")
KIND: Final[tuple[Json, ...]] = (["parent_id", "!=", False], ["type", "in", list(TYPES)])
NEUTRAL: Final[Mapping[str, str]] = {
    "name": "name",
    "company_name": "company",
    "street": "street",
    "street2": "street2",
    "zip": "postcode",
    "city": "city",
    "phone": "phone",
    "mobile": "mobile",
}
"""Odoo's texts and what records call them."""


class AddressPort:
    entity_type = EntityType.ADDRESS

    def __init__(
        self, client: OdooClient, options: OdooOptions, reference: Reference, *, extra: Sequence[str] = ()
    ) -> None:
        self._options = options
        self._reference = reference
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=MODEL,
            fields=("parent_id", "type", *NEUTRAL, "country_id", "state_id", "active"),
            extra=tuple(extra),
            kind=KIND,
            hides_archived=True,
            overlap_s=options.poll_overlap_s,
        )

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """A partner that is no address, or is archived, is missing here: an address has no `active`."""
        rows = await self._table.rows(ids)
        live = {number: row for number, row in rows.items() if _is_address(row)}
        shots = {shot.ref.native_id: shot for shot in await self._snapshots(list(live.values()))}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By customer, street, postcode and city: the addresses of all these customers in one call."""
        owners = {int(owner) for key in keys if (owner := key.value.split("|")[0]).isdecimal()}
        domain: list[Json] = [["parent_id", "in", list[Json](sorted(owners))], ["type", "in", list(TYPES)]]
        rows = await self._table.where([*domain, ["active", "=", True]]) if owners else []
        found: dict[str, list[Snapshot]] = {}
        shots = await self._snapshots(rows)
        for shot, record in zip(shots, await self.to_records([shot.state for shot in shots]), strict=True):
            found.setdefault(place_key(record), []).append(shot)
        return {key: found.get(key.value, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(self._table, writes, self._plan, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        mobile = await self._table.has("mobile")
        return [_to_record(state, mobile=mobile) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return self._table.changed_since(cursor)

    async def count(self) -> int:
        return await listing.count(self._table)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _snapshots(self, rows: Sequence[Row]) -> list[Snapshot]:
        countries = await self._reference.country_codes({n for row in rows if (n := id_of(row.get("country_id")))})
        states = await self._reference.state_codes({n for row in rows if (n := id_of(row.get("state_id")))})
        return await self._table.snapshots(rows, lambda row: _state_of(row, countries, states))

    async def _resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            return await self._translated(desired)
        except Exception as error:
            return as_known(error, "translating an address")

    async def _translated(self, desired: Desired) -> Resolved:
        fields = desired.fields
        state = texts_of(fields, NEUTRAL)
        notes: tuple[str, ...] = ()
        if "mobile" in state and not await self._table.has("mobile"):
            notes = ("this Odoo has no mobile number; it was left out",) if state["mobile"] else ()
            del state["mobile"]
        if "customer" in fields and desired.base is None:
            state["parent"] = fields["customer"]
        place, more = await self._place(desired)
        return Resolved(state={**state, **place}, notes=(*notes, *more))

    async def _place(self, desired: Desired) -> tuple[State, tuple[str, ...]]:
        """Country and state, known to Odoo and fitting each other. A state left over from the old country goes; one
        that Odoo does not have there is left out, for a shop takes any with any country (recordings 303, 304)."""
        given: dict[str, Json] = {name: desired.fields[name] for name in ("country", "state") if name in desired.fields}
        if not given:
            return {}, ()
        try:
            await self._ids({**(desired.base or {}), **given})
        except Rejected as error:
            if error.field != "state":
                raise
            why = error.message if given.get("state") else "it is one of the former country"
            return {**given, "state": None}, (f"state left out: {why}",)
        return given, ()

    async def _ids(self, place: State) -> Row:
        """Both as Odoo's ids, which it stores unchecked, a state of another country too. Raises `Rejected`."""
        country, state = text_of(place.get("country")), text_of(place.get("state"))
        if state and not country:
            raise Rejected("a state needs its country", field="state", code="state_without_country")
        number = await self._reference.country_id(country) if country else None
        region = await self._reference.state_id(state, country=number) if state and number else None
        return {"country_id": number or False, "state_id": region or False}

    async def _plan(self, write: Write) -> Planned:
        changes = write.changes
        values: Row = {name: False if changes[name] is None else changes[name] for name in NEUTRAL if name in changes}
        if changes.keys() & {"country", "state"}:
            values |= await self._ids({**(write.base or {}), **changes})
        values |= await self._table.extra_values(changes)
        if write.ref is not None:
            return Planned(values=values)
        if changes.get("parent") is None:
            raise Rejected("an address needs its customer", field="customer", code="customer_missing")
        own: Row = {"parent_id": many2one_for(changes["parent"]), "type": self._options.address_type}
        return Planned(values={**own, **values}, sent=frozenset({"type"}))


def _is_address(row: Row) -> bool:
    return flag_of(row.get("active")) and id_of(row.get("parent_id")) is not None and row.get("type") in TYPES


def _state_of(row: Row, countries: Mapping[int, str], states: Mapping[int, str]) -> State:
    texts = {name: text_of(row.get(name)) for name in NEUTRAL if name in row}
    country, state = id_of(row.get("country_id")), id_of(row.get("state_id"))
    return {
        **texts,
        "parent": ref_of(row.get("parent_id")),
        "type": text_of(row.get("type")),
        "country": countries.get(country) if country else None,
        "state": states.get(state) if state else None,
    }


def _to_record(state: State, *, mobile: bool) -> Record:
    names = NEUTRAL.items() if mobile else [pair for pair in NEUTRAL.items() if pair[0] != "mobile"]
    record = {word: state.get(name) for name, word in names}
    return {**record, "customer": state.get("parent"), "country": state.get("country"), "state": state.get("state")}
