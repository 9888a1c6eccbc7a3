"""Queries about the queue, as operators ask them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.paging import in_any_link
from app.connections.models import Link
from app.entities.base import Direction, EntityType
from app.errors import NotFound
from app.ingest.models import ReverseOperation
from app.queue.models import Job, JobStatus, Outcome

MOST_OPERATIONS = 200

# What an operator may send through again. Merged jobs live on in a newer one; a completed one has done its work.
RETRIABLE: ColumnElement[bool] = or_(
    Job.status.in_([JobStatus.FAILED, JobStatus.PARKED]),
    and_(Job.status == JobStatus.CANCELLED, Job.outcome.is_distinct_from(Outcome.MERGED)),
    and_(Job.status == JobStatus.COMPLETED, Job.outcome == Outcome.REJECTED),
    and_(Job.status == JobStatus.PENDING, or_(Job.held_reason.is_not(None), Job.scheduled_at > func.now())),
)


async def get_job(session: AsyncSession, job_id: int, *, lock: bool = False) -> tuple[str, Job]:
    """With its link's slug. Raises `NotFound`. `lock`: nobody else moves it until the transaction ends."""
    query = select(Link.slug, Job).join(Job, Job.link_id == Link.id).where(in_any_link(Job.link_id), Job.id == job_id)
    if lock:
        query = query.with_for_update(of=Job)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"there is no job {job_id} (any more: finished ones leave after RETENTION_DAYS)")
    return row[0], row[1]


async def find_operations_of(session: AsyncSession, job: Job) -> list[ReverseOperation]:
    """The newest `MOST_OPERATIONS`, oldest first."""
    query = (
        select(ReverseOperation)
        .where(ReverseOperation.link_id == job.link_id, ReverseOperation.job_id == job.id)
        .order_by(ReverseOperation.id.desc())
        .limit(MOST_OPERATIONS)
    )
    return list(await session.scalars(query))[::-1]


async def find_retriable(
    session: AsyncSession, *, status: JobStatus, link: str | None, entity_type: EntityType | None, limit: int
) -> list[int]:
    """Ids, the oldest first."""
    query = select(Job.id).where(RETRIABLE, Job.status == status).order_by(Job.id).limit(limit)
    if link is not None:
        query = query.where(Job.link_id == select(Link.id).where(Link.slug == link).scalar_subquery())
    else:
        query = query.where(in_any_link(Job.link_id))
    if entity_type is not None:
        query = query.where(Job.entity_type == entity_type)
    return list(await session.scalars(query))


async def count_jobs(
    session: AsyncSession, *, link: str | None
) -> Sequence[Row[str, Direction, EntityType, JobStatus, Outcome | None, bool, int]]:
    """Per link, direction, entity type, status, outcome, and whether held."""
    held = Job.held_reason.is_not(None)
    keys = (Link.slug, Job.direction, Job.entity_type, Job.status, Job.outcome, held)
    query = select(*keys, func.count()).select_from(Job).join(Link, Link.id == Job.link_id)
    if link is not None:
        query = query.where(Link.slug == link)
    return (await session.execute(query.group_by(*keys).order_by(*keys))).all()


_REOPEN = text(
    """
    UPDATE reverse_operations
    SET status = 'processing', outcome = NULL, message = NULL, error_code = NULL, error_message = NULL,
        error_status = NULL, finished_at = NULL
    WHERE link_id = :link_id AND job_id = :job_id AND status = 'failed'
    """
)


async def reopen_operations(session: AsyncSession, job: Job) -> None:
    """Those that failed with the job wait for an answer again; what succeeded stays done."""
    await session.execute(_REOPEN, {"link_id": job.link_id, "job_id": job.id})


_CANCEL = text(
    """
    UPDATE sync_queue
    SET status = 'cancelled', outcome = NULL, held_reason = NULL, error_code = 'cancelled', error_message = :message,
        processed_at = now()
    WHERE link_id = :link_id AND id = :job_id
    """
)


async def cancel_row(session: AsyncSession, job: Job, *, message: str) -> None:
    """`job` must be locked and not at work."""
    await session.execute(_CANCEL, {"link_id": job.link_id, "job_id": job.id, "message": message})
