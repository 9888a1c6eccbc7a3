"""How long the first import of 2,000 products takes, against a script that makes the same batch calls and nothing else.

A sandbox WooCommerce and a sandbox Odoo as processes on loopback; each round has two new Odoos, one for each side. How
much the service adds is a matter of how fast Odoo is: the sandbox loads a product in a tenth of a millisecond, and gets
`EACH_MS` more for each, which is little for an Odoo. The note says what the ratio is without, and what the service adds
to a product in milliseconds: that does not depend on the peers.
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
from bench.bulk_peers import ODOO_CREDENTIALS, plant, serve, serve_slow_odoo
from bench.bulk_world import open_bulk_world
from bench.figure import BenchContext, Figure, Wrong
from tests.processes import Processes, open_processes

RECORDS: Final = 2000
ROUNDS: Final = 2
EACH_MS: Final = 5.0
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
    with open_processes(directory) as processes:
        shop_url = await serve(processes, "woocommerce")
        await plant(shop_url, records)
        both_paces = [
            Pairs(
                [
                    (
                        await _imported(context, processes, shop_url, records=records, each_ms=each_ms),
                        await _by_hand(processes, shop_url, records=records, each_ms=each_ms),
                    )
                    for _ in range(rounds)
                ]
            )
            for each_ms in ((EACH_MS,) if quick else (EACH_MS, 0.0))
        ]
    return [_figure(both_paces[0], both_paces[-1])]


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


def _figure(slow: Pairs, fast: Pairs) -> Figure:
    return Figure(
        name="import_overhead",
        ours=slow.ours_s,
        theirs=slow.theirs_s,
        ratio=slow.ratio,
        unit="s",
        reach=f"at most {MOST} times",
        met=slow.ratio <= MOST,
        note=(
            f"Odoo takes {EACH_MS:g} ms more for a product than the sandbox; without that {fast.ratio:.2f} times "
            f"({fast.ours_s:.1f} to {fast.theirs_s:.1f} s). The service adds {fast.more_ms:.2f} ms to a product, "
            f"{fast.cpu_ms:.2f} ms of them its own processor time"
        ),
    )


async def _imported(
    context: BenchContext, processes: Processes, shop_url: str, *, records: int, each_ms: float
) -> Took:
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
                odoo_url=await serve_slow_odoo(processes, each_ms=each_ms),
            )
        )
        started, busy = time.perf_counter(), time.process_time()
        run = await world.carried_out(RunKind.IMPORT, EntityType.PRODUCT)
        seconds, cpu_s = time.perf_counter() - started, time.process_time() - busy
        if run.failed or run.done < records:
            raise Wrong(f"{run.failed} products failed and {run.done} of {records} were imported")
    processes.all[-1].kill()
    return Took(records=run.done, seconds=seconds, cpu_s=cpu_s)


async def _by_hand(processes: Processes, shop_url: str, *, records: int, each_ms: float) -> Took:
    odoo_url = await serve_slow_odoo(processes, each_ms=each_ms)
    started, busy = time.perf_counter(), time.process_time()
    count = await import_products(shop_url=shop_url, odoo_url=odoo_url)
    took = Took(records=count, seconds=time.perf_counter() - started, cpu_s=time.process_time() - busy)
    if count < records:
        raise Wrong(f"the script loaded {count} of {records}")
    processes.all[-1].kill()
    return took
