"""Queries about reverse operations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.paging import in_any_link
from app.connections.models import Link
from app.db.sync_log import SyncLog
from app.entities.base import EntityType, Side
from app.errors import NotFound
from app.ingest.models import Delivery, OperationStatus, ReverseOperation
from app.queue.models import Job

LONGEST_TIMELINE = 200


async def get_operation(session: AsyncSession, operation_id: uuid.UUID) -> tuple[Link, ReverseOperation]:
    """Raises `NotFound`."""
    query = (
        select(Link, ReverseOperation)
        .join(ReverseOperation, ReverseOperation.link_id == Link.id)
        .where(in_any_link(ReverseOperation.link_id), ReverseOperation.operation_id == operation_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"there is no operation {operation_id} (any more: finished ones leave after RETENTION_DAYS)")
    return row[0], row[1]


async def find_job_of(session: AsyncSession, operation: ReverseOperation) -> Job | None:
    return await session.get(Job, (operation.link_id, operation.job_id))


async def find_delivery(session: AsyncSession, operation: ReverseOperation) -> Delivery | None:
    """By the sender's name for the event, which has the index; one name may have come with several bodies."""
    query = select(Delivery).where(
        Delivery.link_id == operation.link_id,
        Delivery.source == Side.ODOO,
        Delivery.event_id == operation.event_id,
        Delivery.operation_id == operation.operation_id,
    )
    return (await session.scalars(query)).one_or_none()


async def read_timeline(session: AsyncSession, operation: ReverseOperation) -> list[SyncLog]:
    """Its own lines and those of its job while it was open; the newest `LONGEST_TIMELINE`, oldest first."""
    its_time = SyncLog.created_at >= operation.created_at
    if operation.finished_at is not None:
        its_time = and_(its_time, SyncLog.created_at <= operation.finished_at)
    query = (
        select(SyncLog)
        .where(
            SyncLog.link_id == operation.link_id,
            or_(
                SyncLog.operation_id == str(operation.operation_id),
                and_(SyncLog.job_id == operation.job_id, its_time),
            ),
        )
        .order_by(SyncLog.id.desc())
        .limit(LONGEST_TIMELINE)
    )
    return list(await session.scalars(query))[::-1]


async def count_operations(
    session: AsyncSession, *, link: str | None, since: datetime, until: datetime | None
) -> Sequence[Row[str, EntityType, OperationStatus, str | None, int]]:
    """Per link, entity type, status and outcome, of the events accepted in the period."""
    conditions: list[ColumnElement[bool]] = [ReverseOperation.created_at >= since]
    if until is not None:
        conditions.append(ReverseOperation.created_at < until)
    if link is not None:
        conditions.append(Link.slug == link)
    keys = (Link.slug, ReverseOperation.entity_type, ReverseOperation.status, ReverseOperation.outcome)
    query = (
        select(*keys, func.count())
        .select_from(ReverseOperation)
        .join(Link, Link.id == ReverseOperation.link_id)
        .where(*conditions)
        .group_by(*keys)
        .order_by(*keys)
    )
    return (await session.execute(query)).all()
