"""`ingest`: accepted webhooks per second, durably stored, against the same process validating the same body and storing
nothing. One API process, 32 connections.

Both are measured in turn, several rounds each, and the ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import asyncpg
import httpx
import orjson

from app.connections.models import Connection, Link
from app.connections.store import seal_json
from app.db.child import free_port
from app.db.migrate import upgrade
from app.db.session import open_engine, open_sessions
from app.security.crypto import open_key_ring
from app.settings import Settings
from bench.figure import BenchContext, Figure, Wrong
from bench.load import Tally, request, run

CONNECTIONS: Final = 32
REACH: Final = 0.80
SECRET: Final = "bench-webhook-secret"
LINK: Final = "bench"
START_S, STOP_S = 30.0, 20.0


async def measure(context: BenchContext, *, quick: bool) -> list[Figure]:
    database_url = await context.new_database("ingest")
    await _prepare(database_url, context.directory)
    async with _server(context, database_url) as port:
        stored, validated = await _rounds(port, rounds=1 if quick else 7, seconds=0.3 if quick else 3.0)
    await _check(database_url, stored, validated)
    return [_figure(stored, validated)]


async def _prepare(database_url: str, directory: Path) -> None:
    await upgrade(database_url)
    ring = open_key_ring(Settings(data_dir=directory))
    engine = open_engine(database_url)
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


@contextlib.asynccontextmanager
async def _server(context: BenchContext, database_url: str) -> AsyncIterator[int]:
    port = free_port()
    served = {"BENCH_DATABASE_URL": database_url, "BENCH_REDIS_URL": context.urls.redis_url}
    environment = {**os.environ, **served, "DATA_DIR": str(context.directory)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.ingest_server", "--port", str(port), env=environment, stderr=subprocess.DEVNULL
    )
    try:
        await _until_up(port, process)
        yield port
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), STOP_S)


async def _until_up(port: int, process: asyncio.subprocess.Process) -> None:
    deadline = time.monotonic() + START_S
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        while time.monotonic() < deadline and process.returncode is None:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get("/webhooks/test")).is_success:
                    return
            await asyncio.sleep(0.1)
    raise Wrong("the API process did not start")


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


async def _rounds(port: int, *, rounds: int, seconds: float) -> tuple[list[Tally], list[Tally]]:
    ours, theirs = _requests(f"/webhooks/odoo/{LINK}"), _requests(f"/bench/validate/{LINK}")
    for make in (ours, theirs):
        await run(port, make, connections=CONNECTIONS, seconds=seconds / 4)
    stored: list[Tally] = []
    validated: list[Tally] = []
    for _ in range(rounds):
        stored.append(await run(port, ours, connections=CONNECTIONS, seconds=seconds))
        validated.append(await run(port, theirs, connections=CONNECTIONS, seconds=seconds))
    return stored, validated


async def _check(database_url: str, stored: list[Tally], validated: list[Tally]) -> None:
    """Raises `Wrong` when one was refused, or accepted and not stored."""
    connection = await asyncpg.connect(database_url)
    rows = int(await connection.fetchval("SELECT count(*) FROM reverse_operations"))
    await connection.close()
    refused = {status for tally in (*stored, *validated) for status in tally.statuses if status != 202}
    accepted = sum(len(tally.latencies_s) for tally in stored)
    if refused or rows < accepted:
        raise Wrong(f"statuses {sorted(refused)}, {rows} operations for {accepted} accepted webhooks")


def _figure(stored: list[Tally], validated: list[Tally]) -> Figure:
    ratio = statistics.median(
        ours.per_second / theirs.per_second for ours, theirs in zip(stored, validated, strict=True)
    )
    p50, p99 = (statistics.median(tally.percentile_ms(share) for tally in stored) for share in (0.5, 0.99))
    return Figure(
        name="ingest",
        ours=statistics.median(tally.per_second for tally in stored),
        theirs=statistics.median(tally.per_second for tally in validated),
        ratio=ratio,
        unit="webhooks/s",
        reach=f"≥ {REACH:.2f}",
        met=ratio >= REACH,
        note=f"{CONNECTIONS} connections, one API process; accepted with p50 {p50:.1f} ms, p99 {p99:.1f} ms",
    )
