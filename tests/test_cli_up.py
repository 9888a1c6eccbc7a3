"""`shopsync up` as a user runs it: real processes, real signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.db.child import free_port
from tests.running import Running, eventually, lives, running, without_settings

ROOT = Path(__file__).parents[1]
SECRETS = {"ODOO_API_KEY": "odoo-key-1234", "PRESTASHOP_KEY": "K" * 32, "WEBHOOK_SECRET": "hook-secret-1"}


CONNECTIONS = 'shopsync_database_connections_limit{pool="main"}'
BEATS = "shopsync_event_loop_lag_seconds_count"
BOTH_POOLS = 20
"""`DATABASE_POOL_SIZE` of the API's process and of the worker's."""


class Up:
    """A running `shopsync up`."""

    def __init__(self, process: Running, port: int) -> None:
        self.process = process
        self.port = port
        self.data_dir = process.directory / "data"

    def get(self, path: str) -> int:
        """Waits for the answer, as long as somebody listens."""
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=30, trust_env=False).status_code

    def counted(self, name: str) -> float:
        """One sample of `/metrics`, by its name with its labels; 0 where there is none."""
        text = httpx.get(f"http://127.0.0.1:{self.port}/metrics", timeout=30, trust_env=False).text
        return next((float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"{name} ")), 0.0)

    def shopsync(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "app.cli", *arguments],
            cwd=self.process.directory,
            env=without_settings() | SECRETS | {"DATA_DIR": str(self.data_dir), "PORT": str(self.port)},
            capture_output=True,
            text=True,
            check=False,
        )

    def all_pids(self) -> list[int]:
        servers = [self.data_dir / "postgres" / "postmaster.pid", self.data_dir / "redis.pid"]
        pids = [int(path.read_text().split()[0]) for path in servers]
        return [*pids, *(self.process.pids(child)[-1] for child in ("api-1", "worker-1"))]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    tmp_path.chmod(0o755)  # PostgreSQL may run as another account than ours
    port = free_port()
    environment = {"DATA_DIR": str(tmp_path / "data"), "SHUTDOWN_GRACE_S": "5"}
    # Several workers could not share a port; a worker that took one here would meet the API's and never start.
    environment["WORKER_METRICS_PORT"] = str(port)
    with running(["-m", "app.cli", "up", "--port", str(port)], tmp_path, environment) as process:
        started = Up(process, port)
        eventually(lambda: process.process.poll() is not None or process.lines("worker.started"))
        assert process.process.poll() is None, process.log.read_text()
        assert started.get("/livez") == httpx.codes.OK
        yield started


def test_up_serves_other_commands_find_it_and_sigterm_leaves_nothing_behind(up: Up) -> None:
    applied = up.shopsync("apply", str(ROOT / "config.example.yaml"))
    assert (applied.returncode, applied.stderr) == (0, "")
    assert "boutique" in up.shopsync("link", "list").stdout
    token = up.shopsync("token", "create", "me", "--scope", "read").stdout.strip()
    answer = httpx.get(
        f"http://127.0.0.1:{up.port}/api/v1/jobs", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )
    assert answer.status_code == httpx.codes.OK
    again = up.shopsync("up")
    assert again.returncode == 1
    assert again.stderr.strip() == f"port {up.port} is in use; stop what listens there, or set PORT"
    pids = up.all_pids()
    assert all(lives(pid) for pid in pids)

    assert up.process.end(signal.SIGTERM) == 0

    assert [pid for pid in pids if lives(pid)] == []
    assert up.process.lines("worker.stopped")
    assert not up.process.lines("child.killed")
    assert "no embedded database is running" in up.shopsync("link", "list").stderr


def test_children_that_die_are_started_again_and_no_sender_is_refused_meanwhile(up: Up) -> None:
    api, worker = up.process.pids("api-1")[0], up.process.pids("worker-1")[0]
    eventually(lambda: up.counted(CONNECTIONS) == BOTH_POOLS)
    beats = up.counted(BEATS)
    for pid in (api, worker):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not lives(api))

    assert up.get("/livez") == httpx.codes.OK

    eventually(lambda: len(up.process.lines("worker.started")) == 2)
    assert {line["child"] for line in up.process.lines("child.ended")} == {"api-1", "worker-1"}
    assert up.counted(CONNECTIONS) == BOTH_POOLS, "one scrape shows API and worker, and no dead ones"
    assert up.counted(BEATS) >= beats > 0, "what the dead ones counted is not forgotten"


def test_a_database_that_dies_is_started_again_with_what_was_in_it_and_ctrl_c_ends_it_all(up: Up) -> None:
    assert up.shopsync("apply", str(ROOT / "config.example.yaml")).returncode == 0
    os.kill(up.all_pids()[0], signal.SIGKILL)

    eventually(lambda: len(up.process.lines("worker.started")) == 2)

    assert up.get("/livez") == httpx.codes.OK
    assert "boutique" in up.shopsync("link", "list").stdout
    pids = up.all_pids()
    assert up.process.end(signal.SIGINT) == 0
    assert [pid for pid in pids if lives(pid)] == []


def test_nothing_outlives_an_up_that_is_killed(up: Up) -> None:
    pids = up.all_pids()

    up.process.end(signal.SIGKILL)

    eventually(lambda: not [pid for pid in pids if lives(pid)])
