"""Webhooks on their way to our door: late, twice, out of order, or never.

Whoever tells does not wait here: Odoo gives up after a second and never tries again, a WooCommerce sends when its clock
ticks. So a sender is told at once that its post left, and nobody tries again; a lost one is lost.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from app.connections.store import LinkView
from app.connectors.hint import Delivery
from app.ingest.service import Accepted, Ingest
from tests.simulation.sabotage import Sabotage
from tests.simulation.trace import Trace

Accept = Callable[[Ingest], Awaitable[Accepted]]
UNSTORED = Accepted(operation_id=None, delivery_id=None)
NOWHERE = Accepted(operation_id=None, delivery_id=0)
PATIENCE_S: Final = 10.0


@dataclass(slots=True, kw_only=True)
class Post:
    """Stands in `World.ingest`'s place. `door`: the API process that lives now, if one does.

    `lost`, `twice`: shares; `late_s`: the longest delay of the few that are late. `accepted`: what was answered with
    2xx, in order.
    """

    rng: random.Random
    trace: Trace
    door: Callable[[], Ingest | None]
    lost: float
    twice: float
    late_s: float
    calm: bool = False
    sabotage: Sabotage | None = None
    accepted: list[Accepted] = field(default_factory=list)
    refused: int = 0
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def accept_shop(self, link: LinkView, delivery: Delivery, raw: bytes, **_: Any) -> Accepted:
        self._send("shop", str(delivery.suspects), lambda ingest: ingest.accept_shop(link, delivery, raw))
        return UNSTORED

    async def accept_odoo(
        self, link: LinkView, raw: bytes, *, action: str | None = None, entity_type: str | None = None, **_: Any
    ) -> Accepted:
        self._send(
            "odoo",
            f"{action} {raw.decode()}",
            lambda ingest: ingest.accept_odoo(link, raw, action=action, entity_type=entity_type),
        )
        return UNSTORED

    async def accept_reverse(self, link: LinkView, raw: bytes, **_: Any) -> Accepted | None:
        """A command: its sender waits for the answer, and knows whether it was taken."""
        if not self.calm and self.rng.random() < self.lost:
            return None
        await asyncio.sleep(self._delay_s() if self.calm else self.rng.uniform(0.01, 1.0))
        return await self._deliver("odoo", raw.decode(), lambda ingest: ingest.accept_reverse(link, raw))

    def _send(self, sender: str, said: str, accept: Accept) -> None:
        if not self.calm and self.rng.random() < self.lost:
            self.trace.step(sender, f"posts {said} [lost]")
            return
        self.trace.step(sender, f"posts {said}")
        times = 1 if self.calm or self.rng.random() >= self.twice else 2
        for _ in range(times):
            task = asyncio.ensure_future(self._bring(sender, said, accept, self._delay_s()))
            self.under_way.add(task)
            task.add_done_callback(self.under_way.discard)

    def _delay_s(self) -> float:
        if self.calm:
            return 0.01
        return self.rng.uniform(1, self.late_s) if self.rng.random() < 0.2 else self.rng.uniform(0.01, 0.5)

    async def _bring(self, sender: str, said: str, accept: Accept, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        await self._deliver(sender, said, accept)

    async def _deliver(self, sender: str, said: str, accept: Accept) -> Accepted | None:
        """None: nobody answered, or not in time. It may have been stored."""
        ingest = self.door()
        if ingest is None:
            self.refused += 1
            self.trace.step(sender, f"finds nobody at the door: {said}")
            return None
        try:
            async with asyncio.timeout(PATIENCE_S):
                swallowed = self.sabotage is Sabotage.SWALLOWED
                accepted = NOWHERE if swallowed else await accept(ingest)
        except TimeoutError:
            self.trace.step(sender, f"has no answer: {said}")
            return None
        self.trace.step("api", f"takes {said}: {accepted.delivery_id} {accepted.notes}")
        self.accepted.append(accepted)
        return accepted
