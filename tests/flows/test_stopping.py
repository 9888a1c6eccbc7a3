"""What a worker that is stopped leaves behind."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.world import World, open_world


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


async def test_a_shop_that_is_too_slow_is_left_and_tried_again(engine: AsyncEngine) -> None:
    async with open_world(engine, timeout_s=0.1) as world:
        await world.odoo_sends("customer", "updated", {"id": 67, "company": "Warm"})
        await world.work()
        world.shop.fail("PATCH", "/customers", delay_s=30)
        accepted = await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "John"})
        await world.drainer.drain()
        [slow] = [
            entry for entry in await world.rows("SELECT event, context FROM sync_logs") if entry.event == "sync.retry"
        ]
        assert slow.context["code"] == "timeout"

        for _ in range(3):
            await world.hurry()
            await world.work()

        assert (await world.operation(accepted)).status == "success"
        assert world.shop.row("customers", 67)["firstname"] == "John"
