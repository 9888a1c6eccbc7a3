"""arq with one no-op job per event, with what served it best: see `SETTINGS`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func

from bench.figure import BenchContext, Wrong

SETTINGS: Final[dict[str, Any]] = {"max_jobs": 100, "poll_delay": 0.001, "keep_result": 0, "log_results": False}
"""Tried were `max_jobs` 10, 100, 1,000 and `poll_delay` 500, 10, 5, 1 ms: from 100 and 10 ms on, all are alike here. No
results are kept."""
QUEUE: Final = "bench:drain"
AT_ONCE: Final = 500


async def _noop(_context: dict[str, Any], _event: int) -> None:
    """What an event comes to."""


@dataclass(frozen=True, slots=True)
class Arq:
    redis: ArqRedis

    async def drained(self, jobs: int) -> float:
        for first in range(0, jobs, AT_ONCE):
            events = range(first, min(first + AT_ONCE, jobs))
            await asyncio.gather(*(self.redis.enqueue_job("noop", event, _queue_name=QUEUE) for event in events))
        worker = Worker(
            [func(cast(Any, _noop), name="noop")],
            redis_pool=self.redis,
            queue_name=QUEUE,
            burst=True,  # ends when nothing is left
            handle_signals=False,
            **SETTINGS,
        )
        started = time.perf_counter()
        await worker.async_run()
        seconds = time.perf_counter() - started
        if worker.jobs_complete != jobs:
            raise Wrong(f"arq did {worker.jobs_complete} of {jobs} jobs")
        return jobs / seconds


@asynccontextmanager
async def open_arq(context: BenchContext) -> AsyncIterator[Arq]:
    redis = await create_pool(RedisSettings.from_dsn(context.urls.redis_url))
    try:
        yield Arq(redis)
    finally:
        await redis.aclose()
