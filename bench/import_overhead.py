"""How long the first import of 2,000 products takes, against a script that makes the same batch calls and nothing else.

A sandbox WooCommerce and a sandbox Odoo as processes on loopback; each round has two new Odoos, one for each side. The
figure is that of the sandboxes as they are. The note says what the same is with an Odoo that takes `EACH_MS` more for
each product, which is an assumption and no measurement of an Odoo.
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
from app.pulse import spare_the_collector
from app.sync.models import RunKind
from bench.bare_import import import_products
from bench.bulk_peers import ODOO_CREDENTIALS, plant, serve, serve_slow_odoo
from bench.bulk_world import open_bulk_world
from bench.figure import BenchContext, Figure, Wrong
from tests.processes import Processes, open_processes

RECORDS: Final = 2000
ROUNDS: Final = 5
EACH_MS: Final = 5.0
SLOW_ROUNDS: Final = 2
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
    spare_the_collector()  # as a worker does
    records, rounds = (QUICK_RECORDS, 1) if quick else (RECORDS, ROUNDS)
    directory = context.directory / "import"
    directory.mkdir(mode=0o755, exist_ok=True)
    with open_processes(directory) as processes:
        shop_url = await serve(processes, "woocommerce")
        await plant(shop_url, records)
        sides = Sides(context, processes, shop_url, records)
        as_it_is = await sides.in_turn(rounds, each_ms=0.0)
        slow = None if quick else await sides.in_turn(SLOW_ROUNDS, each_ms=EACH_MS)
    return [_figure(as_it_is, slow)]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Ours and the script's, round by round."""

    rounds: list[tuple[Took, Took]]

    @property
    def ratio(self) -> float:
        return statistics.median(ours.seconds / theirs.seconds for ours, theirs in self.rounds)

    @property
    def ours_s(self) -> float:
        return statistics.median(ours.seconds for ours, _ in self.rounds)

    @property
    def theirs_s(self) -> float:
        return statistics.median(theirs.seconds for _, theirs in self.rounds)

    @property
    def cpu_ms(self) -> float:
        """Of the service, for one record."""
        return statistics.median(ours.cpu_ms_each for ours, _ in self.rounds)

    @property
    def more_ms(self) -> float:
        """Than the script, for one record."""
        return statistics.median(1000 * (ours.seconds - theirs.seconds) / ours.records for ours, theirs in self.rounds)


@dataclass(frozen=True, slots=True)
class Sides:
    """`each_ms`: what Odoo takes more for a record that it loads."""

    context: BenchContext
    processes: Processes
    shop_url: str
    records: int

    async def in_turn(self, rounds: int, *, each_ms: float) -> Pairs:
        return Pairs([(await self._ours(each_ms), await self._theirs(each_ms)) for _ in range(rounds)])

    async def _ours(self, each_ms: float) -> Took:
        database_url = await self.context.new_database("import")
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
                    shop_url=self.shop_url,
                    odoo_url=await serve_slow_odoo(self.processes, each_ms=each_ms),
                )
            )
            started, busy = time.perf_counter(), time.process_time()
            run = await world.carried_out(RunKind.IMPORT, EntityType.PRODUCT)
            seconds, cpu_s = time.perf_counter() - started, time.process_time() - busy
            if run.failed or run.done < self.records:
                raise Wrong(f"{run.failed} products failed and {run.done} of {self.records} were imported")
        self.processes.all[-1].kill()
        return Took(records=run.done, seconds=seconds, cpu_s=cpu_s)

    async def _theirs(self, each_ms: float) -> Took:
        odoo_url = await serve_slow_odoo(self.processes, each_ms=each_ms)
        started, busy = time.perf_counter(), time.process_time()
        count = await import_products(shop_url=self.shop_url, odoo_url=odoo_url)
        took = Took(records=count, seconds=time.perf_counter() - started, cpu_s=time.process_time() - busy)
        if count < self.records:
            raise Wrong(f"the script loaded {count} of {self.records}")
        self.processes.all[-1].kill()
        return took


def _figure(as_it_is: Pairs, slow: Pairs | None) -> Figure:
    return Figure(
        name="import_overhead",
        ours=as_it_is.ours_s,
        theirs=as_it_is.theirs_s,
        ratio=as_it_is.ratio,
        unit="s",
        reach=f"≤ {MOST}",
        met=as_it_is.ratio <= MOST,
        note=(
            f"the service adds {as_it_is.more_ms:.2f} ms to a product, and takes {as_it_is.cpu_ms:.2f} ms of processor "
            "time for it"
        )
        + (f"; with an Odoo that takes {EACH_MS:g} ms more for each, assumed, {slow.ratio:.2f} times" if slow else ""),
    )
