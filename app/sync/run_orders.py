"""Runs that people ask for: one of a kind, entity type and options at a time, so that asking twice is asking once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import EntityType, Side
from app.errors import Conflict
from app.sync.models import Run, RunKind, RunStatus
from app.sync.runs import RunView, find_run, open_run

_ALONE: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('run/' || :link_id || '/' || :entity_type, 0))")


async def find_unfinished(
    session: AsyncSession, *, link_id: int, kind: RunKind, entity_type: EntityType, options: Mapping[str, Any]
) -> RunView | None:
    """The one that was asked for with the same options and has not ended."""
    query = (
        select(Run.id)
        .where(
            Run.link_id == link_id,
            Run.kind == kind,
            Run.entity_type == entity_type,
            Run.status == RunStatus.RUNNING,
            Run.options == dict(options),
        )
        .order_by(Run.id)
        .limit(1)
    )
    run_id = await session.scalar(query)
    return None if run_id is None else await find_run(session, link_id=link_id, run_id=run_id)


async def order_run(
    session: AsyncSession, *, link_id: int, kind: RunKind, entity_type: EntityType, options: Mapping[str, Any]
) -> tuple[RunView, bool]:
    """The run, and whether it was there already (then it goes on where it is)."""
    await session.execute(_ALONE, {"link_id": str(link_id), "entity_type": entity_type.value})
    known = await find_unfinished(session, link_id=link_id, kind=kind, entity_type=entity_type, options=options)
    if known is not None:
        return known, True
    return await open_run(session, link_id=link_id, kind=kind, entity_type=entity_type, options=options), False


def bulk_kind(side: Side) -> RunKind:
    """What a run over every record of this side is called."""
    return RunKind.IMPORT if side is Side.SHOP else RunKind.EXPORT


def refuse_second(run: RunView) -> Conflict:
    return Conflict(
        f"run {run.id} does the same and has not ended: {run.seen} records seen; wait for it, or cancel it",
        code="run_under_way",
    )
