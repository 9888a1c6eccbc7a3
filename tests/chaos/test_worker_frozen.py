"""A worker that stands still (a paused machine) longer than its lease, and wakes up with an old plan in its hands."""

from __future__ import annotations

import signal

from tests.chaos.installation import Installation, companies, event
from tests.chaos.shop import FIRST_CUSTOMER


async def test_a_worker_that_wakes_up_after_its_lease_does_not_overwrite_what_came_after(
    installation: Installation,
) -> None:
    await installation.shop.reset(customers=1)
    await installation.shop.hold("GET", "/api/customers")
    [_, frozen] = await installation.start()
    await installation.send(event(1, "customer", "updated", {"id": FIRST_CUSTOMER, "company": "Old"}))
    await installation.shop.holds_an_answer()

    frozen.send(signal.SIGSTOP)
    await installation.shop.release()
    installation.start_worker("second")
    await installation.settled()
    await installation.send(event(2, "customer", "updated", {"id": FIRST_CUSTOMER, "company": "New"}))
    await installation.settled()
    frozen.send(signal.SIGCONT)
    frozen.send(signal.SIGTERM)

    assert await frozen.ended(within_s=10) == 0
    assert (await companies(installation.shop))[FIRST_CUSTOMER] == "New"
    assert len(await installation.shop.writes()) == 2
    await installation.check_balance()
