"""A connection's way to the database: in virtual time, statement by statement.

Every exchange is told to the loop, which then waits for PostgreSQL instead of letting time pass, and to the trace. The
world's time goes along with each BEGIN. A process that is killed within a transaction leaves none behind: what
PostgreSQL does by itself when it notices that a client has gone is done here at once, for nobody could say when that
would be.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from tests.simulation.gate import Gate
from tests.simulation.life import Boundary, Life
from tests.simulation.loop import VirtualLoop

OF_THE_DRIVER: Final = ("typeinfo_tree(", "'jit'")
"""asyncpg asks for types once per connection: whether it does hangs on what the connection was used for before."""


class Wire:
    """Stands before asyncpg's protocol of one connection, for one process after the other.

    `now` is what the database's clock says, as text that PostgreSQL reads; `left` makes the connection ready for
    somebody else.
    """

    def __init__(self, protocol: Any, loop: VirtualLoop) -> None:
        self._protocol = protocol
        self._loop = loop
        self._life: Life | None = None
        self._gate: Gate
        self._now: Callable[[], str]
        self._left: Callable[[], Awaitable[None]]

    def serve(self, life: Life, gate: Gate, now: Callable[[], str], left: Callable[[], Awaitable[None]]) -> None:
        self._life, self._gate, self._now, self._left = life, gate, now, left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._protocol, name)

    async def query(self, query: str, *more: Any) -> Any:
        if self._life is None:
            return await self._send(self._protocol.query(query, *more))
        await self._loop.quiet()
        if query.startswith("BEGIN"):
            query = f"{query} SET LOCAL sim.clock = '{self._now()}'"
        elif query.startswith("COMMIT"):
            return await self._commit(self._protocol.query(query, *more))
        await self._may_go_on()
        return await self._send(self._protocol.query(query, *more))

    async def prepare(self, *args: Any, **options: Any) -> Any:
        await self._may_go_on()
        return await self._send(self._protocol.prepare(*args, **options))

    async def bind_execute(self, state: Any, args: Any, *more: Any, **named: Any) -> Any:
        if self._life is None or any(mark in state.query for mark in OF_THE_DRIVER):
            return await self._send(self._protocol.bind_execute(state, args, *more, **named))
        await self._reach(state, args)
        if self._protocol.is_in_transaction():
            return await self._send(self._protocol.bind_execute(state, args, *more, **named))
        await self._send(self._protocol.query(f"SET sim.clock = '{self._now()}'", None))
        return await self._commit(self._protocol.bind_execute(state, args, *more, **named))

    async def bind_execute_many(self, state: Any, args: Any, *more: Any, **named: Any) -> Any:
        rows = list(args)
        await self._reach(state, rows)
        return await self._send(self._protocol.bind_execute_many(state, rows, *more, **named))

    async def close_statement(self, state: Any, *more: Any) -> Any:
        return await self._send(self._protocol.close_statement(state, *more))

    async def close(self, *more: Any) -> None:
        await self._send(self._protocol.close(*more))

    async def roll_back(self) -> None:
        """Nobody's any more."""
        self._life = None
        if self._protocol.is_in_transaction():
            await self._send(self._protocol.query("ROLLBACK", None))

    async def _reach(self, state: Any, args: Any) -> None:
        """A statement of ours."""
        await self._loop.quiet()
        assert self._life is not None
        if self._life.meets(Boundary.WITHIN_TRANSACTION):
            await self._is_missed(self._life)
        said = zlib.crc32(f"{state.query}{args}".encode())
        self._life.say(f"sql {said:08x} {' '.join(state.query.split())}")

    async def _commit(self, exchange: Coroutine[Any, Any, Any]) -> Any:
        life = self._life
        assert life is not None
        if life.meets(Boundary.BEFORE_COMMIT):
            exchange.close()
            await self._is_missed(life)
        done = await self._send(exchange)
        if life.meets(Boundary.AFTER_COMMIT):
            await self._is_missed(life)
        return done

    async def _may_go_on(self) -> None:
        if self._life is not None and not self._life.alive:
            await self._is_missed(self._life)

    async def _is_missed(self, life: Life) -> None:
        await self._left()
        self._gate.leave()
        await life.stopped()

    async def _send(self, exchange: Coroutine[Any, Any, Any]) -> Any:
        """To its end, also when the caller is cancelled meanwhile: whether PostgreSQL hears of a cancellation before it
        has answered is a matter of luck."""
        task = self._loop.outside(exchange)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise
