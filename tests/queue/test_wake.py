"""A ring lies in Redis for one worker that has time for it; nobody waits for Redis."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import cast

import pytest
from redis.asyncio import Redis

from app.queue.wake import RINGS, Bell, listen

SOON_S = 10.0


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


@asynccontextmanager
async def bell(redis_url: str) -> AsyncIterator[Bell]:
    rung = Bell(redis_url)
    rung.start()
    try:
        yield rung
    finally:
        await rung.aclose()


class Listener:
    """One worker at the list. `has_time`: whether it has a slot for what it is told of."""

    def __init__(self, redis_url: str) -> None:
        self.heard = asyncio.Event()
        self.has_time = asyncio.Event()
        self._task = asyncio.create_task(listen(redis_url, self.heard.set, ready=self.has_time.wait))

    async def hears(self) -> None:
        await asyncio.wait_for(self.heard.wait(), SOON_S)
        self.heard.clear()

    async def aclose(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


@asynccontextmanager
async def listeners(redis_url: str, number: int) -> AsyncIterator[list[Listener]]:
    opened = [Listener(redis_url) for _ in range(number)]
    try:
        yield opened
    finally:
        await asyncio.gather(*[each.aclose() for each in opened])


async def rings(redis: Redis) -> int:
    return await cast(Awaitable[int], redis.llen(RINGS))


async def waiting(redis: Redis, number: int) -> None:
    """Returns when so many wait at the list."""
    async with asyncio.timeout(SOON_S):
        while (await redis.info("clients"))["blocked_clients"] != number:
            await asyncio.sleep(0)


async def test_a_ring_before_anybody_listens_is_heard_by_the_first_who_does(redis_url: str, redis: Redis) -> None:
    async with bell(redis_url) as rung:
        rung.ring()
    async with listeners(redis_url, 1) as [worker]:
        worker.has_time.set()

        await worker.hears()

        await waiting(redis, 1)
        assert await rings(redis) == 0


async def test_a_ring_right_before_the_end_is_carried_out(redis_url: str, redis: Redis) -> None:
    """The worker that stops has given its jobs back in this moment; the bell may be pausing after another ring."""
    async with bell(redis_url) as rung, listeners(redis_url, 1) as [worker]:
        worker.has_time.set()
        rung.ring()
        await worker.hears()
        await waiting(redis, 1)

        rung.ring()
        await rung.aclose()

        await worker.hears()
        await waiting(redis, 1)


async def test_many_rings_that_nobody_hears_are_one_and_do_not_stay(redis_url: str, redis: Redis) -> None:
    for _ in range(3):
        async with bell(redis_url) as rung:
            rung.ring()

    assert await rings(redis) == 1
    assert 0 < await redis.ttl(RINGS) <= 60


async def test_a_ring_wakes_one_of_two_workers(redis_url: str, redis: Redis) -> None:
    async with bell(redis_url) as rung, listeners(redis_url, 2) as [one, other]:
        one.has_time.set()
        other.has_time.set()
        await waiting(redis, 2)

        rung.ring()

        heard = {asyncio.create_task(one.hears()), asyncio.create_task(other.hears())}
        done, idle = await asyncio.wait(heard, return_when=asyncio.FIRST_COMPLETED)
        await waiting(redis, 2)
        assert (len(done), len(idle)) == (1, 1)
        for task in idle:
            task.cancel()


async def test_a_worker_that_has_no_time_leaves_the_ring_to_another(redis_url: str, redis: Redis) -> None:
    async with bell(redis_url) as rung, listeners(redis_url, 2) as [busy, idle]:
        rung.ring()
        idle.has_time.set()

        await idle.hears()

        await waiting(redis, 1)
        assert not busy.heard.is_set()


async def test_a_bell_without_redis_keeps_nobody_waiting() -> None:
    async with asyncio.timeout(SOON_S), bell("redis://127.0.0.1:1/0") as rung:
        for _ in range(1000):
            rung.ring()
