"""How changes of a link's records are noticed, and how far polling has looked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.auth import Writer
from app.api.deps import Session
from app.api.errors import responses
from app.api.link_store import get_link
from app.api.paging import Word, to_view
from app.connections.models import Connection, Link
from app.connections.sync_changes import unsynced_references
from app.connections.sync_settings import Flow, LinkSync
from app.connectors.base import Capability
from app.db.sync_log import LogEntry, write_logs
from app.entities.base import Direction, EntityType, Side
from app.modules import matrix
from app.modules.registry import entity_types

router = APIRouter()

_CURSORS: Final = text(
    """
    SELECT side, entity_type, polled_at AS looked_at, next_at, found, error_message AS error,
           GREATEST(EXTRACT(EPOCH FROM now() - next_at), 0)::float AS overdue_s
    FROM poll_cursors WHERE link_id = :link_id ORDER BY entity_type, side
    """
)
_LOOK: Final = text(
    """
    UPDATE poll_cursors SET next_at = LEAST(next_at, now())
    WHERE link_id = :link_id AND (CAST(:entity_type AS text) IS NULL OR entity_type = :entity_type)
      AND (CAST(:side AS text) IS NULL OR side = :side)
    RETURNING 1
    """
)


class CapabilityView(BaseModel):
    """What a peer can do with one entity type."""

    entity_type: EntityType
    directions: list[Direction] = Field(description="In which a change of this peer can go or come.")
    signals: list[str] = Field(examples=[["created", "updated"]], description="What it tells by itself.")
    polled: bool = Field(description="Whether changes can be found by their date.")
    unseen: list[str] = Field(description="What neither shows; a reconciliation finds it.")


class NoticingView(BaseModel):
    side: Side
    taken: bool = Field(description="Whether changes made here go to the other side, as the link is set.")
    signals: list[str] = Field(examples=[["created", "updated"]])
    polled_every_s: int | None = Field(description="null: it is not looked for.")
    unseen: list[str]


class CellView(BaseModel):
    """One entity type of a link."""

    entity_type: EntityType
    direction: Flow = Field(description="As the link is set.")
    possible: list[Direction] = Field(description="What both ends could do.")
    noticing: list[NoticingView] = Field(description="How a change is noticed on each side.")


class LinkCapabilities(BaseModel):
    cells: list[CellView]
    warnings: list[str] = Field(description="Entity types whose records need others that are not kept the same.")


class CursorView(BaseModel):
    """How far one side's changes of one entity type were looked at."""

    side: Side
    entity_type: EntityType
    every_s: int | None = Field(description="null: it is not polled any more, the cursor stays where it was.")
    looked_at: datetime | None = Field(description="When the last look ended well; null: never.")
    next_at: datetime = Field(description="When it is looked again; a look under way has this ten minutes ahead.")
    found: int = Field(description="Records that the last look found.")
    error: str | None = Field(description="Why the last look did not end well.")
    overdue_s: float = Field(description="How long it has been due; a few seconds are usual.")


class LookOrdered(BaseModel):
    success: bool = True
    due: int = Field(description="How many cursors are looked at now.")


@router.get("/{slug}/capabilities", summary="What a link can do, and how changes are noticed", responses=responses(404))
async def show_capabilities(slug: Word, session: Session) -> LinkCapabilities:
    link = await get_link(session, slug)
    shop = await session.get_one(Connection, link.shop_connection_id)
    return link_capabilities(link, shop.kind)


@router.get("/{slug}/polling", summary="How far its changes were looked at", responses=responses(404))
async def show_polling(slug: Word, session: Session) -> list[CursorView]:
    """A side and entity type that was never looked at yet is not there; the worker makes its cursor."""
    link = await get_link(session, slug)
    sync = link.effective_sync
    return [_cursor(row, sync) for row in await session.execute(_CURSORS, {"link_id": link.id})]


@router.post("/{slug}/polling/look", summary="Look for changes now", responses=responses(404))
async def look_now(
    slug: Word,
    caller: Writer,
    session: Session,
    entity_type: Annotated[EntityType | None, Query(description="Only this one.")] = None,
    side: Annotated[Side | None, Query(description="Only there.")] = None,
) -> LookOrdered:
    """Makes its cursors due; a worker looks within seconds."""
    link = await get_link(session, slug)
    asked = {
        "link_id": link.id,
        "entity_type": entity_type.value if entity_type else None,
        "side": side.value if side else None,
    }
    due = len((await session.execute(_LOOK, asked)).all())
    if due:
        await _note(session, link.id, caller.name, due)
    return LookOrdered(due=due)


def link_capabilities(link: Link, shop_kind: str) -> LinkCapabilities:
    sync = link.effective_sync
    rows = matrix.matrix(sync, entity_types(link.modules), shop_kind=shop_kind)
    return LinkCapabilities(cells=[_cell(row) for row in rows], warnings=list(unsynced_references(sync)))


def capability_views(kind: str) -> list[CapabilityView]:
    return [_capability(cell) for cell in matrix.CAPABILITIES[kind]]


def _cell(row: matrix.Row) -> CellView:
    return CellView(
        entity_type=row.entity_type,
        direction=row.settings.direction,
        possible=list(row.possible),
        noticing=[
            NoticingView(
                side=each.side,
                taken=each.taken,
                signals=list(each.signals),
                polled_every_s=each.polled_every_s,
                unseen=list(each.unseen),
            )
            for each in row.noticing
        ],
    )


def _capability(cell: Capability) -> CapabilityView:
    return CapabilityView(
        entity_type=cell.entity_type,
        directions=sorted(cell.directions),
        signals=sorted(cell.signals),
        polled=cell.polled,
        unseen=list(cell.unseen),
    )


def _cursor(row: Row[tuple[object, ...]], sync: LinkSync) -> CursorView:
    entity = sync.entity(EntityType(row.entity_type))
    every_s = (entity.poll_every_s or None) if entity.flows(Side(row.side).outward) else None
    return to_view(CursorView, row, every_s=every_s, overdue_s=row.overdue_s if every_s else 0.0)


async def _note(session: AsyncSession, link_id: int, by: str, due: int) -> None:
    message = f"{by} asked for a look at once"
    entry = LogEntry(
        link_id=link_id, event="poll.asked", message=message, module="api", context={"by": by, "cursors": due}
    )
    await write_logs(session, [entry])
