"""How fast, with how many calls and with how much memory the products of a shop come into Odoo.

    python -m bench.bulk                    10,000 products: some minutes
    python -m bench.bulk --records 500      a short look

A WooCommerce and an Odoo as sandboxes in processes of their own, on loopback; the import is carried out here.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.db.embedded import Embedded
from app.db.migrate import upgrade
from app.db.session import open_engine
from app.entities.base import EntityType
from app.log import configure_logging
from app.sync.models import RunKind
from bench.bulk_peers import ODOO_CREDENTIALS, plant, serve
from bench.bulk_world import BulkWorld, open_bulk_world
from tests.processes import open_processes


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One run over all products. `cpu_s`: of this process, which other work on the machine changes little."""

    records: int
    seconds: float
    cpu_s: float
    shop: Counter[str]
    odoo: Counter[str]
    memory_mb: float

    def lines(self, what: str) -> str:
        shop, odoo = (100 * calls.total() / self.records for calls in (self.shop, self.odoo))
        most = ", ".join(f"{name} {count}" for name, count in self.odoo.most_common(6))
        return (
            f"{what:<28}{self.records / self.seconds:8.0f} records/s   {1000 * self.cpu_s / self.records:.2f} ms of CPU"
            f"   calls per 100 records: {shop:.2f} to the shop, {odoo:.2f} to Odoo   {self.memory_mb:.0f} MB at most\n"
            f"  Odoo: {most or 'nothing'}\n"
        )


async def measure(directory: Path, *, records: int) -> tuple[Import, Import]:
    async with AsyncExitStack() as stack:
        urls = stack.enter_context(Embedded(directory, durable=True))
        await upgrade(urls.database_url)
        processes = stack.enter_context(open_processes(directory))
        shop_url, odoo_url = await serve(processes, "woocommerce"), await serve(processes, "odoo")
        await plant(shop_url, records)
        engine = open_engine(urls.database_url)
        stack.push_async_callback(engine.dispose)
        world = await stack.enter_async_context(
            open_bulk_world(
                engine,
                shop=httpx.AsyncHTTPTransport(),
                odoo=httpx.AsyncHTTPTransport(),
                odoo_credentials=ODOO_CREDENTIALS,
                shop_url=shop_url,
                odoo_url=odoo_url,
            )
        )
        return await _import(world, records), await _import(world, records)


async def _import(world: BulkWorld, records: int) -> Import:
    world.shop.calls.clear()
    world.odoo.calls.clear()
    started, busy = time.perf_counter(), time.process_time()
    run = await world.carried_out(RunKind.IMPORT, EntityType.PRODUCT)
    seconds, cpu_s = time.perf_counter() - started, time.process_time() - busy
    assert run.failed == 0, run
    assert run.done >= records, run
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    shop, odoo = world.shop.calls.copy(), world.odoo.calls.copy()
    return Import(records=run.done, seconds=seconds, cpu_s=cpu_s, shop=shop, odoo=odoo, memory_mb=memory_mb)


def main() -> int:
    configure_logging("WARNING", json=False)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="shopsync-bench-") as name:
        Path(name).chmod(0o755)
        first, second = asyncio.run(measure(Path(name), records=given.records))
    sys.stdout.write(first.lines("first import") + second.lines("again, nothing has changed"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
