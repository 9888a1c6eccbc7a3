"""The first look at a batch of two-way jobs: hold the pair, read the source, see whether anything changed at all.

Here echoes and duplicate events end: one read, no write, no clock, nobody's help.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.connectors.base import Gone, Snapshot
from app.db.session import SessionMaker
from app.entities.base import Action, Direction, Side
from app.entities.fingerprint import fingerprint
from app.entities.records import record_key
from app.errors import Parked, Retryable, Snoozed
from app.queue.leases import relock_all
from app.queue.models import Outcome
from app.queue.store import ClaimedJob, NewJob
from app.queue.waiting import find_retrying
from app.sync.creating import Creating, CreatingKeys, find_creating, find_creating_keys
from app.sync.intents import CREATING_RETRY
from app.sync.markers import marker_noted
from app.sync.neutral import of_sources
from app.sync.pair_work import Ends, PairWork, Prefetched, Synced
from app.sync.pairs import Pair, find_half_pairs, find_pairs
from app.sync.unfinished import Unfinished

LOOKS: Final = 3
"""How often a record is looked for before it counts as gone: Odoo tells of a create before it commits."""
LOOK_AGAIN: Final = timedelta(seconds=1)
PERSON_RETRY: Final = timedelta(minutes=1)


def may_come_back(job: ClaimedJob) -> bool:
    """Whether it is too early to believe that something is gone. The last attempt has to."""
    return job.attempts < min(LOOKS, job.max_attempts)


class Sources:
    def __init__(self, sessions: SessionMaker, ends: Ends) -> None:
        self._sessions = sessions
        self._ends = ends
        self._unfinished = Unfinished(sessions, ends)

    async def look(
        self, works: Sequence[PairWork], *, holding: bool = True, prefetched: Prefetched | None = None
    ) -> None:
        """`holding` False looks without locks, for a preview. What was listed before the locks were ours counts as read
        while nobody has synced the pair since; a change that came later makes a job of its own."""
        await self._find_pairs(works)
        if holding:
            await self._unfinished.find(works)
            await self._find_pairs(await self._unfinished.adopt(works))
            await self._hold([work for work in works if work.alive])
            await self._find_pairs([work for work in works if work.alive])
        alive = [work for work in works if work.alive]
        held = await self._read(alive, prefetched)
        for work in alive:
            self._see(work, held[work.native_id])
        if holding:
            await self._adopt_of_gone([work for work in works if work.alive and work.gone])
        await self._wait_for_own_writes([work for work in works if work.alive and not work.gone])

    async def _adopt_of_gone(self, works: Sequence[PairWork]) -> None:
        """What was begun in steps is not completed any more: what there is of it goes the way of the policy."""
        adopted = await self._unfinished.adopt([work for work in works if not work.is_paired], in_steps=True)
        await self._find_pairs(adopted)
        await self._hold(adopted)

    async def _read(self, works: Sequence[PairWork], prefetched: Prefetched | None) -> dict[str, Snapshot | Gone]:
        known: dict[str, Snapshot | Gone] = {}
        for work in works:
            if prefetched is not None and (shot := prefetched.of(work.native_id, work.pair)) is not None:
                known[work.native_id], work.neutral = shot, prefetched.records.get(work.native_id)
        rest = [work.native_id for work in works if work.native_id not in known]
        return {**known, **(await self._ends.source.read(rest) if rest else {})}

    async def _find_pairs(self, works: Sequence[PairWork]) -> None:
        if not works:
            return
        ids = [work.native_id for work in works]
        async with self._sessions.autocommit() as session:
            pairs = await find_pairs(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                side=self._ends.side,
                ids=ids,
            )
            halves = await self._halves(session, ids)
        for work in works:
            work.pair = pairs.get(work.native_id) or halves.get(work.native_id)

    async def _halves(self, session: AsyncSession, ids: Sequence[str]) -> dict[str, Pair]:
        """A shop record that only reverse sync has touched: agreed on the shop's side, its Odoo record unknown."""
        if self._ends.side is not Side.SHOP:
            return {}
        return await find_half_pairs(
            session, link_id=self._ends.terms.id, entity_type=self._ends.entity_type, shop_ids=ids
        )

    async def _hold(self, works: Sequence[PairWork]) -> None:
        """Both jobs of a pair hold the shop's id. A job of the shop's side does so since it was claimed."""
        if self._ends.side is Side.SHOP:
            return
        wanted = [(work.job, work.pair.shop_id) for work in works if work.pair is not None]
        held = await relock_all(self._sessions, wanted)
        for work in works:
            if work.pair is not None and work.job.id not in held:
                work.error = Snoozed("the other side of this record is being worked on", code="busy")

    def _see(self, work: PairWork, held: Snapshot | Gone) -> None:
        if work.pair is not None and work.pair.blocked_reason is not None:
            work.error = Parked(
                f"this pair is left alone: {work.pair.blocked_reason}. Release it when that is mended", code="flipping"
            )
        elif isinstance(held, Gone):
            self._see_gone(work, held)
        else:
            work.source = held
            self._see_record(work, held)

    def _see_gone(self, work: PairWork, held: Gone) -> None:
        """Believed at the third look only: what is told of may not be committed yet. What is seen and was never synced
        needs no other look; of a pair it is looked for as often as ever, for the policy may delete its other side."""
        if held is Gone.HIDDEN and (work.pair is None or work.pair.odoo_id is None):
            kind = self._ends.entity_type
            said = f"{kind} {work.native_id} is none of those that are kept the same, and was never synced"
            work.synced = Synced(job=work.job, outcome=Outcome.UNCHANGED, message=said, side=self._ends.side)
        elif may_come_back(work.job) and work.job.action is not Action.DELETED:
            work.error = Retryable(
                f"{self._ends.entity_type} {work.native_id} is not there; looked for again before it counts as gone",
                retry_in=LOOK_AGAIN,
                code="not_there",
            )
        else:
            work.gone = True

    def _see_record(self, work: PairWork, held: Snapshot) -> None:
        if work.job.action is Action.DELETED and may_come_back(work.job):
            work.error = Retryable(
                f"{self._ends.entity_type} {work.native_id} is still there; looked at again, for its delete may be "
                "under way",
                retry_in=LOOK_AGAIN,
                code="still_there",
            )
            return
        known = work.pair.fingerprint(self._ends.side) if work.pair is not None else None
        paired = work.pair is not None and work.pair.odoo_id is not None
        if held.same_as is not None and not paired:
            work.synced = self._stood_for(work, held.same_as)
        elif work.intent is not None:
            return  # adopted a moment ago: the job ends as the create that it is
        elif paired and not work.is_back(self._ends.side) and known == fingerprint(held.state) and not work.insistent:
            work.synced = Synced(
                job=work.job,
                outcome=Outcome.UNCHANGED,
                message=f"{self._ends.entity_type} {work.native_id} is as agreed: an echo, or an event come twice",
                side=self._ends.side,
                target_id=work.pair.native_id(self._ends.target_side) if work.pair else None,
            )

    async def _wait_for_own_writes(self, works: Sequence[PairWork]) -> None:
        """A record we may be creating this moment is not created back; a write of ours that hangs in the air first."""
        if not works:
            return
        records = await of_sources(self._ends, works)
        keys = {
            work.native_id: record_key(self._ends.entity_type, record)
            for work, record in zip(works, records, strict=True)
        }
        async with self._sessions.autocommit() as session:
            creating = await find_creating_keys(
                session, link_id=self._ends.terms.id, entity_type=self._ends.entity_type, side=self._ends.side
            )
            retrying = await self._retrying(session, works)
            commanded = await self._commanded(session)
        await self._look_again(works)
        ours = await self._made_by_us([work for work in works if work.alive and not work.is_paired], creating)
        for work in [work for work in works if work.alive]:
            key = keys[work.native_id]
            unknown = not work.is_paired
            by_command = commanded is not None and work.source is not None and commanded.covers(work.source.state)
            name = str(key) if key else None
            if unknown and (by_command or creating.covers(name, not_of=work.job.id)):
                asks = not by_command and creating.parked(name, not_of=work.job.id)
                work.error = self._may_be_ours(work, asks_person=asks)
            elif work.native_id in ours:
                work.error = self._may_be_ours(work, asks_person=ours[work.native_id])
            elif work.native_id in retrying:
                work.error = Snoozed(
                    f"our own write to {self._ends.entity_type} {work.native_id} is not settled yet; judged after it",
                    retry_in=retrying[work.native_id],
                    code="own_write_open",
                )

    async def _made_by_us(self, works: Sequence[PairWork], creating: CreatingKeys) -> dict[str, bool]:
        """Whatever people have renamed it to, its marker says so. By native id: whether it is a person's turn."""
        if self._ends.marked is None or not works or not creating.holders:
            return {}
        by_marker = {
            marker_noted(self._ends, one.source_id, one.saved): one for one in creating.holders if one.source_id
        }
        marked = await self._ends.marked.markers_of(self._ends.entity_type, [work.native_id for work in works])
        return {number: by_marker[marker].parked for number, marker in marked.items() if marker in by_marker}

    async def _look_again(self, works: Sequence[PairWork]) -> None:
        """A create that ended between our look at the pairs and our look at what is being created shows in neither."""
        unknown = [work for work in works if work.pair is None or work.pair.odoo_id is None]
        if not unknown:
            return
        await self._find_pairs(unknown)
        for work in unknown:
            if work.pair is not None and work.pair.odoo_id is not None:
                work.error = Snoozed("it has just been paired; looked at again", code="busy")

    def _stood_for(self, work: PairWork, other: str) -> Synced:
        """Whoever stands for it is synced instead."""
        job = NewJob(
            link_id=work.job.link_id,
            module=work.job.module,
            direction=self._ends.direction,
            entity_type=self._ends.entity_type,
            side=self._ends.side,
            native_id=other,
            action=Action.UPDATED,
            payload={},
            max_attempts=work.job.max_attempts,
            traceparent=work.job.traceparent,
        )
        kind = self._ends.entity_type
        return Synced(
            job=work.job,
            outcome=Outcome.UNCHANGED,
            message=f"{kind} {work.native_id} is the same person as {kind} {other}, and has no other side of its own",
            side=self._ends.side,
            follow=(job,),
        )

    def _may_be_ours(self, work: PairWork, *, asks_person: bool) -> Snoozed:
        what = f"{self._ends.entity_type} {work.native_id}"
        if asks_person:
            return Snoozed(
                f"{what} may be what a parked job made of a record of the other side: see to that job first (mend and "
                "retry it, or link the two by hand), or cancel it if the two are different",
                retry_in=PERSON_RETRY,
                code="own_write_open",
            )
        return Snoozed(
            f"{what} may be one that is being created from the other side",
            retry_in=CREATING_RETRY,
            code="own_write_open",
        )

    async def _commanded(self, session: AsyncSession) -> Creating | None:
        """Creates that reverse sync has under way in the shop; it names its records in the shop's own words."""
        if self._ends.side is not Side.SHOP:
            return None
        return await find_creating(
            session, link_id=self._ends.terms.id, entity_type=self._ends.entity_type, side=Side.SHOP
        )

    async def _retrying(self, session: AsyncSession, works: Sequence[PairWork]) -> dict[str, timedelta]:
        """Shop records that a failed attempt of ours may have changed. Only this way round, or both would wait."""
        if self._ends.side is not Side.SHOP:
            return {}
        by_odoo = {work.pair.odoo_id: work.native_id for work in works if work.pair and work.pair.odoo_id}
        found = await find_retrying(
            session,
            link_id=self._ends.terms.id,
            direction=Direction.ODOO_TO_SHOP,
            entity_type=self._ends.entity_type,
            side=Side.ODOO,
            native_ids=list(by_odoo),
            attempted=True,
        )
        direct = await find_retrying(
            session,
            link_id=self._ends.terms.id,
            direction=Direction.ODOO_TO_SHOP,
            entity_type=self._ends.entity_type,
            side=Side.SHOP,
            native_ids=[work.native_id for work in works],
        )
        return {by_odoo[odoo_id]: wait for odoo_id, wait in found.items()} | direct
