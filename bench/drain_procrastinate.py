"""procrastinate with one no-op job per event: its asynchronous worker on psycopg, with what served it best."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from procrastinate import App, PsycopgConnector

from bench.figure import BenchContext, Wrong

CONCURRENCY: Final = 10
"""Tried were 1, 4, 10 and 50: from 4 on all are alike here, for jobs are fetched one by one and settled beside that."""
POOL: Final = 12
AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Procrastinate:
    app: App

    async def drained(self, jobs: int) -> float:
        await self._empty()
        noop = self.app.tasks["noop"]
        for first in range(0, jobs, AT_ONCE):
            events = range(first, min(first + AT_ONCE, jobs))
            rows: list[dict[str, Any]] = [{"event": event} for event in events]
            await noop.batch_defer_async(*rows)
        await self.app.connector.execute_query_async("ANALYZE procrastinate_jobs")
        started = time.perf_counter()
        await self.app.run_worker_async(
            concurrency=CONCURRENCY,
            wait=False,  # ends when nothing is left
            listen_notify=False,  # nothing new comes
            install_signal_handlers=False,
            delete_jobs="never",  # the record of what was done stays, as ours does
        )
        seconds = time.perf_counter() - started
        done = await self.app.connector.execute_query_one_async(
            "SELECT count(*) AS jobs FROM procrastinate_jobs WHERE status = 'succeeded'"
        )
        if done["jobs"] != jobs:
            raise Wrong(f"procrastinate did {done['jobs']} of {jobs} jobs")
        return jobs / seconds

    async def _empty(self) -> None:
        await self.app.connector.execute_query_async("TRUNCATE procrastinate_jobs CASCADE")


@asynccontextmanager
async def open_procrastinate(context: BenchContext) -> AsyncIterator[Procrastinate]:
    database_url = await context.new_database("procrastinate")
    app = App(connector=PsycopgConnector(conninfo=database_url, min_size=POOL, max_size=POOL))
    app.task(name="noop")(_noop)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        yield Procrastinate(app)


async def _noop(event: int) -> None:
    """What an event comes to."""
