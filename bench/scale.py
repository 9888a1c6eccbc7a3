"""What two and four worker processes write per second into a shop that takes its time, against what one does.

The shop answers a write after `WRITE_S`, without working meanwhile, as most of a real shop's time is spent waiting for
its own database: the peer is the limit, and a machine of two cores has room for four workers. Each job is of a record
of its own. Counted is what the shop wrote in a stretch of time in which every worker had jobs: how the last ones are
shared out at the end of a queue is another question.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connections.store import LinkCache
from app.db.session import open_engine, open_sessions
from app.ingest.service import Ingest
from app.queue.wake import Bell
from app.security.crypto import parse_keys
from app.settings import Settings
from bench.figure import BenchContext, Figure, Wrong
from bench.installation import open_sandboxes
from tests.chaos.installation import LINK, edits
from tests.chaos.two_sides import TwoSides
from tests.processes import until

SYNC: Final[Mapping[str, Any]] = {}
REACH: Final = {2: 1.9, 4: 3.6}
CREWS: Final = (1, *REACH)
PEERS: Final = 2
WITHIN_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """`write_s`: how long the shop takes for a write. `rounds` of such are counted, with as many at once as the workers
    send, after `warm_up` of them. `most`: workers; what would take more is measured with these."""

    write_s: float
    warm_up: int
    rounds: int
    most: int = CREWS[-1]

    def jobs(self) -> int:
        """So many that every slot of every worker has a batch to the end."""
        settings = Settings()
        held = settings.worker_slots * settings.batch_size
        written = sum(workers * settings.peer_width * (self.warm_up + self.rounds) for workers in CREWS)
        return written + 2 * CREWS[-1] * held


FULL: Final = Load(write_s=0.3, warm_up=6, rounds=30)
QUICK: Final = Load(write_s=0.3, warm_up=1, rounds=2, most=2)


async def measure(context: BenchContext, *, quick: bool) -> list[Figure]:
    load = QUICK if quick else FULL
    async with AsyncExitStack() as stack:
        both = await stack.enter_async_context(open_sandboxes(context, "scale", sync=SYNC, LEASE_S="10"))
        engine = open_engine(both.installation.settings["DATABASE_URL"])
        stack.push_async_callback(engine.dispose)
        await both.shop.reset(customers=load.jobs(), write_s=load.write_s)
        await _post(both, engine, load.jobs())
        per_second = {workers: await _per_second(both, load, workers=min(workers, load.most)) for workers in CREWS}
    return [_figure(workers, per_second, load) for workers in REACH]


def _figure(workers: int, per_second: Mapping[int, float], load: Load) -> Figure:
    ratio = per_second[workers] / per_second[1]
    return Figure(
        name=f"scale_{workers}",
        ours=per_second[workers],
        theirs=per_second[1],
        ratio=ratio,
        unit="writes/s",
        reach=f"at least {REACH[workers]} times",
        met=ratio >= REACH[workers],
        note=f"a write takes the shop {1000 * load.write_s:.0f} ms; a worker sends {Settings().peer_width} at once",
    )


async def _per_second(both: TwoSides, load: Load, *, workers: int) -> float:
    """Writes, by the moments at which the shop carried them out; workers are added to those that are at it."""
    while len(both.installation.processes.all) - PEERS < workers:
        both.installation.start_worker()
    await until(lambda: _busy(both, workers), within_s=WITHIN_S, what="every worker has jobs")
    at_once = workers * Settings().peer_width
    first = (await both.shop.seen())["writes"] + at_once * load.warm_up
    last = first + at_once * load.rounds
    await both.shop.has_carried_out(last + 1)
    if not await _busy(both, workers):
        raise Wrong("not every worker had jobs to the end")
    seconds = await both.shop.written_at(after=last) - await both.shop.written_at(after=first)
    return (last - first) / seconds


async def _busy(both: TwoSides, workers: int) -> bool:
    rows = await both.installation.rows("SELECT DISTINCT leased_by FROM sync_queue WHERE status = 'processing'")
    return len(rows) == workers


async def _post(both: TwoSides, engine: AsyncEngine, jobs: int) -> None:
    """As the API's process does, without the way over HTTP."""
    sessions, ring = open_sessions(engine), parse_keys(both.installation.settings["SECRET_KEYS"])
    link = await LinkCache(sessions, ring, ttl_s=60).get(LINK)
    if link is None:
        raise Wrong("the link is not there")
    bell = Bell(both.installation.settings["REDIS_URL"])
    bell.start()
    ingest = Ingest(engine, bell, max_attempts=5)
    await asyncio.gather(*(ingest.accept_reverse(link, orjson.dumps(each)) for each in edits(jobs, customers=jobs)))
    await bell.aclose()
