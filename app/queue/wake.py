"""The bell: tells workers that something was committed. Losing it costs latency, never an event.

`arq` carries the ring. A ring only makes a worker look at the queue; which jobs there are is PostgreSQL's word alone.
"""

from __future__ import annotations

import asyncio
import time

import structlog
from arq.connections import ArqRedis, RedisSettings
from redis.exceptions import RedisError

RING = "ring"
QUEUE_NAME = "shopsync:bell"
PAUSE_AFTER_FAILURE_S = 1.0
# A worker that was just rung looks until nothing is left: ringing it more often than this changes nothing.
PAUSE_AFTER_RING_S = 0.02
CALL_TIMEOUT_S = 1.0
KEPT_S = 60

log = structlog.get_logger(__name__)


def redis_settings(redis_url: str) -> RedisSettings:
    settings = RedisSettings.from_dsn(redis_url)
    settings.conn_timeout = 1
    settings.conn_retries = 0
    return settings


class Bell:
    """`ring()` never blocks and never raises; rings that come while one is under way become one."""

    def __init__(self, redis_url: str) -> None:
        self._redis = ArqRedis.from_url(redis_url, socket_timeout=CALL_TIMEOUT_S, socket_connect_timeout=CALL_TIMEOUT_S)
        self._rung = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._down = False
        self._closing = False
        self._kept_until = 0.0

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
        while not self._closing:
            await self._rung.wait()
            self._rung.clear()
            try:
                await self._redis.enqueue_job(RING, _queue_name=QUEUE_NAME, _expires=10)
                # Rings that nobody hears for a minute are worth nothing, and must not pile up while no worker runs.
                if time.monotonic() > self._kept_until:
                    await self._redis.expire(QUEUE_NAME, KEPT_S)
                    self._kept_until = time.monotonic() + KEPT_S / 2
                self._note(down=False)
                if not self._closing:
                    await asyncio.sleep(PAUSE_AFTER_RING_S)
            except (RedisError, OSError, TimeoutError) as error:
                self._note(down=True, error=type(error).__name__)
                if not self._closing:
                    await asyncio.sleep(PAUSE_AFTER_FAILURE_S)

    def _note(self, *, down: bool, error: str | None = None) -> None:
        if down != self._down:
            self._down = down
            if down:
                log.warning("bell.lost", error=error, effect="jobs wait for the next scan instead of a wake-up")
            else:
                log.info("bell.back")
