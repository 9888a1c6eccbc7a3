"""What a bench gives back, and what it is given. Each figure is a module of `bench/` with one function

    async def measure(context: BenchContext, *, quick: bool) -> list[Figure]

Ours and theirs are measured in turn, several rounds each, and `ratio` is the median of the rounds' ratios: a machine
that slows down slows both. `quick`: everything once, tiny, to see that it runs; its figures mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import asyncpg

from app.db.embedded import EmbeddedUrls


class Wrong(AssertionError):
    """What was measured did not do its work: rows lost, answers refused. No figure comes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`ours` and `theirs` in `unit`; `ratio` is ours to theirs. `reach` says in words what is aimed at, `met` whether
    it was reached; `note` is one line on how it was measured or what else was seen."""

    name: str
    ours: float
    theirs: float
    ratio: float
    unit: str
    reach: str
    met: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchContext:
    """A PostgreSQL with fsync on, as in production, and a Redis; `directory` for files, readable by all."""

    urls: EmbeddedUrls
    directory: Path

    async def new_database(self, name: str) -> str:
        """The URL of an empty database of this name on the same server; not migrated. Call before each use of it."""
        admin = await asyncpg.connect(self.urls.database_url)
        try:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await admin.execute(f'CREATE DATABASE "{name}"')
        finally:
            await admin.close()
        return self.urls.database_url.rpartition("/")[0] + f"/{name}"
