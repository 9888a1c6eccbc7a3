"""One record on both sides: its pair, what was agreed, what happened to it; and what people do about it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.auth import Writer
from app.api.deps import State
from app.api.errors import responses
from app.api.paging import MOST_ROWS, Filters, NativeId, Word, to_view
from app.api.record_orders import release_pair, unlink_pair
from app.api.record_store import (
    RecordIds,
    find_map,
    find_open_conflicts,
    find_open_jobs,
    ids_of,
    read_record_timeline,
)
from app.api.record_views import FieldView, LiveView, RecordDetail, to_detail
from app.api.state import ApiState
from app.api.terms import get_terms
from app.db.sync_log import LogEntry, write_logs
from app.entities.base import EntityType, Side
from app.errors import NotFound
from app.queue.store import NewJob, enqueue
from app.sync.asking import asked_job, check_switched_on, known_entity, source_side, taken_sides
from app.sync.comparison import compare
from app.sync.pairing import check_both_there, pair_by_hand
from app.sync.peers import LinkTerms

router = APIRouter(prefix="/links/{slug}/records/{side}/{entity}/{native_id}", tags=["records"])


class RecordFilters(Filters):
    live: bool = Field(False, description="Ask both peers what they hold now, and compare.")
    limit: int = Field(50, ge=1, le=MOST_ROWS, description="Lines of the timeline.")
    cursor: Word | None = Field(None, description="`next_cursor` of the page before, for what is older.")


class LinkBody(BaseModel):
    model_config = Filters.model_config

    other_id: NativeId = Field(examples=["67"], description="The other side's record.")


class Done(BaseModel):
    success: bool = True
    jobs: list[int] = Field(examples=[[1041]], description="What was enqueued or tried again.")
    message: str = Field(examples=["released; it is synced again"])


@router.get("", summary="All about one record", responses=responses(404, 502))
async def open_record(
    slug: Word, side: Side, entity: Word, native_id: NativeId, filters: Annotated[RecordFilters, Query()], state: State
) -> RecordDetail:
    """404 for a record that is neither paired nor was ever told of; 502 and 503 only with `live`."""
    terms = await get_terms(state, slug)
    entity_type = known_entity(terms, entity)
    async with state.sessions() as session:
        row = await find_map(session, link_id=terms.id, entity_type=entity_type, side=side, native_id=native_id)
        ids = ids_of(link_id=terms.id, entity_type=entity_type, side=side, native_id=native_id, row=row)
        conflicts = await find_open_conflicts(session, ids)
        jobs = await find_open_jobs(session, ids)
        timeline, older = await read_record_timeline(session, ids, limit=filters.limit, cursor=filters.cursor)
    if row is None and not jobs and not timeline:
        raise _unknown(terms, entity_type, side, native_id)
    live = await _live(state, terms, ids) if filters.live else None
    return to_detail(terms, ids, row, live, conflicts, jobs, timeline, older)


@router.post("/sync", summary="Sync it now", status_code=HTTPStatus.ACCEPTED, responses=responses(404, 409))
async def sync_record(slug: Word, side: Side, entity: Word, native_id: NativeId, caller: Writer, state: State) -> Done:
    """This side is read; whether the record is there is found out when the job runs."""
    terms = await get_terms(state, slug)
    entity_type = known_entity(terms, entity)
    job = _job(state, terms, entity_type, source_side(terms, entity_type, side), native_id)
    said = f"{entity_type} {native_id} of {side} is synced now, asked for by {caller.name}"
    async with state.sessions.begin() as session:
        made = await enqueue(session, [job])
        await write_logs(session, [_entry(job, "sync.asked", said, caller.name)])
    state.bell.ring()
    return Done(jobs=list(made.values()), message="enqueued")


@router.post("/release", summary="Go on with a blocked pair", responses=responses(404, 409))
async def release_record(
    slug: Word, side: Side, entity: Word, native_id: NativeId, caller: Writer, state: State
) -> Done:
    """After the breaker has parked it: what kept rewriting it is mended."""
    terms = await get_terms(state, slug)
    entity_type = known_entity(terms, entity)
    jobs = await release_pair(state.sessions, terms, entity_type, side, native_id, by=caller.name)
    state.bell.ring()
    return Done(jobs=jobs, message="released; what was parked is tried again")


@router.post("/unlink", summary="Forget the pair", responses=responses(404))
async def unlink_record(
    slug: Word, side: Side, entity: Word, native_id: NativeId, caller: Writer, state: State
) -> Done:
    """Both records stay as they are. The next change of either looks for the other one by its natural key, and makes it
    where there is none."""
    terms = await get_terms(state, slug)
    entity_type = known_entity(terms, entity)
    await unlink_pair(state.sessions, terms, entity_type, side, native_id, by=caller.name)
    return Done(jobs=[], message="unlinked; both records stay as they are")


@router.post(
    "/link", summary="Pair two records by hand", status_code=HTTPStatus.ACCEPTED, responses=responses(404, 409, 502)
)
async def link_record(
    slug: Word, side: Side, entity: Word, native_id: NativeId, wanted: LinkBody, caller: Writer, state: State
) -> Done:
    """Both must exist and neither be paired. Fields that differ go by the link's conflict rule; an empty field gives
    way to a filled one."""
    terms = await get_terms(state, slug)
    entity_type = known_entity(terms, entity)
    check_switched_on(terms, entity_type)
    odoo_id, shop_id = (native_id, wanted.other_id) if side is Side.ODOO else (wanted.other_id, native_id)
    await check_both_there(state.peers, terms, entity_type, odoo_id, shop_id)
    first = side if side in taken_sides(terms.sync, entity_type) else source_side(terms, entity_type, None)
    job = _job(state, terms, entity_type, first, odoo_id if first is Side.ODOO else shop_id)
    said = f"{entity_type} {odoo_id} of Odoo and {shop_id} of the shop were linked by {caller.name}"
    async with state.sessions.begin() as session:
        await pair_by_hand(session, terms, entity_type, odoo_id=odoo_id, shop_id=shop_id)
        made = await enqueue(session, [job])
        await write_logs(session, [_entry(job, "pair.linked", said, caller.name, odoo_id=odoo_id, shop_id=shop_id)])
    state.bell.ring()
    return Done(jobs=list(made.values()), message=said)


def _job(state: ApiState, terms: LinkTerms, entity_type: EntityType, side: Side, native_id: str) -> NewJob:
    return asked_job(terms, entity_type, side, native_id, max_attempts=state.settings.max_attempts)


def _entry(
    job: NewJob, event: str, message: str, by: str, *, odoo_id: str | None = None, shop_id: str | None = None
) -> LogEntry:
    return LogEntry(
        link_id=job.link_id,
        event=event,
        message=message,
        module="api",
        context={"by": by},
        entity_type=job.entity_type.value,
        odoo_id=odoo_id or (job.native_id if job.side is Side.ODOO else None),
        shop_id=shop_id or (job.native_id if job.side is Side.SHOP else None),
    )


def _unknown(terms: LinkTerms, entity_type: EntityType, side: Side, native_id: str) -> NotFound:
    return NotFound(
        f"nothing is known of {entity_type} {native_id} of {side} on link {terms.slug}: it is not paired, and nothing "
        "has told of it",
        code="unknown_record",
    )


async def _live(state: ApiState, terms: LinkTerms, ids: RecordIds) -> LiveView:
    found = await compare(state.sessions, state.peers, terms, ids.entity_type, odoo_id=ids.odoo_id, shop_id=ids.shop_id)
    return LiveView(
        odoo=None if found.odoo is None else dict(found.odoo),
        shop=None if found.shop is None else dict(found.shop),
        fields={name: to_view(FieldView, pair) for name, pair in found.fields.items()},
    )
