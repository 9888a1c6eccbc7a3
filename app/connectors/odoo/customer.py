"""Customers: the partners that people buy as.

A partner is a customer, an address or both, by its place: on top or a contact of its own it is a person or a company;
a child of type delivery, invoice or other is an address (`address.py`).
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
from app.connectors.odoo import listing
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.records import Table, refuse_patches
from app.connectors.odoo.reference import Reference, language_of
from app.connectors.odoo.values import flag_of, id_of, text_of, texts_of
from app.connectors.odoo.writing import Planned, as_known, write_all
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.errors import AppError, Rejected

MODEL: Final = "res.partner"
FIELDS: Final = (
    "name",
    "email",
    "email_normalized",
    "company_name",
    "parent_id",
    "parent_name",
    "type",
    "website",
    "lang",
    "active",
)
KIND: Final[tuple[Json, ...]] = (
    ["email_normalized", "!=", False],
    "|",
    ["parent_id", "=", False],
    ["type", "=", "contact"],
)
"""On top or a contact, with an e-mail of its own: what a shop can have as a customer."""
SCHEME: Final = "http://"
_TEXTS: Final = ("name", "company_name", "website")


class CustomerPort:
    entity_type = EntityType.CUSTOMER

    def __init__(
        self, client: OdooClient, options: OdooOptions, reference: Reference, *, extra: Sequence[str] = ()
    ) -> None:
        self._options = options
        self._reference = reference
        counted: tuple[Json, ...] = (["customer_rank", ">", 0],) if options.only_customers else ()
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=MODEL,
            fields=FIELDS,
            extra=tuple(extra),
            kind=(*counted, *KIND),
            overlap_s=options.poll_overlap_s,
        )

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """A partner that is an address of another is missing here."""
        rows = {number: row for number, row in (await self._table.rows(ids)).items() if not _is_address(row)}
        shots = {shot.ref.native_id: shot for shot in await self._table.snapshots(list(rows.values()), state_of)}
        return {number: shots.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By e-mail, without regard to case, in one call. Of several the best kind only: live before archived, then
        on top before inside a company; two of one kind are both given."""
        emails = sorted({key.value for key in keys})
        rows = await self._table.where([["email_normalized", "in", list[Json](emails)], *KIND]) if emails else []
        found: dict[NaturalKey, list[Snapshot]] = {}
        for key in keys:
            fitting = [row for row in rows if text_of(row.get("email_normalized")) == key.value]
            found[key] = await self._table.snapshots(_best(fitting), state_of)
        return found

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return await write_all(self._table, writes, self._plan, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [to_record(state) for state in states]

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
        return await self._table.snapshots([row for row in rows if not _is_address(row)], state_of)

    async def _resolved(self, desired: Desired) -> Resolved | AppError:
        try:
            language, notes = await self._language(desired)
            company, more = _company(desired)
            return Resolved(state={**_plain(desired), **company, **language}, notes=(*notes, *more))
        except Exception as error:
            return as_known(error, "translating a customer")

    async def _language(self, desired: Desired) -> tuple[State, tuple[str, ...]]:
        wanted = desired.fields.get("language")
        if not isinstance(wanted, str):
            return {}, ()
        now = text_of((desired.base or {}).get("lang"))
        code = await self._reference.language(wanted, now=now)
        if code is None:
            return {}, (f"language {wanted!r} is not installed in Odoo and was left out",)
        return {"lang": code}, ()

    async def _plan(self, write: Write) -> Planned:
        values: Row = {
            name: False if write.changes[name] is None else write.changes[name]
            for name in ("email", "lang", "active", *_TEXTS)
            if name in write.changes
        }
        values |= await self._table.extra_values(write.changes)
        if write.ref is not None:
            return Planned(values=values)
        rank: Row = {"customer_rank": 1} if await self._table.has("customer_rank") else {}
        return Planned(values={"is_company": self._options.customer_type == "company", **rank, **values})


def state_of(row: Row) -> State:
    """`email` as Odoo compares it. `company_name` of a contact inside a company is that company's name."""
    inside = id_of(row.get("parent_id"))
    company = row.get("parent_name") if inside else row.get("company_name")
    return {
        "name": text_of(row.get("name")),
        "email": text_of(row.get("email_normalized")) or (text_of(row.get("email")) or "").lower() or None,
        "company_name": text_of(company),
        "parent": inside,
        "website": text_of(row.get("website")),
        "lang": text_of(row.get("lang")),
        "active": flag_of(row.get("active")),
    }


def to_record(state: State) -> Record:
    return {
        "email": state.get("email"),
        "name": state.get("name"),
        "company": state.get("company_name"),
        "website": _without_scheme(state.get("website")),
        "language": language_of(text_of(state.get("lang"))),
        "active": state.get("active"),
    }


def _plain(desired: Desired) -> dict[str, Json]:
    fields = desired.fields
    state = texts_of(fields, {name: name for name in ("name", "website", "email")})
    if "name" in fields and not state["name"]:
        raise Rejected("Odoo refuses a contact without a name", field="name", code="name_missing")
    if "active" in fields:
        state["active"] = fields["active"]
    if "website" in fields:
        state["website"] = _with_scheme(text_of(state["website"]))
    if "email" in fields:
        state["email"] = (text_of(state["email"]) or "").lower() or None
    return state


def _with_scheme(website: str | None) -> str | None:
    """Odoo puts it before an address that has none (`_clean_website`, 17.0 and 19.0)."""
    return website if website is None or "://" in website else f"{SCHEME}{website}"


def _without_scheme(website: Json) -> str | None:
    """A shop takes `example.com` as it is, so that in a record it goes without saying."""
    return (text_of(website) or "").removeprefix(SCHEME) or None


def _company(desired: Desired) -> tuple[State, tuple[str, ...]]:
    """The name of a parent company is that record's own and is left alone; so is the relation."""
    if "company" not in desired.fields:
        return {}, ()
    state, base = texts_of(desired.fields, {"company_name": "company"}), desired.base or {}
    if not base.get("parent"):
        return state, ()
    if state["company_name"] == base.get("company_name"):
        return {}, ()
    return {}, ("the company of a contact inside a company is set in Odoo, and was left alone",)


def _is_address(row: Row) -> bool:
    return id_of(row.get("parent_id")) is not None and row.get("type") != "contact"


def _best(rows: Sequence[Row]) -> list[Row]:
    live = [row for row in rows if flag_of(row.get("active"))] or list(rows)
    return [row for row in live if not id_of(row.get("parent_id"))] or live
