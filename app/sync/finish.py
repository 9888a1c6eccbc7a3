"""The one transaction in which a batch ends: jobs, operations, the entity map, intents, the journal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.store import pause, unpause
from app.db.session import SessionMaker
from app.db.sync_log import write_logs
from app.entities.base import Direction, Side, State
from app.errors import Parked
from app.queue.leases import hold
from app.queue.models import JobStatus, Outcome
from app.queue.requeue import requeue
from app.queue.store import NewJob, enqueue, settle
from app.queue.waiting import close_parked, release_held
from app.sync.conflicts import forget_conflicts, settle_conflicts, store_conflicts
from app.sync.ending import JobEnd
from app.sync.entity_map import ShopSide, find_agreed, store_shop_sides
from app.sync.intents import Intent, close_intents
from app.sync.operations import close_open_operations, settle_operations
from app.sync.pair_work import Synced
from app.sync.pairs import drop_pairs, set_block, store_pairs
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
        await _pair(session, [end.synced for end in effective if end.synced is not None])
        await _block(session, effective)
        await close_parked(session, [end.job for end in effective if _takes_over(end)])
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
            old=states.get(each.native_id),
            before=each.before,
            after=each.after,
            written=each.agreed,
            overwritten=each.overwritten,
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


async def _pair(session: AsyncSession, results: Sequence[Synced]) -> None:
    """What the two-way sync agreed on, what it found in conflict, and what has to follow."""
    if not results:
        return
    link_id = results[0].job.link_id
    entity_type = results[0].job.entity_type
    dropped = [(entity_type, each.drop) for each in results if each.drop is not None]
    await drop_pairs(session, link_id=link_id, pairs=dropped)
    await forget_conflicts(session, link_id=link_id, pairs=dropped)
    await store_pairs(session, [each.pair for each in results if each.pair is not None])
    await store_conflicts(session, [conflict for each in results for conflict in each.conflicts])
    same = [(entity_type, each.shop_id, name) for each in results if each.shop_id for name in each.same]
    await settle_conflicts(session, link_id=link_id, same=same)
    await enqueue(session, _one_per_record([job for each in results for job in each.follow]))
    for side, native_ids in _counterparts(results).items():
        await release_held(
            session,
            link_id=link_id,
            direction=side.outward,
            entity_type=entity_type,
            side=side,
            native_ids=native_ids,
        )


def _takes_over(end: JobEnd) -> bool:
    """A two-way job that was done, or that waits for a person where an older one of its record did."""
    if end.synced is not None:
        return end.synced.pair is not None
    return end.settled is not None and end.settled.status is JobStatus.PARKED and not end.operations


def _one_per_record(jobs: Sequence[NewJob]) -> list[NewJob]:
    """Two jobs of one key as one: a statement cannot insert a row twice."""
    unique: dict[tuple[int, str, str, str, str], NewJob] = {}
    for job in jobs:
        known = unique.get(job.key)
        unique[job.key] = replace(job, payload={**(known.payload if known else {}), **job.payload})
    return list(unique.values())


def _counterparts(results: Sequence[Synced]) -> dict[Side, list[str]]:
    found: dict[Side, list[str]] = {}
    for each in results:
        if each.pair is not None and each.target_id is not None:
            found.setdefault(each.side.other, []).append(each.target_id)
    return found


async def _block(session: AsyncSession, ends: Sequence[JobEnd]) -> None:
    """A pair that flips is left alone from now on, whichever side's event comes next."""
    for end in ends:
        for result in end.results:
            error = result.error if isinstance(result, NotApplied) else None
            if isinstance(error, Parked) and error.code == "flipping" and error.native_id is not None:
                await set_block(
                    session,
                    link_id=end.job.link_id,
                    entity_type=end.job.entity_type,
                    shop_id=error.native_id,
                    reason=error.message,
                )


def _closed(ends: Sequence[JobEnd]) -> Iterable[tuple[Intent, str | None]]:
    """An intent stays open while the job goes on, and when it gives up: what it may have made is still to be found.

    An operator's retry finds the intent with what it noted (a cart), and looks before it makes anything. The same holds
    for a record that was made and parked (an order whose total differs): the retry completes it.
    """
    for end in ends:
        if end.synced is not None and end.synced.intent is not None:
            yield end.synced.intent, end.synced.target_id
        for result in end.results:
            if result.intent is None:
                continue
            if isinstance(result, Applied):
                yield result.intent, result.native_id
            elif not _goes_on(end, result):
                yield result.intent, _made(result)


def _goes_on(end: JobEnd, result: NotApplied) -> bool:
    if end.settled is None or end.settled.status is JobStatus.FAILED:
        return True
    return _made(result) is not None and not result.unit.operations


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
    if done is not None and done.job.after_pause and not any(end.pause for end in ends):
        job = done.job
        await unpause(session, link_id=job.link_id, direction=job.direction, entity_type=job.entity_type.value)


def _reached(end: JobEnd) -> bool:
    """The peer answered: whatever a pause was for, it is over. An echo has asked the source only."""
    if end.synced is not None and end.synced.outcome is Outcome.UNCHANGED:
        return False
    return not end.results or any(isinstance(result, Applied) for result in end.results)
