"""Putting a job back: a retry, a job that is held, one rescued from a dead worker, one an operator wants again.

The difficulty is always the same: while the job was away from `pending`, a newer event of the same record may have
made a pending job of its own. There is only one pending job per record, so the older content goes *under* the newer
one (the newer one's fields win), the operations follow, and the older job ends as `merged`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.session import SessionMaker
from app.queue.models import JobStatus

RACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Requeue:
    """`expected_token` fences a worker's own job; None takes the job in any of `from_statuses` (operator, rescue).

    `count_attempt` False gives the attempt of the claim back. `reset` starts counting from zero.
    """

    link_id: int
    id: int
    delay: timedelta = timedelta()
    from_statuses: tuple[JobStatus, ...] = (JobStatus.PROCESSING,)
    expected_token: uuid.UUID | None = None
    count_attempt: bool = True
    reset: bool = False
    error_code: str | None = None
    error_message: str | None = None
    held_reason: str | None = None


# FOR UPDATE of the job first, then of the newer pending one: every caller takes them in this order.
_TAKE = text(
    """
    SELECT id, direction, entity_type, side, native_id FROM sync_queue
    WHERE link_id = :link_id AND id = :id AND status = ANY(CAST(:statuses AS text[]))
      AND (CAST(:token AS uuid) IS NULL OR lease_token = CAST(:token AS uuid))
    FOR UPDATE
    """
)
_NEWER = text(
    """
    SELECT newer.id FROM sync_queue newer
    WHERE newer.link_id = :link_id AND newer.direction = :direction AND newer.entity_type = :entity_type
      AND newer.side = :side AND newer.native_id = :native_id AND newer.status = 'pending' AND newer.id <> :id
    FOR UPDATE
    """
)
_BACK = text(
    """
    UPDATE sync_queue
    SET status = 'pending', outcome = NULL, lock_id = native_id, processed_at = NULL, held_reason = :held_reason,
        scheduled_at = now() + CAST(:delay AS interval),
        attempts = CASE WHEN :reset THEN 0 WHEN :count_attempt THEN attempts ELSE GREATEST(attempts - 1, 0) END,
        error_code = :error_code, error_message = :error_message,
        lease_token = NULL, leased_by = NULL, leased_until = NULL
    WHERE link_id = :link_id AND id = :id
    """
)
_UNDER_NEWER = text(
    """
    UPDATE sync_queue newer
    SET payload = old.payload || newer.payload,
        action = CASE WHEN newer.action = 'updated' AND old.action = 'created' THEN 'created' ELSE newer.action END,
        priority = LEAST(old.priority, newer.priority),
        claimed_at = COALESCE(newer.claimed_at, old.claimed_at),
        traceparent = COALESCE(newer.traceparent, old.traceparent),
        attempts = CASE WHEN :reset THEN 0
                        ELSE GREATEST(newer.attempts, old.attempts - CASE WHEN :count_attempt THEN 0 ELSE 1 END) END,
        scheduled_at = CASE WHEN :reset THEN now() + CAST(:delay AS interval)
                            ELSE GREATEST(newer.scheduled_at, now() + CAST(:delay AS interval)) END
    FROM sync_queue old
    WHERE old.link_id = :link_id AND old.id = :id AND newer.link_id = :link_id AND newer.id = :newer_id
    """
)
_MERGED = text(
    """
    UPDATE sync_queue
    SET status = 'cancelled', outcome = 'merged', error_message = :message, processed_at = now(),
        lease_token = NULL, leased_by = NULL, leased_until = NULL
    WHERE link_id = :link_id AND id = :id
    """
)
_OPERATIONS_FOLLOW = text(
    "UPDATE reverse_operations SET job_id = :newer_id WHERE link_id = :link_id AND job_id = :id"
    " AND status = 'processing'"
)
_INTENTS_FOLLOW = text(
    "UPDATE create_intents SET job_id = :newer_id WHERE link_id = :link_id AND job_id = :id AND closed_at IS NULL"
)


async def requeue(sessions: SessionMaker, order: Requeue) -> int | None:
    """Returns the id of the pending job that now carries the content, or None if the job was not ours to move."""
    for race in range(RACES):
        try:
            async with sessions.begin() as session:
                return await requeue_in(session, order)
        except IntegrityError:
            # A new event became pending between our look and our update: look again, it will be merged into.
            if race == RACES - 1:
                raise
    return None


async def requeue_in(session: AsyncSession, order: Requeue) -> int | None:
    """The same in the caller's transaction; may raise IntegrityError for a race, the caller then starts over."""
    job = (await session.execute(_TAKE, _taking(order))).one_or_none()
    if job is None:
        return None
    key = {
        "link_id": order.link_id,
        "id": order.id,
        "direction": job.direction,
        "entity_type": job.entity_type,
        "side": job.side,
        "native_id": job.native_id,
    }
    newer = (await session.execute(_NEWER, key)).scalar_one_or_none()
    if newer is None:
        await session.execute(_BACK, _back(order))
        return order.id
    ids = {"link_id": order.link_id, "id": order.id, "newer_id": newer}
    await session.execute(
        _UNDER_NEWER,
        {
            **ids,
            "delay": order.delay,
            "reset": order.reset,
            "count_attempt": order.count_attempt,
        },
    )
    await session.execute(_OPERATIONS_FOLLOW, ids)
    await session.execute(_INTENTS_FOLLOW, ids)
    message = f"continued as job {newer}, which a newer event of the same record had made"
    await session.execute(_MERGED, {"link_id": order.link_id, "id": order.id, "message": message})
    return int(newer)


def _taking(order: Requeue) -> dict[str, Any]:
    return {
        "link_id": order.link_id,
        "id": order.id,
        "statuses": [status.value for status in order.from_statuses],
        "token": order.expected_token,
    }


def _back(order: Requeue) -> dict[str, Any]:
    return {
        "link_id": order.link_id,
        "id": order.id,
        "delay": order.delay,
        "reset": order.reset,
        "count_attempt": order.count_attempt,
        "error_code": order.error_code,
        "error_message": order.error_message,
        "held_reason": order.held_reason,
    }


_EXPIRED = text(
    """
    SELECT link_id, id, attempts, max_attempts FROM sync_queue
    WHERE status = 'processing' AND leased_until < now() ORDER BY leased_until LIMIT 500
    """
)


async def rescue(sessions: SessionMaker) -> int:
    """Take back the jobs of workers that stopped renewing. Returns how many.

    The attempt was counted when it was claimed. Out of attempts is decided by the next worker that claims it, so that
    an operation is never left without an answer.
    """
    async with sessions.autocommit() as session:
        expired = (await session.execute(_EXPIRED)).all()
    rescued = 0
    for row in expired:
        order = Requeue(
            link_id=row.link_id,
            id=row.id,
            error_code="worker_lost",
            error_message="the worker stopped in the middle; taken up again",
        )
        rescued += await _requeue_if_expired(sessions, order)
    return rescued


async def _requeue_if_expired(sessions: SessionMaker, order: Requeue) -> bool:
    check = text(
        "SELECT 1 FROM sync_queue WHERE link_id = :link_id AND id = :id AND status = 'processing'"
        " AND leased_until < now() FOR UPDATE SKIP LOCKED"
    )
    try:
        async with sessions.begin() as session:
            row = await session.execute(check, {"link_id": order.link_id, "id": order.id})
            if row.scalar_one_or_none() is None:
                return False
            return await requeue_in(session, order) is not None
    except IntegrityError:
        return False
