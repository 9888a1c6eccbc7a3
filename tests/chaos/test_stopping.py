"""Who is asked to stop finishes what was begun, within the grace time; asked twice, a worker leaves it to another."""

from __future__ import annotations

import asyncio
import signal

import httpx

from tests.chaos.installation import Event, Installation, event
from tests.chaos.shop import FIRST_CUSTOMER
from tests.processes import until

WAITING = 5


async def test_processes_that_are_stopped_finish_the_calls_and_requests_under_way_and_end_with_0(
    installation: Installation,
) -> None:
    await installation.shop.reset(customers=WAITING)
    await installation.shop.hold("PATCH", "/api/customers/")
    [api, worker] = await installation.start()

    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(_waits(installation, number)) for number in range(WAITING)]
        await _has_claimed(installation, WAITING)
        await installation.shop.holds_an_answer()
        for process in (api, worker):
            process.send(signal.SIGTERM)
        await worker.says("worker.stopping")
        await until(lambda: "Waiting for connections" in api.text(), within_s=10, what="the API drains")
        await installation.shop.release()

    assert [await process.ended(within_s=10) for process in (api, worker)] == [0, 0]
    assert {task.result().status_code for task in waiting} == {200}
    assert {task.result().json()["outcome"] for task in waiting} == {"written"}
    assert len(await installation.shop.writes()) == WAITING
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


async def test_what_outlasts_the_grace_time_is_cut_off_and_done_by_who_comes_next(installation: Installation) -> None:
    installation.settings |= {"SHUTDOWN_GRACE_S": "1", "LEASE_S": "600"}
    await installation.shop.reset(customers=1)
    await installation.shop.hold("PATCH", "/api/customers/")
    started = await installation.start()

    sender = asyncio.create_task(_waits(installation, 0))
    await installation.shop.holds_an_answer()
    for process in started:
        process.send(signal.SIGTERM)

    assert [await process.ended(within_s=20) for process in started] == [0, 0]
    assert (await sender).status_code == 202, "it is told that the event is safe"
    [job] = await installation.rows("SELECT status, error_code FROM sync_queue")
    assert (job["status"], job["error_code"]) == ("pending", "cut_off")
    installation.fault_ended()
    await installation.start()  # no lease of ten minutes is waited for
    await installation.send(_edit(0))
    await installation.settled()
    assert {status for status, _ in await installation.outcomes()} == {"success"}
    assert len(await installation.shop.writes()) == 1
    await installation.check_balance()


def _edit(number: int) -> Event:
    return event(number, "customer", "updated", {"id": FIRST_CUSTOMER + number, "company": "Acme"})


async def _waits(installation: Installation, number: int) -> httpx.Response:
    return await installation.post(_edit(number), headers={"Prefer": "wait=20"}, timeout=30)


async def _has_claimed(installation: Installation, jobs: int) -> None:
    async def claimed() -> bool:
        return len(await installation.rows("SELECT 1 FROM sync_queue WHERE status <> 'pending'")) == jobs

    await until(claimed, within_s=20, what=f"{jobs} jobs are at work")
