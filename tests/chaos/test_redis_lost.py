"""Redis wakes workers and counts requests. Without it webhooks are accepted and jobs done all the same, only slower."""

from __future__ import annotations

import signal
import time

import pytest

from tests.chaos.installation import Installation, companies, event
from tests.chaos.shop import FIRST_CUSTOMER
from tests.processes import Processes, RedisServer, until

SCAN_S = 2.0
EVENTS = 10


@pytest.fixture
def own_redis(processes: Processes, installation: Installation) -> RedisServer:
    """Not started yet. Only rings make a worker quicker than `SCAN_S`."""
    server = RedisServer(processes)
    installation.settings |= {"REDIS_URL": server.url, "IDLE_SCAN_S": str(SCAN_S)}
    return server


async def test_redis_that_is_not_there_at_the_start_delays_jobs_and_loses_none(
    installation: Installation, own_redis: RedisServer
) -> None:
    await installation.shop.reset(customers=EVENTS)
    started = await installation.start()

    await _edit_all(installation, "without Redis")
    await own_redis.start()
    installation.fault_ended()
    await _rings_are_heard(installation)

    assert all(process.running for process in started)
    await installation.check_balance()


async def test_redis_that_is_flushed_hangs_and_dies_loses_nothing_and_is_used_again_when_it_is_back(
    installation: Installation, own_redis: RedisServer
) -> None:
    await installation.shop.reset(customers=EVENTS)
    await own_redis.start()
    started = await installation.start()
    await _rings_are_heard(installation)

    own_redis.flush()
    await _edit_all(installation, "flushed")
    own_redis.process.send(signal.SIGSTOP)
    await _edit_all(installation, "hanging")
    own_redis.process.send(signal.SIGCONT)
    await _rings_are_heard(installation)
    own_redis.kill()
    await _edit_all(installation, "killed")
    await own_redis.start()
    installation.fault_ended()
    await _rings_are_heard(installation)

    assert all(process.running for process in started)
    await installation.check_balance()


async def _edit_all(installation: Installation, value: str) -> None:
    """One edit per customer, each with the one second that Odoo gives a webhook."""
    for number in range(EVENTS):
        data = {"id": FIRST_CUSTOMER + number, "company": value}
        response = await installation.post(event(f"{value}-{number}", "customer", "updated", data), timeout=1)
        assert response.status_code == 202, response.text
    await installation.settled(within_s=15)
    assert set((await companies(installation.shop)).values()) == {value}


async def _rings_are_heard(installation: Installation) -> None:
    """Five jobs one after the other in less than one scan: no timer does that."""

    async def five_are_done_quickly() -> bool:
        started = time.monotonic()
        for _ in range(5):
            stamp = time.monotonic_ns()
            data = {"id": FIRST_CUSTOMER, "company": str(stamp)}
            await installation.send(event(f"ring-{stamp}", "customer", "updated", data))
            await installation.settled(within_s=15)
        return time.monotonic() - started < SCAN_S

    await until(five_are_done_quickly, within_s=30, what="the worker hears rings again")
