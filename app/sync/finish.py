"""The one transaction in which a batch ends: jobs, operations, the entity map, intents, the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.store import pause, unpause
from app.db.session import SessionMaker
from app.db.sync_log import write_logs
from app.entities.base import Direction, Side, State
from app.queue.leases import hold
from app.queue.models import JobStatus
from app.queue.requeue import requeue
from app.queue.store import settle
from app.queue.waiting import release_held
from app.sync.ending import JobEnd
from app.sync.entity_map import ShopSide, find_agreed, store_shop_sides
from app.sync.intents import Intent, close_intents
from app.sync.operations import close_open_operations, settle_operations
from app.sync.plan import agreed_state
from app.sync.reverse import Applied, NotApplied


async def finish(sessions: SessionMaker, ends: Sequence[JobEnd]) -> list[JobEnd]:
    """Returns the ends that took effect; a job whose lease was lost meanwhile is somebody else's to end."""
    async with sessions.begin() as session:
        ours = await settle(session, [end.settled for end in ends if end.settled is not None])
        ours |= await hold(session, [end.job for end in ends if end.settled is None])
        effective = [end for end in ends if end.job.id in ours]
        await settle_operations(session, [each for end in effective for each in end.operations])
        given_up = [end.job for end in effective if end.settled and end.settled.status is JobStatus.FAILED]
        await close_open_operations(
            session, link_ids=[job.link_id for job in given_up], job_ids=[job.id for job in given_up]
        )
        applied = [each for end in effective for each in end.results if isinstance(each, Applied)]
        await _agree(session, applied)
        await close_intents(session, list(_closed(effective)))
        await _pauses(session, effective)
        await write_logs(session, [entry for end in effective for entry in end.logs])
    for end in effective:
        if end.requeue is not None:
            await requeue(sessions, end.requeue)
    return effective


async def _agree(session: AsyncSession, applied: Sequence[Applied]) -> None:
    if not applied:
        return
    first = applied[0].unit.job
    known = await find_agreed(
        session,
        link_id=first.link_id,
        entity_type=first.entity_type,
        shop_ids=sorted({each.native_id for each in applied}),
    )
    states: dict[str, State | None] = {shop_id: agreed.shop_state for shop_id, agreed in known.items()}
    for each in applied:
        states[each.native_id] = agreed_state(
            old=states.get(each.native_id), before=each.before, after=each.after, written=each.agreed
        )
    sides = [
        ShopSide(
            link_id=first.link_id,
            module=first.module,
            entity_type=first.entity_type,
            shop_id=shop_id,
            state=state,
        )
        for shop_id, state in states.items()
        if state is not None
    ]
    await store_shop_sides(session, sides)
    # What was held against an older agreement is judged anew: a wrong verdict must not last.
    await release_held(
        session,
        link_id=first.link_id,
        direction=Direction.SHOP_TO_ODOO,
        entity_type=first.entity_type,
        side=Side.SHOP,
        native_ids=sorted(shop_id for shop_id in states),
    )


def _closed(ends: Sequence[JobEnd]) -> Iterable[tuple[Intent, str | None]]:
    """An intent stays open while the job goes on, and when it gives up: what it may have made is still to be found.

    An operator's retry finds the intent with what it noted (a cart), and looks before it makes anything.
    """
    for end in ends:
        for result in end.results:
            if result.intent is None:
                continue
            if isinstance(result, Applied):
                yield result.intent, result.native_id
            elif end.settled is not None and end.settled.status is not JobStatus.FAILED:
                yield result.intent, _made(result)


def _made(result: NotApplied) -> str | None:
    """A parked create may have made its record (an order whose total differs): remember it, never make it twice."""
    return getattr(result.error, "native_id", None)


async def _pauses(session: AsyncSession, ends: Sequence[JobEnd]) -> None:
    for end in ends:
        if end.pause is not None:
            await pause(
                session,
                link_id=end.job.link_id,
                direction=end.job.direction,
                entity_type=end.pause.entity_type,
                reason=end.pause.reason,
                first=end.pause.first,
                longest=end.pause.longest,
            )
    done = next((end for end in ends if end.settled is not None and _reached(end)), None)
    if done is not None and not any(end.pause for end in ends):
        job = done.job
        await unpause(session, link_id=job.link_id, direction=job.direction, entity_type=job.entity_type.value)


def _reached(end: JobEnd) -> bool:
    """The peer answered: whatever a pause was for, it is over."""
    return not end.results or any(isinstance(result, Applied) for result in end.results)
