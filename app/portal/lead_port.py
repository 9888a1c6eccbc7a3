"""Leads of this service as the shop's side of a link: the two-way engine treats them like any other record."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import orjson
from sqlalchemy.exc import DBAPIError

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    Page,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.entities.records import record_key
from app.entities.values import storable
from app.errors import AppError, BadPayload, Rejected, Retryable
from app.portal.leads import (
    FIELDS,
    TEXTS,
    LeadRow,
    add_lead,
    change_lead,
    changed_leads,
    find_leads,
    read_leads,
    remove_lead,
)

PAGE: Final = 500
FROM_ODOO: Final = "odoo"


class LeadPort:
    """Of one link. A state is the record itself: the words of the table are the neutral ones."""

    entity_type = EntityType.LEAD

    def __init__(self, sessions: SessionMaker, link_id: int) -> None:
        self._sessions = sessions
        self._link_id = link_id

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        numbers = [int(number) for number in ids if number.isascii() and number.isdecimal()]
        async with self._sessions() as session:
            rows = await read_leads(session, link_id=self._link_id, ids=numbers)
        found = {str(row.id): _snapshot(row) for row in rows}
        return {number: found.get(number, MISSING) for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        emails = sorted({key.value.partition("|")[0] for key in keys})
        async with self._sessions() as session:
            rows = await find_leads(session, link_id=self._link_id, emails=emails)
        found: dict[NaturalKey, list[Snapshot]] = {key: [] for key in keys}
        for shot in map(_snapshot, rows):
            key = record_key(self.entity_type, shot.state)
            if key in found:
                found[key].append(shot)
        return found

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return [BadPayload("leads take no events of the reverse sync") for _ in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        return [await self._stored(write) for write in writes]

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [dict(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [_resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """By the moment of the last change, which is ours to the microsecond."""
        moment, after = _moment(cursor.moment), int(cursor.native_id or 0)
        while True:
            async with self._sessions() as session:
                rows = await changed_leads(session, link_id=self._link_id, moment=moment, after=after, limit=PAGE)
            if not rows:
                return
            moment, after = rows[-1].updated_at, rows[-1].id
            at = Cursor(moment=moment.isoformat(), native_id=str(after))
            yield Page(ids=tuple(str(row.id) for row in rows), cursor=at)

    async def native_fields(self) -> Mapping[str, str]:
        return {name: "boolean" if name == "active" else "text" for name in FIELDS}

    async def _stored(self, write: Write) -> Written | AppError:
        try:
            number = await self._store(write)
            if write.removal is Removal.DELETE:
                return Written(ref=_ref(number), state={}, gone=True)
            [shot] = (await self.read([str(number)])).values()
        except DBAPIError as error:
            return Retryable(f"a lead could not be stored ({type(error).__name__})", code="database_away")
        return Written(ref=shot.ref, state=shot.state) if isinstance(shot, Snapshot) else _gone(number)

    async def _store(self, write: Write) -> int:
        async with self._sessions.begin() as session:
            if write.ref is None:
                return await add_lead(session, link_id=self._link_id, values=write.changes, source=FROM_ODOO)
            number = int(write.ref.native_id)
            if write.removal is Removal.DELETE:
                await remove_lead(session, link_id=self._link_id, lead_id=number)
                return number
            changes = {**write.changes, "active": False} if write.removal is Removal.ARCHIVE else dict(write.changes)
            values = orjson.dumps({name: changes[name] for name in FIELDS if name in changes}).decode()
            await change_lead(session, link_id=self._link_id, lead_id=number, values=values)
            return number


def _resolved(desired: Desired) -> Resolved | AppError:
    state: dict[str, Json] = {name: _kept(name, desired.fields[name]) for name in FIELDS if name in desired.fields}
    if (desired.base is None or "name" in state) and not state.get("name"):
        return Rejected("a lead needs a name", field="name", code="name_missing")
    return Resolved(state=state)


def _kept(name: str, value: Json) -> Json:
    """As a record has it: without blanks around it, with plain line ends, e-mail in lower case, None for empty."""
    if not isinstance(value, str):
        return value
    text = storable(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    return (text.lower() if name == "email" else text) or None


def _snapshot(row: LeadRow) -> Snapshot:
    state: dict[str, Json] = {name: row.values[name] or None for name in TEXTS}
    return Snapshot(ref=_ref(row.id), state={**state, "active": row.values["active"]}, modified_at=row.updated_at)


def _ref(number: int) -> Ref:
    return Ref(side=Side.SHOP, entity_type=EntityType.LEAD, native_id=str(number))


def _gone(number: int) -> Retryable:
    return Retryable(f"lead {number} was written but is gone when read back; the retry looks again", code="vanished")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text) if text else datetime(1970, 1, 1, tzinfo=UTC)
