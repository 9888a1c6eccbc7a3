"""A PostgreSQL of the tests' own, always at one address: stopped, crashed, started again, and full."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
from sqlalchemy import make_url

from app.db.child import free_port
from app.db.embedded_postgres import EmbeddedPostgres
from app.db.migrate import upgrade
from tests.processes import until

AT_ONCE = 10
_DROP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"


class OwnPostgres:
    """Durable, as the database of an installation is: what it has committed outlives a crash."""

    def __init__(self, directory: Path) -> None:
        self._server = EmbeddedPostgres(directory, port=free_port())
        self._url = ""
        self._databases = 0

    async def open(self) -> None:
        """With a database at the newest migration, of which each test has a copy."""
        self.start()
        await self._administer("CREATE DATABASE template_of_tests")
        await upgrade(self._url_of("template_of_tests"))

    def start(self) -> None:
        """Returns when it accepts connections."""
        self._url = self._server.start()

    def stop(self) -> None:
        """As an administrator does it: connections are ended, what was committed is written out."""
        self._server.stop()

    async def crash(self) -> None:
        """`immediate`: nothing is written out any more; the next start recovers from the log."""
        assert self._server.pid is not None
        os.kill(self._server.pid, signal.SIGQUIT)
        await until(lambda: self._server.pid is None, within_s=10, what="PostgreSQL is gone")

    async def new_database(self) -> str:
        self._databases += 1
        name = f"test{self._databases}"
        await self._administer(f"CREATE DATABASE {name} TEMPLATE template_of_tests")
        return self._url_of(name)

    @contextlib.asynccontextmanager
    async def taken_by_somebody_else(self, *, from_whom: str) -> AsyncIterator[None]:
        """Every connection it has to give, those of the program `from_whom` as well: it loses what it had, and finds
        nothing free when it asks again."""
        taken: list[asyncpg.Connection] = []
        try:
            await self._take(taken)
            await taken[0].execute(_DROP, from_whom)
            await self._take(taken)
            yield
        finally:
            await asyncio.gather(*(each.close() for each in taken))

    async def _take(self, taken: list[asyncpg.Connection]) -> None:
        """All that are free, until it refuses."""
        while True:
            asked = (asyncpg.connect(self._url) for _ in range(AT_ONCE))
            given = await asyncio.gather(*asked, return_exceptions=True)
            taken += [each for each in given if isinstance(each, asyncpg.Connection)]
            if any(isinstance(each, asyncpg.TooManyConnectionsError) for each in given):
                return

    def _url_of(self, name: str) -> str:
        return make_url(self._url).set(database=name).render_as_string(hide_password=False)

    async def _administer(self, statement: str) -> None:
        """CREATE DATABASE runs outside a transaction."""
        connection = await asyncpg.connect(self._url)
        await connection.execute(statement)
        await connection.close()
