"""Carries out an import, an export or a first sync: every record of one side, in portions, without delaying live work.

A portion is listed with its content, what it refers to is made first, and its jobs are made and held in the transaction
that moves the run's cursor. Two are then carried out side by side. So a run that is killed goes on behind its cursor,
and what it held is rescued. The run has ended when its jobs have: those that had to be put back are waited for without
holding the runner, unless they wait for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta
from typing import Any, Final

from app.connectors.base import Counting, Cursor, Snapshot
from app.context import mark_as_bulk
from app.db.session import SessionMaker
from app.entities.base import EntityType, Side
from app.entities.records import REFERENCES
from app.errors import Snoozed
from app.queue.store import ClaimedJob
from app.sync.abreast import Abreast
from app.sync.bulk_needs import Needs
from app.sync.bulk_pages import Portion, one_ahead, portions
from app.sync.bulk_work import BulkWork
from app.sync.ends import open_ends
from app.sync.pair_work import Ends, Prefetched
from app.sync.peers import Peers
from app.sync.run_progress import RunCount, count_run, note_count
from app.sync.runs import Progress, RunView, advance, find_run, store_total
from app.sync.stopping import Stopping

BULK_BATCH: Final[dict[Side, int]] = {Side.ODOO: 500, Side.SHOP: 100}
"""Records in one portion, by the side that is written: Odoo loads many at once, a shop takes a hundred at best."""
ABREAST: Final = 2
"""Portions that are carried out side by side."""
JOBS_WAIT: Final = "jobs_wait"
"""Code of what ends a look at a run that has listed everything and waits for its jobs."""
LOOK_AGAIN: Final = timedelta(seconds=1)
LISTED: Final = "listed"


class Bulk:
    def __init__(
        self,
        sessions: SessionMaker,
        peers: Peers,
        work: BulkWork,
        *,
        holder: str,
        lease: timedelta,
        stopping: Stopping,
    ) -> None:
        self._sessions = sessions
        self._peers = peers
        self._work = work
        self._needs = Needs(sessions, peers, work)
        self._holder = holder
        self._lease = lease
        self._stopping = stopping

    async def carry_out(self, run: RunView) -> bool:
        """False: it was cancelled, or is somebody else's now. Raises `Snoozed` while something has to be waited for."""
        if not run.cursor.get(LISTED):
            terms = await self._peers.terms(run.link_id)
            ends = await open_ends(self._peers, terms, run.entity_type, run.side)
            with mark_as_bulk():
                if not await self._go_through(run, ends):
                    return False
        await self._check_done(run)
        return True

    async def _go_through(self, run: RunView, ends: Ends) -> bool:
        await self._work.check_open(ends)
        await self._store_total(run, ends)
        most = BULK_BATCH[ends.target_side]
        listed = portions(ends.source, _at(run.cursor), most=most, clock=self._work.clock)
        async with aclosing(one_ahead(listed)) as ahead, Abreast(_abreast(ends.entity_type)) as abreast:
            async for portion in ahead:
                await abreast.room()
                self._stopping.check()
                await self._work.check_open(ends)
                prefetched = await self._prepared(ends, portion)
                jobs = await self._taken(run, ends, portion)
                if jobs is None:
                    return False
                abreast.begin(self._carry(run, jobs, prefetched))
        async with self._sessions.begin() as session:
            return await advance(session, run, Progress(cursor={LISTED: True}), holder=self._holder, lease=self._lease)

    async def _store_total(self, run: RunView, ends: Ends) -> None:
        if run.total is None and isinstance(ends.source, Counting):
            total = await ends.source.count()
            async with self._sessions.begin() as session:
                await store_total(session, run, total)

    async def _prepared(self, ends: Ends, portion: Portion) -> Prefetched:
        """With its content, and with what it refers to on the other side."""
        shots = await self._read_rest(ends, portion)
        records = await self._needs.make(ends, list(shots.values()))
        return Prefetched(since=portion.since, snapshots=shots, records=records)

    async def _taken(self, run: RunView, ends: Ends, portion: Portion) -> list[ClaimedJob] | None:
        """Its jobs, in the transaction that moves the cursor behind it; None if the run is not ours any more."""
        async with self._sessions.begin() as session:
            cursor = {"moment": portion.cursor.moment, "id": portion.cursor.native_id}
            jobs, waiting = await self._work.claim(session, ends, portion.ids, run_id=run.id)
            progress = Progress(cursor=cursor, seen=len(portion.ids), queued=len(jobs) + waiting)
            if not await advance(session, run, progress, holder=self._holder, lease=self._lease):
                await session.rollback()
                return None
        return jobs

    async def _carry(self, run: RunView, jobs: Sequence[ClaimedJob], prefetched: Prefetched) -> None:
        try:
            await self._work.carry_out(jobs, prefetched)
        finally:
            await self._count(run)

    async def _read_rest(self, ends: Ends, portion: Portion) -> Mapping[str, Snapshot]:
        """Where a port lists ids only: read before the jobs are made, for what the records refer to goes first."""
        rest = [number for number in portion.ids if number not in portion.snapshots]
        held = await ends.source.read(rest) if rest else {}
        return {**portion.snapshots, **{each: shot for each, shot in held.items() if isinstance(shot, Snapshot)}}

    async def _check_done(self, run: RunView) -> None:
        """What only a person can set going does not hold it up: the run ends, and shows what waits."""
        count = await self._count(run)
        if count.waiting and not count.nothing_moves:
            noun = "job waits" if count.waiting == 1 else "jobs wait"
            why = f": {count.reason}" if count.reason else ""
            raise Snoozed(f"{count.waiting} {noun}{why}", retry_in=LOOK_AGAIN, code=JOBS_WAIT)

    async def _count(self, run: RunView) -> RunCount:
        async with self._sessions.begin() as session:
            now = await find_run(session, link_id=run.link_id, run_id=run.id) or run
            count = await count_run(session, now)
            await note_count(session, now, count)
        return count


def _abreast(entity_type: EntityType) -> int:
    """What refers to its own kind, a category to its parent, may need what the portion before it makes."""
    return 1 if entity_type in REFERENCES.get(entity_type, {}).values() else ABREAST


def _at(cursor: Mapping[str, Any]) -> Cursor:
    return Cursor(moment=str(cursor.get("moment") or ""), native_id=str(cursor.get("id") or ""))
