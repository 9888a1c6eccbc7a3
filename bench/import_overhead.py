"""How long the first import of 2,000 products takes, against a script that makes the same batch calls and nothing else.

A sandbox WooCommerce and a sandbox Odoo as processes on loopback; each round has two new Odoos, one for each side. The
time is the peers' for the most part, the more so the slower they are, which is why the processor time that the service
itself spends on a record is told as well.
"""

from __future__ import annotations

import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Final

import httpx

from app.db.migrate import upgrade
from app.db.session import open_engine
from app.entities.base import EntityType
from app.sync.models import RunKind
from bench.bare_import import import_products
from bench.bulk_peers import ODOO_CREDENTIALS, plant, serve
from bench.bulk_world import open_bulk_world
from bench.figure import BenchContext, Figure, Wrong
from tests.processes import Processes, open_processes

RECORDS: Final = 2000
ROUNDS: Final = 3
QUICK_RECORDS: Final = 40
MOST: Final = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """`cpu_s`: of this process alone."""

    records: int
    seconds: float
    cpu_s: float

    @property
    def cpu_ms_each(self) -> float:
        return 1000 * self.cpu_s / self.records


async def measure(context: BenchContext, *, quick: bool) -> list[Figure]:
    records, rounds = (QUICK_RECORDS, 1) if quick else (RECORDS, ROUNDS)
    directory = context.directory / "import"
    directory.mkdir(mode=0o755, exist_ok=True)
    ours, theirs = [], []
    with open_processes(directory) as processes:
        shop_url = await serve(processes, "woocommerce")
        await plant(shop_url, records)
        for _ in range(rounds):
            ours.append(await _imported(context, processes, shop_url, records=records))
            theirs.append(await _by_hand(processes, shop_url, records=records))
    return [_figure(ours, theirs)]


def _figure(ours: list[Took], theirs: list[Took]) -> Figure:
    ratio = statistics.median(mine.seconds / bare.seconds for mine, bare in zip(ours, theirs, strict=True))
    mine, bare = (statistics.median(took.cpu_ms_each for took in side) for side in (ours, theirs))
    return Figure(
        name="import_overhead",
        ours=statistics.median(took.seconds for took in ours),
        theirs=statistics.median(took.seconds for took in theirs),
        ratio=ratio,
        unit="s",
        reach=f"at most {MOST} times",
        met=ratio <= MOST,
        note=f"{ours[0].records} products; own processor time {mine:.2f} ms a product, of the script {bare:.2f} ms",
    )


async def _imported(context: BenchContext, processes: Processes, shop_url: str, *, records: int) -> Took:
    database_url = await context.new_database("import")
    await upgrade(database_url)
    async with AsyncExitStack() as stack:
        engine = open_engine(database_url)
        stack.push_async_callback(engine.dispose)
        world = await stack.enter_async_context(
            open_bulk_world(
                engine,
                shop=httpx.AsyncHTTPTransport(),
                odoo=httpx.AsyncHTTPTransport(),
                odoo_credentials=ODOO_CREDENTIALS,
                shop_url=shop_url,
                odoo_url=await serve(processes, "odoo"),
            )
        )
        started, busy = time.perf_counter(), time.process_time()
        run = await world.carried_out(RunKind.IMPORT, EntityType.PRODUCT)
        seconds, cpu_s = time.perf_counter() - started, time.process_time() - busy
        if run.failed or run.done < records:
            raise Wrong(f"{run.failed} products failed and {run.done} of {records} were imported")
    processes.all[-1].kill()
    return Took(records=run.done, seconds=seconds, cpu_s=cpu_s)


async def _by_hand(processes: Processes, shop_url: str, *, records: int) -> Took:
    odoo_url = await serve(processes, "odoo")
    started, busy = time.perf_counter(), time.process_time()
    count = await import_products(shop_url=shop_url, odoo_url=odoo_url)
    took = Took(records=count, seconds=time.perf_counter() - started, cpu_s=time.process_time() - busy)
    if count < records:
        raise Wrong(f"the script loaded {count} of {records}")
    processes.all[-1].kill()
    return took
