"""An address of an account, or a place of an order, in neutral words and back (`entities/records.py`).

An account has one address for bills and one for deliveries. The shop checks nothing in them: neither countries nor
states nor post codes (recording cust-21), so that what is no code is no code here either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.woocommerce import names
from app.connectors.woocommerce.order_places import BILLING, SHIPPING, place_id
from app.connectors.woocommerce.records import text
from app.connectors.woocommerce.reference import Reference, plain_state
from app.entities import person
from app.entities.base import Json, Record, State
from app.errors import AppError, Rejected

PLACE: Final = "order"
"""`kind` of a place that stands in orders only."""
KINDS: Final = (BILLING, SHIPPING)
SAME: Final[Mapping[str, str]] = {
    "company": "company",
    "street": "address_1",
    "street2": "address_2",
    "postcode": "postcode",
    "city": "city",
    "phone": "phone",
}
COLUMNS: Final = (names.FIRST, names.LAST, *SAME.values(), "country", "state")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_OF_AN_ORDER: Final = "an order's address is that of the day it was ordered, and is not changed"


class AddressRecords:
    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    async def resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            return await self._resolved(desired.fields, desired.base)
        except AppError as error:
            return error

    async def _resolved(self, fields: Record, base: State | None) -> Resolved:
        held = base or {}
        if held.get("kind") == PLACE:
            return Resolved(state={}, notes=(_OF_AN_ORDER,) if fields else ())
        state, notes = _texts(fields, held)
        if not any((state[own] if own in state else held.get(own)) for own in ("address_1", "city")):
            raise Rejected("an address of the shop needs a street or a city", code="required", field="street")
        if base is None:
            state |= {"customer": _owner(fields), "kind": text(fields.get("label"))}
        elif "label" in fields and text(fields["label"]) != held.get("kind"):
            notes.append(f"label: the shop calls this address {held.get('kind')}")
        place, more = await self._place(fields, held)
        return Resolved(state=state | place, notes=(*notes, *more))

    async def _place(self, fields: Record, held: State) -> tuple[dict[str, Json], tuple[str, ...]]:
        """Country and state in the shop's codes. A state means something only within its country: it goes with it."""
        place: dict[str, Json] = {}
        if "country" in fields and text(fields["country"]) != _country(held):
            place = {"country": (text(fields["country"]) or "").upper() or None}
            place |= {"state": None} if held.get("state") else {}
        country = _country({**held, **place})
        code = text(fields["state"]) if "state" in fields else None
        if "state" not in fields or code == _state({**held, **place}):
            return place, ()
        known = await self._reference.state_code(country, code) if country and code else None
        place["state"] = known
        return place, (f"state {code} is not one of that country in the shop",) if code and known is None else ()


def state_of(place: Mapping[str, Json], *, customer: str, kind: str) -> dict[str, Json]:
    return {"customer": customer, "kind": kind, **{name: text(place.get(name)) for name in COLUMNS}}


def to_record(state: State) -> Record:
    """Of a state that may hold only some of its fields: a record has what they say."""
    record: dict[str, Json] = {name: text(state[own]) for name, own in SAME.items() if own in state}
    if "customer" in state:
        record["customer"] = state["customer"]
    if "kind" in state:
        record["label"] = state["kind"]
    if state.keys() & {names.FIRST, names.LAST}:
        record["name"] = names.joined(state)
    if state.keys() & {"country", "state"}:
        record |= {"country": _country(state), "state": _state(state)}
    return record


def is_empty(place: Mapping[str, Json]) -> bool:
    """A country alone, which the shop fills in by itself, or a name alone is no address."""
    return not any(text(place.get(name)) for name in ("address_1", "city"))


def is_copy(account: Mapping[str, Json]) -> bool:
    """Whether deliveries go where the bills go: the storefront keeps both, and they are one address."""
    bill, delivery = (account.get(kind) for kind in KINDS)
    if not isinstance(bill, dict) or not isinstance(delivery, dict) or is_empty(bill):
        return False
    return place_id("", bill) == place_id("", delivery)


def _texts(fields: Record, held: State) -> tuple[dict[str, Json], list[str]]:
    """What the shop takes of the texts, as far as it differs; backslashes vanish there (cust-46)."""
    state: dict[str, Json] = {}
    notes: list[str] = []
    for name, own in SAME.items():
        wanted = text(fields.get(name))
        taken = text(names.kept(wanted)) if wanted else None
        if name in fields and taken != wanted:
            notes.append(f'{name}: the shop takes "{taken or ""}" only')
        if name in fields and taken != held.get(own):
            state[own] = taken
    if text(fields.get("mobile")):
        notes.append("mobile: the shop has one phone number for an address; it was left out")
    if "name" in fields and (person.words(fields["name"]) or None) != names.joined(held):
        parts, more = names.parts(fields["name"], held)
        return {**state, **parts}, [*notes, *more]
    return state, notes


def _owner(fields: Record) -> str:
    customer = text(fields.get("customer"))
    if customer is None:
        raise Rejected("an address of the shop belongs to a customer", code="required", field="customer")
    return customer


def _country(state: State) -> str | None:
    code = (text(state.get("country")) or "").upper()
    return code if _COUNTRY.fullmatch(code) else None


def _state(state: State) -> str | None:
    country, code = _country(state), text(state.get("state"))
    return plain_state(country, code) if country and code else None
