"""The journal: every decision, searchable."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import ColumnElement

from app.api.deps import Session
from app.api.errors import responses
from app.api.link_store import check_link
from app.api.paging import MOST_ROWS, Page, PageFilters, Period, Word, read_page
from app.api.views import LogView
from app.db.sync_log import LogLevel, SyncLog

router = APIRouter(prefix="/logs", tags=["logs"])


class LogFilters(PageFilters, Period):
    level: LogLevel | None = None
    event: Word | None = Field(None, examples=["sync.rejected"])
    operation_id: Word | None = None
    job_id: int | None = Field(None, ge=1, le=2**63 - 1)
    q: Word | None = Field(None, description="Part of the message, whatever its case.", examples=["e-mail"])
    limit: int = Field(100, ge=1, le=MOST_ROWS)


@router.get("", summary="Journal lines, newest first", responses=responses(404))
async def list_logs(filters: Annotated[LogFilters, Query()], session: Session) -> Page[LogView]:
    await check_link(session, filters.link)
    return await read_page(session, SyncLog, LogView, filters, _conditions(filters))


def _conditions(filters: LogFilters) -> list[ColumnElement[bool]]:
    wanted = {
        SyncLog.level: filters.level,
        SyncLog.event: filters.event,
        SyncLog.operation_id: filters.operation_id,
        SyncLog.job_id: filters.job_id,
    }
    conditions = [field == value for field, value in wanted.items() if value is not None]
    if filters.q is not None:
        conditions.append(SyncLog.message.icontains(filters.q, autoescape=True))
    return conditions + filters.on(SyncLog.created_at)
