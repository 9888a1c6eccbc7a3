"""Addresses of a PrestaShop's customers.

The shop checks no id in an address: unknown countries, states of another country and customers that do not
exist are all stored (recordings 303-310). They are refused here, before anything is written.
"""

from __future__ import annotations

from collections.abc import Sequence
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
from app.connectors.prestashop import filters
from app.connectors.prestashop.address_record import AddressRecords
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.dated import DatedPort
from app.connectors.prestashop.fields import Kind, as_flag, as_int, as_str, from_shop, native_id, to_shop
from app.connectors.prestashop.people import Owners, owners
from app.connectors.prestashop.records import answered, by_id, cannot, delete, modified_at
from app.connectors.prestashop.reference import Reference
from app.connectors.writing import Stored, write_all
from app.entities.address import owner_and_alias
from app.entities.base import EntityType, Json, NaturalKey, Ref, Side, State
from app.entities.records import place_key
from app.errors import AppError, NotFound, Rejected

FIELDS: Final = {
    "id_customer": Kind.ID,
    "alias": Kind.TEXT,
    "company": Kind.TEXT,
    "firstname": Kind.TEXT,
    "lastname": Kind.TEXT,
    "vat_number": Kind.TEXT,
    "dni": Kind.TEXT,
    "address1": Kind.TEXT,
    "address2": Kind.TEXT,
    "postcode": Kind.TEXT,
    "city": Kind.TEXT,
    "id_country": Kind.ID,
    "id_state": Kind.ID,
    "phone": Kind.TEXT,
    "phone_mobile": Kind.TEXT,
    "other": Kind.TEXT,
}
_OF_OTHERS: Final = ("id_manufacturer", "id_supplier")
_DISPLAY: Final = ("id", *FIELDS, *_OF_OTHERS, "deleted", "date_upd")
PLACE: Final = "place"
"""Name of the natural key of a record (`entities/records.py`); the others are an event's (`entities/address.py`)."""
_LIVE: Final = {"deleted": "[0]"}
"""Deleting an address that an order uses only marks it, and lists still show it (recordings 708, 709)."""


class AddressPort(DatedPort):
    entity_type = EntityType.ADDRESS
    resource = "addresses"
    columns = _DISPLAY

    def __init__(self, client: PrestashopClient, reference: Reference, *, extra: Sequence[str] = ()) -> None:
        super().__init__(client, reference, AddressRecords(reference), extra=extra)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """Addresses of brands and suppliers, which the shop keeps in the same place, are missing: they are nobody's."""
        rows = await by_id(self._client, "addresses", ids, self._display)
        live = {number: row for number, row in rows.items() if _is_customers(row)}
        return {number: await self._snapshot(live[number]) if number in live else MISSING for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By owner and alias, or by owner and place: the addresses of all owners in one list, compared here. An unknown
        owner has none."""
        owner_of = await self._owners_of(keys)
        rows = await self._of_owners([number for number in owner_of.values() if number])
        snapshots = [(row, await self._snapshot(row)) for row in rows]
        return {
            key: [
                snapshot
                for row, snapshot in snapshots
                if as_int(row.get("id_customer")) == owner_of[key] and _is_meant(key, row)
            ]
            for key in keys
        }

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        try:
            known = await owners(self._client, [patch.fields for patch in patches])
        except AppError as error:
            return [error for _ in patches]
        return [await self._resolved(patch.fields, known) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(writes, self._store, self.read)

    async def _snapshot(self, row: Row) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.ADDRESS, native_id=native_id(row))
        state = from_shop(row, FIELDS) | await self._own.state(row)
        changed = modified_at(row, await self._reference.time_zone())
        return Snapshot(ref=ref, state=state, modified_at=changed)

    async def _owners_of(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, int]:
        """The customer's id of each key; 0 for one that is not known."""
        by_place = {key: as_int(key.value.partition("|")[0]) for key in keys if key.name == PLACE}
        parts = {key: owner_and_alias(key)[0] for key in keys if key.name != PLACE}
        emails = [owner for owner in parts.values() if isinstance(owner, str)]
        known = await owners(self._client, [{"customer_email": email} for email in emails])
        return by_place | {key: _owner_id(known, owner) or 0 for key, owner in parts.items()}

    async def _of_owners(self, owner_ids: Sequence[int]) -> list[Row]:
        rows: list[Row] = []
        for batch in filters.batches([str(number) for number in sorted(set(owner_ids))]):
            rows += await self._client.rows(
                "addresses", display=self._display, filters={"id_customer": filters.any_of(batch), **_LIVE}
            )
        return rows

    async def _resolved(self, fields: State, known: Owners) -> Resolved | AppError:
        state = {name: value for name, value in fields.items() if name != "customer_email"}
        try:
            if (owner := known.of(fields)) is not None:
                state["id_customer"] = as_int(owner.get("id"))
            notes = await self._place(fields, state)
        except AppError as error:
            return error
        return Resolved(state=state, notes=notes)

    async def _place(self, fields: State, state: dict[str, Json]) -> tuple[str, ...]:
        """Country and state as ids, and that they fit each other as far as both are given."""
        notes: tuple[str, ...] = ()
        country: int | None = None
        if isinstance(wanted := fields.get("id_country"), int | str):
            row = await self._reference.country(wanted)
            country = state["id_country"] = as_int(row.get("id"))
            if not as_flag(row.get("active")):
                notes = (f"country {row.get('iso_code')} is not active in the shop",)
        if isinstance(wanted := fields.get("id_state"), int | str):
            row = await self._reference.state(wanted, country=country)
            state["id_state"] = as_int(row.get("id"))
            if country is not None and as_int(row.get("id_country")) != country:
                raise Rejected(f"id_state {wanted} belongs to another country", field="id_state")
        return notes

    async def _store(self, write: Write) -> Stored:
        if write.ref is None:
            return await self._create(write.changes)
        number = write.ref.native_id
        if write.removal is Removal.DELETE:
            return await delete(self._client, "addresses", number)
        if write.removal is Removal.ARCHIVE:
            raise cannot(write.removal, "an address", "it has no such state; delete it instead, or leave it")
        wanted, notes = await self._fitting(write.base or {}, write.changes)
        fields = to_shop(wanted, FIELDS) | await self._own.changed(wanted, write.base or {})
        answer = await self._client.update("addresses", number, fields)
        return Stored(
            native_id=number,
            notes=notes,
            sent=frozenset(wanted.keys() - write.changes.keys()),
            answer=await answered(answer, self._snapshot),
        )

    async def _fitting(self, base: State, changes: State) -> tuple[State, tuple[str, ...]]:
        """Country and state together, where only one of them changes: a state left over from the old country goes."""
        country = changes.get("id_country", base.get("id_country"))
        number = changes.get("id_state", base.get("id_state"))
        if not changes.keys() & {"id_country", "id_state"} or not isinstance(number, int):
            return changes, ()
        row = await self._reference.state(number, country=None)
        if as_int(row.get("id_country")) == country:
            return changes, ()
        if "id_state" in changes:
            raise Rejected(f"id_state {number} belongs to another country than the address", field="id_state")
        return {**changes, "id_state": None}, ("the state of the former country was removed",)

    async def _create(self, changes: State) -> Stored:
        """Names from the customer and the default country where none are given."""
        supplied, notes = await self._supplied(changes)
        wanted, more = await self._fitting({}, {**supplied, **changes})
        own = await self._own.changed(changes, {})
        number, answer = await self._client.create_shown("addresses", to_shop(wanted, FIELDS) | own)
        return Stored(
            native_id=number,
            notes=notes + more,
            sent=frozenset(wanted.keys() - changes.keys()),
            answer=await answered(answer, self._snapshot),
        )

    async def _supplied(self, changes: State) -> tuple[dict[str, Json], tuple[str, ...]]:
        supplied: dict[str, Json] = {}
        notes: tuple[str, ...] = ()
        if not (changes.get("firstname") and changes.get("lastname")):
            owner = (await owners(self._client, [changes])).of(changes)
            if owner is None:
                raise NotFound("a new address needs its customer", field="id_customer")
            supplied |= {name: as_str(owner.get(name)) for name in ("firstname", "lastname")}
        country = await self._country_of(changes)
        supplied["id_country"] = as_int(country.get("id"))
        if "id_country" not in changes:
            notes = (f"no country given: {country.get('iso_code')}, the link's default, was used",)
        if as_flag(country.get("contains_states")) and not changes.get("id_state"):
            notes += (f"country {country.get('iso_code')} has states and none was given",)
        return supplied, notes

    async def _country_of(self, changes: State) -> Row:
        number = changes.get("id_country")
        if isinstance(number, int):
            return await self._reference.country(number)
        return await self._reference.default_country()


def _is_meant(key: NaturalKey, row: Row) -> bool:
    """Whether it is the address of that alias or place; its owner is compared elsewhere."""
    if key.name != PLACE:
        return _alias(row) == owner_and_alias(key)[1]
    place = {"customer": str(as_int(row.get("id_customer"))), "street": as_str(row.get("address1"))}
    return key.value == place_key({**place, "postcode": as_str(row.get("postcode")), "city": as_str(row.get("city"))})


def _is_customers(row: Row) -> bool:
    return not as_flag(row.get("deleted")) and not any(as_int(row.get(name)) for name in _OF_OTHERS)


def _alias(row: Row) -> str:
    return (as_str(row.get("alias")) or "").strip().lower()


def _owner_id(known: Owners, owner: int | str) -> int | None:
    if isinstance(owner, int):
        return owner
    try:
        row = known.of({"customer_email": owner})
    except AppError:
        return None
    return None if row is None else as_int(row.get("id"))
