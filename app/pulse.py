"""How this process itself is: whether its event loop keeps up, how much of its database pools is in use; and what it is
spared."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Mapping

from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine

from app.metrics import DATABASE_CONNECTIONS_LIMIT, DATABASE_CONNECTIONS_USED, EVENT_LOOP_LAG_SECONDS

BEAT_S = 0.5


def spare_the_collector() -> None:
    """To be called once all is loaded, which stays: the collector need not walk through it again and again under load.

    Full collections of a process cost tens of milliseconds, which is the time of thirty webhooks or sixty records of an
    import.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


class Pulse:
    """`engines`: by the name of their pool."""

    def __init__(self, engines: Mapping[str, AsyncEngine]) -> None:
        self._pools = {name: engine.pool for name, engine in engines.items() if isinstance(engine.pool, QueuePool)}

    async def run(self) -> None:
        """Until it is cancelled."""
        loop = asyncio.get_running_loop()
        for name, pool in self._pools.items():
            DATABASE_CONNECTIONS_LIMIT.labels(name).set(pool.size())
        while True:
            self._look()
            asleep = loop.time()
            await asyncio.sleep(BEAT_S)
            EVENT_LOOP_LAG_SECONDS.observe(max(0.0, loop.time() - asleep - BEAT_S))

    def _look(self) -> None:
        for name, pool in self._pools.items():
            DATABASE_CONNECTIONS_USED.labels(name).set(pool.checkedout())
