"""The worker's loop: claim a batch, run it, again; renew leases, rescue the dead's jobs, say that we live.

It needs PostgreSQL only. A ring (`ring()`) makes it look at once; without rings it looks every `idle_scan_s`. A ring
wakes one slot, and one that has found something wakes the next: four that look for one job only stand in its way.
Where no slot is idle the ring is handed on to other workers (`chain`), who may have one.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db.session import SessionMaker
from app.metrics import JOBS_RESCUED, observe_claim
from app.queue.cut_off import give_back
from app.queue.leases import renew
from app.queue.requeue import rescue
from app.queue.store import ClaimedJob, claim
from app.sync.engine import Engine

RESCUE_EVERY_S = 5.0
DATABASE_DOWN_PAUSE_S = 0.5
WORKER_FORGOTTEN_AFTER = timedelta(hours=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrainerOptions:
    name: str
    slots: int
    batch_size: int
    lease: timedelta
    idle_scan_s: float


class Drainer:
    """`chain` rings the bell of all workers: a full batch was claimed, or no slot here has time to look further."""

    def __init__(
        self,
        sessions: SessionMaker,
        engine: Engine,
        options: DrainerOptions,
        *,
        chain: Callable[[], None] = lambda: None,
    ) -> None:
        self._sessions = sessions
        self._engine = engine
        self._options = options
        self._chain = chain
        self._rings: asyncio.Queue[None] = asyncio.Queue(maxsize=1)
        self._stopping = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._idle_slots = 0
        self._idle = asyncio.Event()
        self._held: dict[uuid.UUID, Sequence[ClaimedJob]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        slots = [self._slot(number) for number in range(self._options.slots)]
        self._tasks = [asyncio.create_task(each) for each in (*slots, self._beat(), self._rescue())]

    def ring(self) -> None:
        """A slot that is at work finds the ring when it is done; somebody who is idle must not wait for that."""
        self._wake()
        if not self._idle_slots:
            self._chain()

    async def idle(self) -> None:
        """Returns when there is a slot with nothing to do: only then a ring that others might take is worth taking."""
        await self._idle.wait()

    def _wake(self) -> None:
        with contextlib.suppress(asyncio.QueueFull):
            self._rings.put_nowait(None)

    async def drain(self) -> int:
        """Work until nothing is claimable, in this task; returns the number of jobs run. For tests and one-off runs."""
        total = 0
        while jobs := await self._claim():
            total += len(jobs)
            await self._run(jobs)
        return total

    async def stop(self, grace_s: float) -> None:
        """No new claims; what is under way may end within `grace_s`, then it is cut off and its lease runs out."""
        self._stopping.set()
        self._wake()
        slots = self._tasks[: self._options.slots]
        if slots:
            _, late = await asyncio.wait(slots, timeout=grace_s)
            if late:
                log.warning("worker.cut_off", batches=len(late))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(SQLAlchemyError, OSError):
            await self._give_back()
            await self._say_goodbye()
        self._chain()  # for what was given back, and for a ring that was taken by nobody

    async def _slot(self, number: int) -> None:
        while not self._stopping.is_set():
            try:
                jobs = await self._claim()
                if jobs:
                    await self._run(jobs)
                    continue
            except (SQLAlchemyError, OSError) as error:
                log.warning("worker.database_away", slot=number, error=type(error).__name__)
                await asyncio.sleep(DATABASE_DOWN_PAUSE_S)
                continue
            except Exception:
                # A slot that died would leave a worker that beats and does nothing.
                log.exception("worker.slot_broken", slot=number)
                await asyncio.sleep(DATABASE_DOWN_PAUSE_S)
                continue
            await self._wait_for_ring()
        self._wake()  # the other slots are to stop as well

    async def _wait_for_ring(self) -> None:
        self._idle_slots += 1
        self._idle.set()
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._rings.get(), self._options.idle_scan_s)
        finally:
            self._idle_slots -= 1
            if not self._idle_slots:
                self._idle.clear()

    async def _claim(self) -> list[ClaimedJob]:
        """One slot at a time: two would look through the same rows and step over each other's."""
        async with self._claiming:
            jobs = await claim(
                self._sessions,
                worker=self._options.name,
                batch_size=self._options.batch_size,
                lease=self._options.lease,
            )
        if jobs:
            observe_claim(jobs[0].direction.value, [job.waited_s for job in jobs])
            self.ring()
        if len(jobs) == self._options.batch_size:
            self._chain()  # there may be more than one worker can eat
        return jobs

    async def _run(self, jobs: Sequence[ClaimedJob]) -> None:
        token = jobs[0].lease_token
        self._held[token] = jobs
        try:
            await self._engine.run(jobs)
        except asyncio.CancelledError:
            raise  # cut off in the middle: still held, `stop` gives it back
        except BaseException:
            del self._held[token]  # not renewed any more: its lease runs out
            raise
        del self._held[token]

    async def _give_back(self) -> None:
        """What was cut off is another worker's at once, not after its lease; the retry looks before it writes."""
        for jobs in self._held.values():
            await give_back(self._sessions, jobs, lease=self._options.lease)

    async def _beat(self) -> None:
        """Renew what is under way three times per lease, and say that this worker lives."""
        while True:
            try:
                await renew(
                    self._sessions,
                    worker=self._options.name,
                    tokens=list(self._held),
                    lease=self._options.lease,
                )
                await self._say_alive()
            except Exception as error:
                # Whatever it is: without the beat the leases run out under the slots that work on.
                log.warning("worker.beat_failed", error=type(error).__name__)
            await asyncio.sleep(min(self._options.lease.total_seconds() / 3, 10.0))

    async def _rescue(self) -> None:
        while True:
            try:
                if count := await rescue(self._sessions):
                    JOBS_RESCUED.inc(count)
                    log.warning("jobs.rescued", count=count)
                    self.ring()
            except Exception as error:
                log.warning("worker.rescue_failed", error=type(error).__name__)
            await asyncio.sleep(min(self._options.lease.total_seconds() / 2, RESCUE_EVERY_S))

    async def _say_alive(self) -> None:
        async with self._sessions.begin() as session:
            await session.execute(
                text("INSERT INTO workers (name) VALUES (:name) ON CONFLICT (name) DO UPDATE SET seen_at = now()"),
                {"name": self._options.name},
            )

    async def _say_goodbye(self) -> None:
        async with self._sessions.begin() as session:
            await session.execute(
                text("DELETE FROM workers WHERE name = :name OR seen_at < now() - CAST(:old AS interval)"),
                {"name": self._options.name, "old": WORKER_FORGOTTEN_AFTER},
            )
