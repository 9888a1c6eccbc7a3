"""Accepted webhooks per second, durably stored, against the same process validating the same body and storing nothing.

    python -m bench.ingest            about half a minute
    python -m bench.ingest --quick    a few seconds, for CI

Both are measured in turn, several rounds each in one run, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import orjson
import uvloop

from app.connections.models import Connection, Link
from app.connections.store import seal_json
from app.db.embedded import Embedded, EmbeddedUrls
from app.db.migrate import upgrade
from app.db.session import open_engine, open_sessions
from app.security.crypto import open_key_ring
from app.settings import Settings
from bench.load import Tally, request, run
from bench.results import record

CONNECTIONS = 32
SECRET = "bench-webhook-secret"
LINK = "bench"


async def _prepare(urls: EmbeddedUrls) -> None:
    await upgrade(urls.database_url)
    ring = open_key_ring(Settings())
    engine = open_engine(urls.database_url)
    async with open_sessions(engine).begin() as session:
        odoo = Connection(name="erp", kind="odoo", url="http://127.0.0.1:1", sealed=seal_json(ring, {}))
        shop = Connection(name="shop", kind="prestashop", url="http://127.0.0.1:1", sealed=seal_json(ring, {}))
        session.add_all([odoo, shop])
        await session.flush()
        session.add(
            Link(
                slug=LINK,
                odoo_connection_id=odoo.id,
                shop_connection_id=shop.id,
                modules={"prestashop": {}},
                reverse_sync=True,
                sealed_secrets=seal_json(ring, [SECRET]),
            )
        )
    await engine.dispose()


@contextlib.contextmanager
def _server(urls: EmbeddedUrls) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "BENCH_DATABASE_URL": urls.database_url, "BENCH_REDIS_URL": urls.redis_url}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.ingest_server", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_up(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_up(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"http://127.0.0.1:{port}/webhooks/test").is_success:
                return
        time.sleep(0.1)
    raise SystemExit("the API process did not start")


def _requests(path: str) -> Callable[[], bytes]:
    """Each request is another event; they go round 5,000 customers, as a bulk edit in Odoo does."""
    numbers = itertools.count(1)
    headers = {"Content-Type": "application/json", "X-Webhook-Secret": SECRET}

    def make() -> bytes:
        number = next(numbers)
        body = {
            "event_id": f"odoo-customer-{number % 5000}-{time.time_ns()}",
            "entity_type": "customer",
            "action_type": "updated",
            "data": {
                "id": number % 5000 + 1,
                "email": f"john{number % 5000}@example.com",
                "firstname": "John",
                "lastname": "Doe",
                "newsletter": True,
            },
        }
        return request(path, orjson.dumps(body), headers)

    return make


async def _measure(port: int, *, rounds: int, seconds: float) -> tuple[list[Tally], list[Tally]]:
    ours, theirs = _requests(f"/webhooks/odoo/{LINK}"), _requests(f"/bench/validate/{LINK}")
    for make in (ours, theirs):
        await run(port, make, connections=CONNECTIONS, seconds=seconds / 4)
    stored: list[Tally] = []
    validated: list[Tally] = []
    for _ in range(rounds):
        stored.append(await run(port, ours, connections=CONNECTIONS, seconds=seconds))
        validated.append(await run(port, theirs, connections=CONNECTIONS, seconds=seconds))
    return stored, validated


async def _stored_rows(urls: EmbeddedUrls) -> int:
    from sqlalchemy import text

    engine = open_engine(urls.database_url)
    async with engine.connect() as connection:
        count = int((await connection.execute(text("SELECT count(*) FROM reverse_operations"))).scalar_one())
    await engine.dispose()
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="shopsync-bench-") as directory:
        Path(directory).chmod(0o755)
        os.environ["DATA_DIR"] = directory
        with Embedded(Path(directory)) as urls:
            asyncio.run(_prepare(urls))
            with _server(urls) as port:
                stored, validated = uvloop.run(_measure(port, rounds=2 if quick else 5, seconds=1.0 if quick else 3.0))
            rows = asyncio.run(_stored_rows(urls))
    return _report(stored, validated, rows)


def _report(stored: list[Tally], validated: list[Tally], rows: int) -> int:
    ours = statistics.median(tally.per_second for tally in stored)
    theirs = statistics.median(tally.per_second for tally in validated)
    ratio = statistics.median(a.per_second / b.per_second for a, b in zip(stored, validated, strict=True))
    p50, p99 = (statistics.median(tally.percentile_ms(share) for tally in stored) for share in (0.5, 0.99))
    wrong = {status for tally in (*stored, *validated) for status in tally.statuses if status != 202}
    accepted = sum(len(tally.latencies_s) for tally in stored)
    print(f"accepted and durably stored   {ours:8.0f} /s   p50 {p50:5.1f} ms   p99 {p99:5.1f} ms")
    print(f"validated, nothing stored     {theirs:8.0f} /s")
    print(f"ratio                         {ratio:8.2f}      ({CONNECTIONS} connections, one API process)")
    record("ingest", ours=ours, theirs=theirs, ratio=ratio, unit="webhooks/s")
    if wrong or rows < accepted:
        print(f"wrong: statuses {sorted(wrong)}, {rows} operations for {accepted} accepted webhooks", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
