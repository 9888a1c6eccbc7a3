"""Webhooks that keep coming, however long what is done meanwhile takes."""

from __future__ import annotations

import asyncio
from typing import Final

from tests.chaos.installation import Event, Installation, event
from tests.chaos.shop import FIRST_CUSTOMER
from tests.chaos.windows import SCALE
from tests.processes import until

CUSTOMERS: Final = 40
EACH_STEP: Final = 40 * min(SCALE, 5)
BETWEEN_S: Final = 0.5


class Load:
    """An edit of each customer, again and again, until there are `enough`; each until it is accepted."""

    def __init__(self, installation: Installation) -> None:
        self.events: list[Event] = []
        self.enough = asyncio.Event()
        self._installation = installation

    async def run(self) -> None:
        while not self.enough.is_set():
            first = len(self.events)
            part = [
                event(
                    number, "customer", "updated", {"id": FIRST_CUSTOMER + number % CUSTOMERS, "company": str(number)}
                )
                for number in range(first, first + CUSTOMERS)
            ]
            self.events += part
            await self._installation.send_all(part)
            await asyncio.sleep(BETWEEN_S)  # the pace of the load, not a wait for anything

    async def goes_on(self) -> None:
        """Returns when so many more were accepted."""
        wanted = len(self._installation.accepted) + EACH_STEP
        accepted = self._installation.accepted
        await until(lambda: len(accepted) >= wanted, within_s=60, what=f"{EACH_STEP} more events are accepted")
