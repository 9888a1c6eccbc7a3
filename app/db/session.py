"""The engine and its sessions. One per process, made at start-up and disposed at shutdown."""

from __future__ import annotations

import time
from typing import Any

import orjson
from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

CONNECT_TIMEOUT_S = 5
COMMAND_TIMEOUT_S = 30
ASKED_AFTER_S = 10.0
"""A connection that was not used for this long is asked whether it is still one, before anybody gets it."""
_USED_AT = "used_at"


def open_engine(database_url: str, *, pool_size: int = 10, pre_ping: bool = True) -> AsyncEngine:
    """`postgresql://…` in any spelling; asyncpg is the driver.

    `pre_ping` hides a restart of the server from the caller; without it the caller must be ready to do its transaction
    again (the ingest is).
    """
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_use_lifo=True,  # the one that was used last is the one that need not be asked
        pool_timeout=10,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": COMMAND_TIMEOUT_S,
            "server_settings": {"application_name": "odoo-shop-sync", "timezone": "UTC"},
        },
    )
    event.listen(engine.sync_engine, "connect", _plan_each_time)
    if pre_ping:
        _hide_restarts(engine.sync_engine)
    return engine


def _hide_restarts(engine: Engine) -> None:
    """A connection that the server has ended is replaced before anybody gets it, and all older ones with it.

    The driver knows that as soon as the server's goodbye is there, which it is after a restart; asking (three round
    trips, more than most of our transactions take) finds out only what a network swallowed in silence while nobody
    used the connection. So it is asked after a while only.
    """

    def note(_connection: Any, record: Any) -> None:
        record.info[_USED_AT] = time.monotonic()

    def look(connection: Any, record: Any, _proxy: Any) -> None:
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if time.monotonic() - record.info.get(_USED_AT, time.monotonic()) < ASKED_AFTER_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except (engine.dialect.loaded_dbapi.Error, OSError) as error:  # no answer in time is an OSError
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", look)


def _plan_each_time(connection: Any, _record: Any) -> None:
    """Plan for the tables as they are now, not as they were when the statement was first prepared.

    A plan kept from when a table was nearly empty reads all of it each time, until the server happens to analyze it:
    measured on a new database, storing 32 webhooks went from 3 ms to 150 ms within a minute. Planning anew costs half a
    millisecond. A plain SET, because a pooler may refuse unknown start-up parameters.
    """
    connection.run_async(lambda driver: driver.execute("SET plan_cache_mode = force_custom_plan; SET jit = off"))


class SessionMaker(async_sessionmaker[AsyncSession]):
    """`begin()` for statements that belong together, `autocommit()` for those that stand each for itself."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine, expire_on_commit=False)
        self._each_for_itself = engine.execution_options(isolation_level="AUTOCOMMIT")

    def autocommit(self) -> AsyncSession:
        """Each statement is a transaction: one round trip instead of three. For reads, and for a write that is one
        statement; under READ COMMITTED two reads of one transaction see no more of each other than these."""
        return self(bind=self._each_for_itself)


def open_sessions(engine: AsyncEngine) -> SessionMaker:
    return SessionMaker(engine)


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
