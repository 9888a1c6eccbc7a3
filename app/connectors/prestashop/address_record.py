"""A shop's address in neutral words and back (`entities/records.py`).

The label that a customer sees in the shop ("Home") has no place in Odoo: a new address without one is named by its
city.
"""

from __future__ import annotations

import re
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.prestashop import names
from app.connectors.prestashop.customer_record import text
from app.connectors.prestashop.fields import as_int
from app.connectors.prestashop.reference import Reference
from app.entities.base import Json, Record, State
from app.errors import AppError, Rejected

_SAME: Final = {
    "company": "company",
    "street": "address1",
    "street2": "address2",
    "postcode": "postcode",
    "city": "city",
    "phone": "phone",
    "mobile": "phone_mobile",
    "label": "alias",
}
_NEEDED: Final = ("street", "city")
_PHONES: Final = ("phone", "phone_mobile")
_NOT_IN_PHONE: Final = re.compile(r"[^+0-9. ()/-]+")
_NOT_IN_LABEL: Final = re.compile(r"[<>={}]+")
_LABEL_LENGTH: Final = 32


class AddressRecords:
    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    async def record(self, state: State) -> Record:
        """`customer` is None for an address that lost its owner: a PUT without it does that (recording 316)."""
        record: dict[str, Json] = {name: text(state[own]) for name, own in _SAME.items() if own in state}
        if "id_customer" in state:
            owner = as_int(state["id_customer"])
            record["customer"] = str(owner) if owner else None
        if state.keys() & {"firstname", "lastname"}:
            record["name"] = names.joined(state)
        if "id_country" in state:
            record["country"] = await self._reference.country_code(state["id_country"])
        if "id_state" in state:
            record["state"] = await self._reference.state_code(state["id_state"])
        return record

    async def resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            return await self._resolved(desired.fields, desired.base)
        except AppError as error:
            return error

    async def _resolved(self, fields: Record, base: State | None) -> Resolved:
        state: dict[str, Json] = {own: text(fields[name]) for name, own in _SAME.items() if name in fields}
        notes = [_shortened(state, name) for name in _PHONES]
        for name in _NEEDED:
            if (base is None or name in fields) and not text(fields.get(name)):
                raise Rejected(f"an address of the shop needs {name}", code="required", field=name)
        if base is None:
            state["id_customer"] = _owner(fields)
        if "alias" in state or base is None:
            state["alias"] = label = _label(state.get("alias")) or _label(fields.get("city"))
            if (wanted := text(fields.get("label"))) not in (None, label):
                notes.append(f'label: the shop takes "{label}" of "{wanted}" only')
        if "name" in fields and base and not text(fields["name"]):
            notes.append("an address of the shop keeps its name")
        if text(fields.get("name")):
            parts, more = names.of_address(fields["name"], base or {})
            state |= parts
            notes += more
        place, more = await self._place(fields, base or {})
        return Resolved(state=state | place, notes=tuple(note for note in (*notes, *more) if note))

    async def _place(self, fields: Record, base: State) -> tuple[dict[str, Json], tuple[str, ...]]:
        """Country and state as ids. The shop has few countries' states; one it lacks is left out."""
        place: dict[str, Json] = {}
        notes: tuple[str, ...] = ()
        if country := text(fields.get("country")):
            place["id_country"] = as_int((await self._reference.country(country, field="country")).get("id"))
        elif "country" in fields and base:
            notes = ("an address of the shop keeps its country",)
        if "state" in fields:
            within = as_int(place.get("id_country", base.get("id_country")))
            code = text(fields["state"])
            place["id_state"] = await self._reference.state_by_code(code, within) if code and within else None
            if code and place["id_state"] is None:
                notes += (f"state {code} is not one of that country in the shop",)
        return place, notes


def _owner(fields: Record) -> int:
    number = as_int(fields.get("customer"))
    if not number:
        raise Rejected("an address of the shop belongs to a customer", code="required", field="customer")
    return number


def _shortened(state: dict[str, Json], name: str) -> str | None:
    """Numbers, blanks and `+.()/-` are all that the shop takes (recording 312): words like "ext." go."""
    given = state.get(name)
    if not isinstance(given, str) or not _NOT_IN_PHONE.search(given):
        return None
    taken = " ".join(_NOT_IN_PHONE.sub(" ", given).split()) or None
    state[name] = taken
    return f'{name}: the shop takes "{taken or ""}" only'


def _label(value: Json) -> str | None:
    """At most 32 characters (recording 311)."""
    found = text(value)
    return " ".join(_NOT_IN_LABEL.sub(" ", found).split())[:_LABEL_LENGTH].strip() or None if found else None
