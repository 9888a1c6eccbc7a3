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
from app.queue.wake import PAUSE_AFTER_RING_S
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
    """As in `app/queue/wake.py` one ring at most lies there, and one worker that has time takes it. Some get lost."""

    rng: random.Random
    lost: float
    workers: list[Worker] = field(default_factory=list)
    _under_way: bool = False
    _lies: bool = False
    _listening: list[tuple[Life, asyncio.Future[None]]] = field(default_factory=list)

    def ring(self) -> None:
        """Rings that come while one is under way become one."""
        if self._under_way or self.rng.random() < self.lost:
            return
        self._under_way = True
        asyncio.get_running_loop().call_later(self.rng.uniform(0.001, PAUSE_AFTER_RING_S), self._arrive)

    async def listen(self, life: Life, drainer: Drainer) -> None:
        while True:
            await drainer.idle()
            await self._taken(life)
            drainer.ring()

    async def _taken(self, life: Life) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._listening.append((life, turn))
        if self._lies:
            self._arrive()
        await turn

    def _arrive(self) -> None:
        self._under_way = False
        self._listening = [(life, turn) for life, turn in self._listening if life.alive and not turn.done()]
        self._lies = not self._listening
        if self._listening:
            self.rng.choice(self._listening)[1].set_result(None)


class Worker:
    """Lives from `start` on. `engine` is its own."""

    def __init__(self, life: Life, engine: AsyncEngine, network: Network, bell: Bell) -> None:
        self.life = life
        self.engine = engine
        self._bell = bell
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
            asyncio.create_task(self._bell.listen(self.life, self.drainer), name=f"{self.life.name} bell"),
            asyncio.create_task(self._poller.run(), name=f"{self.life.name} poller"),
            asyncio.create_task(self._runner.run(), name=f"{self.life.name} runner"),
        ]

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
