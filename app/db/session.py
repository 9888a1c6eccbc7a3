"""The engine and its sessions. One per process, made at start-up and disposed at shutdown."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

SessionMaker = async_sessionmaker[AsyncSession]

CONNECT_TIMEOUT_S = 5
COMMAND_TIMEOUT_S = 30


def open_engine(database_url: str, *, pool_size: int = 10, pre_ping: bool = True) -> AsyncEngine:
    """`postgresql://…` in any spelling; asyncpg is the driver.

    `pre_ping` costs two round trips per checkout and hides a restart of the server from the caller; without it the
    caller must be ready to do its transaction again (the ingest is).
    """
    url = make_url(database_url).set(drivername="postgresql+asyncpg")
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=pre_ping,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": COMMAND_TIMEOUT_S,
            "server_settings": {"application_name": "odoo-shop-sync", "timezone": "UTC"},
        },
    )


def open_sessions(engine: AsyncEngine) -> SessionMaker:
    return async_sessionmaker(engine, expire_on_commit=False)


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
