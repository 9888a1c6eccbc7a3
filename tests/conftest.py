"""Real PostgreSQL and Redis for every test that asks for them, started once for a whole run.

Two ways to a database: `session` is rolled back at the end; `database_url` is a database with real commits, emptied
before each test (claims, locks, uniqueness under several connections), with `engine` and `sessions` over it. Both are
copies of a template made by running the migrations.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import redis.asyncio
from sqlalchemy import make_url, pool, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from app.db.embedded import Embedded, EmbeddedUrls
from app.db.migrate import newest_revision, upgrade
from app.db.session import SessionMaker, open_engine, open_sessions
from app.settings import Settings

# What a developer's shell and `.env` say must not decide a test.
Settings.model_config["env_file"] = None
for setting in Settings.model_fields:
    os.environ.pop(setting.upper(), None)

# How long examples take says something of the machine, and on a busy one nothing of the code.
hypothesis.settings.register_profile(
    "any machine", suppress_health_check=[hypothesis.HealthCheck.too_slow], deadline=None
)
hypothesis.settings.load_profile("any machine")

_DISCONNECT_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_TABLES = text(
    "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
    " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
)
_SERVERS = pytest.StashKey[Embedded]()


LONGEST = (
    "tests/simulation/test_simulation.py",
    "tests/test_demo.py",
    "tests/chaos/",
    "tests/sync/test_bulk",
    "tests/test_cli_up.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: at the end, one of two processes would wait for the other's."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """pytest-xdist's controller owns the servers: a worker may end while others still need them."""
    node.workerinput["servers"] = asdict(_start_servers(node.config))


def pytest_unconfigure(config: pytest.Config) -> None:
    if (servers := config.stash.get(_SERVERS, None)) is not None:
        servers.stop()
        shutil.rmtree(servers.data_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> EmbeddedUrls:
    """Of this run. Each pytest-xdist worker has its own Redis database and its own PostgreSQL names."""
    given: dict[str, str] | None = getattr(pytestconfig, "workerinput", {}).get("servers")
    urls = EmbeddedUrls(**given) if given is not None else _start_servers(pytestconfig)
    redis_url = urls.redis_url.removesuffix("/0") + f"/{int(_worker().removeprefix('gw') or 0)}"
    return replace(urls, redis_url=redis_url)


@pytest.fixture(scope="session")
async def template(servers: EmbeddedUrls) -> str:
    """A database at the newest migration, to which nobody is connected, so that it can be copied."""
    name = f"template{_worker()}"
    await _administer(servers, f"CREATE DATABASE {name}")
    await upgrade(_url_of(servers, name))
    return name


@pytest.fixture(scope="session")
async def _committed(servers: EmbeddedUrls, template: str) -> AsyncIterator[AsyncEngine]:
    """The database of the tests that commit, one after the other; a copy for each would cost ten times the test."""
    name = f"committed{_worker()}"
    await _administer(servers, f"CREATE DATABASE {name} TEMPLATE {template}")
    engine = create_async_engine(
        make_url(_url_of(servers, name)).set(drivername="postgresql+asyncpg"), isolation_level="AUTOCOMMIT"
    )
    yield engine
    await engine.dispose()


@pytest.fixture
async def database_url(servers: EmbeddedUrls, _committed: AsyncEngine) -> str:
    """A database with real commits: empty, with ids from 1, and nobody else connected."""
    async with _committed.connect() as connection:
        await connection.execute(_DISCONNECT_OTHERS)
        tables = (await connection.execute(_TABLES)).scalar_one()
        await connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
        await connection.execute(text("DELETE FROM alembic_version"))
        await connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest_revision()})
    return _url_of(servers, f"committed{_worker()}")


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(database_url)
    yield engine
    await engine.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> SessionMaker:
    return open_sessions(engine)


@pytest.fixture(scope="session")
async def _shared_engine(servers: EmbeddedUrls, template: str) -> AsyncIterator[AsyncEngine]:
    name = f"shared{_worker()}"
    await _administer(servers, f"CREATE DATABASE {name} TEMPLATE {template}")
    engine = open_engine(_url_of(servers, name))
    yield engine
    await engine.dispose()


@pytest.fixture
async def session(_shared_engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """One connection whose outer transaction is rolled back; a `commit()` in the test ends a savepoint."""
    async with _shared_engine.connect() as connection:
        transaction = await connection.begin()
        async with AsyncSession(
            bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as session:
            yield session
        await transaction.rollback()


@pytest.fixture
async def redis_url(servers: EmbeddedUrls) -> str:
    """Empty at the start of the test."""
    async with redis.asyncio.Redis.from_url(servers.redis_url) as client:
        await client.flushdb()
    return servers.redis_url


def _start_servers(config: pytest.Config) -> EmbeddedUrls:
    if _SERVERS not in config.stash:
        directory = Path(tempfile.mkdtemp(prefix="shopsync-tests-"))
        directory.chmod(0o755)  # PostgreSQL may run as another account than ours
        config.stash[_SERVERS] = Embedded(directory, durable=False)
    return config.stash[_SERVERS].start()


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "")


def _url_of(servers: EmbeddedUrls, database: str) -> str:
    return make_url(servers.database_url).set(database=database).render_as_string(hide_password=False)


async def _administer(servers: EmbeddedUrls, statement: str) -> None:
    """CREATE and DROP DATABASE run outside a transaction."""
    engine = create_async_engine(
        make_url(servers.database_url).set(drivername="postgresql+asyncpg"),
        poolclass=pool.NullPool,
        isolation_level="AUTOCOMMIT",
    )
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
