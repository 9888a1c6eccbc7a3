"""What must hold after the storm, the calm and a reconciliation, whatever the seed. A broken promise is a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Protocol

from tests.simulation.agreement import apart, doubled, lost, uncrossed
from tests.simulation.effort import Write, too_many
from tests.simulation.findings import Findings, World, find
from tests.simulation.ledger import Ledger
from tests.simulation.settled import open_intents, unfinished, unsettled


class Traffic(Protocol):
    """What was sent to both peers."""

    @property
    def writes(self) -> Sequence[Write]: ...


async def broken(world: World, ledger: Ledger, traffic: Traffic) -> list[str]:
    """In the order of the promises; [] when all of them hold."""
    found = await find(world, ledger)
    promises = (apart, lost, doubled, uncrossed, commands, unfinished, open_intents)
    said = list(chain.from_iterable(promise(found) for promise in promises))
    return [*said, *too_many(found, traffic.writes), *await unsettled(world)]


def commands(found: Findings) -> list[str]:
    """What Odoo commanded last about a field is what the shop has."""
    last = {(one.number, one.field): one for one in found.ledger.commands}
    held = found.ledger.shop_text
    return [
        f"a command is missing: {name} of customer {number} was to be {one.value!r} and is {held(number, name)!r}"
        for (number, name), one in last.items()
        if held(number, name) not in (None, one.value)
    ]
