"""How long an edit in Odoo takes to the shop, and how fast and with how many calls two systems are brought together.

    python -m bench.two_way                 about a minute
    python -m bench.two_way --quick         some seconds, for CI
    python -m bench.two_way --profile       where the worker's time goes in the first sync

A worker process of its own, a sandbox Odoo and a sandbox shop as processes, all on loopback: what is measured is the
service, for the peers answer in a millisecond or two.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.db.embedded import Embedded
from app.db.migrate import upgrade
from app.entities.base import EntityType
from app.log import configure_logging
from app.sync.models import RunKind
from app.sync.runs import open_run
from tests.chaos.two_sides import TwoSides, open_two_sides
from tests.processes import listening, open_processes, until, url_of

CUSTOMER = {"firstname": "Ada", "passwd": "a password", "active": "1"}
SYNC = {"entities": {"customer": {"direction": "both", "poll_every_s": 0}}}
PROFILED = (
    "import cProfile, sys, atexit, signal; sys.argv = ['shopsync', 'worker']; from app.cli import main;"
    " profile = cProfile.Profile(); profile.enable(); atexit.register(lambda: (profile.disable(),"
    " profile.dump_stats(sys.orig_argv[-1]))); main()"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """One run over all customers of the shop."""

    records: int
    seconds: float
    shop_calls: int
    odoo_calls: int

    @property
    def per_second(self) -> float:
        return self.records / self.seconds

    def line(self, what: str) -> str:
        shop, odoo = (100 * calls / self.records for calls in (self.shop_calls, self.odoo_calls))
        return (
            f"{what:<34}{self.per_second:8.0f} records/s   per 100 records {shop:6.1f} calls to the shop,"
            f" {odoo:6.1f} to Odoo"
        )


async def latencies(both: TwoSides, *, edits: int) -> list[float]:
    """Milliseconds from the save in Odoo, its rules included, until the shop holds it. Each edit waits until
    the echo of the one before is judged, which would hold the pair for a moment."""
    number = await both.odoo.add("res.partner", name="Ada Lovelace", email="ada@example.com")
    await until(lambda: both.pairs("customer"), within_s=30, what="the customer is on both sides")
    shop_id = int((await both.pairs("customer"))[str(number)])
    await both.settled()
    took_ms = []
    for edit in range(edits):
        value, started = f"Company {edit}", time.perf_counter()
        await both.odoo.edit("res.partner", number, company_name=value)
        while (await both.shop.row("customers", shop_id))["company"] != value:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.001)
        took_ms.append((time.perf_counter() - started) * 1000)
        await both.settled()
    return took_ms


async def bulk(both: TwoSides, *, records: int) -> Bulk:
    """A first sync as `shopsync sync` orders it, from its first job to the end of the last. A worker looks for runs
    every few seconds; that wait is not counted."""
    before = await _calls(both)
    await both.installation.database.execute("DELETE FROM sync_queue")
    await _order(both)
    await until(lambda: _is_done(both), within_s=600, what="the run is over and its jobs are done")
    after = await _calls(both)
    [row] = await both.installation.rows(
        "SELECT extract(epoch FROM max(processed_at) - min(created_at))::float AS seconds FROM sync_queue"
        " WHERE direction = 'shop_to_odoo'"
    )
    return Bulk(
        records=records, seconds=row["seconds"], shop_calls=after[0] - before[0], odoo_calls=after[1] - before[1]
    )


async def _order(both: TwoSides) -> None:
    from app.db.session import open_engine, open_sessions

    engine = open_engine(both.installation.settings["DATABASE_URL"], pool_size=2)
    async with open_sessions(engine).begin() as session:
        await open_run(session, link_id=1, kind=RunKind.SYNC, entity_type=EntityType.CUSTOMER, options={"side": "shop"})
    await engine.dispose()


async def _is_done(both: TwoSides) -> bool:
    [row] = await both.installation.rows(
        "SELECT NOT EXISTS (SELECT 1 FROM runs WHERE status = 'running')"
        " AND NOT EXISTS (SELECT 1 FROM sync_queue WHERE status IN ('pending', 'processing')) AS done"
    )
    return bool(row["done"])


async def _calls(both: TwoSides) -> tuple[int, int]:
    return len(await both.shop.requests()), len(await both.odoo.calls())


async def measure(directory: Path, *, records: int, edits: int, profile: bool) -> tuple[list[float], Bulk, Bulk]:
    async with AsyncExitStack() as stack:
        urls = stack.enter_context(Embedded(directory, durable=True))
        await upgrade(urls.database_url)
        processes = stack.enter_context(open_processes(directory))
        peers: dict[str, Any] = {}
        for name in ("shop", "odoo"):
            listener = stack.enter_context(listening())
            command = ["-m", f"tests.chaos.{name}", str(listener.fileno())]
            processes.start(name, command, inherited=[listener])
            peers[f"{name}_url"] = url_of(listener)
        both = await stack.enter_async_context(
            open_two_sides(processes, **peers, database_url=urls.database_url, redis_url=urls.redis_url, sync=SYNC)
        )
        settings = {"ODOO_SETTLE_S": "0", "LEASE_S": "60", "IDLE_SCAN_S": "1", "PEER_TIMEOUT_S": "30"}
        both.installation.settings |= {**settings, "LOG_LEVEL": "WARNING"}
        return await _measure(both, records=records, edits=edits, profile=directory / "worker" if profile else None)


async def _measure(both: TwoSides, *, records: int, edits: int, profile: Path | None) -> tuple[list[float], Bulk, Bulk]:
    both.installation.start_api()
    if profile is None:
        worker = both.installation.start_worker()
    else:
        command = ["-c", PROFILED, str(profile)]
        worker = both.installation.processes.start("worker", command, environment=both.installation.settings)
    await both.installation.api_answers()
    await both.odoo_tells(guarded=True)
    took_ms = await latencies(both, edits=edits)
    await both.shop.reset(customers=records)
    await both.installation.database.execute("TRUNCATE entity_map, sync_queue, create_intents")
    first = await bulk(both, records=records)
    second = await bulk(both, records=records)
    if profile is not None:
        await _show(worker, profile)
    return took_ms, first, second


async def _show(worker: Any, profile: Path) -> None:
    import pstats
    import signal

    worker.send(signal.SIGTERM)
    await worker.ended(within_s=30)
    pstats.Stats(str(profile)).sort_stats("tottime").print_stats(25)


def main() -> int:
    configure_logging("WARNING", json=False)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--records", type=int)
    given = parser.parse_args()
    records = given.records or (100 if given.quick else 1000)
    with tempfile.TemporaryDirectory(prefix="shopsync-bench-") as name:
        Path(name).chmod(0o755)
        took_ms, first, second = asyncio.run(
            measure(Path(name), records=records, edits=20 if given.quick else 100, profile=given.profile)
        )
    took_ms.sort()
    p50, p95 = statistics.median(took_ms), took_ms[int(len(took_ms) * 0.95)]
    sys.stdout.write(
        f"{'saved in Odoo to written in the shop':<38}p50 {p50:5.0f} ms   p95 {p95:5.0f} ms   (ODOO_SETTLE_S=0)\n"
        f"{first.line('first sync, shop to Odoo')}\n{second.line('again, nothing has changed')}\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
