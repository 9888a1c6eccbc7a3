"""What operators order of one pair: go on with it, forget it."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.job_orders import retry_jobs
from app.api.record_store import RecordIds, of_either_side
from app.db.session import SessionMaker
from app.db.sync_log import LogEntry, write_logs
from app.entities.base import EntityType, Side
from app.errors import Conflict, NotFound
from app.queue.models import Job, JobStatus
from app.sync.pairing import find_pair, forget_pair
from app.sync.pairs import Pair, set_block
from app.sync.peers import LinkTerms


async def release_pair(
    sessions: SessionMaker, terms: LinkTerms, entity_type: EntityType, side: Side, native_id: str, *, by: str
) -> list[int]:
    """Ids of the jobs that are tried again. Raises `NotFound`, and `Conflict` for a pair that is not blocked."""
    async with sessions.begin() as session:
        pair = await _get_pair(session, terms, entity_type, side, native_id)
        if pair.blocked_reason is None:
            raise Conflict(f"{entity_type} {native_id} is not blocked; there is nothing to release", code="not_blocked")
        await set_block(session, link_id=terms.id, entity_type=entity_type, shop_id=pair.shop_id, reason=None)
        await write_logs(session, [_entry(terms, pair, "pair.released", f"released by {by}", by)])
        parked = await _find_parked(session, terms, pair)
    return sorted({each.carried_by for each in await retry_jobs(sessions, parked, caller=by)})


async def unlink_pair(
    sessions: SessionMaker, terms: LinkTerms, entity_type: EntityType, side: Side, native_id: str, *, by: str
) -> None:
    """Raises `NotFound`."""
    async with sessions.begin() as session:
        pair = await _get_pair(session, terms, entity_type, side, native_id)
        await forget_pair(session, terms, pair, by=by)
        await write_logs(session, [_entry(terms, pair, "pair.unlinked", f"unlinked by {by}", by)])


async def _get_pair(
    session: AsyncSession, terms: LinkTerms, entity_type: EntityType, side: Side, native_id: str
) -> Pair:
    pair = await find_pair(session, link_id=terms.id, entity_type=entity_type, side=side, native_id=native_id)
    if pair is None:
        raise NotFound(f"{entity_type} {native_id} of {side} is not paired on link {terms.slug}", code="not_paired")
    return pair


async def _find_parked(session: AsyncSession, terms: LinkTerms, pair: Pair) -> list[int]:
    """What the breaker parked; a job parked for another reason waits for another person."""
    ids = RecordIds(link_id=terms.id, entity_type=pair.entity_type, odoo_id=pair.odoo_id, shop_id=pair.shop_id)
    query = select(Job.id).where(
        Job.link_id == terms.id,
        Job.status == JobStatus.PARKED,
        Job.error_code == "flipping",
        Job.entity_type == pair.entity_type,
        or_(*of_either_side(ids)),
    )
    return list(await session.scalars(query.order_by(Job.id)))


def _entry(terms: LinkTerms, pair: Pair, event: str, message: str, by: str) -> LogEntry:
    return LogEntry(
        link_id=terms.id,
        event=event,
        message=message,
        module="api",
        context={"by": by, "was": pair.blocked_reason} if pair.blocked_reason else {"by": by},
        entity_type=pair.entity_type.value,
        odoo_id=pair.odoo_id,
        shop_id=pair.shop_id,
    )
