"""Operations: what became of each event out of Odoo, found again, opened, counted, replayed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement

from app.api.auth import Writer
from app.api.deps import Session, State
from app.api.errors import responses
from app.api.link_store import check_link
from app.api.operation_store import count_operations, find_delivery, find_job_of, get_operation, read_timeline
from app.api.paging import Page, PageFilters, Period, Word, read_page, to_view
from app.api.replay import replay
from app.api.views import DeliveryView, JobView, LogView, OperationDetail, OperationView
from app.entities.base import EntityType
from app.ingest.models import Delivery, OperationStatus, ReverseOperation
from app.redact import redact

STATS_PERIOD = timedelta(days=1)

router = APIRouter(prefix="/operations", tags=["operations"])


class OperationFilters(PageFilters, Period):
    status: OperationStatus | None = None
    outcome: Word | None = Field(None, examples=["rejected"])
    entity_type: EntityType | None = None
    entity_id: Word | None = Field(None, description="The record's id in the shop.", examples=["67"])
    event_id: Word | None = Field(None, description="The sender's name for the event; its replays are found too.")


class StatsFilters(Period):
    link: Word | None = Field(None, description="Slug of a link.")


class OperationCount(BaseModel):
    link: str
    entity_type: EntityType
    status: OperationStatus
    outcome: str | None
    count: int


class OperationStats(BaseModel):
    """Of the events accepted from `since` to `until`."""

    since: datetime
    until: datetime | None
    total: int
    by_status: dict[str, int] = Field(examples=[{"success": 480, "failed": 2, "processing": 1}])
    by_outcome: dict[str, int] = Field(examples=[{"written": 400, "unchanged": 80, "rejected": 2}])
    counts: list[OperationCount] = Field(description="Per link, entity type, status and outcome.")


class Replayed(BaseModel):
    success: bool = True
    operation_id: uuid.UUID = Field(description="The new operation; its outcome is at `Location`.")
    replay_of: uuid.UUID
    job_id: int
    message: str = "Accepted"


@router.get("", summary="Operations, newest first", responses=responses(404))
async def list_operations(filters: Annotated[OperationFilters, Query()], session: Session) -> Page[OperationView]:
    await check_link(session, filters.link)
    return await read_page(session, ReverseOperation, OperationView, filters, _conditions(filters))


@router.get("/stats", summary="How many, per status and outcome", responses=responses(404))
async def operation_stats(filters: Annotated[StatsFilters, Query()], session: Session) -> OperationStats:
    """Without `since`: the last 24 hours."""
    await check_link(session, filters.link)
    since = filters.since or datetime.now(UTC) - STATS_PERIOD
    rows = await count_operations(session, link=filters.link, since=since, until=filters.until)
    counts = [
        OperationCount(link=slug, entity_type=entity_type, status=status, outcome=outcome, count=count)
        for slug, entity_type, status, outcome, count in rows
    ]
    stats = OperationStats(
        since=since,
        until=filters.until,
        total=sum(each.count for each in counts),
        by_status={},
        by_outcome={},
        counts=counts,
    )
    for each in counts:
        stats.by_status[each.status] = stats.by_status.get(each.status, 0) + each.count
        if each.outcome is not None:
            stats.by_outcome[each.outcome] = stats.by_outcome.get(each.outcome, 0) + each.count
    return stats


@router.get("/{operation_id}", summary="One operation with its webhook, job and timeline", responses=responses(404))
async def open_operation(operation_id: uuid.UUID, session: Session) -> OperationDetail:
    link, operation = await get_operation(session, operation_id)
    job = await find_job_of(session, operation)
    delivery = await find_delivery(session, operation)
    return to_view(
        OperationDetail,
        operation,
        link=link.slug,
        source_payload=redact(operation.source_payload),
        delivery=None if delivery is None else _delivery_view(delivery),
        job=None if job is None else to_view(JobView, job, link=link.slug),
        timeline=[to_view(LogView, line, link=link.slug) for line in await read_timeline(session, operation)],
    )


@router.post(
    "/{operation_id}/replay",
    summary="Apply the same event again",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(404, 409),
)
async def replay_operation(operation_id: uuid.UUID, caller: Writer, state: State, response: Response) -> Replayed:
    """As a new operation. Its fields are written even where a later event has written them since."""
    new_id, job_id = await replay(
        state.sessions, operation_id, caller=caller.name, max_attempts=state.settings.max_attempts
    )
    state.bell.ring()
    response.headers["Location"] = f"/api/v1/operations/{new_id}"
    return Replayed(operation_id=new_id, replay_of=operation_id, job_id=job_id)


def _conditions(filters: OperationFilters) -> list[ColumnElement[bool]]:
    column = ReverseOperation
    wanted = {
        column.status: filters.status,
        column.outcome: filters.outcome,
        column.entity_type: filters.entity_type,
        column.entity_id: filters.entity_id,
        column.event_id: filters.event_id,
    }
    conditions = [field == value for field, value in wanted.items() if value is not None]
    return conditions + filters.on(column.created_at)


def _delivery_view(delivery: Delivery) -> DeliveryView:
    body = orjson.loads(delivery.body)
    shown = redact(body)
    text = delivery.body.decode() if shown == body else orjson.dumps(shown).decode()
    return DeliveryView(received_at=delivery.received_at, body=text)
