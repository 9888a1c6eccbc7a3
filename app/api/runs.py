"""Runs: bulk syncs and reconciliations with their progress, and what they found."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from app.api.auth import Writer
from app.api.deps import Session, State
from app.api.errors import responses
from app.api.link_store import get_link
from app.api.paging import MOST_ROWS, Filters, Page, PageFilters, RowId, Word, read_page
from app.api.run_orders import opened, order
from app.api.run_views import RunDetail, RunView, detail
from app.api.terms import get_synced_entity, get_terms
from app.db.sync_log import LogEntry, write_logs
from app.entities.base import EntityType, Side
from app.errors import Conflict, NotFound
from app.sync.asking import source_side
from app.sync.models import Drift, DriftKind, Run, RunKind, RunStatus
from app.sync.run_progress import count_run
from app.sync.runs import RunView as StoredRun
from app.sync.runs import end_run, find_run

router = APIRouter(prefix="/links/{slug}/runs", tags=["runs"])


class RunBody(BaseModel):
    model_config = Filters.model_config

    kind: Literal[RunKind.IMPORT, RunKind.EXPORT] = Field(
        examples=["import"], description="`import`: from the shop into Odoo; `export`: from Odoo into the shop."
    )
    entity_type: EntityType = Field(examples=["product"])


class RunFilters(Filters):
    kind: RunKind | None = None
    status: RunStatus | None = None
    entity_type: EntityType | None = None
    limit: int = Field(50, ge=1, le=MOST_ROWS)
    cursor: int | None = Field(None, ge=1, le=2**63 - 1, description="`next_cursor` of the page before.")


class DriftFilters(Filters):
    kind: DriftKind | None = None
    limit: int = Field(50, ge=1, le=MOST_ROWS)
    cursor: int | None = Field(None, ge=1, le=2**63 - 1, description="`next_cursor` of the page before.")


class DriftView(BaseModel):
    """One record on which the sides were apart when the run looked."""

    id: int = Field(examples=[19])
    entity_type: EntityType = Field(examples=["customer"])
    kind: DriftKind = Field(examples=["differs"])
    odoo_id: str | None = Field(examples=["41"])
    shop_id: str | None = Field(examples=["67"])
    fields: dict[str, Any] = Field(
        examples=[{"name": {"odoo": "Ada King", "shop": "Ada Lovelace"}}], description="Per field both values."
    )
    created_at: datetime


class Cancelled(BaseModel):
    success: bool = True
    run_id: int = Field(examples=[3])
    message: str = Field(examples=["cancelled; jobs that it has made are still done"])


@router.get("", summary="Runs of a link, newest first", responses=responses(404))
async def list_runs(slug: Word, filters: Annotated[RunFilters, Query()], session: Session) -> Page[RunView]:
    """Bulk syncs and reconciliations, those of the command line too."""
    await get_link(session, slug)
    wanted = {Run.kind: filters.kind, Run.status: filters.status, Run.entity_type: filters.entity_type}
    conditions = [column == value for column, value in wanted.items() if value is not None]
    page = PageFilters(link=slug, limit=filters.limit, cursor=filters.cursor)
    return await read_page(session, Run, RunView, page, conditions)


@router.post(
    "",
    summary="Import or export every record",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(404, 409, 502),
)
async def open_run(slug: Word, wanted: RunBody, caller: Writer, state: State, response: Response) -> RunDetail:
    """A worker carries it out behind everything live; its progress is at `Location`. One that is under way answers
    409."""
    module = (await get_terms(state, slug)).module
    terms, entity_type = await get_synced_entity(state, slug, module, wanted.entity_type)
    source_side(terms, entity_type, Side.SHOP if wanted.kind is RunKind.IMPORT else Side.ODOO)
    run = await order(state, terms, wanted.kind, entity_type, {}, caller.name)
    response.headers["Location"] = f"/api/v1/links/{slug}/runs/{run.id}"
    return opened(run, slug)


@router.get("/{run_id}", summary="One run and how far it is", responses=responses(404))
async def show_run(slug: Word, run_id: RowId, session: Session) -> RunDetail:
    """Progress is committed with each page; `error_message` says what a running one waits for."""
    run = await _get_run(session, slug, run_id)
    return detail(run, await count_run(session, run), slug)


@router.get("/{run_id}/drifts", summary="What a reconciliation found, newest first", responses=responses(404))
async def list_drifts(
    slug: Word, run_id: RowId, filters: Annotated[DriftFilters, Query()], session: Session
) -> Page[DriftView]:
    """Per record the fields that differed when the run looked, in neutral words; references are the shop's ids."""
    await _get_run(session, slug, run_id)
    conditions = [Drift.run_id == run_id]
    if filters.kind is not None:
        conditions.append(Drift.kind == filters.kind)
    page = PageFilters(link=slug, limit=filters.limit, cursor=filters.cursor)
    return await read_page(session, Drift, DriftView, page, conditions)


@router.post("/{run_id}/cancel", summary="Stop it", responses=responses(404, 409))
async def cancel_run(slug: Word, run_id: RowId, caller: Writer, state: State) -> Cancelled:
    """Between two pages. Jobs that it has made already are still done; cancel them as jobs."""
    async with state.sessions.begin() as session:
        run = await _get_run(session, slug, run_id)
        if not await end_run(session, run, RunStatus.CANCELLED, f"cancelled by {caller.name}"):
            raise Conflict(f"run {run_id} is {run.status} already; there is nothing left to cancel", code="run_ended")
        context = {"by": caller.name, "run": run_id, "seen": run.seen}
        message = f"run {run_id} was cancelled by {caller.name} after {run.seen} records"
        entry = LogEntry(link_id=run.link_id, event="run.cancelled", message=message, module="api", context=context)
        await write_logs(session, [entry])
    return Cancelled(run_id=run_id, message="cancelled; jobs that it has made are still done")


async def _get_run(session: Session, slug: str, run_id: int) -> StoredRun:
    link = await get_link(session, slug)
    run = await find_run(session, link_id=link.id, run_id=run_id)
    if run is None:
        raise NotFound(f"link {slug} has no run {run_id}; see /api/v1/links/{slug}/runs", code="no_run")
    return run
