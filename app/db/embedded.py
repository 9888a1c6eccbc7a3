"""Real PostgreSQL and Redis under one directory, for trying out, for small installations and for the tests.

    with Embedded(Path(".data")) as urls:
        engine = open_engine(urls.database_url)

The first process on a directory owns the servers; others that start meanwhile (`shopsync apply` beside
`shopsync up`) share them and stop nothing. Ownership is a lock on `embedded.json`, which the kernel lets
go of however the owner ends; while it is held, the file says where the servers are. They end with
their owner, even by `kill -9`.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType

from app.db.child import POLL_S, START_S, EmbeddedError
from app.db.embedded_postgres import EmbeddedPostgres
from app.db.embedded_redis import EmbeddedRedis

__all__ = ["Embedded", "EmbeddedError", "EmbeddedUrls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedUrls:
    """Both URLs carry a password: not for logs. `redis_flavour` says in words which Redis it is."""

    database_url: str
    redis_url: str
    redis_flavour: str


class Embedded:
    """Start in the main thread. `durable=False` gives up safety against power cuts for speed: tests only."""

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.resolve()
        self._durable = durable
        self._lock: int | None = None
        self._servers: tuple[EmbeddedPostgres, EmbeddedRedis] | None = None

    @property
    def is_owner(self) -> bool:
        """Whether `stop()` stops the servers, or only leaves servers of another process."""
        return self._servers is not None

    @property
    def postgres_pid(self) -> int | None:
        return self._servers[0].pid if self._servers is not None else None

    @property
    def redis_pid(self) -> int | None:
        return self._servers[1].pid if self._servers is not None else None

    def start(self) -> EmbeddedUrls:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.data_dir / "embedded.json", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            shared = _own_or_share(lock)
            if shared is not None:
                os.close(lock)
                return shared
            urls = self._start_servers()
            os.pwrite(lock, json.dumps(asdict(urls)).encode(), 0)
        except BaseException:
            self._stop_servers()
            os.close(lock)
            raise
        self._lock = lock
        return urls

    def stop(self) -> None:
        self._stop_servers()
        if self._lock is not None:
            os.ftruncate(self._lock, 0)
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> EmbeddedUrls:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_servers(self) -> EmbeddedUrls:
        postgres, redis = self._servers = (
            EmbeddedPostgres(self.data_dir, durable=self._durable),
            EmbeddedRedis(self.data_dir),
        )
        return EmbeddedUrls(database_url=postgres.start(), redis_url=redis.start(), redis_flavour=redis.flavour.value)

    def _stop_servers(self) -> None:
        for server in reversed(self._servers or ()):
            server.stop()
        self._servers = None


def _own_or_share(lock: int) -> EmbeddedUrls | None:
    """None: the lock is ours. Otherwise where the owner's servers are, waited for if it is just starting."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if written := os.pread(lock, 65_536, 0):
                return EmbeddedUrls(**json.loads(written))
            time.sleep(POLL_S)
        else:
            os.ftruncate(lock, 0)  # of an owner that was killed
            return None
    raise EmbeddedError("another process has held the embedded servers without starting them: stop it and start again")
