"""The database fixtures keep tests apart, in both ways they offer."""

from __future__ import annotations

import pytest
import redis.asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.migrate import find_revision, newest_revision
from app.db.session import SessionMaker

COUNT_TABLES = text("SELECT count(*) FROM pg_tables WHERE tablename = 'left_over'")


@pytest.mark.parametrize("turn", [1, 2])
async def test_what_a_session_commits_is_gone_in_the_next_test(session: AsyncSession, turn: int) -> None:
    assert await session.scalar(COUNT_TABLES) == 0

    await session.execute(text("CREATE TABLE left_over (n int)"))
    await session.commit()

    assert await session.scalar(COUNT_TABLES) == 1


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_database_with_commits_starts_empty_and_shows_them_to_all(sessions: SessionMaker, turn: int) -> None:
    async with sessions.begin() as one:
        await one.execute(text("INSERT INTO workers (name) VALUES ('left over')"))

    async with sessions() as another:
        assert await another.scalar(text("SELECT count(*) FROM workers")) == 1


async def test_the_databases_are_at_the_newest_migration(session: AsyncSession, sessions: SessionMaker) -> None:
    assert await find_revision(session) == newest_revision()
    async with sessions() as own:
        assert await find_revision(own) == newest_revision()


@pytest.mark.parametrize("turn", [1, 2])
async def test_redis_is_empty_at_the_start(redis_url: str, turn: int) -> None:
    async with redis.asyncio.Redis.from_url(redis_url) as client:
        assert await client.dbsize() == 0
        await client.set("left", "over")
