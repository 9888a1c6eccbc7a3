"""A restart of the server is not seen by who takes a connection from the pool, and using one costs no asking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db import session as module
from app.db.session import open_engine


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
