"""What a worker that is stopped leaves behind."""

from __future__ import annotations

import asyncio

from tests.flows.world import World


async def until(world: World, query: str) -> None:
    async with asyncio.timeout(10):
        while not await world.rows(query):
            await asyncio.sleep(0.01)


async def test_a_batch_that_is_cut_off_is_given_back_at_once(world: World) -> None:
    answer = asyncio.Event()

    async def hold(seconds: float) -> None:
        await answer.wait()

    world.shop._sleep = hold
    world.shop.fail("PATCH", "/customers", delay_s=60)
    accepted = await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "John"})
    world.drainer.start()
    await until(world, "SELECT 1 FROM sync_queue WHERE status = 'processing'")

    await world.drainer.stop(grace_s=0.05)

    [job] = await world.jobs()
    assert (job.status, job.error_code) == ("pending", "cut_off")
    answer.set()
    await world.work()
    assert (await world.operation(accepted)).status == "success"


async def test_work_under_way_may_end_within_the_grace_time(world: World) -> None:
    world.shop.fail("PATCH", "/customers", delay_s=0.2)
    accepted = await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "John"})
    world.drainer.start()
    await until(world, "SELECT 1 FROM sync_queue WHERE status = 'processing'")

    await world.drainer.stop(grace_s=10)

    assert (await world.operation(accepted)).status == "success"
    assert await world.rows("SELECT 1 FROM workers") == []
