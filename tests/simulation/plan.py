"""What one seed decides before its world begins: who lives there, and what befalls them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, Final

from tests.simulation.life import API_BOUNDARIES, WORKER_BOUNDARIES, Death
from tests.simulation.vocabulary import sync

STORM_S: Final = 120.0
MOST_SKEW_S: Final = 180.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFault:
    """`offset_s` from the start, `drift` in seconds per second, and at `jumps_at_s` it is put back to `offset_s`."""

    offset_s: float
    drift: float = 0.0
    jumps_at_s: float = 0.0

    def off_by(self, elapsed_s: float) -> float:
        since = elapsed_s - self.jumps_at_s if elapsed_s >= self.jumps_at_s else elapsed_s
        return self.offset_s + self.drift * since


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerPlan:
    trouble: float
    slowest_s: float
    down: tuple[float, float] | None
    clock: ClockFault


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`own_writes_told`: Odoo's rules tell of what we write, too. `stops`: seconds at which a worker is asked to end.
    `looks`: seconds at which a reconciliation begins during the storm."""

    seed: int
    kind: str
    version: int
    workers: int
    sync: dict[str, Any]
    odoo: PeerPlan
    shop: PeerPlan
    database: ClockFault
    own_writes_told: bool
    lost: float
    twice: float
    late_s: float
    lost_rings: float
    acts: tuple[float, ...]
    deaths: tuple[Death, ...]
    stops: tuple[float, ...]
    looks: tuple[float, ...]


def plan_of(seed: int, *, kind: str | None = None) -> Plan:
    rng = random.Random(f"plan {seed}")
    drawn = ("prestashop", "woocommerce")[seed % 2]
    return Plan(
        seed=seed,
        kind=kind or drawn,
        version=rng.choice((17, 19)),
        workers=rng.choice((1, 2, 2, 3)),
        sync=sync(rng),
        odoo=_peer(rng),
        shop=_peer(rng),
        database=_clock(rng),
        own_writes_told=rng.random() < 0.5,
        lost=rng.choice((0.0, 0.1, 0.3)),
        twice=rng.choice((0.0, 0.1, 0.4)),
        late_s=rng.choice((5.0, 30.0, 90.0)),
        lost_rings=rng.choice((0.0, 0.2, 1.0)),
        acts=tuple(sorted(rng.uniform(0.0, STORM_S) for _ in range(rng.randint(12, 24)))),
        deaths=tuple(sorted(_deaths(rng), key=lambda death: death.at_s)),
        stops=tuple(rng.uniform(0.0, STORM_S) for _ in range(rng.choice((0, 0, 1)))),
        looks=tuple(rng.uniform(0.0, STORM_S) for _ in range(rng.choice((0, 0, 0, 1)))),
    )


def _peer(rng: random.Random) -> PeerPlan:
    begins = rng.uniform(0.0, STORM_S)
    return PeerPlan(
        trouble=rng.choice((0.0, 0.03, 0.08, 0.2)),
        slowest_s=rng.choice((0.05, 0.5, 3.0)),
        down=(begins, begins + rng.uniform(5.0, 50.0)) if rng.random() < 0.25 else None,
        clock=_clock(rng),
    )


def _clock(rng: random.Random) -> ClockFault:
    offset = rng.choice((0.0, rng.uniform(-MOST_SKEW_S, MOST_SKEW_S)))
    if rng.random() < 0.2:
        return ClockFault(offset_s=offset, drift=rng.uniform(-0.05, 0.05), jumps_at_s=rng.uniform(0.0, STORM_S))
    return ClockFault(offset_s=offset)


def _deaths(rng: random.Random) -> list[Death]:
    """Each boundary as likely as the next, so that the rare ones are met as well."""
    workers = [
        Death(role="worker", boundary=rng.choice(WORKER_BOUNDARIES), at_s=_when(rng), spared=rng.randrange(6))
        for _ in range(rng.choice((0, 1, 2, 3)))
    ]
    doors = [
        Death(role="api", boundary=rng.choice(API_BOUNDARIES), at_s=_when(rng), spared=rng.randrange(3))
        for _ in range(rng.choice((0, 0, 1)))
    ]
    return workers + doors


def _when(rng: random.Random) -> float:
    return rng.uniform(0.0, 0.8 * STORM_S)
