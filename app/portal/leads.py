"""The table `leads`: what people left in a shop's form, and leads of Odoo that came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import Json

TEXTS: Final = ("name", "contact_name", "email", "phone", "company", "description")
FIELDS: Final = (*TEXTS, "active")
MOST_TEXT: Final = 20_000
"""Characters of a description that grows with each message of the same person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRow:
    id: int
    values: Mapping[str, Json]
    updated_at: datetime


_COLUMNS = "id, name, contact_name, email, phone, company, description, active, updated_at"
_READ = text(f"SELECT {_COLUMNS} FROM leads WHERE link_id = :link_id AND id = ANY(CAST(:ids AS bigint[]))")  # noqa: S608
_FIND = text(
    f"""
    SELECT {_COLUMNS} FROM leads
    WHERE link_id = :link_id AND lower(email) = ANY(CAST(:emails AS text[])) ORDER BY id
    """  # noqa: S608 - a constant of this module
)
_CHANGED = text(
    f"""
    SELECT {_COLUMNS} FROM leads
    WHERE link_id = :link_id AND (updated_at, id) > (CAST(:moment AS timestamptz), CAST(:id AS bigint))
    ORDER BY updated_at, id LIMIT :limit
    """  # noqa: S608 - a constant of this module
)
_INSERT = text(
    """
    INSERT INTO leads (link_id, name, contact_name, email, phone, company, description, active, source)
    VALUES (:link_id, :name, :contact_name, :email, :phone, :company, :description, :active, :source)
    RETURNING id
    """
)
# COALESCE would make it impossible to empty a field; `set` names what is given.
_UPDATE = text(
    """
    UPDATE leads SET
        name = CASE WHEN given ? 'name' THEN given->>'name' ELSE name END,
        contact_name = CASE WHEN given ? 'contact_name' THEN given->>'contact_name' ELSE contact_name END,
        email = CASE WHEN given ? 'email' THEN given->>'email' ELSE email END,
        phone = CASE WHEN given ? 'phone' THEN given->>'phone' ELSE phone END,
        company = CASE WHEN given ? 'company' THEN given->>'company' ELSE company END,
        description = CASE WHEN given ? 'description' THEN given->>'description' ELSE description END,
        active = CASE WHEN given ? 'active' THEN (given->>'active')::boolean ELSE active END,
        updated_at = now()
    FROM (SELECT CAST(:given AS jsonb) AS given) AS wanted
    WHERE link_id = :link_id AND id = :id
    RETURNING id
    """
)
_DELETE = text("DELETE FROM leads WHERE link_id = :link_id AND id = :id")
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")


async def read_leads(session: AsyncSession, *, link_id: int, ids: Sequence[int]) -> list[LeadRow]:
    rows = await session.execute(_READ, {"link_id": link_id, "ids": list(ids)})
    return [_row(row) for row in rows]


async def find_leads(session: AsyncSession, *, link_id: int, emails: Sequence[str]) -> list[LeadRow]:
    rows = await session.execute(_FIND, {"link_id": link_id, "emails": [email.lower() for email in emails]})
    return [_row(row) for row in rows]


async def changed_leads(
    session: AsyncSession, *, link_id: int, moment: datetime, after: int, limit: int
) -> list[LeadRow]:
    rows = await session.execute(_CHANGED, {"link_id": link_id, "moment": moment, "id": after, "limit": limit})
    return [_row(row) for row in rows]


async def add_lead(session: AsyncSession, *, link_id: int, values: Mapping[str, Json], source: str | None) -> int:
    blank: dict[str, Any] = {**dict.fromkeys(TEXTS), "active": True}
    parameters = {**blank, **values, "link_id": link_id, "source": source}
    return int((await session.execute(_INSERT, parameters)).scalar_one())


async def change_lead(session: AsyncSession, *, link_id: int, lead_id: int, values: str) -> bool:
    """`values`: JSON of the fields to set. False: there is no such lead."""
    parameters = {"link_id": link_id, "id": lead_id, "given": values}
    return (await session.execute(_UPDATE, parameters)).scalar_one_or_none() is not None


async def remove_lead(session: AsyncSession, *, link_id: int, lead_id: int) -> None:
    await session.execute(_DELETE, {"link_id": link_id, "id": lead_id})


async def find_same(session: AsyncSession, *, link_id: int, email: str, name: str) -> LeadRow | None:
    """The live lead of this person about this matter, held until the transaction ends: two posts of one form at once
    are one lead."""
    await session.execute(_LOCK, {"key": f"lead/{link_id}/{email.lower()}|{name.lower()}"})
    for row in reversed(await find_leads(session, link_id=link_id, emails=[email])):
        if row.values["active"] and str(row.values["name"]).lower() == name.lower():
            return row
    return None


def continued(before: str | None, message: str | None, *, now: datetime) -> str | None:
    """What a person wrote first, and what the same person wrote now; the same words again add nothing."""
    if not message or not before or message in before:
        return before or message
    joined = f"{before}\n\n{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC\n{message}"
    return joined if len(joined) <= MOST_TEXT else f"…{joined[-MOST_TEXT:]}"


def _row(row: Any) -> LeadRow:
    return LeadRow(id=row.id, values={name: getattr(row, name) for name in FIELDS}, updated_at=row.updated_at)
