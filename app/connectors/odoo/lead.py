"""Leads and opportunities. One that is lost is archived, and hidden from every plain search."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import Cursor, Desired, Gone, Page, Patch, Removal, Resolved, Snapshot, Write, Written
from app.connectors.odoo import listing
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.records import Table, refuse_patches
from app.connectors.odoo.values import flag_of, html_to_text, text_of, text_to_html, texts_of
from app.connectors.odoo.writing import Planned, Stored, as_known, required_id, write_all, write_each
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.entities.records import record_key
from app.errors import AppError, Rejected

MODEL: Final = "crm.lead"
NEUTRAL: Final[Mapping[str, str]] = {
    "name": "name",
    "contact_name": "contact_name",
    "email_from": "email",
    "phone": "phone",
    "partner_name": "company",
    "description": "description",
    "active": "active",
}
"""Odoo's fields and what records call them."""
FIELDS: Final = (*NEUTRAL, "email_normalized")


class LeadPort:
    entity_type = EntityType.LEAD

    def __init__(self, client: OdooClient, options: OdooOptions, *, extra: Sequence[str] = ()) -> None:
        self._options = options
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=MODEL,
            fields=FIELDS,
            extra=tuple(extra),
            overlap_s=options.poll_overlap_s,
        )

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        return await self._table.read(ids, state_of)

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By e-mail and name, lost ones too: a customer who writes twice about one thing has one lead."""
        emails = sorted({key.value.partition("|")[0] for key in keys})
        rows = await self._table.where([["email_normalized", "in", list[Json](emails)]]) if emails else []
        found: dict[NaturalKey, list[Snapshot]] = {key: [] for key in keys}
        for shot in await self._table.snapshots(rows, state_of):
            key = record_key(self.entity_type, to_record(shot.state))
            if key in found:
                found[key].append(shot)
        return found

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """Losing a lead is a button of its own, singly; everything else goes in batches."""
        lost = [write for write in writes if _is_loss(write)]
        others = [write for write in writes if not _is_loss(write)]
        by_button = iter(await write_each(self._table, lost, self._lose, self.read) if lost else [])
        together = iter(await write_all(self._table, others, self._plan, self.read) if others else [])
        return [next(by_button) if _is_loss(write) else next(together) for write in writes]

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [to_record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return self._table.changed_since(cursor)

    async def count(self) -> int:
        return await listing.count(self._table)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _plan(self, write: Write) -> Planned:
        values = {**_values(write.changes), **await self._table.extra_values(write.changes)}
        if write.ref is not None:
            return Planned(values=values)
        return Planned(values={"type": self._options.lead_type, **values})

    async def _lose(self, write: Write) -> Stored:
        """The other changes first: Odoo takes them on a lost lead as well, but people look at the last message."""
        lead = required_id(write)
        values = {**_values(write.changes), **await self._table.extra_values(write.changes)}
        values.pop("active", None)
        if values:
            await self._table.client.write(MODEL, [lead], values)
        await self._table.client.run_action(MODEL, "action_set_lost", [lead])
        return Stored(native_id=str(lead))


def state_of(row: Row) -> State:
    """`email_from` as Odoo compares it."""
    texts = {name: text_of(row.get(name)) for name in NEUTRAL}
    email = text_of(row.get("email_normalized")) or (texts["email_from"] or "").lower() or None
    description, active = html_to_text(row.get("description")), flag_of(row.get("active"))
    return {**texts, "email_from": email, "description": description, "active": active}


def to_record(state: State) -> Record:
    return {word: state.get(name) for name, word in NEUTRAL.items()}


def _is_loss(write: Write) -> bool:
    """A live lead becomes a lost one. Archiving a lead is losing it."""
    if write.ref is None or write.removal is Removal.DELETE:
        return False
    lost = write.removal is Removal.ARCHIVE or write.changes.get("active") is False
    return lost and (write.base or {}).get("active") is not False


def _values(changes: State) -> Row:
    values: Row = {name: False if changes[name] is None else changes[name] for name in NEUTRAL if name in changes}
    if "description" in values:
        values["description"] = text_to_html(text_of(changes["description"]))
    return values


def _resolved(desired: Desired) -> Resolved | AppError:
    try:
        return Resolved(state=_translated(desired.fields))
    except Exception as error:
        return as_known(error, "translating a lead")


def _translated(fields: Record) -> State:
    state = texts_of(fields, {name: word for name, word in NEUTRAL.items() if word != "active"})
    if "name" in fields and not state["name"]:
        raise Rejected("Odoo refuses a lead without a name", field="name", code="name_missing")
    if "active" in fields:
        state["active"] = fields["active"]
    if "email_from" in state:
        state["email_from"] = (text_of(state["email_from"]) or "").lower() or None
    return state
