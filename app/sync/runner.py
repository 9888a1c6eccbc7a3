"""Takes runs and carries them to their end or their next pause: bulk syncs (`bulk.py`) and reconciliations.

A few side by side, in lanes beside the worker's slots, so that live events never wait for a slot that a bulk holds; per
link one bulk sync and one reconciliation (`runs.py::take_run`), so that neither waits for the other. A reconciliation
with `fix` makes jobs and lets the queue do the work, as far as the queue keeps up.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db.session import SessionMaker
from app.entities.base import Side
from app.errors import ActionRequired, AppError, Retryable
from app.queue.store import enqueue
from app.sync.bulk import JOBS_WAIT, Bulk
from app.sync.bulk_work import BulkWork
from app.sync.ends import open_ends
from app.sync.engine import Engine, is_database_away
from app.sync.models import RunKind, RunStatus
from app.sync.peers import Peers
from app.sync.reconcile import PAIRS_ONLY, PRIORITY, Reconciliation, Step
from app.sync.runs import LEASE, RunView, advance, end_run, keep_run, release_run, take_run
from app.sync.stopping import STOPPED, Stopping

MOST_WAITING: Final = 1000
"""Jobs of one link that may wait for a worker before a reconciliation goes on making more. Those that wait for
something else, a dependency that a person has to see to, would hold it up for ever."""
LOOK_S: Final = 0.5
LANES: Final = 3
GRACE_S: Final = 10.0
PAUSE: Final = timedelta(seconds=10)

log = structlog.get_logger(__name__)

_WAITING = text(
    """
    SELECT count(*) FROM (
        SELECT 1 FROM sync_queue
        WHERE link_id = :link_id AND status = 'pending' AND priority = :priority AND held_reason IS NULL
          AND scheduled_at <= now() + interval '10 seconds'
        LIMIT :most
    ) AS waiting
    """
)


class Runner:
    """`holder` names this process; `ring` is called when jobs were made. `lease`: of a run, and of the jobs that a bulk
    holds. `lanes`: runs that are under way at once. `grace_s`: how long a portion under way may take to its end when
    the process stops."""

    def __init__(
        self,
        sessions: SessionMaker,
        peers: Peers,
        engine: Engine,
        *,
        holder: str,
        max_attempts: int,
        lease: timedelta = LEASE,
        idle_s: float = 5.0,
        lanes: int = LANES,
        grace_s: float = GRACE_S,
        ring: Callable[[], None] = lambda: None,
    ) -> None:
        self._sessions = sessions
        self._peers = peers
        self._holder = holder
        self._max_attempts = max_attempts
        self._lease = lease
        self._idle_s = idle_s
        self._lanes = lanes
        self._grace_s = grace_s
        self._ring = ring
        work = BulkWork(sessions, engine, holder=holder, lease=lease, max_attempts=max_attempts)
        self._stopping = Stopping()
        self._taking = asyncio.Lock()
        self._under_way: set[int] = set()
        self._bulk = Bulk(sessions, peers, work, holder=holder, lease=lease, stopping=self._stopping)

    async def run(self) -> None:
        """Until it is cancelled. Portions under way may end within `grace_s`; what is cut off then is given back."""
        lanes = [asyncio.create_task(self._lane(), name=f"runs {number}") for number in range(self._lanes)]
        try:
            await asyncio.wait(lanes)
        finally:
            self._stopping.ask()
            await self._end(lanes)

    async def _end(self, lanes: Sequence[asyncio.Task[None]]) -> None:
        try:
            _, late = await asyncio.wait(lanes, timeout=self._grace_s)
            if late:
                log.warning("runs.cut_off", count=len(late))
        finally:
            for lane in lanes:
                lane.cancel()
            await asyncio.gather(*lanes, return_exceptions=True)

    async def _lane(self) -> None:
        while not self._stopping.asked:
            try:
                while await self.run_one():
                    pass
            except (SQLAlchemyError, OSError) as error:
                log.warning("runs.database_away", error=type(error).__name__)
            except Exception:
                log.exception("runs.broken")
            await self._stopping.sleep(self._idle_s)

    async def run_one(self, run_id: int | None = None) -> bool:
        """Take a run and carry it to its end or its next pause; False when there is none to take, or it is to stop."""
        if self._stopping.asked:
            return False
        run = await self._take(run_id)
        if run is None:
            return False
        try:
            await self._work_on(run)
        finally:
            self._under_way.discard(run.id)
        return True

    async def _take(self, run_id: int | None) -> RunView | None:
        """What is left of a look that broke is ours still, and is taken up again; what another lane does is not."""
        async with self._taking:
            async with self._sessions.begin() as session:
                run = await take_run(
                    session, holder=self._holder, run_id=run_id, lease=self._lease, but=self._under_way
                )
            if run is not None:
                self._under_way.add(run.id)
        return run

    async def _work_on(self, run: RunView) -> None:
        try:
            async with self._kept(run):
                await self._carry_out(run)
        except (Retryable, ActionRequired) as error:
            await self._pause(run, error)
        except AppError as error:
            await self._end_run(run, RunStatus.FAILED, error.message)
        except asyncio.CancelledError:
            await self._release(run, timedelta(), None)
            raise
        except Exception as error:
            if isinstance(error, OSError) or is_database_away(error):
                raise  # the run's lease ends, and it goes on at its cursor
            # One bad record of a page must not keep the run with us for ever.
            log.exception("run.broken", run_id=run.id)
            await self._end_run(run, RunStatus.FAILED, f"internal error ({type(error).__name__}); see the log")

    async def _carry_out(self, run: RunView) -> None:
        whole = await (self._reconcile(run) if run.kind is RunKind.RECONCILE else self._bulk.carry_out(run))
        if whole:
            await self._end_run(run, RunStatus.COMPLETED, None)

    async def _reconcile(self, run: RunView) -> bool:
        """False: it was cancelled, or is somebody else's now."""
        terms = await self._peers.terms(run.link_id)
        ends = await open_ends(self._peers, terms, run.entity_type, Side.ODOO)
        await ends.target.read([])  # a copy says here that there is nothing to compare
        fix = bool(run.options.get("fix"))
        async for step in Reconciliation(self._sessions, ends, fix=fix, max_attempts=self._max_attempts).steps(
            run.cursor, pairs_only=bool(run.options.get(PAIRS_ONLY))
        ):
            self._stopping.check()
            await self._wait_for_room(run)
            if not await self._store(run, step):
                return False
        return True

    async def _wait_for_room(self, run: RunView) -> None:
        while await self._waiting(run) >= MOST_WAITING:
            await self._stopping.sleep(LOOK_S)
            self._stopping.check()

    async def _waiting(self, run: RunView) -> int:
        parameters = {"link_id": run.link_id, "priority": PRIORITY, "most": MOST_WAITING}
        async with self._sessions.autocommit() as session:
            return int((await session.execute(_WAITING, parameters)).scalar_one())

    async def _store(self, run: RunView, step: Step) -> bool:
        async with self._sessions.begin() as session:
            if not await advance(session, run, step.progress, holder=self._holder, lease=self._lease):
                return False
            unique = {job.key: job for job in step.jobs}
            await enqueue(session, list(unique.values()))
        if step.jobs:
            self._ring()
        return True

    async def _end_run(self, run: RunView, status: RunStatus, error: str | None) -> None:
        async with self._sessions.begin() as session:
            await end_run(session, run, status, error, holder=self._holder)
        log.info("run.ended", run_id=run.id, kind=run.kind.value, status=status.value, error=error)

    async def _pause(self, run: RunView, error: AppError) -> None:
        """It goes on by itself: after as long as a peer asked for, or when its jobs have ended."""
        wait = error.retry_in if isinstance(error, Retryable) and error.retry_in is not None else PAUSE
        tell = log.debug if error.code in (JOBS_WAIT, STOPPED) else log.warning
        tell("run.paused", run_id=run.id, error=error.message)
        self._ring()
        await self._release(run, wait, error.message)

    async def _release(self, run: RunView, pause: timedelta, error: str | None) -> None:
        async with self._sessions.begin() as session:
            await release_run(session, run, holder=self._holder, pause=pause, error=error)

    @asynccontextmanager
    async def _kept(self, run: RunView) -> AsyncIterator[None]:
        """The run is ours while we work on it, however long one portion takes."""
        task = asyncio.create_task(self._keep(run), name="lease of a run")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _keep(self, run: RunView) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                async with self._sessions.begin() as session:
                    await keep_run(session, run, holder=self._holder, lease=self._lease)
            except (SQLAlchemyError, OSError) as error:
                log.warning("run.not_kept", run_id=run.id, error=type(error).__name__)
