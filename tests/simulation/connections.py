"""Connections to PostgreSQL that outlive the processes that use them, and the worlds.

A process that starts anew would spend a tenth of a second of CPU on asking for types and preparing statements; that is
all that a connection is kept for. Who gets one finds it as if it were new, and who is killed leaves nothing on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy import pool
from sqlalchemy.engine import Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util import await_only

from app.db.session import open_engine
from tests.simulation.gate import Gate
from tests.simulation.life import Life
from tests.simulation.loop import VirtualLoop
from tests.simulation.statements import Wire

MOST: Final = 64
_TABLES: Final = """
    SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


class Connections:
    """Of one event loop. A connection is SQLAlchemy's, with asyncpg's in it, with our `Wire` before its protocol."""

    def __init__(self, database_url: str, loop: VirtualLoop) -> None:
        self._loop = loop
        self._base = open_engine(database_url, pool_size=MOST, pre_ping=False)
        self._opened: list[AsyncConnection] = []
        self._all: list[Any] = []
        self._idle: list[Any] = []

    def engine_of(self, life: Life, gate: Gate, now: Callable[[], str]) -> AsyncEngine:
        """For one process. Compiled statements are shared by all."""
        base = self._base.sync_engine

        def connect() -> Any:
            connection = await_only(self._take())
            wire_of(connection).serve(life, gate, now, lambda: self._left(connection))
            return connection

        own = _GatedPool(connect, self._give_back, life, gate, dialect=base.dialect)
        engine = Engine(own, base.dialect, base.url)
        engine._compiled_cache = base._compiled_cache
        return AsyncEngine(engine)

    async def empty(self) -> None:
        """The database as it was before the first world, ids from 1; and everything at rest after one has ended."""
        self._idle = []
        for connection in self._all:
            await self._left(connection)
        connection = await self._take()
        driver = connection._connection
        tables = await self._told(driver.fetchval(_TABLES))
        await self._told(driver.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        self._idle.append(connection)

    async def close(self) -> None:
        for opened in self._opened:
            await self._told(opened.invalidate())
        await self._told(self._base.dispose())

    def drop(self) -> None:
        """Without the loop's help, which has stopped for ever."""
        for connection in self._all:
            transport = connection._connection._transport
            transport.abort()
            transport._sock.close()

    async def _take(self) -> Any:
        return self._idle.pop() if self._idle else await self._told(self._open())

    async def _open(self) -> Any:
        opened = await self._base.connect()
        self._opened.append(opened)
        connection: Any = (await opened.get_raw_connection()).dbapi_connection
        driver = connection._connection
        driver._protocol = Wire(driver._protocol, self._loop)
        self._all.append(connection)
        return connection

    async def _told(self, exchange: Awaitable[Any]) -> Any:
        """The loop waits for it."""
        self._loop.under_way += 1
        try:
            return await exchange
        finally:
            self._loop.under_way -= 1

    def _give_back(self, connection: Any) -> None:
        """In the pool's place, which would close it."""
        if connection not in self._idle:
            await_only(self._left(connection))

    async def _left(self, connection: Any) -> None:
        """Whoever had it may have been stopped in the middle of anything."""
        await wire_of(connection).roll_back()
        driver = connection._connection
        driver._top_xact = None
        driver._stmt_exclusive_section._acquired = 0
        connection._transaction = None
        connection._execute_mutex = asyncio.Lock()
        if connection not in self._idle:
            self._idle.append(connection)


class _GatedPool(pool.AsyncAdaptedQueuePool):
    """The gate is shut from the wish for a connection to its return: the pool's own waiting has an order of its own."""

    def __init__(
        self, connect: Callable[[], Any], give_back: Callable[[Any], None], life: Life, gate: Gate, **options: Any
    ) -> None:
        super().__init__(connect, pool_size=1, max_overflow=0, **options)
        self._life, self._gate, self._give_back = life, gate, give_back

    def connect(self) -> Any:
        await_only(self._gate.enter(self._life))
        try:
            return super().connect()
        except BaseException:
            self._gate.leave()
            raise

    def _do_return_conn(self, record: Any) -> None:
        super()._do_return_conn(record)
        self._gate.leave()

    def _close_connection(self, connection: Any, *, terminate: bool = False) -> None:
        self._give_back(connection)


def wire_of(connection: Any) -> Wire:
    wire: Wire = connection._connection._protocol
    return wire
