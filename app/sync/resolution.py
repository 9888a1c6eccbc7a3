"""A person decides a conflict: the winner's value is to be on both sides.

The decision and the job that carries it out are one commit. The job names the field with `FORCE` and reads the winner
when it runs: what goes over is what the winner holds then, also where it has moved on since the conflict was shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import any_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.models import Link
from app.db.sync_log import LogEntry, write_logs
from app.entities.base import EntityType, Json, Side
from app.errors import Conflict as NotPossible
from app.errors import NotFound
from app.queue.store import NewJob, enqueue
from app.sync.asking import asked_job
from app.sync.conflicts import FORCE
from app.sync.models import Conflict, ConflictStatus
from app.sync.peers import LinkTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Who wins, and who says so. `max_attempts` is that of the jobs."""

    winner: Side
    by: str
    max_attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """`jobs`: ids of what carries the winner's values over; none where the link takes nothing from the winner's side,
    which then keeps its value and the other side its own."""

    conflicts: tuple[int, ...]
    jobs: tuple[int, ...]


async def get_conflict(session: AsyncSession, conflict_id: int, *, lock: bool = False) -> tuple[str, Conflict]:
    """With its link's slug. Raises `NotFound`."""
    in_any_link = Conflict.link_id == any_(func.array(select(Link.id).scalar_subquery()))
    query = select(Link.slug, Conflict).join(Conflict, Conflict.link_id == Link.id)
    query = query.where(in_any_link, Conflict.id == conflict_id)
    if lock:
        query = query.with_for_update(of=Conflict)
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"there is no conflict {conflict_id}")
    return row[0], row[1]


async def choose(session: AsyncSession, terms: LinkTerms, conflict_id: int, choice: Choice) -> Chosen:
    """Raises `NotFound`, and `Conflict` for one that is decided already."""
    _, conflict = await get_conflict(session, conflict_id, lock=True)
    if conflict.status is ConflictStatus.RESOLVED:
        raise NotPossible(f"conflict {conflict_id} is decided already: {_decided(conflict)}", code="already_decided")
    return await _resolve(session, terms, [conflict], choice)


async def choose_all(
    session: AsyncSession,
    terms: LinkTerms,
    choice: Choice,
    *,
    limit: int,
    ids: Sequence[int] = (),
    entity_type: EntityType | None = None,
    field: str | None = None,
) -> Chosen:
    """Open conflicts of one link, the oldest first."""
    query = select(Conflict).where(Conflict.link_id == terms.id, Conflict.status == ConflictStatus.OPEN)
    if ids:
        query = query.where(Conflict.id.in_(ids))
    if entity_type is not None:
        query = query.where(Conflict.entity_type == entity_type)
    if field is not None:
        query = query.where(Conflict.field == field)
    query = query.order_by(Conflict.id).limit(limit).with_for_update()
    return await _resolve(session, terms, list(await session.scalars(query)), choice)


async def _resolve(session: AsyncSession, terms: LinkTerms, conflicts: Sequence[Conflict], choice: Choice) -> Chosen:
    for conflict in conflicts:
        conflict.status, conflict.winner = ConflictStatus.RESOLVED, choice.winner
        conflict.resolved_by, conflict.resolved_at = choice.by, datetime.now(UTC)
    jobs = _jobs(terms, conflicts, choice)
    made = await enqueue(session, jobs) if jobs else {}
    await write_logs(session, [_entry(terms, conflict, choice) for conflict in conflicts])
    return Chosen(conflicts=tuple(each.id for each in conflicts), jobs=tuple(sorted(made.values())))


def _jobs(terms: LinkTerms, conflicts: Sequence[Conflict], choice: Choice) -> list[NewJob]:
    """One per record, however many of its fields were decided."""
    fields: dict[tuple[EntityType, str], dict[str, Json]] = {}
    for each in conflicts:
        if terms.sync.flows(each.entity_type, choice.winner.outward):
            number = each.odoo_id if choice.winner is Side.ODOO else each.shop_id
            fields.setdefault((each.entity_type, number), {})[f"{FORCE}{each.field}"] = True
    return [
        asked_job(terms, entity_type, choice.winner, number, payload=payload, max_attempts=choice.max_attempts)
        for (entity_type, number), payload in fields.items()
    ]


def _decided(conflict: Conflict) -> str:
    if conflict.winner is None:
        return "both sides hold the same by now"
    return f"{conflict.winner} wins, said {conflict.resolved_by or 'somebody'}"


def _entry(terms: LinkTerms, conflict: Conflict, choice: Choice) -> LogEntry:
    return LogEntry(
        link_id=conflict.link_id,
        event="conflict.decided",
        message=f"{conflict.field}: {choice.winner} wins, said {choice.by}",
        module=terms.module,
        context={
            "by": choice.by,
            "conflict": conflict.id,
            "field": conflict.field,
            "odoo": conflict.odoo_value,
            "shop": conflict.shop_value,
        },
        entity_type=conflict.entity_type.value,
        odoo_id=conflict.odoo_id,
        shop_id=conflict.shop_id,
    )
