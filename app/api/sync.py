"""Asking for work: sync these records or all of them, show what it would change, compare both sides."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from app.api.auth import Writer
from app.api.deps import State
from app.api.errors import responses
from app.api.paging import Filters, NativeId, Word, to_view
from app.api.run_orders import opened, order
from app.api.run_views import RunDetail
from app.api.state import ApiState
from app.api.terms import get_synced_entity
from app.db.sync_log import LogEntry, write_logs
from app.entities.base import EntityType, Side
from app.queue.store import enqueue
from app.sync.asking import asked_job, first_ids, preview, source_side
from app.sync.ends import open_ends
from app.sync.models import RunKind
from app.sync.peers import LinkTerms
from app.sync.run_orders import bulk_kind

MOST_IDS = 200
MOST_PREVIEWED = 100

router = APIRouter(prefix="/links/{slug}", tags=["sync"])


class SyncBody(BaseModel):
    model_config = Filters.model_config

    ids: list[NativeId] | None = Field(
        None, min_length=1, max_length=MOST_IDS, examples=[["41", "42"]], description="On `side`; empty: all records."
    )
    side: Side | None = Field(
        None, examples=["odoo"], description="Which side is read. Empty: the source of a one-way entity type, or odoo."
    )
    dry_run: bool = Field(False, description="Write nothing; say per record which fields would change.")
    limit: int = Field(20, ge=1, le=MOST_PREVIEWED, description="Of a dry run without ids: how many records.")


class PreviewView(BaseModel):
    """What syncing one record would do."""

    native_id: str = Field(examples=["41"])
    target_id: str | None = Field(examples=["67"], description="The other side's id; null: it has none yet.")
    outcome: str = Field(examples=["would_write"], description="Or `would_create`, `unchanged`, `converged`, an error.")
    message: str = Field(examples=["1 field would be written"])
    changes: dict[str, Any] = Field(
        examples=[{"lastname": {"before": "Lovelace", "after": "King"}}], description="In the written side's words."
    )
    conflicts: tuple[str, ...] = Field(examples=[["name"]], description="Fields that both sides changed.")


class SyncAnswer(BaseModel):
    """Of a dry run `records`; of given ids `jobs`; of all records a `run`."""

    success: bool = True
    side: Side = Field(examples=["odoo"], description="Which side is read.")
    dry_run: bool
    records: list[PreviewView] = []
    jobs: list[int] = Field([], examples=[[1041, 1042]])
    run: RunDetail | None = None


class ReconcileBody(BaseModel):
    model_config = Filters.model_config

    fix: bool = Field(False, description="Make jobs of what is found; else only tell.")


@router.post(
    "/sync/{module}/{entity}",
    summary="Sync records now, or show what it would change",
    status_code=HTTPStatus.ACCEPTED,
    responses={
        **responses(404, 409, 502),
        200: {"model": SyncAnswer, "description": "Of a dry run: nothing was written."},
    },
)
async def sync_records(
    slug: Word, module: Word, entity: Word, wanted: SyncBody, caller: Writer, state: State, response: Response
) -> SyncAnswer:
    """With `ids` a job per record, which goes before others. Without, a run over all records of `side`, behind
    everything live. With `dry_run` both peers are read and nothing is written, not even here."""
    terms, entity_type = await get_synced_entity(state, slug, module, entity)
    side = source_side(terms, entity_type, wanted.side)
    if wanted.dry_run:
        response.status_code = HTTPStatus.OK
        return SyncAnswer(side=side, dry_run=True, records=await _preview(state, terms, entity_type, side, wanted))
    if wanted.ids is not None:
        jobs = await _enqueue(state, terms, entity_type, side, wanted.ids, caller.name)
        return SyncAnswer(side=side, dry_run=False, jobs=jobs)
    run = await order(state, terms, bulk_kind(side), entity_type, {}, caller.name)
    response.headers["Location"] = f"/api/v1/links/{slug}/runs/{run.id}"
    return SyncAnswer(side=side, dry_run=False, run=opened(run, slug))


@router.post(
    "/reconcile/{module}/{entity}",
    summary="Compare both sides record by record",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(404, 409),
)
async def reconcile(
    slug: Word, module: Word, entity: Word, wanted: ReconcileBody, caller: Writer, state: State, response: Response
) -> RunDetail:
    """A run: its progress is at `Location`, what it finds at `…/drifts`."""
    terms, entity_type = await get_synced_entity(state, slug, module, entity)
    run = await order(state, terms, RunKind.RECONCILE, entity_type, {"fix": wanted.fix}, caller.name)
    response.headers["Location"] = f"/api/v1/links/{slug}/runs/{run.id}"
    return opened(run, slug)


async def _preview(
    state: ApiState, terms: LinkTerms, entity_type: EntityType, side: Side, wanted: SyncBody
) -> list[PreviewView]:
    ids = wanted.ids
    if ids is None:
        ends = await open_ends(state.peers, terms, entity_type, side)
        ids = await first_ids(ends.source, wanted.limit)
    shown = await preview(state.sessions, state.peers, terms, entity_type, side, ids[:MOST_PREVIEWED])
    return [to_view(PreviewView, each) for each in shown]


async def _enqueue(
    state: ApiState, terms: LinkTerms, entity_type: EntityType, side: Side, ids: list[str], by: str
) -> list[int]:
    attempts = state.settings.max_attempts
    jobs = [asked_job(terms, entity_type, side, each, max_attempts=attempts) for each in dict.fromkeys(ids)]
    async with state.sessions.begin() as session:
        made = await enqueue(session, jobs)
        message = f"{len(jobs)} {entity_type} of {side} are synced now, asked for by {by}"
        context = {"by": by, "ids": list(dict.fromkeys(ids)), "side": side.value}
        entry = LogEntry(link_id=terms.id, event="sync.asked", message=message, module="api", context=context)
        await write_logs(session, [entry])
    state.bell.ring()
    return sorted(made.values())
