"""Conflicts: fields that both sides changed to different values, and who is to win."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy import ColumnElement

from app.api.auth import Caller, Writer
from app.api.deps import Session, State
from app.api.errors import responses
from app.api.link_store import check_link
from app.api.paging import Filters, Page, PageFilters, RowId, Word, read_page, to_view
from app.api.state import ApiState
from app.api.terms import get_terms
from app.entities.base import EntityType, Side
from app.sync.conflicts import unwrapped
from app.sync.models import Conflict, ConflictStatus
from app.sync.resolution import Choice, Chosen, choose, choose_all, get_conflict

MOST_CHOSEN = 200

Value = Annotated[Any, BeforeValidator(unwrapped)]

router = APIRouter(prefix="/conflicts", tags=["conflicts"])


class ConflictView(BaseModel):
    """One field of one pair. `base` is what both had agreed on, null where they never had."""

    id: int = Field(examples=[12])
    link: str = Field(examples=["boutique"])
    entity_type: EntityType = Field(examples=["customer"])
    odoo_id: str = Field(examples=["41"])
    shop_id: str = Field(examples=["67"])
    field: str = Field(examples=["name"], description="In neutral words, or `x:<odoo field>:<shop field>`.")
    base: Value = Field(examples=["Ada Lovelace"])
    odoo_value: Value = Field(examples=["Ada King"])
    shop_value: Value = Field(examples=["Ada Byron"])
    rule: str = Field(examples=["manual"], description="The link's rule when it was found.")
    status: ConflictStatus = Field(examples=["open"], description="An open one is written by nobody.")
    winner: Side | None = Field(examples=[None], description="Null: open, or both hold the same by now.")
    resolved_by: str | None = Field(examples=[None], description="`rule`, `agreed`, or who chose.")
    created_at: datetime
    resolved_at: datetime | None


class ConflictFilters(PageFilters):
    status: ConflictStatus | None = None
    entity_type: EntityType | None = None


class ChooseBody(BaseModel):
    model_config = Filters.model_config

    winner: Side = Field(examples=["odoo"], description="Whose value is to be on both sides.")


class ChooseManyBody(ChooseBody):
    """Which open conflicts of one link; the oldest go first."""

    link: Word = Field(examples=["boutique"])
    entity_type: EntityType | None = Field(None, examples=["customer"])
    field: Word | None = Field(None, examples=["name"])
    limit: int = Field(MOST_CHOSEN, ge=1, le=MOST_CHOSEN)


class ChosenAnswer(BaseModel):
    success: bool = True
    chosen: int = Field(examples=[1], description="How many conflicts were decided.")
    jobs: list[int] = Field(examples=[[1041]], description="They carry the winner's values over; see /jobs/{job_id}.")
    more: bool = Field(False, description="The limit was reached; ask again for the rest.")
    message: str = Field(examples=["odoo wins; what it holds now goes over"])


@router.get("", summary="Conflicts, newest first", responses=responses(404))
async def list_conflicts(filters: Annotated[ConflictFilters, Query()], session: Session) -> Page[ConflictView]:
    """Open ones wait for a person; the others keep what was overwritten, and who said so."""
    await check_link(session, filters.link)
    return await read_page(session, Conflict, ConflictView, filters, _conditions(filters))


@router.post("/choose", summary="Decide many by filter", status_code=HTTPStatus.ACCEPTED, responses=responses(404))
async def choose_many(wanted: ChooseManyBody, caller: Writer, state: State) -> ChosenAnswer:
    """All open conflicts of a link that match, at most `limit`. What was decided before stays as it is."""
    terms = await get_terms(state, wanted.link)
    async with state.sessions.begin() as session:
        chosen = await choose_all(
            session,
            terms,
            _choice(state, caller, wanted.winner),
            limit=wanted.limit,
            entity_type=wanted.entity_type,
            field=wanted.field,
        )
    return _answer(state, chosen, wanted.winner, more=len(chosen.conflicts) == wanted.limit)


@router.get("/{conflict_id}", summary="One conflict with both values", responses=responses(404))
async def open_conflict(conflict_id: RowId, session: Session) -> ConflictView:
    """While it is open, both values follow what the sides hold."""
    slug, conflict = await get_conflict(session, conflict_id)
    return to_view(ConflictView, conflict, link=slug)


@router.post(
    "/{conflict_id}/choose",
    summary="Decide who wins",
    status_code=HTTPStatus.ACCEPTED,
    responses=responses(404, 409),
)
async def choose_one(conflict_id: RowId, wanted: ChooseBody, caller: Writer, state: State) -> ChosenAnswer:
    """The winner is read again when the job runs: what it holds then is written, also if it has moved on."""
    async with state.sessions() as session:
        slug, _ = await get_conflict(session, conflict_id)
    terms = await get_terms(state, slug)
    async with state.sessions.begin() as session:
        chosen = await choose(session, terms, conflict_id, _choice(state, caller, wanted.winner))
    return _answer(state, chosen, wanted.winner)


def _choice(state: ApiState, caller: Caller, winner: Side) -> Choice:
    return Choice(winner=winner, by=caller.name, max_attempts=state.settings.max_attempts)


def _answer(state: ApiState, chosen: Chosen, winner: Side, *, more: bool = False) -> ChosenAnswer:
    state.bell.ring()
    if not chosen.conflicts:
        message = "no open conflict matches"
    elif chosen.jobs:
        message = f"{winner} wins; what it holds now goes over"
    else:
        message = f"{winner} keeps its value; this link takes nothing from there, so the other side keeps its own"
    return ChosenAnswer(chosen=len(chosen.conflicts), jobs=list(chosen.jobs), more=more, message=message)


def _conditions(filters: ConflictFilters) -> list[ColumnElement[bool]]:
    wanted = {Conflict.status: filters.status, Conflict.entity_type: filters.entity_type}
    return [column == value for column, value in wanted.items() if value is not None]
