"""`make check`: the migrations make exactly the tables the models describe, and can be undone and redone.

The catalogue of a migrated database is compared with that of one made from the models, because `alembic
check` does not look at CHECKs and at conditions of partial indexes, which keep the queue's promises.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import make_url, text

from app.db.base import Base
from app.db.embedded import Embedded
from app.db.migrate import configuration
from app.db.session import open_engine

CATALOGUE = text("""
    SELECT format('%s.%s %s %s default %s identity %s', table_name, column_name, data_type, is_nullable,
                  column_default, is_identity)
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT format('%s constraint %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
    UNION ALL
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
""")


def main() -> int:
    with tempfile.TemporaryDirectory() as directory, Embedded(Path(directory), durable=False) as urls:
        config = configuration(urls.database_url)
        command.upgrade(config, "head")
        differences = asyncio.run(_differences(urls.database_url))
        command.downgrade(config, "base")
        left = asyncio.run(_catalogue(urls.database_url))
        command.upgrade(config, "head")
    differences += [f"left by downgrade: {line}" for line in left if "alembic_version" not in line]
    for difference in differences:
        sys.stderr.write(f"migrations: {difference}\n")
    if not differences:
        sys.stdout.write("migrations: up, equal to the models, down to nothing and up again\n")
    return 1 if differences else 0


async def _differences(database_url: str) -> list[str]:
    """The models are the ones that `migrations/env.py` has just imported."""
    from_models = make_url(database_url).set(database="from_models")
    await _run(database_url, "CREATE DATABASE from_models")
    engine = open_engine(from_models.render_as_string(hide_password=False))
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await engine.dispose()
    wanted = await _catalogue(from_models.render_as_string(hide_password=False))
    made = await _catalogue(database_url)
    return [
        *(f"only in the models: {line}" for line in sorted(wanted - made)),
        *(f"only in the migrations: {line}" for line in sorted(made - wanted) if "alembic_version" not in line),
    ]


async def _catalogue(database_url: str) -> set[str]:
    engine = open_engine(database_url)
    async with engine.connect() as connection:
        lines = set(await connection.scalars(CATALOGUE))
    await engine.dispose()
    return lines


async def _run(database_url: str, statement: str) -> None:
    engine = open_engine(database_url)
    async with engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text(statement))
    await engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
