"""An API process that dies by `kill -9`, alone or with the worker, and senders that repeat themselves."""

from __future__ import annotations

import asyncio

from tests.chaos.installation import Installation, companies, edits, event, last_values
from tests.chaos.shop import FIRST_CUSTOMER
from tests.chaos.windows import SCALE


async def test_what_a_killed_api_has_accepted_is_done_and_what_it_did_not_answer_can_be_sent_again(
    installation: Installation,
) -> None:
    """Every second time the worker dies with it."""
    kills = 2 * SCALE
    events = edits(300 * SCALE, customers=40)
    await installation.shop.reset(customers=40)
    installation.settings |= {"MAX_ATTEMPTS": str(12 * SCALE)}
    [api, worker] = await installation.start()

    async with asyncio.TaskGroup() as group:
        group.create_task(installation.send_all(events))
        for number in range(1, kills + 1):
            await installation.has_accepted(len(events) * number // (kills + 1))
            api.kill()
            if number % 2 == 0:
                worker.kill()
                worker = installation.start_worker(f"worker-{number}")
            api = installation.start_api()
            installation.fault_ended()
    await installation.settled()

    assert len(installation.accepted) == len(events)
    assert await companies(installation.shop) == last_values(events)
    assert (await installation.shop.seen())["most_at_once_per_record"] == 1
    await installation.check_balance()


async def test_the_same_event_a_hundred_times_at_once_is_one_operation_and_one_write(
    installation: Installation,
) -> None:
    await installation.shop.reset(customers=1)
    await installation.start()
    same = event("same", "customer", "updated", {"id": FIRST_CUSTOMER, "company": "Once"})

    operation_ids = await asyncio.gather(*[installation.send(same) for _ in range(100)])
    await installation.settled()
    later = await installation.post(same, headers={"Prefer": "wait=5"})

    assert len(set(operation_ids)) == 1
    assert len(await installation.rows("SELECT 1 FROM reverse_operations")) == 1
    assert len(await installation.shop.writes()) == 1
    assert (later.status_code, later.json()["operation_id"]) == (200, operation_ids[0])
    assert (later.json()["outcome"], later.json()["entity_id"]) == ("written", FIRST_CUSTOMER)
    await installation.check_balance()
