"""A restart of the server is not seen by who takes a connection from the pool, and using one costs no asking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import session as module
from app.db.session import SessionMaker, open_engine, open_sessions
from app.sync.engine import is_database_away

SAY = text("INSERT INTO workers (name) VALUES (:name)")
WHO = text("SELECT name FROM workers")
TRANSACTION = text("SELECT CAST(pg_current_xact_id() AS text)")


@pytest.fixture
async def pooled(engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """A pool of one connection."""
    pooled = open_engine(engine.url.render_as_string(hide_password=False), pool_size=1)
    yield pooled
    await pooled.dispose()


async def its_backend(pooled: AsyncEngine) -> int:
    async with pooled.connect() as connection:
        return int((await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def its_driver(pooled: AsyncEngine) -> Any:
    async with pooled.connect() as connection:
        return (await connection.get_raw_connection()).driver_connection


async def end(engine: AsyncEngine, backend: int) -> None:
    """Returns when the server says that it is gone."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})


async def test_a_connection_that_the_server_ended_is_replaced_before_anybody_gets_it(
    engine: AsyncEngine, pooled: AsyncEngine
) -> None:
    driver = await its_driver(pooled)
    before = await its_backend(pooled)

    await end(engine, before)
    while not driver.is_closed():
        await asyncio.sleep(0)

    assert await its_backend(pooled) != before


async def test_one_that_was_not_used_for_a_while_is_asked_first_and_replaced_if_it_does_not_answer(
    engine: AsyncEngine, pooled: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver has not read the server's goodbye, as when a network swallowed it."""
    driver = await its_driver(pooled)
    before = await its_backend(pooled)
    await end(engine, before)
    monkeypatch.setattr(type(driver), "is_closed", lambda self: False)
    monkeypatch.setattr(module, "ASKED_AFTER_S", 0.0)

    assert await its_backend(pooled) != before


async def test_one_that_was_used_a_moment_ago_is_given_out_without_asking(
    pooled: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = await its_backend(pooled)
    monkeypatch.setattr(pooled.dialect, "do_ping", lambda connection: pytest.fail("the server was asked"))

    assert await its_backend(pooled) == backend


async def test_a_statement_by_itself_is_there_for_others_at_once(sessions: SessionMaker) -> None:
    async with sessions.autocommit() as session:
        await session.execute(SAY, {"name": "w1"})

        async with sessions() as other:
            assert list(await other.scalars(WHO)) == ["w1"]


async def test_what_statements_by_themselves_did_stays_when_a_later_one_fails(sessions: SessionMaker) -> None:
    async with sessions.autocommit() as session:
        await session.execute(SAY, {"name": "w1"})
        with pytest.raises(IntegrityError):
            await session.execute(SAY, {"name": "w1"})
        await session.execute(SAY, {"name": "w2"})

    async with sessions() as other:
        assert sorted(await other.scalars(WHO)) == ["w1", "w2"]


async def test_a_connection_that_was_used_for_single_statements_makes_transactions_again(pooled: AsyncEngine) -> None:
    sessions = open_sessions(pooled)
    async with sessions.autocommit() as session:
        await session.execute(SAY, {"name": "w1"})

    async with sessions() as session:
        await session.execute(SAY, {"name": "w2"})
        await session.rollback()

    async with sessions.autocommit() as session:
        assert list(await session.scalars(WHO)) == ["w1"]


async def test_single_statements_cost_one_round_trip(sessions: SessionMaker) -> None:
    """The second of two in a row has nothing before it: no BEGIN, and no transaction is left behind."""
    async with sessions.autocommit() as session:
        first, second = [(await session.execute(TRANSACTION)).scalar_one() for _ in range(2)]

    assert first != second


async def test_a_connection_that_dies_under_a_single_statement_is_an_error_and_the_next_one_is_well(
    engine: AsyncEngine, pooled: AsyncEngine
) -> None:
    sessions = open_sessions(pooled)
    backend = await its_backend(pooled)

    async with sessions.autocommit() as session:
        waiting = asyncio.create_task(session.execute(text("SELECT pg_sleep(60)")))
        await at_work(engine, backend)
        await end(engine, backend)
        with pytest.raises(DBAPIError) as caught:
            await waiting
    async with sessions.autocommit() as session:
        await session.execute(SAY, {"name": "w1"})

    assert is_database_away(caught.value)


async def test_one_that_is_silent_when_it_is_asked_is_replaced(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A network that forgot the connection: no goodbye, and no answer."""
    monkeypatch.setattr(module, "COMMAND_TIMEOUT_S", 0.2)
    monkeypatch.setattr(module, "ASKED_AFTER_S", 0.0)
    async with forgetful_network(engine) as (pooled, forget):
        before = await its_backend(pooled)
        forget()

        assert await its_backend(pooled) != before


async def at_work(engine: AsyncEngine, backend: int) -> None:
    async with asyncio.timeout(10), open_sessions(engine).autocommit() as session:
        busy = text("SELECT state = 'active' AND query LIKE '%pg_sleep%' FROM pg_stat_activity WHERE pid = :pid")
        while not (await session.execute(busy, {"pid": backend})).scalar_one():
            pass


@asynccontextmanager
async def forgetful_network(engine: AsyncEngine) -> AsyncIterator[tuple[AsyncEngine, Callable[[], None]]]:
    """A pool of one connection, by a way that carries nothing more over the connections there are, once told so."""
    ways: set[asyncio.Task[None]] = set()
    forgotten: set[asyncio.Task[None]] = set()

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        ways.add(task)
        while data := await reader.read(65536):
            if task not in forgotten:
                writer.write(data)
        writer.close()

    async def came(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(engine.url.host, engine.url.port)
        asyncio.get_running_loop().create_task(carry(there, writer))
        await carry(reader, back)

    server = await asyncio.start_server(came, "127.0.0.1", 0)
    url = engine.url.set(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    pooled = open_engine(url.render_as_string(hide_password=False), pool_size=1)
    yield pooled, lambda: forgotten.update(ways)
    await pooled.dispose()
    server.close()
    for task in ways:
        task.cancel()
    await asyncio.gather(*ways, return_exceptions=True)
