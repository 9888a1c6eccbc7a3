"""Sends what rules posted, with the manners of each version: before the commit until 18, after it since 19.

One second of patience, one after the other, no retry, no signature; what goes wrong is only logged. The caller of an
RPC waits for all of it, as does the person who saves.
"""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import httpx

from app.sandbox.odoo.database import Database
from app.sandbox.odoo.journal import Finished, Post, Row

TIMEOUT_S: Final = 1.0
AFTER_COMMIT_SINCE: Final = 19
HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "python-requests/2.31.0"}
# Takes the address and the body, answers the status.
Poster = Callable[[str, bytes], Awaitable[int]]
log = logging.getLogger("sandbox.odoo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One webhook as it went out. `status` None: nobody answered in time, or at all."""

    url: str
    body: Row
    status: int | None
    error: str | None = None

    @property
    def ref(self) -> tuple[str, int]:
        return str(self.body["_model"]), int(str(self.body["_id"]))


class Hooks:
    """`retries`: how often a transaction of 17 is repeated by a serialization failure; each time it posts again."""

    def __init__(
        self, client: httpx.AsyncClient | Poster | None, *, transport: httpx.AsyncBaseTransport | None
    ) -> None:
        self.posts: deque[Posted] = deque(maxlen=100_000)
        self.retries = 0
        self.client, self._transport = client, transport
        self._waiting: list[Post] = []
        self._running: set[asyncio.Task[None]] = set()

    async def finish(self, db: Database) -> None:
        """Posts for the transactions that ended since the last time; a reader meanwhile sees what Odoo would show."""
        finished, db.finished = db.finished, []
        for one in finished:
            if db.version >= AFTER_COMMIT_SINCE:
                await self._send_all(one.posts if one.committed else [])
            elif one.committed:
                await self._before_commit(db, one)
            else:
                await self._send_all(one.posts)

    def schedule(self, db: Database) -> None:
        """The same without waiting, for edits from outside the loop: committed first, posted in the background."""
        for one in db.finished:
            if one.committed or db.version < AFTER_COMMIT_SINCE:
                self._waiting.extend(one.posts)
        db.finished = []
        self._start()

    async def settled(self) -> None:
        self._start()
        while self._running:
            await asyncio.gather(*self._running)

    async def _before_commit(self, db: Database, one: Finished) -> None:
        """The rows are as before while the posts go out; what somebody else wrote meanwhile stays."""
        after = db.hide(one.before)
        try:
            for _ in range(1 + self.retries):
                await self._send_all(one.posts)
        finally:
            db.show(one.before, after)

    def _start(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        waiting, self._waiting = self._waiting, []
        if waiting:
            task = loop.create_task(self._send_all(waiting))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _send_all(self, posts: list[Post]) -> None:
        for post in posts:
            self.posts.append(await self._send(post))

    async def _send(self, post: Post) -> Posted:
        content = json.dumps(post.body, sort_keys=True).encode()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                status = await self._post(post.url, content)
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            log.warning("Webhook call failed: %s", type(error).__name__)
            return Posted(url=post.url, body=post.body, status=None, error=type(error).__name__)
        if status >= 400:
            log.warning("Webhook call failed: %s", status)
        return Posted(url=post.url, body=post.body, status=status)

    async def _post(self, url: str, content: bytes) -> int:
        if isinstance(self.client, httpx.AsyncClient):
            return (await self.client.post(url, content=content, headers=HEADERS, follow_redirects=True)).status_code
        if self.client is not None:
            return await self.client(url, content)
        # A new connection for each, as `requests.post` makes; 302 is followed as a GET without a body.
        async with httpx.AsyncClient(
            transport=self._transport, timeout=TIMEOUT_S, follow_redirects=True, trust_env=False, verify=_trusted()
        ) as client:
            return (await client.post(url, content=content, headers=HEADERS)).status_code


@cache
def _trusted() -> ssl.SSLContext:
    """Reading the authorities takes longer than a post; who saves would wait for it each time."""
    return ssl.create_default_context()
