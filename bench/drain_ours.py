"""Our queue with one no-op job per event: the worker's own drainer with the settings a worker has if nothing is set.

The jobs are hints of a link that takes no customers from Odoo. The engine finds that out without a peer, ends each as
`unchanged` and writes its line into the journal. So claim, lease, fences, journal and settling are what they always
are; left out are the peers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connections.models import Connection, Link
from app.connections.store import seal_json
from app.db.migrate import upgrade
from app.db.session import SessionMaker, open_engine, open_sessions
from app.entities.base import Action, Direction, EntityType, Side
from app.queue.store import NewJob, enqueue
from app.security.crypto import KeyRing
from app.settings import Settings
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import JobEnd, RetryPolicy
from app.sync.engine import Engine
from app.sync.peers import Peers
from bench.figure import BenchContext, Wrong

AT_ONCE: Final = 1000
STOP_S: Final = 5.0
LIMIT_S: Final = 300.0
CHECK: Final = text(
    """
    SELECT (SELECT count(*) FROM sync_queue WHERE status = 'completed' AND outcome = 'unchanged'),
           (SELECT count(DISTINCT job_id) FROM sync_logs)
    """
)


@dataclass(slots=True)
class _Countdown:
    """`done` is set when this many jobs have ended."""

    left: int
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def on_end(self, _end: JobEnd, _seconds: float) -> None:
        self.left -= 1
        if self.left == 0:
            self.done.set()


@dataclass(frozen=True, slots=True)
class Ours:
    db: AsyncEngine
    sessions: SessionMaker
    peers: Peers

    async def drained(self, jobs: int) -> float:
        await self._fill(jobs)
        countdown = _Countdown(jobs)
        drainer = self._drainer(countdown)
        started = time.perf_counter()
        drainer.start()
        async with asyncio.timeout(LIMIT_S):
            await countdown.done.wait()
        seconds = time.perf_counter() - started
        await drainer.stop(STOP_S)
        await self._check(jobs)
        return jobs / seconds

    async def _fill(self, jobs: int) -> None:
        async with self.sessions.begin() as session:
            await session.execute(text("TRUNCATE sync_queue, sync_logs"))
            for first in range(0, jobs, AT_ONCE):
                await enqueue(session, [hint(number) for number in range(first, min(first + AT_ONCE, jobs))])
        await self._execute_alone("ANALYZE sync_queue")

    async def _execute_alone(self, statement: str) -> None:
        async with self.db.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text(statement))

    def _drainer(self, countdown: _Countdown) -> Drainer:
        settings = Settings()
        policy = RetryPolicy(base_s=settings.retry_base_s, cap_s=settings.retry_cap_s)
        options = DrainerOptions(
            name="bench",
            slots=settings.worker_slots,
            batch_size=settings.batch_size,
            lease=timedelta(seconds=settings.lease_s),
            idle_scan_s=settings.idle_scan_s,
        )
        return Drainer(self.sessions, Engine(self.sessions, self.peers, policy, on_end=countdown.on_end), options)

    async def _check(self, jobs: int) -> None:
        async with self.sessions() as session:
            done, told = (await session.execute(CHECK)).one()
        if (done, told) != (jobs, jobs):
            raise Wrong(f"of {jobs} jobs {done} are completed and {told} in the journal")


def hint(number: int) -> NewJob:
    """That an Odoo contact may have changed, as its rule tells it."""
    return NewJob(
        link_id=1,
        module="prestashop",
        direction=Direction.ODOO_TO_SHOP,
        entity_type=EntityType.CUSTOMER,
        side=Side.ODOO,
        native_id=str(number),
        action=Action.UPDATED,
        payload={"model": "res.partner", "res_id": number},
    )


@asynccontextmanager
async def open_ours(context: BenchContext, *, name: str = "drain") -> AsyncIterator[Ours]:
    database_url = await context.new_database(name)
    await upgrade(database_url)
    db = open_engine(database_url, pool_size=Settings().database_pool_size)
    sessions, ring = open_sessions(db), KeyRing([b"k" * 32])
    await _make_link(sessions, ring)
    peers = Peers(sessions, ring, timeout_s=5.0, width=4, ttl_s=3600)
    try:
        yield Ours(db, sessions, peers)
    finally:
        await peers.aclose()
        await db.dispose()


async def _make_link(sessions: SessionMaker, ring: KeyRing) -> None:
    async with sessions.begin() as session:
        odoo = Connection(name="erp", kind="odoo", url="http://127.0.0.1:1", sealed=seal_json(ring, {}))
        shop = Connection(name="shop", kind="prestashop", url="http://127.0.0.1:1", sealed=seal_json(ring, {}))
        session.add_all([odoo, shop])
        await session.flush()
        link = Link(slug="bench", odoo_connection_id=odoo.id, shop_connection_id=shop.id, modules={"prestashop": {}})
        link.sealed_secrets = seal_json(ring, [])
        session.add(link)
