"""A worker that is asked to stop finishes what it has begun; asked twice, it leaves it to another."""

from __future__ import annotations

import signal

from tests.chaos.installation import Installation, event
from tests.chaos.shop import FIRST_CUSTOMER
from tests.processes import until


async def test_a_stopped_worker_finishes_the_call_under_way_and_ends_with_0(installation: Installation) -> None:
    await installation.shop.reset(customers=1)
    await installation.shop.hold("PATCH", "/api/customers/")
    [_, worker] = await installation.start()
    operation_id = await installation.send(event(1, "customer", "updated", {"id": FIRST_CUSTOMER, "company": "Acme"}))
    await installation.shop.holds_an_answer()

    worker.send(signal.SIGTERM)
    await worker.says("worker.stopping")
    await installation.shop.release()

    assert await worker.ended(within_s=10) == 0
    operation = await installation.operation(operation_id)
    assert (operation["status"], operation["outcome"]) == ("success", "written")
    assert len(await installation.shop.writes()) == 1
    assert await installation.rows("SELECT 1 FROM workers") == []
    await installation.check_balance()


async def test_a_worker_that_is_stopped_twice_leaves_at_once_and_another_takes_its_job(
    installation: Installation,
) -> None:
    await installation.shop.reset(customers=1)
    await installation.shop.hold("PATCH", "/api/customers/")
    [_, worker] = await installation.start()
    operation_id = await installation.send(event(1, "customer", "updated", {"id": FIRST_CUSTOMER, "company": "Acme"}))
    await installation.shop.holds_an_answer()

    def ended_by_asking_again() -> bool:
        worker.send(signal.SIGTERM)
        return not worker.running

    await until(ended_by_asking_again, within_s=5, what="the worker leaves")

    assert await worker.ended(within_s=0) != 0
    assert (await installation.operation(operation_id))["status"] == "processing"
    installation.start_worker("second")
    await installation.settled()
    assert (await installation.operation(operation_id))["status"] == "success"
    assert len(await installation.shop.writes()) == 1
    await installation.check_balance()
