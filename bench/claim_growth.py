"""`claim_growth`: the claim of a batch when a million jobs are done and 100,000 wait, against that of 1,000 jobs.

The large queue is what a busy month leaves behind (nothing is removed before `RETENTION_DAYS`) while much waits, of
several entity types. In the note, what else looks at that table all the time: an event that becomes a job, one that
merges into a waiting job, what health reads, and a claim past 100,000 jobs of a direction that is paused. The jobs of a
claim are given back at once, so that every one meets the same queue.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Final

import asyncpg
from sqlalchemy import text

from app.api.vitals import read_vitals
from app.queue.store import claim, enqueue
from app.settings import Settings
from bench.drain_ours import Ours, hint, open_ours
from bench.figure import BenchContext, Figure, Wrong

REACH: Final = 1.5
CLAIMS: Final = 200
OTHERS: Final = 50
QUICK: Final = 2
DONE, WAITING, SMALL = 1_000_000, 100_000, 1000
QUICK_DONE, QUICK_WAITING = 300, 200
LEASE: Final = timedelta(seconds=60)

FILL: Final = """
    INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action, payload, status,
                            outcome, max_attempts, scheduled_at, created_at, processed_at)
    SELECT 1, 'prestashop', 'odoo_to_shop',
           (ARRAY['customer', 'product', 'stock', 'order', 'address'])[1 + n % 5], 'odoo', n::text, 'odoo:' || n,
           'updated', '{"model": "res.partner"}', $1::text, $2::text, 12, at, at, CASE WHEN $2::text <> '' THEN at END
    FROM (SELECT n, now() - interval '1 month' * ($3 - n) / $3 AS at FROM generate_series(1, $3::int) AS n)
"""
GIVE_BACK: Final = text(
    """
    UPDATE sync_queue SET status = 'pending', attempts = 0, lease_token = NULL, leased_by = NULL, leased_until = NULL
    WHERE status = 'processing'
    """
)
PAUSE: Final = text(
    """
    INSERT INTO pauses (link_id, direction, entity_type, reason, until)
    VALUES (1, 'odoo_to_shop', '', 'bench', now() + interval '1 hour')
    """
)
OTHER_WAY: Final = text(
    """
    INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action, max_attempts)
    SELECT 1, 'prestashop', 'shop_to_odoo', 'customer', 'shop', n::text, n::text, 'updated', 12
    FROM generate_series(1, 100) AS n
    """
)


async def measure(context: BenchContext, *, quick: bool) -> list[Figure]:
    async with AsyncExitStack() as stack:
        large = await stack.enter_async_context(open_ours(context, name="claim_large"))
        small = await stack.enter_async_context(open_ours(context, name="claim_small"))
        await _fill(large, done=QUICK_DONE if quick else DONE, waiting=QUICK_WAITING if quick else WAITING)
        await _fill(small, done=0, waiting=QUICK_WAITING if quick else SMALL)
        claims, others = (QUICK, QUICK) if quick else (CLAIMS, OTHERS)
        figure = await _compared(large, small, _claim, claims)
        seen = [
            f"{name} {ours:.1f} ms against {theirs:.1f}"
            for name, action in (("a new job", _enqueue_new), ("a merged one", _merge), ("health", _look))
            for ours, theirs in [await _compared(large, small, action, others)]
        ]
        for queue in (large, small):
            await _pause(queue)
        paused = await _compared(large, small, _claim, others)
    seen.append(f"a claim while those are paused {paused[0]:.1f} ms against {paused[1]:.1f}")
    return [_figure(*figure, note="; ".join(seen))]


async def _fill(queue: Ours, *, done: int, waiting: int) -> None:
    """By a connection of its own: the service's give up a statement that takes this long."""
    url = queue.db.url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SET synchronous_commit = off")
        await connection.execute(FILL, "completed", "unchanged", done)
        await connection.execute(FILL, "pending", None, waiting)
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


async def _compared(
    large: Ours, small: Ours, action: Callable[[Ours], Awaitable[float]], times: int
) -> tuple[float, float]:
    """Milliseconds, the median of each, taken in turn."""
    took = [(await action(large), await action(small)) for _ in range(times)]
    ours, theirs = (statistics.median(each) for each in zip(*took, strict=True))
    return ours * 1000, theirs * 1000


async def _claim(queue: Ours) -> float:
    batch_size = Settings().batch_size
    started = time.perf_counter()
    jobs = await claim(queue.sessions, worker="bench", batch_size=batch_size, lease=LEASE)
    seconds = time.perf_counter() - started
    if not jobs:
        raise Wrong("nothing was claimed")
    async with queue.sessions.begin() as session:
        await session.execute(GIVE_BACK)
    return seconds


async def _enqueue_new(queue: Ours) -> float:
    return await _enqueued(queue, time.time_ns())


async def _merge(queue: Ours) -> float:
    return await _enqueued(queue, 100)


async def _enqueued(queue: Ours, number: int) -> float:
    started = time.perf_counter()
    async with queue.sessions.begin() as session:
        await enqueue(session, [hint(number)])
    return time.perf_counter() - started


async def _look(queue: Ours) -> float:
    started = time.perf_counter()
    await read_vitals(queue.sessions)
    return time.perf_counter() - started


async def _pause(queue: Ours) -> None:
    async with queue.sessions.begin() as session:
        await session.execute(PAUSE)
        await session.execute(OTHER_WAY)


def _figure(ours: float, theirs: float, *, note: str) -> Figure:
    return Figure(
        name="claim_growth",
        ours=ours,
        theirs=theirs,
        ratio=ours / theirs,
        unit="ms",
        reach=f"≤ {REACH}",
        met=ours / theirs <= REACH,
        note=note,
    )
