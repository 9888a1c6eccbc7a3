"""Carries out runs: a first sync of one entity type, and reconciliations. Resumable, and paced by the queue.

A run makes jobs and lets the queue do the work, so that everything that holds for an event holds for a bulk: one lock
per pair, creates that happen once, live events first. It waits while many of its jobs are still to be done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.connectors.base import Cursor
from app.db.session import SessionMaker
from app.entities.base import Action, Side
from app.errors import ActionRequired, AppError, Retryable
from app.queue.store import enqueue
from app.sync.ends import open_ends
from app.sync.models import RunKind, RunStatus
from app.sync.pair_work import Ends
from app.sync.peers import Peers
from app.sync.reconcile import PRIORITY, Reconciliation, Step, bulk_job
from app.sync.runs import Progress, RunView, advance, end_run, release_run, take_run

MOST_WAITING: Final = 1000
"""Jobs of one link that may wait for a worker before a run goes on making more. Those that wait for something else, a
dependency that a person has to see to, would hold it up for ever."""
LOOK_S: Final = 0.5
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
    """`holder` names this process; `ring` is called when jobs were made."""

    def __init__(
        self,
        sessions: SessionMaker,
        peers: Peers,
        *,
        holder: str,
        max_attempts: int,
        idle_s: float = 5.0,
        ring: Callable[[], None] = lambda: None,
    ) -> None:
        self._sessions = sessions
        self._peers = peers
        self._holder = holder
        self._max_attempts = max_attempts
        self._idle_s = idle_s
        self._ring = ring

    async def run(self) -> None:
        while True:
            try:
                while await self.run_one():
                    pass
            except (SQLAlchemyError, OSError) as error:
                log.warning("runs.database_away", error=type(error).__name__)
            except Exception:
                log.exception("runs.broken")
            await asyncio.sleep(self._idle_s)

    async def run_one(self, run_id: int | None = None) -> bool:
        """Take a run and carry it to its end or its next pause; False when there is none to take."""
        async with self._sessions.begin() as session:
            run = await take_run(session, holder=self._holder, run_id=run_id)
        if run is None:
            return False
        try:
            await self._carry_out(run)
        except (Retryable, ActionRequired) as error:
            log.warning("run.paused", run_id=run.id, error=error.message)
            await self._release(run, PAUSE, error.message)
        except AppError as error:
            await self._end(run, RunStatus.FAILED, error.message)
        except asyncio.CancelledError:
            await self._release(run, timedelta(), None)
            raise
        except Exception as error:
            # One bad record of a page must not keep the run with us for ever.
            log.exception("run.broken", run_id=run.id)
            await self._end(run, RunStatus.FAILED, f"internal error ({type(error).__name__}); see the log")
        return True

    async def _carry_out(self, run: RunView) -> None:
        terms = await self._peers.terms(run.link_id)
        side = Side(str(run.options.get("side") or Side.ODOO))
        ends = await open_ends(self._peers, terms, run.entity_type, side)
        async for step in self._steps(run, ends):
            await self._wait_for_room(run)
            if not await self._store(run, step):
                return
        await self._end(run, RunStatus.COMPLETED, None)

    def _steps(self, run: RunView, ends: Ends) -> AsyncIterator[Step]:
        if run.kind is RunKind.RECONCILE:
            fix = bool(run.options.get("fix"))
            return Reconciliation(self._sessions, ends, fix=fix, max_attempts=self._max_attempts).steps(run.cursor)
        return self._all(run, ends)

    async def _all(self, run: RunView, ends: Ends) -> AsyncIterator[Step]:
        """Every record of one side, as if each had changed."""
        at = Cursor(moment=str(run.cursor.get("moment") or ""), native_id=str(run.cursor.get("id") or ""))
        async for page in ends.source.changed_since(at):
            jobs = [
                bulk_job(ends, ends.side, number, Action.UPDATED, max_attempts=self._max_attempts)
                for number in dict.fromkeys(page.ids)
            ]
            cursor = {"moment": page.cursor.moment, "id": page.cursor.native_id}
            yield Step(progress=Progress(cursor=cursor, seen=len(jobs), queued=len(jobs)), jobs=jobs)

    async def _wait_for_room(self, run: RunView) -> None:
        while await self._waiting(run) >= MOST_WAITING:
            async with self._sessions.begin() as session:
                await take_run(session, holder=self._holder, run_id=run.id)  # keeps the lease
            await asyncio.sleep(LOOK_S)

    async def _waiting(self, run: RunView) -> int:
        parameters = {"link_id": run.link_id, "priority": PRIORITY, "most": MOST_WAITING}
        async with self._sessions() as session:
            return int((await session.execute(_WAITING, parameters)).scalar_one())

    async def _store(self, run: RunView, step: Step) -> bool:
        async with self._sessions.begin() as session:
            if not await advance(session, run, step.progress, holder=self._holder):
                return False
            unique = {job.key: job for job in step.jobs}
            await enqueue(session, list(unique.values()))
        if step.jobs:
            self._ring()
        return True

    async def _end(self, run: RunView, status: RunStatus, error: str | None) -> None:
        async with self._sessions.begin() as session:
            await end_run(session, run, status, error, holder=self._holder)
        log.info("run.ended", run_id=run.id, kind=run.kind.value, status=status.value, error=error)

    async def _release(self, run: RunView, pause: timedelta, error: str | None) -> None:
        async with self._sessions.begin() as session:
            await release_run(session, run, holder=self._holder, pause=pause, error=error)
