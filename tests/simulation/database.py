"""A PostgreSQL of this process' own, whose clock is the simulated world's.

`now()` of the service's statements and of its columns' defaults is ours: `public` comes before `pg_catalog` in the
search path, and both read a setting that each transaction brings along. Nothing of its own (autovacuum) moves rows.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import asyncpg

from app.db.embedded_postgres import EmbeddedPostgres
from app.db.migrate import upgrade

_CLOCK: Final = "AS $$ SELECT current_setting('sim.clock')::timestamptz $$"
BEFORE: Final = (
    "ALTER SYSTEM SET autovacuum = off",
    f"CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE {_CLOCK}",
    f"CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE {_CLOCK}",
    "ALTER DATABASE postgres SET search_path = public, pg_catalog",
    "ALTER DATABASE postgres SET sim.clock = '2026-01-01 00:00:00+00'",
    "SELECT pg_reload_conf()",
)


@contextmanager
def open_database() -> Iterator[str]:
    """The URL of an empty one at the newest migration."""
    directory = Path(tempfile.mkdtemp(prefix="shopsync-simulation-"))
    directory.chmod(0o755)  # PostgreSQL may run as another account than ours
    server = EmbeddedPostgres(directory, durable=False)
    try:
        url = server.start()
        asyncio.run(_prepare(url))
        yield url
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


async def _prepare(url: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in BEFORE:
        await connection.execute(statement)
    await connection.close()
    await upgrade(url)
