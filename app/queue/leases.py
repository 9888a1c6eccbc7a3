"""Holding a claimed job: keep the lease, know whether it is still ours, hold a record under its own id."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import CursorResult, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.session import SessionMaker
from app.queue.store import ClaimedJob

_RELOCK = text(
    """
    UPDATE sync_queue SET lock_id = :lock_id
    WHERE link_id = :link_id AND id = :id AND status = 'processing' AND lease_token = :lease_token
    """
)


async def relock(sessions: SessionMaker, job: ClaimedJob, lock_id: str) -> bool:
    """Hold the record under its own id, now that it is known. False: another job works on it (or we lost ours).

    A customer found by e-mail is the same record as the one another event names by id; both must not write at once,
    because PrestaShop loads and saves whole objects and one of two parallel writes loses its fields.
    """
    try:
        async with sessions.autocommit() as session:
            result = await session.execute(
                _RELOCK,
                {"lock_id": lock_id, "link_id": job.link_id, "id": job.id, "lease_token": job.lease_token},
            )
            return _count(result) == 1
    except IntegrityError:
        return False


_RELOCK_ALL = text(
    """
    UPDATE sync_queue q SET lock_id = wanted.lock_id
    FROM unnest(CAST(:ids AS bigint[]), CAST(:lock_ids AS text[])) AS wanted(id, lock_id)
    WHERE q.link_id = :link_id AND q.id = wanted.id AND q.status = 'processing' AND q.lease_token = :lease_token
    RETURNING q.id
    """
)


async def relock_all(sessions: SessionMaker, wanted: Sequence[tuple[ClaimedJob, str]]) -> set[int]:
    """`relock` for jobs of one batch; returns the ids of those that hold their record now. One statement as a rule."""
    if not wanted:
        return set()
    first = wanted[0][0]
    parameters = {
        "link_id": first.link_id,
        "lease_token": first.lease_token,
        "ids": [job.id for job, _ in wanted],
        "lock_ids": [lock_id for _, lock_id in wanted],
    }
    try:
        async with sessions.autocommit() as session:
            return {row.id for row in await session.execute(_RELOCK_ALL, parameters)}
    except IntegrityError:
        # One of them is held by another job; which one, only asking one by one tells.
        return {job.id for job, lock_id in wanted if await relock(sessions, job, lock_id)}


# Rows that are being settled at this moment are skipped: they need no lease any more, and are not waited for.
_RENEW = text(
    """
    WITH mine AS (
        SELECT link_id, id FROM sync_queue
        WHERE status = 'processing' AND leased_by = :worker AND lease_token = ANY(CAST(:tokens AS uuid[]))
        FOR UPDATE SKIP LOCKED
    )
    UPDATE sync_queue q SET leased_until = now() + CAST(:lease AS interval)
    FROM mine WHERE q.link_id = mine.link_id AND q.id = mine.id
    """
)


async def renew(sessions: SessionMaker, *, worker: str, tokens: Sequence[uuid.UUID], lease: timedelta) -> None:
    """Keep the leases of the batches in flight."""
    if not tokens:
        return
    async with sessions.autocommit() as session:
        await session.execute(_RENEW, {"worker": worker, "tokens": list(tokens), "lease": lease})


_STILL_OURS = text(
    """
    SELECT count(*) FROM sync_queue
    WHERE link_id = :link_id AND id = ANY(CAST(:ids AS bigint[]))
      AND status = 'processing' AND lease_token = :lease_token AND leased_until > now()
    """
)


async def still_ours(sessions: SessionMaker, jobs: Sequence[ClaimedJob]) -> bool:
    """Whether all these jobs of one batch are held by us at this moment. To be asked right before writing.

    A machine that was paused longer than the lease wakes up in the middle of a job that another worker has done
    meanwhile, and newer ones of the same record after it. Our plan would put the old values back.
    """
    first = jobs[0]
    parameters = {"link_id": first.link_id, "ids": [job.id for job in jobs], "lease_token": first.lease_token}
    async with sessions.autocommit() as session:
        held = (await session.execute(_STILL_OURS, parameters)).scalar_one()
    return bool(held == len({job.id for job in jobs}))


_HOLD = text(
    """
    SELECT q.id FROM sync_queue q
    JOIN unnest(CAST(:link_ids AS bigint[]), CAST(:ids AS bigint[]), CAST(:tokens AS uuid[]))
      AS mine(link_id, id, lease_token) ON q.link_id = mine.link_id AND q.id = mine.id
    WHERE q.status = 'processing' AND q.lease_token = mine.lease_token
    ORDER BY q.link_id, q.id
    FOR UPDATE OF q
    """
)


async def hold(session: AsyncSession, jobs: Sequence[ClaimedJob]) -> set[int]:
    """The ids among `jobs` that are still ours, kept so until the transaction ends."""
    if not jobs:
        return set()
    rows = await session.execute(
        _HOLD,
        {
            "link_ids": [job.link_id for job in jobs],
            "ids": [job.id for job in jobs],
            "tokens": [job.lease_token for job in jobs],
        },
    )
    return {row.id for row in rows}


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
