"""The worker's slots: who is woken by a ring, and who hears of it when nobody here has time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.session import SessionMaker
from app.security.crypto import KeyRing
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import RetryPolicy
from app.sync.engine import Engine
from app.sync.peers import Peers
from tests.queue.test_store import a_job, put, rows

NEVER_S = 3600.0
LONGEST_S = 10.0
AT_WORK = "SELECT count(*) AS number FROM sync_queue WHERE status = 'processing'"
PENDING = "SELECT count(*) AS number FROM sync_queue WHERE status = 'pending' AND attempts = 0"


@dataclass(slots=True, kw_only=True)
class Worker:
    """`looks`: how often it claimed, or tried to. `handed_on`: how often it rang for other workers."""

    drainer: Drainer
    looks: int = 0
    handed_on: int = 0


@dataclass(slots=True, kw_only=True)
class Workers:
    sessions: SessionMaker
    engine: AsyncEngine

    @asynccontextmanager
    async def start(self, *, slots: int, batch_size: int = 1) -> AsyncIterator[Worker]:
        """One that never looks by itself. Its jobs have nothing to write, and end without a peer."""
        peers = Peers(self.sessions, KeyRing([b"k" * 32]), timeout_s=5.0, width=4, ttl_s=0.0)
        syncing = Engine(
            self.sessions, peers, RetryPolicy(base_s=NEVER_S, cap_s=NEVER_S), on_end=lambda end, seconds: None
        )
        options = DrainerOptions(
            name="w1", slots=slots, batch_size=batch_size, lease=timedelta(seconds=60), idle_scan_s=NEVER_S
        )
        worker = Worker(drainer=Drainer(self.sessions, syncing, options, chain=lambda: note()))

        def note() -> None:
            worker.handed_on += 1

        def look(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
            worker.looks += "WITH RECURSIVE groups" in statement

        event.listen(self.engine.sync_engine, "after_cursor_execute", look)
        worker.drainer.start()
        try:
            yield worker
        finally:
            await worker.drainer.stop(LONGEST_S)
            await peers.aclose()
            event.remove(self.engine.sync_engine, "after_cursor_execute", look)

    @asynccontextmanager
    async def kept_busy(self) -> AsyncIterator[None]:
        """Whoever has a job waits in the middle of it: its operations cannot be read."""
        async with self.sessions.begin() as session:
            await session.execute(text("LOCK TABLE reverse_operations IN ACCESS EXCLUSIVE MODE"))
            yield

    async def count(self, query: str) -> int:
        return int((await rows(self.sessions, query))[0].number)


@pytest.fixture
def workers(sessions: SessionMaker, engine: AsyncEngine) -> Workers:
    return Workers(sessions=sessions, engine=engine)


async def becomes(number: int, look: Callable[[], Awaitable[int]]) -> None:
    async with asyncio.timeout(LONGEST_S):
        while await look() != number:
            await asyncio.sleep(0)


async def looked(worker: Worker, times: int) -> None:
    """Returns when it has looked so often and a slot waits again."""
    async with asyncio.timeout(LONGEST_S):
        while worker.looks < times:
            await asyncio.sleep(0)
        await worker.drainer.idle()


async def test_a_ring_for_nothing_wakes_one_slot(workers: Workers) -> None:
    async with workers.start(slots=4) as worker:
        await looked(worker, 4)

        for number in range(1, 4):
            worker.drainer.ring()
            await looked(worker, 4 + number)

        assert worker.looks == 4 + 3


async def test_a_slot_that_finds_something_wakes_the_next(workers: Workers) -> None:
    async with workers.start(slots=3) as worker:
        await looked(worker, 3)

        async with workers.kept_busy():
            await put(workers.sessions, *[a_job(str(number)) for number in range(3)])
            worker.drainer.ring()

            await becomes(3, lambda: workers.count(AT_WORK))


async def test_all_that_is_due_is_worked_on_after_one_ring(workers: Workers) -> None:
    async with workers.start(slots=2) as worker:
        await looked(worker, 2)

        await put(workers.sessions, *[a_job(str(number), link_id=1 + number % 3) for number in range(9)])
        worker.drainer.ring()

        await becomes(0, lambda: workers.count(PENDING))


async def test_a_worker_with_no_idle_slot_hands_rings_on(workers: Workers) -> None:
    async with workers.start(slots=1, batch_size=10) as worker:
        await looked(worker, 1)

        async with workers.kept_busy():
            await put(workers.sessions, a_job())
            worker.drainer.ring()
            await becomes(1, lambda: workers.count(AT_WORK))
            after_its_claim = worker.handed_on
            worker.drainer.ring()

            assert (after_its_claim, worker.handed_on) == (1, 2)


async def test_a_worker_with_an_idle_slot_keeps_its_rings(workers: Workers) -> None:
    async with workers.start(slots=2, batch_size=10) as worker:
        await looked(worker, 2)

        async with workers.kept_busy():
            await put(workers.sessions, a_job())
            worker.drainer.ring()
            await becomes(1, lambda: workers.count(AT_WORK))
            await looked(worker, 4)

            assert worker.handed_on == 0


async def test_who_stops_rings_for_the_others(workers: Workers) -> None:
    """It may have taken a ring and gone without looking, and it gives back what it could not finish."""
    async with workers.start(slots=1) as worker:
        await looked(worker, 1)

    assert worker.handed_on == 1
