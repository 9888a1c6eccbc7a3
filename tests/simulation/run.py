"""One seed: a storm, the calm after it, a reconciliation of everything, and what must hold then."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from app.sync.models import RunKind
from app.sync.reconcile import PAIRS_ONLY
from app.sync.runs import open_run
from tests.simulation import promises
from tests.simulation.chance import reseed
from tests.simulation.clock import CLOCK
from tests.simulation.connections import Connections
from tests.simulation.installation import Installation, open_installation
from tests.simulation.ledger import Ledger
from tests.simulation.people import People
from tests.simulation.plan import STORM_S, Plan, plan_of
from tests.simulation.report import Report
from tests.simulation.sabotage import Sabotage
from tests.simulation.sent import SentWrite
from tests.simulation.trace import Trace
from tests.simulation.vocabulary import kept

LOOK_EVERY_S: Final = 5.0
LONGEST_CALM_S: Final = 600.0
_OPEN: Final = """
    SELECT (SELECT count(*) FROM sync_queue WHERE status = 'processing' OR (status = 'pending' AND held_reason IS NULL))
         + (SELECT count(*) FROM runs WHERE finished_at IS NULL) AS open
"""


@dataclass(slots=True, kw_only=True)
class Traffic:
    writes: list[SentWrite]
    faults: int
    kills: int
    accepted: list[Any]


@dataclass(slots=True, kw_only=True)
class Told:
    """What happened so far, also of a run that broke off."""

    acts: int = 0
    broken: list[str] = field(default_factory=list)


async def run(
    seed: int, connections: Connections, trace: Trace, *, kind: str | None = None, sabotage: Sabotage | None = None
) -> Report:
    plan = plan_of(seed, kind=kind)
    await connections.empty()
    reseed(seed)
    return await _live(plan, connections, trace, sabotage)


async def _live(plan: Plan, connections: Connections, trace: Trace, sabotage: Sabotage | None) -> Report:
    told = Told()
    async with open_installation(plan, connections, trace, sabotage) as here:
        ledger = Ledger(now=lambda: CLOCK.elapsed_s)
        people = People(rng=random.Random(f"people {plan.seed}"), both=here.both, ledger=ledger)
        await people.prepare()
        here.live()
        await _storm(here, people, told)
        here.calm()
        await _rest(here, told, "the calm")
        for form in ({PAIRS_ONLY: True}, {}):
            await _reconcile(here, form)
            await _rest(here, told, f"a reconciliation ({form})")

        told.broken += await _unstored(here)
        told.broken += await promises.broken(here.both.world, ledger, _traffic(here))
    return _report(here, told)


async def _storm(here: Installation, people: People, told: Told) -> None:
    """Everybody at once, until the last of what was planned has happened."""
    async with asyncio.TaskGroup() as group:
        group.create_task(_act(here, people, told))
        for at_s in here.plan.stops:
            group.create_task(_stop_at(here, at_s))
        for at_s in here.plan.looks:
            group.create_task(_look_at(here, at_s))
        group.create_task(asyncio.sleep(STORM_S))


async def _act(here: Installation, people: People, told: Told) -> None:
    for at_s in here.plan.acts:
        await asyncio.sleep(max(0.0, at_s - CLOCK.elapsed_s))
        here.trace.step("people", await people.act())
        told.acts += 1


async def _stop_at(here: Installation, at_s: float) -> None:
    await asyncio.sleep(at_s)
    with suppress(TimeoutError):  # it may be killed meanwhile
        async with asyncio.timeout(STORM_S):
            await here.stop_worker()


async def _look_at(here: Installation, at_s: float) -> None:
    await asyncio.sleep(at_s)
    await _reconcile(here, {})


async def _reconcile(here: Installation, form: dict[str, Any]) -> None:
    async with here.both.world.sessions.begin() as session:
        for entity_type in kept(here.both.world.link.sync):
            options = {"fix": True, **form}
            await open_run(session, link_id=1, kind=RunKind.RECONCILE, entity_type=entity_type, options=options)
    here.bell.ring()


async def _rest(here: Installation, told: Told, after: str) -> None:
    """Until nothing is open and nothing on its way, twice in a row."""
    begun, rests = CLOCK.elapsed_s, 0
    while rests < 2:
        await asyncio.sleep(LOOK_EVERY_S)
        await here.both.office.settled()
        open_ = await _open(here)
        rests = rests + 1 if not open_ and not here.anything_on_its_way else 0
        if CLOCK.elapsed_s - begun > LONGEST_CALM_S:
            told.broken.append(f"after {after}, {open_} jobs and runs are open still")
            return


async def _open(here: Installation) -> int:
    [row] = await here.both.world.rows(_OPEN)
    return int(row.open)


async def _unstored(here: Installation) -> list[str]:
    """Of what was answered with 2xx."""
    stored = {row.id for row in await here.both.world.rows("SELECT id FROM deliveries")}
    told = [accepted.delivery_id for accepted in here.post.accepted if accepted.delivery_id is not None]
    return [f"delivery {number} was accepted, and is not stored" for number in sorted(set(told) - stored)]


def _traffic(here: Installation) -> Traffic:
    return Traffic(
        writes=here.network.writes,
        faults=here.network.faults,
        kills=here.fates.kills.total(),
        accepted=here.post.accepted,
    )


def _report(here: Installation, told: Told) -> Report:
    faults: dict[str, int] = {}
    for weather in here.network.weather.values():
        for fault, times in weather.faults.items():
            faults[fault.value] = faults.get(fault.value, 0) + times
    return Report(
        seed=here.plan.seed,
        digest=here.trace.digest,
        steps=here.trace.steps,
        seconds=CLOCK.elapsed_s,
        acts=told.acts,
        requests=here.network.requests,
        writes=len(here.network.writes),
        accepted=len(here.post.accepted),
        kills={f"{role}, {boundary}": times for (role, boundary), times in here.fates.kills.items()},
        faults=faults,
        broken=told.broken,
    )
