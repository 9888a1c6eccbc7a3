"""PostgreSQL drops our connections again and again: what was accepted stays accepted, and both processes recover."""

from __future__ import annotations

import asyncio

from tests.chaos.installation import Installation, companies, edits, event, last_values
from tests.chaos.shop import FIRST_CUSTOMER
from tests.chaos.windows import SCALE

_TERMINATE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'odoo-shop-sync'
"""


async def test_connections_cut_again_and_again_under_load_lose_no_accepted_event(installation: Installation) -> None:
    cuts = 12 * SCALE
    events = edits(600 * SCALE, customers=40)
    await installation.shop.reset(customers=40, write_s=0.005)
    started = await installation.start()

    async with asyncio.TaskGroup() as group:
        group.create_task(installation.send_all(events))
        for number in range(1, cuts + 1):
            await installation.has_accepted(len(events) * number // (cuts + 1))
            await installation.rows(_TERMINATE)
            installation.fault_ended()
    await installation.settled()

    assert all(process.running for process in started)
    assert await companies(installation.shop) == last_values(events)
    assert (await installation.shop.seen())["most_at_once_per_record"] == 1
    await installation.check_balance()


async def test_the_first_webhook_after_the_database_dropped_every_idle_connection_is_accepted(
    installation: Installation,
) -> None:
    await installation.shop.reset(customers=1)
    await installation.start()

    for number in range(5):
        await installation.send(event(number, "customer", "updated", {"id": FIRST_CUSTOMER, "company": str(number)}))
        await installation.settled()
        await installation.rows(_TERMINATE)

    assert (await companies(installation.shop))[FIRST_CUSTOMER] == "4"
    await installation.check_balance()
