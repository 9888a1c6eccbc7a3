"""A copy of each operation's result, posted to a debug address; it never delays or fails the operation.

    {"reverse_sync": true, "source": "odoo", "destination": "prestashop", "result": {…}}

`post` only puts the result on a bounded queue, from which one task sends. What does not fit, or is not taken within
the timeout, is lost: a mirror is for watching, the operation's own row is the record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import httpx
import orjson
import structlog

SOURCE: Final = "odoo"
TIMEOUT_S: Final = 2.0

log = structlog.get_logger(__name__)


class DebugMirror:
    """`dropped` counts results that found the queue full, `lost` those the mirror did not take.

    A `client` that is given stays its owner's to close.
    """

    def __init__(
        self,
        url: str,
        client: httpx.AsyncClient | None = None,
        queue_size: int = 1000,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.dropped = 0
        self.lost = 0
        self._url = url
        self._timeout_s = timeout_s
        self._client = client
        self._owned: httpx.AsyncClient | None = None
        self._waiting: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue(queue_size)
        self._task: asyncio.Task[None] | None = None

    def post(self, result: Mapping[str, Any], *, destination: str) -> None:
        """Takes the result at once, or counts it as dropped. Neither blocks nor raises. `destination`: the kind of
        shop."""
        try:
            self._waiting.put_nowait((destination, result))
        except asyncio.QueueFull:
            self.dropped += 1

    async def start(self) -> None:
        """Begins to send what waits; a second start changes nothing."""
        if self._task is not None:
            return
        client = self._client
        if client is None:
            client = self._owned = httpx.AsyncClient(timeout=self._timeout_s)
        self._task = asyncio.create_task(self._send_all(client), name="debug-mirror")

    async def aclose(self) -> None:
        """Stops within the timeout of one post; what still waits by then is lost."""
        if self._task is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._waiting.join(), self._timeout_s)
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        if self._owned is not None:
            await self._owned.aclose()
            self._owned = None

    async def _send_all(self, client: httpx.AsyncClient) -> None:
        while True:
            destination, result = await self._waiting.get()
            try:
                await self._send(client, destination, result)
            finally:
                self._waiting.task_done()

    async def _send(self, client: httpx.AsyncClient, destination: str, result: Mapping[str, Any]) -> None:
        body = {"reverse_sync": True, "source": SOURCE, "destination": destination, "result": result}
        try:
            content = orjson.dumps(body, default=str)
            async with asyncio.timeout(self._timeout_s):
                response = await client.post(self._url, content=content, headers={"Content-Type": "application/json"})
            response.raise_for_status()
        # The mirror's troubles end here whatever they are, or one of them would end the task for all that follow.
        except Exception as error:
            self.lost += 1
            log.debug("mirror.lost", error=type(error).__name__, lost=self.lost)
