"""Jobs cut off in the middle by a worker that stops: another has them at once, not when their leases run out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text

from app.db.session import SessionMaker
from app.entities.base import Action
from app.queue.requeue import Requeue, requeue
from app.queue.store import ClaimedJob

_ANNOUNCED = text(
    """
    SELECT job_id FROM create_intents
    WHERE link_id = :link_id AND closed_at IS NULL AND job_id = ANY(CAST(:ids AS bigint[]))
    """
)


async def give_back(sessions: SessionMaker, jobs: Sequence[ClaimedJob], *, lease: timedelta) -> None:
    """Those of one batch that are still ours; the retry looks before it writes. What may be a create under way over
    there comes back after `lease`: whoever looks for it now would not see it yet."""
    creating = await _creating(sessions, jobs)
    for job in jobs:
        order = Requeue(
            link_id=job.link_id,
            id=job.id,
            expected_token=job.lease_token,
            delay=lease if job.id in creating else timedelta(),
            error_code="cut_off",
            error_message="the worker was stopped in the middle; taken up again",
        )
        await requeue(sessions, order)


async def _creating(sessions: SessionMaker, jobs: Sequence[ClaimedJob]) -> set[int]:
    """Jobs that have announced a create, whatever their event was called, or that may be about to."""
    parameters = {"link_id": jobs[0].link_id, "ids": [job.id for job in jobs]}
    async with sessions.autocommit() as session:
        announced = {row.job_id for row in await session.execute(_ANNOUNCED, parameters)}
    return announced | {job.id for job in jobs if job.action is Action.CREATED}
