"""Jobs: what waits, what is at work, what failed; tried again or cancelled."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, not_

from app.api.auth import Writer
from app.api.deps import Session, State
from app.api.errors import responses
from app.api.job_orders import cancel_job, retry_job, retry_jobs
from app.api.job_store import NEEDS_PERSON, count_jobs, find_operations_of, find_retriable, get_job
from app.api.link_store import check_link
from app.api.paging import Filters, Page, PageFilters, RowId, Word, read_page, to_view
from app.api.views import JobDetail, JobView, OperationView
from app.entities.base import Direction, EntityType
from app.queue.models import Job, JobStatus, Outcome
from app.redact import redact

MOST_RETRIED = 200

router = APIRouter(prefix="/jobs", tags=["jobs"])


class JobFilters(PageFilters):
    status: JobStatus | None = None
    outcome: Outcome | None = None
    direction: Direction | None = None
    entity_type: EntityType | None = None
    native_id: Word | None = Field(None, description="The record's id, or its natural key.", examples=["67"])
    held: bool | None = Field(None, description="Only pending ones that wait for a person (true), or only others.")
    run_id: int | None = Field(None, ge=1, le=2**63 - 1, description="Those that a bulk run made.", examples=[3])
    needs_person: bool | None = Field(
        None, description="Only those that failed, were parked or refused (true), or only the others."
    )


class StatsFilters(Filters):
    link: Word | None = Field(None, description="Slug of a link.")


class JobCount(BaseModel):
    link: str
    direction: Direction
    entity_type: EntityType
    status: JobStatus
    outcome: Outcome | None
    held: bool
    count: int


class JobStats(BaseModel):
    """Of all jobs there are; finished ones leave after the retention time."""

    total: int
    by_status: dict[str, int] = Field(examples=[{"pending": 3, "completed": 480, "failed": 2}])
    held: int
    counts: list[JobCount]


class RetryFilter(BaseModel):
    """Which jobs. `pending` means those that are held or back off; `completed` those the shop rejected."""

    model_config = Filters.model_config

    status: JobStatus = Field(examples=["failed"])
    link: Word | None = Field(None, examples=["boutique"])
    entity_type: EntityType | None = Field(None, examples=["customer"])
    limit: int = Field(MOST_RETRIED, ge=1, le=MOST_RETRIED, description="The oldest go first.")


class RetriedAnswer(BaseModel):
    success: bool = True
    job_id: int
    carried_by: int = Field(description="Another job, when a newer event of the record was pending: they are one now.")
    message: str = Field(examples=["pending now"])


class ManyRetried(BaseModel):
    success: bool = True
    retried: int
    more: bool = Field(description="The limit was reached; ask again for the rest.")


class CancelledAnswer(BaseModel):
    success: bool = True
    job_id: int
    message: str = Field(examples=["cancelled; its open operations were answered as failed"])


@router.get("", summary="Jobs, newest first", responses=responses(404))
async def list_jobs(filters: Annotated[JobFilters, Query()], session: Session) -> Page[JobView]:
    await check_link(session, filters.link)
    return await read_page(session, Job, JobView, filters, _conditions(filters))


@router.get("/stats", summary="How many, per status", responses=responses(404))
async def job_stats(filters: Annotated[StatsFilters, Query()], session: Session) -> JobStats:
    await check_link(session, filters.link)
    names = list(JobCount.model_fields)
    rows = await count_jobs(session, link=filters.link)
    counts = [JobCount.model_validate(dict(zip(names, row, strict=True))) for row in rows]
    stats = JobStats(total=sum(each.count for each in counts), by_status={}, held=0, counts=counts)
    for each in counts:
        stats.by_status[each.status] = stats.by_status.get(each.status, 0) + each.count
        stats.held += each.count if each.held else 0
    return stats


@router.post("/retry", summary="Retry many", status_code=HTTPStatus.ACCEPTED, responses=responses(404))
async def retry_by_filter(wanted: RetryFilter, caller: Writer, state: State) -> ManyRetried:
    async with state.sessions() as session:
        await check_link(session, wanted.link)
        job_ids = await find_retriable(
            session, status=wanted.status, link=wanted.link, entity_type=wanted.entity_type, limit=wanted.limit
        )
    retried = await retry_jobs(state.sessions, job_ids, caller=caller.name)
    state.bell.ring()
    return ManyRetried(retried=len(retried), more=len(job_ids) == wanted.limit)


@router.get("/{job_id}", summary="One job with the events it carries", responses=responses(404))
async def open_job(job_id: RowId, session: Session) -> JobDetail:
    slug, job = await get_job(session, job_id)
    operations = await find_operations_of(session, job)
    return to_view(
        JobDetail,
        job,
        link=slug,
        payload=redact(job.payload),
        operations=[to_view(OperationView, each, link=slug) for each in operations],
    )


@router.post(
    "/{job_id}/retry", summary="Try it again now", status_code=HTTPStatus.ACCEPTED, responses=responses(404, 409)
)
async def retry_one(job_id: RowId, caller: Writer, state: State) -> RetriedAnswer:
    """Failed, parked, cancelled, rejected, held or backing off. Its operations are open again and get a new answer."""
    retried = await retry_job(state.sessions, job_id, caller=caller.name)
    state.bell.ring()
    merged = retried.carried_by != job_id
    message = f"continues as job {retried.carried_by}, which a newer event had made" if merged else "pending now"
    return RetriedAnswer(job_id=job_id, carried_by=retried.carried_by, message=message)


@router.post("/{job_id}/cancel", summary="Leave it", responses=responses(404, 409))
async def cancel_one(job_id: RowId, caller: Writer, state: State) -> CancelledAnswer:
    """Pending, held, failed or parked. It can be retried later all the same."""
    await cancel_job(state.sessions, job_id, caller=caller.name)
    return CancelledAnswer(job_id=job_id, message="cancelled; its open operations were answered as failed")


def _conditions(filters: JobFilters) -> list[ColumnElement[bool]]:
    wanted = {
        Job.status: filters.status,
        Job.outcome: filters.outcome,
        Job.direction: filters.direction,
        Job.entity_type: filters.entity_type,
        Job.native_id: filters.native_id,
        Job.run_id: filters.run_id,
    }
    conditions = [field == value for field, value in wanted.items() if value is not None]
    if filters.held is not None:
        conditions.append(Job.held_reason.is_not(None) if filters.held else Job.held_reason.is_(None))
    if filters.needs_person is not None:
        conditions.append(NEEDS_PERSON if filters.needs_person else not_(NEEDS_PERSON))
    return conditions
