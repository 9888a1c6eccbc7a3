"""What operators order of jobs: try again, leave it. Each order is one transaction and a line in the journal."""

from __future__ import annotations

from dataclasses import dataclass

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.job_store import cancel_row, get_job, reopen_operations
from app.db.session import SessionMaker
from app.db.sync_log import LogEntry, LogLevel, write_logs
from app.errors import Conflict, NotFound
from app.queue.models import Job, JobStatus, Outcome
from app.queue.requeue import RACES, Requeue, requeue_in
from app.sync.intents import MAYBE_CREATED, forget_of_source
from app.sync.operations import close_open_operations

CANCELLABLE = frozenset({JobStatus.PENDING, JobStatus.FAILED, JobStatus.PARKED})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """`carried_by`: the job itself, or the newer pending one of the same record that took its content over."""

    job_id: int
    carried_by: int


async def retry_job(sessions: SessionMaker, job_id: int, *, caller: str) -> Retried:
    """Pending now, with attempts counted from zero. Raises `NotFound`, or `Conflict` for what cannot be retried."""
    for race in range(RACES):
        try:
            async with sessions.begin() as session:
                return await _retry(session, job_id, caller)
        except IntegrityError:
            # A new event became pending between our look and our update: look again, it will be merged into.
            if race == RACES - 1:
                raise
    raise AssertionError("unreachable")


async def _retry(session: AsyncSession, job_id: int, caller: str) -> Retried:
    _, job = await get_job(session, job_id, lock=True)
    if (reason := why_not_retry(job)) is not None:
        raise Conflict(f"job {job_id} {reason}")
    # Before the job moves: operations that are open follow it into a newer one.
    await reopen_operations(session, job)
    if job.error_code == MAYBE_CREATED:
        # Whoever orders this has looked: what may have been made is not there.
        await forget_of_source(
            session, link_id=job.link_id, entity_type=job.entity_type, side=job.side.other, source_id=job.native_id
        )
    order = Requeue(link_id=job.link_id, id=job.id, from_statuses=(job.status,), reset=True)
    carried_by = await requeue_in(session, order)
    assert carried_by is not None  # it is locked, so it still has the status just read
    await write_logs(session, [_entry(job, "job.retried", f"retried by {caller}", caller, carried_by=carried_by)])
    return Retried(job_id=job_id, carried_by=carried_by)


async def retry_jobs(sessions: SessionMaker, job_ids: list[int], *, caller: str) -> list[Retried]:
    """One by one: a job that moved meanwhile is left alone and does not stop the others."""
    retried = []
    for job_id in job_ids:
        try:
            retried.append(await retry_job(sessions, job_id, caller=caller))
        except (Conflict, NotFound) as error:
            log.info("job.not_retried", job_id=job_id, reason=error.message)
    return retried


async def cancel_job(sessions: SessionMaker, job_id: int, *, caller: str) -> Job:
    """Its open operations are answered as failed. Raises `NotFound`, `Conflict`."""
    async with sessions.begin() as session:
        _, job = await get_job(session, job_id, lock=True)
        if job.status not in CANCELLABLE:
            raise Conflict(f"job {job_id} {_WHY_NOT_CANCEL[job.status]}")
        message = f"cancelled by {caller}; nothing more is written"
        await cancel_row(session, job, message=message)
        await close_open_operations(session, link_ids=[job.link_id], job_ids=[job.id])
        await write_logs(session, [_entry(job, "job.cancelled", message, caller, was=job.status.value)])
        return job


_WHY_NOT_CANCEL = {
    JobStatus.PROCESSING: "is being worked on; wait for its end",
    JobStatus.COMPLETED: "is completed; there is nothing left to cancel",
    JobStatus.CANCELLED: "is cancelled already",
}


def why_not_retry(job: Job) -> str | None:
    """Said after "job N"; None when it may be retried."""
    match job.status, job.outcome:
        case JobStatus.PROCESSING, _:
            return "is being worked on; wait for its end"
        case JobStatus.CANCELLED, Outcome.MERGED:
            return f"was {job.error_message}"
        case JobStatus.COMPLETED, outcome if outcome is not Outcome.REJECTED:
            return "is completed; to apply an event once more, replay its operation"
        case _:
            return None


def _entry(job: Job, event: str, message: str, caller: str, **context: object) -> LogEntry:
    return LogEntry(
        link_id=job.link_id,
        event=event,
        message=message,
        level=LogLevel.INFO,
        module="api",
        context={"by": caller, "entity_type": job.entity_type.value, "key": job.native_id, **context},
        job_id=job.id,
    )
