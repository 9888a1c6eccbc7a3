"""How much memory a worker process holds after 100,000 jobs, against after its first 1,000.

Real jobs of a real process: the customers of a sandbox shop, each pair looked at again and again as an echo does. In
each wave some were edited in the shop meanwhile, and are written to Odoo.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from app.db.session import SessionMaker, open_engine, open_sessions
from app.entities.base import Action, Direction, EntityType, Side
from app.queue.store import NewJob, enqueue
from app.queue.wake import Bell
from app.sync.models import RunKind
from app.sync.runs import open_run
from bench.figure import BenchContext, Figure, Wrong
from bench.installation import open_sandboxes
from tests.chaos.shop import FIRST_CUSTOMER
from tests.chaos.two_sides import TwoSides
from tests.processes import Process, until

CUSTOMERS: Final = 1000
WAVES: Final = 100
QUICK_CUSTOMERS: Final = 50
QUICK_WAVES: Final = 3
EDITED: Final = 20
"""Of the customers, in each wave."""
MOST_MB: Final = 150.0
MOST_RATIO: Final = 1.2
SYNC: Final[Mapping[str, Any]] = {"entities": {"customer": {"direction": "both", "poll_every_s": 0}}}
WITHIN_S: Final = 120.0


async def measure(context: BenchContext, *, quick: bool) -> list[Figure]:
    customers, waves = (QUICK_CUSTOMERS, QUICK_WAVES) if quick else (CUSTOMERS, WAVES)
    async with AsyncExitStack() as stack:
        both = await stack.enter_async_context(open_sandboxes(context, "memory", sync=SYNC))
        engine = open_engine(both.installation.settings["DATABASE_URL"], pool_size=2)
        stack.push_async_callback(engine.dispose)
        bell = Bell(context.urls.redis_url)
        bell.start()
        stack.push_async_callback(bell.aclose)
        sessions = open_sessions(engine)
        first = await _pair(both, sessions, bell, customers=customers)
        worker = first if quick else await _another(both, first)
        sizes_mb = [await _wave(both, sessions, bell, worker, customers=customers, wave=wave) for wave in range(waves)]
    return [_figure(sizes_mb, jobs=customers)]


def resident_mb(process: Process, what: str = "VmRSS") -> float:
    """What the kernel counts as the process's own in memory; `VmHWM`: the most that it ever was."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1024


def _figure(sizes_mb: Sequence[float], *, jobs: int) -> Figure:
    first, last = sizes_mb[0], sizes_mb[-1]
    halfway = sizes_mb[len(sizes_mb) // 2]
    return Figure(
        name="memory_growth",
        ours=last,
        theirs=first,
        ratio=last / first,
        unit="MB",
        reach=f"at most {MOST_RATIO} times, and below {MOST_MB:.0f} MB",
        met=last / first <= MOST_RATIO and last < MOST_MB,
        note=f"after {jobs * len(sizes_mb)} jobs against {jobs}; halfway {halfway:.0f} MB",
    )


async def _another(both: TwoSides, worker: Process) -> Process:
    """The one that made the pairs is not the one measured: a first sync has a size of its own."""
    worker.kill()
    return both.installation.start_worker()


async def _pair(both: TwoSides, sessions: SessionMaker, bell: Bell, *, customers: int) -> Process:
    """The worker that has done it."""
    await both.shop.reset(customers=customers)
    async with sessions.begin() as session:
        await open_run(session, link_id=1, kind=RunKind.SYNC, entity_type=EntityType.CUSTOMER, options={"side": "shop"})
    worker = both.installation.start_worker()
    bell.ring()

    async def are_paired() -> bool:
        return len(await both.pairs("customer")) >= customers

    await until(are_paired, within_s=WITHIN_S, what="every customer is on both sides")
    await until(lambda: _are_done(both), within_s=WITHIN_S, what="the first sync is over")
    return worker


async def _wave(
    both: TwoSides, sessions: SessionMaker, bell: Bell, worker: Process, *, customers: int, wave: int
) -> float:
    """A job for every customer, done; the worker's size afterwards."""
    numbers = range(FIRST_CUSTOMER, FIRST_CUSTOMER + customers)
    edited = [numbers[(wave * EDITED + each) % customers] for each in range(EDITED)]
    await asyncio.gather(*(both.shop.edit("customers", number, company=f"Wave {wave}") for number in edited))
    async with sessions.begin() as session:
        await enqueue(session, [_job(number) for number in numbers])
    bell.ring()
    await until(lambda: _are_done(both), within_s=WITHIN_S, what="the jobs of a wave are done")
    if not worker.running:
        raise Wrong("the worker ended")
    return resident_mb(worker)


def _job(number: int) -> NewJob:
    return NewJob(
        link_id=1,
        module="prestashop",
        direction=Direction.SHOP_TO_ODOO,
        entity_type=EntityType.CUSTOMER,
        side=Side.SHOP,
        native_id=str(number),
        action=Action.UPDATED,
        payload={},
    )


async def _are_done(both: TwoSides) -> bool:
    [row] = await both.installation.rows(
        "SELECT NOT EXISTS (SELECT 1 FROM sync_queue WHERE status IN ('pending', 'processing')) AS done,"
        " EXISTS (SELECT 1 FROM sync_queue WHERE status NOT IN ('pending', 'processing', 'completed')) AS wrong"
    )
    if row["wrong"]:
        raise Wrong("jobs failed or were parked")
    return bool(row["done"])
