"""The bell: tells workers that something was committed. Losing a ring costs latency, never an event.

A ring only makes a worker look at the queue; which jobs there are is PostgreSQL's word alone. It lies in a list of
Redis that never holds more than one, and whichever worker waits at the list takes it at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

RINGS: Final = "shopsync:rings"
PAUSE_AFTER_FAILURE_S: Final = 1.0
# A worker that was just rung looks until nothing is left: ringing it more often than this changes nothing.
PAUSE_AFTER_RING_S: Final = 0.02
CALL_TIMEOUT_S: Final = 1.0
# How long a worker waits at the list before it asks anew: so soon it notices that Redis hangs.
LISTEN_S: Final = 2.0
# A ring that nobody hears for a minute is worth nothing.
KEPT_S: Final = 60

log = structlog.get_logger(__name__)


class Bell:
    """`ring()` never blocks and never raises; rings that come while one is under way become one."""

    def __init__(self, redis_url: str) -> None:
        self._redis = Redis.from_url(redis_url, socket_timeout=CALL_TIMEOUT_S, socket_connect_timeout=CALL_TIMEOUT_S)
        self._rung = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._down = False
        self._closing = False

    def start(self) -> None:
        self._task = asyncio.create_task(self._carry(), name="bell")

    def ring(self) -> None:
        self._rung.set()

    async def aclose(self) -> None:
        """The last ring is still carried out; a cancelled call to Redis may swallow the cancellation, so none is."""
        self._closing = True
        self._rung.set()
        if self._task is not None:
            _, late = await asyncio.wait([self._task], timeout=2 * CALL_TIMEOUT_S)
            for task in late:
                task.cancel()
        await self._redis.aclose(close_connection_pool=True)

    async def _carry(self) -> None:
        closing = False
        while not closing:
            await self._rung.wait()
            self._rung.clear()
            closing = self._closing  # a ring that comes after this look is carried by the next round
            pause_s = PAUSE_AFTER_RING_S
            try:
                await self._send()
                self._note(down=False)
            except (RedisError, OSError, TimeoutError) as error:
                self._note(down=True, error=type(error).__name__)
                pause_s = PAUSE_AFTER_FAILURE_S
            if not self._closing:
                await asyncio.sleep(pause_s)

    async def _send(self) -> None:
        """One round trip."""
        async with self._redis.pipeline(transaction=False) as pipe:
            await pipe.lpush(RINGS, 1).ltrim(RINGS, 0, 0).expire(RINGS, KEPT_S).execute()

    def _note(self, *, down: bool, error: str | None = None) -> None:
        if down != self._down:
            self._down = down
            if down:
                log.warning("bell.lost", error=error, effect="jobs wait for the next scan instead of a wake-up")
            else:
                log.info("bell.back")


async def listen(redis_url: str, heard: Callable[[], None], *, ready: Callable[[], Awaitable[object]]) -> None:
    """Calls `heard` for each ring taken, until it is cancelled; while Redis is away it tries again and again.

    `ready` is awaited before each wait at the list: a ring is for who has time for it. One that comes while we wait is
    ours whether we still have time or not; `heard` then hands it on.
    """
    task = asyncio.current_task()
    redis = Redis.from_url(redis_url, socket_timeout=LISTEN_S + CALL_TIMEOUT_S, socket_connect_timeout=CALL_TIMEOUT_S)
    try:
        # A call to Redis may swallow the cancellation; the task remembers that it was asked.
        while task is None or not task.cancelling():
            await ready()
            try:
                if await redis.blpop([RINGS], timeout=LISTEN_S):
                    heard()
            except (RedisError, OSError, TimeoutError) as error:
                log.debug("bell.unheard", error=type(error).__name__)
                await asyncio.sleep(PAUSE_AFTER_FAILURE_S)
    finally:
        await redis.aclose(close_connection_pool=True)
