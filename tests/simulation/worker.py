"""One worker process and one API process of the simulated world, each with an engine and a life of its own.

The same parts as `app/worker.py::WorkerProcess` has, but for arq: rings go over a bell in memory, which may lose them.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.session import open_sessions
from app.entities.base import Side
from app.ingest.service import Ingest
from app.sync import drainer as drainer_module
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import RetryPolicy
from app.sync.engine import Engine
from app.sync.peers import Peers
from app.sync.poller import Poller
from app.sync.runner import Runner
from tests.simulation.life import Boundary, Life
from tests.simulation.network import Network
from tests.simulation.onlooker import RING

LEASE: Final = timedelta(seconds=30)
TIMEOUT_S: Final = 6.0
MAX_ATTEMPTS: Final = 12
IDLE_S: Final = 25.0
"""Between looks that nobody asked for: each costs the same as one that finds something."""
drainer_module.RESCUE_EVERY_S = IDLE_S


@dataclass(slots=True)
class Bell:
    """Heard by every worker that lives, a moment later, or not at all."""

    rng: random.Random
    lost: float
    workers: list[Worker] = field(default_factory=list)

    def ring(self) -> None:
        loop = asyncio.get_running_loop()
        for worker in self.workers:
            if self.rng.random() >= self.lost:
                loop.call_later(self.rng.uniform(0.001, 0.02), worker.hear)


class Worker:
    """Lives from `start` on. `engine` is its own."""

    def __init__(self, life: Life, engine: AsyncEngine, network: Network, bell: Bell) -> None:
        self.life = life
        self.engine = engine
        sessions = open_sessions(engine)
        self.peers = Peers(
            sessions,
            RING,
            timeout_s=TIMEOUT_S,
            width=4,
            ttl_s=3600,
            transports={"erp": network.way_of(life, Side.ODOO), "boutique": network.way_of(life, Side.SHOP)},
        )
        syncing = Engine(sessions, self.peers, RetryPolicy(base_s=1.0, cap_s=20.0))
        options = DrainerOptions(name=life.name, slots=2, batch_size=20, lease=LEASE, idle_scan_s=IDLE_S)
        self.drainer = Drainer(sessions, syncing, options, chain=bell.ring)
        self._poller = Poller(sessions, self.peers, max_attempts=MAX_ATTEMPTS, idle_s=IDLE_S, ring=bell.ring)
        self._runner = Runner(
            sessions,
            self.peers,
            syncing,
            holder=life.name,
            max_attempts=MAX_ATTEMPTS,
            lease=LEASE,
            idle_s=IDLE_S,
            lanes=1,
            ring=bell.ring,
        )
        self._besides: Sequence[asyncio.Task[None]] = ()

    def start(self) -> None:
        self.drainer.start()
        self._besides = [
            asyncio.create_task(self._poller.run(), name=f"{self.life.name} poller"),
            asyncio.create_task(self._runner.run(), name=f"{self.life.name} runner"),
        ]

    def hear(self) -> None:
        if self.life.alive:
            self.drainer.ring()

    async def stop(self, grace_s: float) -> None:
        """As `WorkerProcess` ends after a signal."""
        for task in self._besides:
            task.cancel()
        ended = asyncio.gather(*self._besides, return_exceptions=True)
        await asyncio.gather(self.drainer.stop(grace_s), ended)
        await self.peers.aclose()
        await self.life.reach(Boundary.BEFORE_TRANSACTION)
        self.life.alive = False


@dataclass(slots=True, kw_only=True)
class Api:
    life: Life
    engine: AsyncEngine
    ingest: Ingest
