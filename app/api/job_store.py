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

# As a run counts its failed records (`sync/run_progress.py`).
NEEDS_PERSON: ColumnElement[bool] = or_(
    Job.status.in_([JobStatus.FAILED, JobStatus.PARKED]), Job.outcome.is_not_distinct_from(Outcome.REJECTED)
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


# A field that a later, successful event of the same record has set is left out: the retry is to bring what is missing,
# not to put an old value back over a newer one. What appends (an order's message) is not superseded by another.
_REOPEN = text(
    """
    WITH newer AS (
        SELECT mine.id, field.name
        FROM reverse_operations mine
        JOIN sync_queue job ON job.link_id = mine.link_id AND job.id = mine.job_id
        JOIN reverse_operations later ON later.link_id = mine.link_id AND later.entity_type = mine.entity_type
         AND later.id > mine.id AND later.status = 'success'
        JOIN sync_queue theirs ON theirs.link_id = later.link_id AND theirs.id = later.job_id
         AND (theirs.native_id = job.native_id OR later.entity_id = job.native_id)
        CROSS JOIN LATERAL jsonb_object_keys(later.source_payload) AS field(name)
        WHERE mine.link_id = :link_id AND mine.job_id = :job_id AND mine.status = 'failed'
          AND field.name NOT IN ('message', 'message_private') AND mine.source_payload ? field.name
        GROUP BY 1, 2
    ), left_out AS (
        SELECT id, array_agg(name ORDER BY name) AS names FROM newer GROUP BY id
    )
    UPDATE reverse_operations o
    SET status = 'processing', outcome = NULL, message = NULL, error_code = NULL, error_message = NULL,
        error_status = NULL, finished_at = NULL,
        source_payload = o.source_payload - COALESCE(left_out.names, '{}'),
        notes = o.notes || CASE WHEN left_out.names IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(
            'left out at the retry, because a later event has set it: ' || array_to_string(left_out.names, ', ')) END
    FROM reverse_operations again LEFT JOIN left_out ON left_out.id = again.id
    WHERE again.link_id = :link_id AND again.job_id = :job_id AND again.status = 'failed'
      AND o.link_id = again.link_id AND o.id = again.id
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
