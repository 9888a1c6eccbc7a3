"""Queries about one record on both sides: its pair, what is open of it, and its timeline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import EntityType, Side
from app.errors import BadPayload
from app.queue.models import Job, JobStatus
from app.sync.models import Conflict, ConflictStatus, EntityMap

OPEN_JOBS: Final = (JobStatus.PENDING, JobStatus.PROCESSING, JobStatus.FAILED, JobStatus.PARKED)
MOST_OPEN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordIds:
    """One record by the ids it has; one of them is known at least."""

    link_id: int
    entity_type: EntityType
    odoo_id: str | None
    shop_id: str | None

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "link_id": self.link_id,
            "entity_type": self.entity_type.value,
            "odoo_id": self.odoo_id,
            "shop_id": self.shop_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a timeline. `kind`: delivery, journal or job."""

    at: datetime
    kind: str
    id: int
    facts: dict[str, Any]

    @property
    def cursor(self) -> str:
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z.{self.kind}.{self.id}"


async def find_map(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side, native_id: str
) -> EntityMap | None:
    column = EntityMap.odoo_id if side is Side.ODOO else EntityMap.shop_id
    query = select(EntityMap).where(
        EntityMap.link_id == link_id, EntityMap.entity_type == entity_type, column == native_id
    )
    return (await session.scalars(query)).one_or_none()


def ids_of(*, link_id: int, entity_type: EntityType, side: Side, native_id: str, row: EntityMap | None) -> RecordIds:
    """Of the pair, or the one id that was asked for."""
    if row is not None:
        return RecordIds(link_id=link_id, entity_type=entity_type, odoo_id=row.odoo_id, shop_id=row.shop_id)
    odoo_id, shop_id = (native_id, None) if side is Side.ODOO else (None, native_id)
    return RecordIds(link_id=link_id, entity_type=entity_type, odoo_id=odoo_id, shop_id=shop_id)


async def find_open_conflicts(session: AsyncSession, ids: RecordIds) -> list[Conflict]:
    """Oldest first."""
    query = (
        select(Conflict)
        .where(
            Conflict.link_id == ids.link_id,
            Conflict.entity_type == ids.entity_type,
            Conflict.status == ConflictStatus.OPEN,
            Conflict.shop_id == ids.shop_id,
        )
        .order_by(Conflict.id)
    )
    return list(await session.scalars(query))


async def find_open_jobs(session: AsyncSession, ids: RecordIds) -> list[Job]:
    """Of both sides, what is not finished; oldest first."""
    query = (
        select(Job)
        .where(
            Job.link_id == ids.link_id,
            Job.status.in_(OPEN_JOBS),
            Job.entity_type == ids.entity_type,
            or_(*of_either_side(ids)),
        )
        .order_by(Job.id)
        .limit(MOST_OPEN)
    )
    return list(await session.scalars(query))


def of_either_side(ids: RecordIds) -> list[ColumnElement[bool]]:
    known = ((Side.ODOO, ids.odoo_id), (Side.SHOP, ids.shop_id))
    return [and_(Job.side == side, Job.native_id == number) for side, number in known if number is not None]


# A delivery of Odoo names an Odoo record when it is a hint, and one of the shop when it is a command (which has an
# operation). Every branch gives its newest rows; rows of one transaction have one time, so kind and id break the tie.
_TIMELINE = text(
    """
    SELECT * FROM (
        (SELECT d.received_at AS at, 'delivery' AS kind, d.id,
                jsonb_build_object('side', d.source, 'event_id', d.event_id, 'operation_id', d.operation_id) AS facts
         FROM deliveries d
         WHERE d.link_id = :link_id AND d.entity_type = :entity_type
           AND ((d.source = 'odoo' AND d.operation_id IS NULL AND d.native_id = CAST(:odoo_id AS text))
             OR ((d.source = 'shop' OR d.operation_id IS NOT NULL) AND d.native_id = CAST(:shop_id AS text)))
           AND (d.received_at, 'delivery', d.id) < (:at, :kind, :id)
         ORDER BY d.received_at DESC, d.id DESC LIMIT :limit)
        UNION ALL
        (SELECT l.created_at, 'journal', l.id,
                jsonb_build_object('event', l.event, 'level', l.level, 'message', l.message, 'context', l.context,
                                   'job_id', l.job_id, 'operation_id', l.operation_id)
         FROM sync_logs l
         WHERE l.link_id = :link_id AND l.entity_type = :entity_type
           AND (l.odoo_id = CAST(:odoo_id AS text) OR l.shop_id = CAST(:shop_id AS text))
           AND (l.created_at, 'journal', l.id) < (:at, :kind, :id)
         ORDER BY l.created_at DESC, l.id DESC LIMIT :limit)
        UNION ALL
        (SELECT q.created_at, 'job', q.id,
                jsonb_build_object('side', q.side, 'action', q.action, 'status', q.status, 'outcome', q.outcome,
                                   'attempts', q.attempts, 'message', q.error_message, 'job_id', q.id)
         FROM sync_queue q
         WHERE q.link_id = :link_id AND q.entity_type = :entity_type
           AND ((q.side = 'odoo' AND q.native_id = CAST(:odoo_id AS text))
             OR (q.side = 'shop' AND q.native_id = CAST(:shop_id AS text)))
           AND (q.created_at, 'job', q.id) < (:at, :kind, :id)
         ORDER BY q.created_at DESC, q.id DESC LIMIT :limit)
    ) AS events
    ORDER BY at DESC, kind DESC, id DESC LIMIT :limit
    """
)
_CURSOR = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)\.(delivery|journal|job)\.(\d{1,18})")
_END_OF_TIME = (datetime(9999, 1, 1, tzinfo=UTC), "z", 0)


async def read_record_timeline(
    session: AsyncSession, ids: RecordIds, *, limit: int, cursor: str | None = None
) -> tuple[Sequence[Event], str | None]:
    """Newest first, and the cursor of what is older. Raises `BadPayload` for a cursor that is none."""
    at, kind, row_id = _END_OF_TIME if cursor is None else _parsed(cursor)
    before = {"at": at, "kind": kind, "id": row_id, "limit": limit + 1}
    rows = (await session.execute(_TIMELINE, ids.parameters | before)).all()
    events = [Event(at=row.at, kind=row.kind, id=row.id, facts=_object(row.facts)) for row in rows]
    kept = events[:limit]
    return kept, kept[-1].cursor if len(events) > limit else None


def _parsed(cursor: str) -> tuple[datetime, str, int]:
    try:
        moment, kind, row_id = _CURSOR.fullmatch(cursor).groups()  # type: ignore[union-attr]  # None raises as well
        return datetime.fromisoformat(moment), kind, int(row_id)
    except (AttributeError, ValueError) as error:
        raise BadPayload("cursor: give the next_cursor of the page before", field="cursor") from error


def _object(value: Any) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(value) if isinstance(value, str) else value
    return loaded
