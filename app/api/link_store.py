"""Queries about links and connections and how they are doing. Never anything sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.connections.models import Connection, Link, Pause, Refusal
from app.connections.store import find_connection, find_link
from app.entities.base import Side
from app.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    link: Link
    odoo: str
    shop: str


async def check_link(session: AsyncSession, slug: str | None) -> None:
    """Raises `NotFound` for a slug that does not exist: an empty list would look like good news."""
    if slug is not None:
        await get_link(session, slug)


async def get_link(session: AsyncSession, slug: str) -> Link:
    """Raises `NotFound`."""
    link = await find_link(session, slug=slug)
    if link is None:
        raise NotFound(f"there is no link {slug!r}; see /api/v1/links", code="unknown_link")
    return link


async def read_links(session: AsyncSession, *, slug: str | None = None) -> list[LinkRow]:
    """By slug; with the names of both connections."""
    odoo, shop = aliased(Connection), aliased(Connection)
    query = (
        select(Link, odoo.name, shop.name)
        .join(odoo, odoo.id == Link.odoo_connection_id)
        .join(shop, shop.id == Link.shop_connection_id)
        .order_by(Link.slug)
    )
    if slug is not None:
        query = query.where(Link.slug == slug)
    return [
        LinkRow(link=link, odoo=odoo_name, shop=shop_name)
        for link, odoo_name, shop_name in await session.execute(query)
    ]


async def find_pauses(session: AsyncSession, *, link_id: int | None = None) -> list[Pause]:
    query = select(Pause).order_by(Pause.link_id, Pause.direction, Pause.entity_type)
    if link_id is not None:
        query = query.where(Pause.link_id == link_id)
    return list(await session.scalars(query))


async def find_refusals(session: AsyncSession, *, link_id: int | None = None) -> list[Refusal]:
    query = select(Refusal).order_by(Refusal.link_id, Refusal.last_at.desc())
    if link_id is not None:
        query = query.where(Refusal.link_id == link_id)
    return list(await session.scalars(query))


async def get_connection(session: AsyncSession, name: str) -> Connection:
    """Raises `NotFound`."""
    row = await find_connection(session, name=name)
    if row is None:
        raise NotFound(f"there is no connection {name!r}; see /api/v1/connections", code="unknown_connection")
    return row


async def read_connections(session: AsyncSession) -> list[Connection]:
    return list(await session.scalars(select(Connection).order_by(Connection.name)))


# One look into an index per link and figure, however many rows the tables hold. Failed and parked jobs stay until
# somebody has dealt with them, so counting what is open counts little. A job that ended well has read its own side, and
# one that wrote reached the side it was for; the last hundred say when.
_ACTIVITY = text(
    """
    SELECT l.id AS link_id, l.slug, l.enabled, l.odoo_connection_id, l.shop_connection_id,
           jobs.odoo_answered_at, jobs.shop_answered_at,
           (SELECT d.received_at FROM deliveries d WHERE d.link_id = l.id
            ORDER BY d.id DESC LIMIT 1) AS last_accepted_at,
           (SELECT o.finished_at FROM reverse_operations o WHERE o.link_id = l.id AND o.status = 'success'
            ORDER BY o.id DESC LIMIT 1) AS last_success_at,
           (SELECT count(*) FROM reverse_operations o WHERE o.link_id = l.id AND o.status = 'processing') AS unanswered
    FROM links l
    CROSS JOIN LATERAL (
        SELECT max(recent.processed_at) FILTER (WHERE recent.side = 'odoo' OR (
                   recent.direction = 'shop_to_odoo' AND recent.outcome IN ('written', 'created', 'deleted')
               )) AS odoo_answered_at,
               max(recent.processed_at) FILTER (WHERE recent.side = 'shop' OR (
                   recent.direction = 'odoo_to_shop' AND recent.outcome IN ('written', 'created', 'deleted')
               )) AS shop_answered_at
        FROM (SELECT q.side, q.direction, q.outcome, q.processed_at FROM sync_queue q
              WHERE q.link_id = l.id AND q.status = 'completed' ORDER BY q.id DESC LIMIT 100) recent
        WHERE recent.outcome IN ('written', 'created', 'deleted', 'unchanged', 'converged')
    ) jobs
    WHERE CAST(:link_id AS int) IS NULL OR l.id = :link_id
    ORDER BY l.slug
    """
)
_OPEN_JOBS = text(
    """
    SELECT q.link_id,
           CASE WHEN q.status = 'pending' AND q.held_reason IS NOT NULL THEN 'held' ELSE q.status END AS status,
           count(*) AS jobs,
           min(q.scheduled_at) FILTER (
               WHERE q.status = 'pending' AND q.held_reason IS NULL AND q.scheduled_at <= now()
                 AND NOT EXISTS (SELECT 1 FROM pauses p WHERE p.link_id = q.link_id AND p.direction = q.direction
                                 AND p.entity_type IN ('', q.entity_type) AND p.until > now())) AS due_since
    FROM sync_queue q
    WHERE q.link_id = ANY(ARRAY(SELECT id FROM links))
      AND (CAST(:link_id AS int) IS NULL OR q.link_id = :link_id)
      AND q.status IN ('pending', 'processing', 'failed', 'parked')
    GROUP BY 1, 2
    """
)


@dataclass(slots=True, kw_only=True)
class Activity:
    """`open_jobs`: pending, held, processing, failed, parked. `due_since`: the oldest job nobody has taken yet.
    `ends`: ids of the connections; `answered_at`: when each last did what a job asked."""

    link_id: int
    slug: str
    enabled: bool
    ends: Mapping[Side, int]
    answered_at: Mapping[Side, datetime | None]
    last_accepted_at: datetime | None
    last_success_at: datetime | None
    unanswered: int
    open_jobs: dict[str, int]
    due_since: datetime | None = None


async def read_activity(session: AsyncSession, *, link_id: int | None = None) -> list[Activity]:
    """By slug; all links, or one."""
    activities = [_activity(row) for row in await session.execute(_ACTIVITY, {"link_id": link_id})]
    by_link = {activity.link_id: activity for activity in activities}
    for row in await session.execute(_OPEN_JOBS, {"link_id": link_id}):
        if (activity := by_link.get(row.link_id)) is not None:
            activity.open_jobs[row.status] = row.jobs
            activity.due_since = row.due_since or activity.due_since
    return activities


def _activity(row: Row[Any]) -> Activity:
    answered = {
        Side.ODOO: row.odoo_answered_at,
        Side.SHOP: max(filter(None, (row.shop_answered_at, row.last_success_at)), default=None),
    }
    return Activity(
        link_id=row.link_id,
        slug=row.slug,
        enabled=row.enabled,
        ends={Side.ODOO: row.odoo_connection_id, Side.SHOP: row.shop_connection_id},
        answered_at=answered,
        last_accepted_at=row.last_accepted_at,
        last_success_at=max(filter(None, answered.values()), default=None),
        unanswered=row.unanswered,
        open_jobs={},
    )
