"""What a record depends on is synced first, once, however many wait for it: an order for its customer.

The record that is needed gets a job like any other (one pending job per record, so twenty orders of one new customer
make one), and the order looks again a moment later. It blocks nobody meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.session import SessionMaker
from app.entities.base import Action, EntityType, Side
from app.errors import AppError, Parked, Snoozed
from app.queue.store import ClaimedJob, NewJob, enqueue
from app.sync.references import Dangling

SOON: Final = timedelta(milliseconds=500)
LATER: Final = timedelta(minutes=1)
URGENT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Last:
    """The newest job about a record."""

    status: str
    outcome: str | None
    error: str | None
    due_in: timedelta

    @property
    def trouble(self) -> str | None:
        """Why it will not come by itself, None while it may."""
        if self.status in ("failed", "parked") or self.outcome == "rejected":
            return self.error or self.status
        return self.error if self.status in ("pending", "processing") else None

    @property
    def made_nothing(self) -> bool:
        """It was looked at since, and there is nothing to pair: deleted, or not to be made on the other side."""
        return self.status == "completed" and self.outcome == "unchanged"

    @property
    def look_in(self) -> timedelta:
        """Behind its own next attempt, which may come in a second; what needs a person is looked for now and then."""
        if self.status not in ("pending", "processing"):
            return LATER
        return min(max(self.due_in, timedelta()) + SOON, LATER)


_LAST = text(
    """
    SELECT DISTINCT ON (q.entity_type, q.native_id) q.entity_type, q.native_id, q.status, q.outcome, q.error_message,
           q.scheduled_at - now() AS due_in
    FROM sync_queue q
    JOIN unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS wanted(entity_type, native_id)
      ON q.entity_type = wanted.entity_type AND q.native_id = wanted.native_id
    WHERE q.link_id = :link_id AND q.direction = :direction AND q.side = :side
      AND q.status <> 'cancelled' AND (q.status IN ('pending', 'processing') OR q.created_at >= :since)
    ORDER BY q.entity_type, q.native_id, q.id DESC
    """
)

# A customer's job that waits among a thousand of a bulk sync does not hold up the order that needs it. Its attempts and
# its time stay: a new event would start its counting anew.
_HURRY = text(
    """
    WITH slow AS (
        SELECT q.link_id, q.id FROM sync_queue q
        JOIN unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS wanted(entity_type, native_id)
          ON q.entity_type = wanted.entity_type AND q.native_id = wanted.native_id
        WHERE q.link_id = :link_id AND q.direction = :direction AND q.side = :side AND q.status = 'pending'
          AND q.priority > :urgent
        ORDER BY q.id
        FOR UPDATE OF q SKIP LOCKED
    )
    UPDATE sync_queue q SET priority = :urgent FROM slow WHERE q.link_id = slow.link_id AND q.id = slow.id
    """
)


async def call_for(
    sessions: SessionMaker, job: ClaimedJob, side: Side, missing: Sequence[tuple[ClaimedJob, Sequence[Dangling]]]
) -> Mapping[int, AppError]:
    """Enqueue what is missing and was not tried since; returns per job id when to look again, and for what. Jobs that
    can go on without what is missing are absent.

    `job` is any job of the batch; `side` is the one the missing records are on.
    """
    wanted = sorted({(each.entity_type, each.native_id) for _, dangling in missing for each in dangling})
    if not wanted:
        return {}
    last = await _find_last(sessions, job, side, wanted, missing)
    new = [_job(job, side, *ref) for ref in wanted if ref not in last]
    slow = [ref for ref in wanted if ref in last and last[ref].status == "pending"]
    async with sessions.begin() as session:
        if new:
            await enqueue(session, new)
        if slow:
            await _hurry(session, job, side, slow)
    waits: dict[int, AppError] = {}
    for waiting, dangling in missing:
        # A line of a product that was deleted since goes without it; an address of a deleted customer cannot.
        needed = [each for each in dangling if each.required or not _made_nothing(each, last)]
        if needed:
            waits[waiting.id] = _wait(waiting, needed, last)
    return waits


async def _hurry(session: AsyncSession, job: ClaimedJob, side: Side, refs: Sequence[tuple[EntityType, str]]) -> None:
    parameters = {
        "link_id": job.link_id,
        "direction": job.direction.value,
        "side": side.value,
        "types": [entity_type.value for entity_type, _ in refs],
        "ids": [native_id for _, native_id in refs],
        "urgent": URGENT,
    }
    await session.execute(_HURRY, parameters)


async def _find_last(
    sessions: SessionMaker,
    job: ClaimedJob,
    side: Side,
    wanted: Sequence[tuple[EntityType, str]],
    missing: Sequence[tuple[ClaimedJob, Sequence[Dangling]]],
) -> dict[tuple[EntityType, str], _Last]:
    """Jobs that ended before anybody here waited say nothing about now."""
    parameters = {
        "link_id": job.link_id,
        "direction": job.direction.value,
        "side": side.value,
        "types": [entity_type.value for entity_type, _ in wanted],
        "ids": [native_id for _, native_id in wanted],
        "since": min(waiting.created_at for waiting, _ in missing),
    }
    async with sessions.autocommit() as session:
        rows = await session.execute(_LAST, parameters)
        return {
            (EntityType(row.entity_type), row.native_id): _Last(
                status=row.status, outcome=row.outcome, error=row.error_message, due_in=row.due_in
            )
            for row in rows
        }


def _made_nothing(each: Dangling, last: Mapping[tuple[EntityType, str], _Last]) -> bool:
    known = last.get((each.entity_type, each.native_id))
    return known is not None and known.made_nothing


def _wait(waiting: ClaimedJob, dangling: Sequence[Dangling], last: Mapping[tuple[EntityType, str], _Last]) -> AppError:
    for each in dangling:
        known = last.get((each.entity_type, each.native_id))
        if known is not None and known.made_nothing:
            return Parked(
                f"{waiting.entity_type} {waiting.native_id} needs its {each.entity_type} {each.native_id}, which is "
                "gone or not to be made on the other side; retry this job when it is there, or link it by hand",
                code="dependency",
                field=each.field,
            )
        if known is not None and (trouble := known.trouble):
            return Snoozed(
                f"{waiting.entity_type} {waiting.native_id} waits for its {each.entity_type} {each.native_id}, "
                f"which cannot be synced: {trouble}",
                retry_in=known.look_in,
                code="dependency",
                field=each.field,
            )
    first = dangling[0]
    return Snoozed(
        f"{waiting.entity_type} {waiting.native_id} waits for its {first.entity_type} {first.native_id}",
        retry_in=SOON,
        code="dependency",
        field=first.field,
    )


def _job(job: ClaimedJob, side: Side, entity_type: EntityType, native_id: str) -> NewJob:
    return NewJob(
        link_id=job.link_id,
        module=job.module,
        direction=side.outward,
        entity_type=entity_type,
        side=side,
        native_id=native_id,
        action=Action.UPDATED,
        payload={},
        priority=URGENT,
        max_attempts=job.max_attempts,
        traceparent=job.traceparent,
    )
