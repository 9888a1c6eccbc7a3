"""A process' way to the database: through the gate, in virtual time, statement by statement.

Every exchange is told to the loop, which then waits for PostgreSQL instead of letting time pass, and to the trace. The
world's time goes along with each BEGIN. A process that is killed within a transaction leaves none behind: what PostgreSQL
does by itself when it notices that a client has gone is done here at once, because nobody could say when it notices.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only

from app.db.session import open_engine
from tests.simulation.gate import Gate
from tests.simulation.life import Boundary, Life
from tests.simulation.loop import VirtualLoop

Now = Callable[[], str]
"""What the database's clock says, as text that PostgreSQL reads."""


class Wire:
    """Stands before asyncpg's protocol of one connection."""

    def __init__(self, protocol: Any, life: Life, gate: Gate, now: Now, loop: VirtualLoop) -> None:
        self._protocol = protocol
        self._life, self._gate, self._now, self._loop = life, gate, now, loop

    def __getattr__(self, name: str) -> Any:
        return getattr(self._protocol, name)

    async def query(self, query: str, timeout: float | None) -> Any:
        if query.startswith("BEGIN"):
            return await self._send(self._protocol.query(f"{query} SET LOCAL sim.clock = '{self._now()}'", timeout))
        if query.startswith("COMMIT"):
            return await self._commit(self._protocol.query(query, timeout))
        await self._may_go_on()
        return await self._send(self._protocol.query(query, timeout))

    async def prepare(self, *args: Any, **options: Any) -> Any:
        await self._may_go_on()
        return await self._send(self._protocol.prepare(*args, **options))

    async def bind_execute(self, state: Any, args: Any, *more: Any, **named: Any) -> Any:
        await self._may_go_on()
        said = zlib.crc32(f"{state.query}{args}".encode())
        self._life.say(f"sql {said:08x} {' '.join(state.query.split())}")
        if self._protocol.is_in_transaction():
            return await self._send(self._protocol.bind_execute(state, args, *more, **named))
        await self._send(self._protocol.query(f"SET sim.clock = '{self._now()}'", None))
        return await self._commit(self._protocol.bind_execute(state, args, *more, **named))

    async def bind_execute_many(self, state: Any, args: Any, *more: Any, **named: Any) -> Any:
        await self._may_go_on()
        self._life.say(f"sql {' '.join(state.query.split())}")
        return await self._send(self._protocol.bind_execute_many(state, args, *more, **named))

    async def close_statement(self, state: Any, timeout: float | None) -> Any:
        return await self._send(self._protocol.close_statement(state, timeout))

    async def close(self, timeout: float | None) -> None:
        if self._protocol.is_connected():
            await self._send(self._leave())

    async def _commit(self, exchange: Coroutine[Any, Any, Any]) -> Any:
        if self._life.meets(Boundary.BEFORE_COMMIT):
            exchange.close()
            await self._is_missed()
        done = await self._send(exchange)
        if self._life.meets(Boundary.AFTER_COMMIT):
            await self._is_missed()
        return done

    async def _may_go_on(self) -> None:
        if self._life.meets(Boundary.WITHIN_TRANSACTION):
            await self._is_missed()

    async def _is_missed(self) -> None:
        if self._protocol.is_connected():
            await self._send(self._leave())
        self._gate.leave()
        await self._life.stopped()

    async def _leave(self) -> None:
        if self._protocol.is_in_transaction():
            await self._protocol.query("ROLLBACK", None)
        await self._protocol.close(None)

    async def _send(self, exchange: Awaitable[Any]) -> Any:
        """To its end, also when the caller is cancelled meanwhile: whether PostgreSQL hears of a cancellation before it
        has answered is a matter of luck."""
        self._loop.under_way += 1
        task = asyncio.ensure_future(self._counted(exchange))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait([task])
            raise

    async def _counted(self, exchange: Awaitable[Any]) -> Any:
        try:
            return await exchange
        finally:
            self._loop.under_way -= 1


def open_gated(database_url: str, life: Life, gate: Gate, now: Now) -> AsyncEngine:
    """An engine of one process."""
    engine = open_engine(database_url, pool_size=1, pre_ping=False)
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)

    async def connect(*args: Any, **options: Any) -> Any:
        loop.under_way += 1
        try:
            connection = await asyncpg.connect(*args, **options)
        finally:
            loop.under_way -= 1
        connection._protocol = Wire(connection._protocol, life, gate, now, loop)
        return connection

    @event.listens_for(engine.sync_engine, "do_connect")
    def creator(dialect: Any, record: Any, cargs: Any, cparams: dict[str, Any]) -> None:
        cparams["async_creator_fn"] = connect

    _put_before_pool(engine, life, gate)
    return engine


def _put_before_pool(engine: AsyncEngine, life: Life, gate: Gate) -> None:
    """From the wish for a connection to its return: the pool's own waiting would have an order of its own."""
    pool = engine.sync_engine.pool
    take, give_back = pool.connect, pool._do_return_conn

    def connect() -> Any:
        await_only(gate.enter(life))
        try:
            return take()
        except BaseException:
            gate.leave()
            raise

    def returned(record: Any) -> None:
        give_back(record)
        gate.leave()

    pool.connect = connect  # type: ignore[method-assign]
    pool._do_return_conn = returned  # type: ignore[method-assign]
