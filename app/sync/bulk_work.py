"""A portion of a bulk sync as jobs: made and held by the runner, carried out at once, its leases kept meanwhile.

They are jobs like any other: what cannot be done now goes back into the queue behind everything live, where a worker
takes it, and those of a runner that died are rescued when their leases run out.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.session import SessionMaker
from app.entities.base import Action
from app.errors import Snoozed
from app.queue.bulk import claim_new, find_stop
from app.queue.cut_off import give_back
from app.queue.leases import renew
from app.queue.store import ClaimedJob
from app.sync.ending import JobEnd
from app.sync.engine import Engine
from app.sync.pair_work import Ends, Prefetched
from app.sync.reconcile import bulk_job

SLOW_DOWN: Final = "rate_limited"
"""Code with which `connectors/http.py` gives back what a peer asked to wait for."""
LOOK_AGAIN: Final = timedelta(seconds=10)

log = structlog.get_logger(__name__)


class BulkWork:
    """`holder` names this process, as in the leases of its workers' jobs."""

    def __init__(
        self, sessions: SessionMaker, engine: Engine, *, holder: str, lease: timedelta, max_attempts: int
    ) -> None:
        self._sessions = sessions
        self._engine = engine
        self._holder = holder
        self._lease = lease
        self._max_attempts = max_attempts

    async def clock(self) -> datetime:
        """Of the database, with which pairs say when they were synced."""
        async with self._sessions.autocommit() as session:
            moment: datetime = (await session.execute(text("SELECT clock_timestamp()"))).scalar_one()
        return moment

    async def check_open(self, ends: Ends) -> None:
        """Raises `Snoozed` while the direction is paused or the link is switched off."""
        async with self._sessions.autocommit() as session:
            stop = await find_stop(
                session,
                link_id=ends.terms.id,
                direction=ends.direction,
                entity_type=ends.entity_type,
                look_in=LOOK_AGAIN,
            )
        if stop is not None:
            raise Snoozed(stop.reason, retry_in=stop.left, code="paused")

    async def claim(
        self, session: AsyncSession, ends: Ends, ids: Sequence[str], *, run_id: int | None = None
    ) -> tuple[list[ClaimedJob], int]:
        """In the caller's transaction; as `queue.bulk.claim_new`."""
        jobs = [bulk_job(ends, ends.side, each, Action.UPDATED, max_attempts=self._max_attempts) for each in ids]
        return await claim_new(session, jobs, worker=self._holder, lease=self._lease, run_id=run_id)

    async def carry_out(self, jobs: Sequence[ClaimedJob], prefetched: Prefetched) -> None:
        """Raises `Snoozed` when a peer asked to slow down: the jobs are back in the queue, and no more are to be made
        for a while. Cut off in the middle, it gives the jobs back."""
        if not jobs:
            return
        try:
            async with self._leased(jobs):
                ends = await self._engine.run(jobs, prefetched)
        except asyncio.CancelledError:
            with suppress(SQLAlchemyError, OSError):
                await give_back(self._sessions, jobs, lease=self._lease)
            raise
        _check_pace(ends)

    @asynccontextmanager
    async def _leased(self, jobs: Sequence[ClaimedJob]) -> AsyncIterator[None]:
        task = asyncio.create_task(self._renew(jobs), name="leases of a bulk")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _renew(self, jobs: Sequence[ClaimedJob]) -> None:
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            try:
                await renew(self._sessions, worker=self._holder, tokens=[jobs[0].lease_token], lease=self._lease)
            except (SQLAlchemyError, OSError) as error:
                log.warning("run.leases_not_renewed", error=type(error).__name__)


def _check_pace(ends: Sequence[JobEnd]) -> None:
    slowed = [end.requeue for end in ends if end.requeue is not None and end.requeue.error_code == SLOW_DOWN]
    if slowed:
        wait = max(order.delay for order in slowed)
        raise Snoozed(slowed[0].error_message or "asked to slow down", retry_in=wait, code=SLOW_DOWN)
