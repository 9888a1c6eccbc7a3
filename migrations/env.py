"""How Alembic reaches the database and what it compares with.

One migration run at a time: a second one waits for the first, then finds nothing to do. DDL waits at most
`LOCK_TIMEOUT` for a table and fails then, instead of queueing every query of a running service behind itself.
"""

from __future__ import annotations

import asyncio
from importlib import import_module

from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from app.db.base import Base
from app.settings import Settings

MODELS = (
    "app.api.models",
    "app.connections.models",
    "app.db.sync_log",
    "app.ingest.models",
    "app.portal.models",
    "app.queue.models",
    "app.sync.models",
)
LOCK_TIMEOUT = "5s"
ONE_RUN_AT_A_TIME = 7_265_390_114  # an advisory lock's number, ours alone

for module in MODELS:
    import_module(module)


def database_url() -> str:
    """From the caller (app/db/migrate.py), else `-x url=…`, else the settings."""
    given = context.config.attributes.get("url") or context.get_x_argument(as_dictionary=True).get("url")
    url = given or Settings().database_url
    if url is None:
        raise SystemExit(
            "set DATABASE_URL, or name the database: alembic -x url=postgresql://user:password@host/name …"
        )
    return str(url)


async def migrate() -> None:
    url = make_url(database_url()).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.execute(text(f"SELECT pg_advisory_lock({ONE_RUN_AT_A_TIME})"))
        await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        await connection.commit()  # both outlive the transaction, and end with the connection
        await connection.run_sync(run)
    await engine.dispose()


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=Base.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(migrate())
