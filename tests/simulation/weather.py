"""What goes wrong between a process and a peer, drawn from the seed's generator; nothing once the storm is over."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tests.simulation.clock import CLOCK


class Fault(StrEnum):
    """`DONE_*`: the peer has carried the request out all the same."""

    REFUSED = "connection refused"
    UNAVAILABLE = "503"
    BROKEN_BEFORE = "500 before"
    TOO_MANY = "429"
    DONE_BROKEN = "500 after"
    DONE_CUT = "answer cut"
    DONE_TOO_LATE = "answered too late"
    CARRIED_OUT_LATER = "carried out after the timeout"


RETRY_AFTER_S: Final = (1, 2, 5, 15)
_SHARES: Final = (
    (Fault.REFUSED, 2),
    (Fault.UNAVAILABLE, 2),
    (Fault.BROKEN_BEFORE, 2),
    (Fault.TOO_MANY, 1),
    (Fault.DONE_BROKEN, 4),
    (Fault.DONE_CUT, 4),
    (Fault.DONE_TOO_LATE, 3),
    (Fault.CARRIED_OUT_LATER, 2),
)


@dataclass(slots=True, kw_only=True)
class Weather:
    """Of one peer. `trouble`: the share of requests that a fault meets; `down`: seconds from, to; `slowest_s`."""

    rng: random.Random
    trouble: float
    slowest_s: float
    down: tuple[float, float] | None = None
    calm: bool = False
    faults: Counter[Fault] = field(default_factory=Counter)

    def draw(self) -> Fault | None:
        if self.calm:
            return None
        found = self._drawn()
        if found is not None:
            self.faults[found] += 1
        return found

    def latency_s(self) -> float:
        """Of one way."""
        return 0.005 if self.calm else self.rng.uniform(0.002, self.slowest_s)

    def retry_after_s(self) -> int:
        return self.rng.choice(RETRY_AFTER_S)

    def _drawn(self) -> Fault | None:
        if self.down is not None and self.down[0] <= CLOCK.elapsed_s < self.down[1]:
            return self.rng.choice((Fault.REFUSED, Fault.UNAVAILABLE))
        if self.rng.random() >= self.trouble:
            return None
        faults, weights = zip(*_SHARES, strict=True)
        [found] = self.rng.choices(faults, weights)
        return Fault(found)
