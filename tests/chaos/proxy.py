"""A wire to one peer that a test can spoil: it carries calls over and does to the answers what `troubles` say.

It runs in the test's own process. Each call has a connection of its own, which is simpler than what proxies do and
harder for the client: no answer's end hides behind the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.chaos.troubles import Trouble

HEAD_END = b"\r\n\r\n"


@dataclass(slots=True, kw_only=True)
class Proxy:
    """`url` answers from `open` on, the same also after `down`. `met`: how many calls ran into trouble."""

    upstream: str
    url: str = ""
    met: int = 0
    _every: int = 1
    _calls: int = 0
    _troubles: Iterator[Trouble] | None = None
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self) -> None:
        port = urlsplit(self.url).port or 0
        self._server = await asyncio.start_server(self._called, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def down(self) -> None:
        """Nobody listens any more, and what was under way is cut."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spoil(self, troubles: Sequence[Trouble], *, every: int) -> None:
        """From now on each `every`-th call meets the next of `troubles`, round and round."""
        self._troubles, self._every, self._calls, self.met = itertools.cycle(troubles), every, 0, 0

    def mend(self) -> None:
        self._troubles = None

    async def _called(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            # Whoever asks may be killed, and the peer be gone: the connection ends, as it does on any wire.
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._answer(await _read_call(reader), writer)
        finally:
            self._tasks.discard(task)
            writer.transport.abort() if task.cancelling() else writer.close()

    async def _answer(self, call: bytes, writer: asyncio.StreamWriter) -> None:
        trouble = self._next()
        head, body = await self._carried_over(call) if trouble is None or trouble.done else (b"", b"")
        if trouble is None:
            writer.write(head + body)
            await writer.drain()
            return
        self.met += 1
        for piece in trouble.pieces(head, body):
            await asyncio.sleep(trouble.delay_s)
            writer.write(piece)
            await writer.drain()

    def _next(self) -> Trouble | None:
        self._calls += 1
        return next(self._troubles) if self._troubles is not None and self._calls % self._every == 0 else None

    async def _carried_over(self, call: bytes) -> tuple[bytes, bytes]:
        """The peer's answer, head and body; it is asked to close after it."""
        where = urlsplit(self.upstream)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            writer.write(call.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
            answer = await reader.read(-1)
        finally:
            writer.close()
        head, _, body = answer.partition(HEAD_END)
        assert b"transfer-encoding" not in head.lower(), "the sandboxes say how long their answers are"
        return head + HEAD_END, body


async def _read_call(reader: asyncio.StreamReader) -> bytes:
    """Without the client's own Connection header."""
    head = await reader.readuntil(HEAD_END)
    lines = [line for line in head.split(b"\r\n")[:-2] if not line.lower().startswith(b"connection:")]
    lengths = [int(line.partition(b":")[2]) for line in lines if line.lower().startswith(b"content-length:")]
    body = await reader.readexactly(sum(lengths))
    return b"\r\n".join([*lines, b"", b""]) + body
