"""The schema's version: bring a database to the newest, and say where one stands."""

from __future__ import annotations

import asyncio
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ALEMBIC_INI = Path(__file__).parents[2] / "alembic.ini"


def configuration(database_url: str | None = None) -> Config:
    config = Config(ALEMBIC_INI)
    config.attributes["url"] = database_url
    return config


async def upgrade(database_url: str, revision: str = "head") -> None:
    """Alembic runs its own event loop, so it gets a thread of its own."""
    await asyncio.to_thread(command.upgrade, configuration(database_url), revision)


async def downgrade(database_url: str, revision: str) -> None:
    await asyncio.to_thread(command.downgrade, configuration(database_url), revision)


@cache
def newest_revision() -> str | None:
    """What the code needs; read from the files once."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


async def find_revision(session: AsyncSession) -> str | None:
    """What the database has; None before the first migration."""
    if await session.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    found: str | None = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return found
