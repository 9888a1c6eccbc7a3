"""Lives of processes, and how they end: between two steps, and from there on nothing of them goes on.

A process is killed at a boundary that it has just reached. Its tasks are not cancelled, for a killed process tidies
nothing up: each stops for ever at the next boundary it comes to.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tests.simulation.clock import CLOCK
from tests.simulation.trace import Trace


class Boundary(StrEnum):
    BEFORE_TRANSACTION = "before a transaction"
    WITHIN_TRANSACTION = "within a transaction"
    BEFORE_COMMIT = "before a commit"
    AFTER_COMMIT = "after a commit"
    BEFORE_REQUEST = "before a request"
    REQUEST_DONE = "request carried out, answer not seen"
    ANSWERED = "answer seen"


WORKER_BOUNDARIES = tuple(Boundary)
API_BOUNDARIES = (
    Boundary.BEFORE_TRANSACTION,
    Boundary.WITHIN_TRANSACTION,
    Boundary.BEFORE_COMMIT,
    Boundary.AFTER_COMMIT,
)


@dataclass(slots=True, kw_only=True)
class Death:
    """`role` dies at the boundary that it reaches after `at_s`, having passed `spared` of the kind."""

    role: str
    boundary: Boundary
    at_s: float
    spared: int


@dataclass(slots=True)
class Fates:
    """`plan`: in order of time."""

    plan: list[Death] = field(default_factory=list)
    kills: Counter[tuple[str, Boundary]] = field(default_factory=Counter)

    def takes(self, life: Life, boundary: Boundary) -> bool:
        for death in self.plan:
            if death.at_s > CLOCK.elapsed_s:
                return False
            if death.role == life.role and death.boundary is boundary:
                if death.spared:
                    death.spared -= 1
                    continue
                self.plan.remove(death)
                self.kills[life.role, boundary] += 1
                return True
        return False

    def stop(self) -> None:
        self.plan.clear()


class Life:
    """One process. `on_death` is called once, when it dies."""

    def __init__(self, name: str, role: str, trace: Trace, fates: Fates, on_death: Callable[[Life], None]) -> None:
        self.name = name
        self.role = role
        self.alive = True
        self.trace = trace
        self._fates = fates
        self._on_death = on_death
        self._over = False

    def say(self, what: str) -> None:
        self.trace.step(self.name, what)

    def meets(self, boundary: Boundary) -> bool:
        """Whether it dies here. The caller tidies up what others would trip over, and calls `stopped`."""
        if self.alive and self._fates.takes(self, boundary):
            self.say(f"dies: {boundary}")
            self.alive = False
            self._on_death(self)
        return not self.alive

    async def reach(self, boundary: Boundary) -> None:
        if self.meets(boundary):
            await self.stopped()

    async def stopped(self) -> None:
        """For ever; until the world ends, that is."""
        if self._over:
            raise asyncio.CancelledError
        await asyncio.get_running_loop().create_future()

    def end_of_the_world(self) -> None:
        """Whoever of it comes to a boundary now is cancelled."""
        self.alive = False
        self._over = True


def living(lives: Sequence[Life]) -> list[Life]:
    return [life for life in lives if life.alive]
