"""A shop's customer in neutral words and back (`entities/records.py`)."""

from __future__ import annotations

from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.prestashop import names
from app.connectors.prestashop.reference import Reference
from app.entities.base import Json, Record, State
from app.errors import AppError, Rejected

SCHEME: Final = "http://"
"""Odoo puts it before an address that has none: in a record it goes without saying."""


class CustomerRecords:
    def __init__(self, reference: Reference) -> None:
        self._reference = reference

    async def record(self, state: State) -> Record:
        """Of a state that may hold only some of its fields: a record has what they say."""
        record: dict[str, Json] = {"company": text(state["company"])} if "company" in state else {}
        if "website" in state:
            record["website"] = _bare(state["website"])
        if "email" in state:
            record["email"] = lowered(state["email"])
        if state.keys() & {"firstname", "lastname"}:
            record["name"] = names.joined(state)
        if "id_lang" in state:
            record["language"] = await self._reference.language_code(state["id_lang"])
        if "active" in state:
            record["active"] = state["active"]
        return record

    async def resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            return await self._resolved(desired.fields, desired.base)
        except AppError as error:
            return error

    async def _resolved(self, fields: Record, base: State | None) -> Resolved:
        """Without an e-mail address there is no customer of a shop, and without letters no name of one."""
        needed = ("email", "name") if base is None else tuple({"email", "name"} & fields.keys())
        for name in needed:
            if not text(fields.get(name)):
                raise Rejected(f"a customer of the shop needs {name}", code="required", field=name)
        state: dict[str, Json] = {"company": text(fields["company"])} if "company" in fields else {}
        if "website" in fields and _bare(fields["website"]) != _bare((base or {}).get("website")):
            state["website"] = text(fields["website"])
        notes: tuple[str, ...] = ()
        if "email" in fields and lowered(fields["email"]) != lowered((base or {}).get("email")):
            state["email"] = lowered(fields["email"])
        if "name" in fields:
            parts, notes = names.of_customer(fields["name"], base or {})
            state |= parts
        if isinstance(active := fields.get("active"), bool):
            state["active"] = active
        language, more = await self._language(fields, base or {})
        return Resolved(state=state | language, notes=notes + more)

    async def _language(self, fields: Record, base: State) -> tuple[dict[str, Json], tuple[str, ...]]:
        code = text(fields.get("language"))
        if code is None:
            return {}, ()
        number = await self._reference.language_spoken(code, now=base.get("id_lang"))
        return ({"id_lang": number}, ()) if number else ({}, (f"language {code} is not in the shop",))


def text(value: Json) -> str | None:
    """Without blanks around it and with plain line ends, as XML keeps them; None for empty."""
    return value.replace("\r\n", "\n").replace("\r", "\n").strip() or None if isinstance(value, str) else None


def _bare(website: Json) -> str | None:
    return (text(website) or "").removeprefix(SCHEME) or None


def lowered(value: Json) -> str | None:
    found = text(value)
    return found.lower() if found else None
