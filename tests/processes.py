"""Real processes for tests: each with its own log, waited for with deadlines, none left behind.

    shop = processes.start("shop", ["-m", "tests.chaos.shop"])
    await until(answers, within_s=10, what="the shop answers")

What they logged is written out when the test ends, which pytest shows if the test failed. They end with the test's own
process too, however that ends (Linux).
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import redis

from app.db.child import free_port, launched
from app.db.embedded_redis import FAKE_SERVER, find_server

ROOT = Path(__file__).parents[1]
LOOK_S = 0.01
GONE_S = 10.0
SHOWN_LINES = 25
BACKLOG = 2048


async def until(look: Callable[[], object], *, within_s: float, what: str) -> None:
    """Returns as soon as what `look` finds, or what awaiting it gives, is true; fails the test when the time is up."""
    deadline = time.monotonic() + within_s
    while True:
        found = look()
        if inspect.isawaitable(found):
            found = await found
        if found:
            return
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s: {what}; last seen: {found!r}"
        await asyncio.sleep(LOOK_S)


class Process:
    def __init__(self, name: str, popen: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self._popen = popen
        self._log = log

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen.poll() is None

    def send(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)

    def kill(self) -> None:
        """`kill -9`: it has no say in it. Returns when it is gone."""
        self._popen.kill()
        self._popen.wait(GONE_S)

    async def ended(self, *, within_s: float) -> int:
        """Its exit code."""
        await until(lambda: not self.running, within_s=within_s, what=f"{self.name} ends")
        return self._popen.returncode

    def text(self) -> str:
        """All it has printed so far."""
        return self._log.read_text(errors="replace")

    def entries(self, event: str | None = None) -> list[dict[str, Any]]:
        """Its JSON log lines, all or those of one event."""
        found = []
        for line in self._log.read_bytes().splitlines():
            with contextlib.suppress(orjson.JSONDecodeError):
                found.append(orjson.loads(line))
        return [entry for entry in found if isinstance(entry, dict) and event in (None, entry.get("event"))]

    async def says(self, event: str, *, within_s: float = 20.0) -> None:
        def said() -> bool:
            assert self.running, f"{self.name} ended with {self._popen.returncode} before it said {event}"
            return bool(self.entries(event))

        await until(said, within_s=within_s, what=f"{self.name} says {event}")

    def show(self) -> None:
        """Its last lines; of those that say that all went well, none."""
        lines = self._log.read_text(errors="replace").splitlines()
        lines = [line for line in lines if '"level":"info"' not in line]
        sys.stdout.write(f"--- {self.name} (pid {self.pid}), the last of {len(lines)} warnings and others\n")
        sys.stdout.write("".join(f"{line}\n" for line in lines[-SHOWN_LINES:]))


class Processes:
    """Starts them in the test's own thread, to whose life the kernel ties them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.all: list[Process] = []

    def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        inherited: Sequence[socket.socket] = (),
        stdin: bytes = b"",
    ) -> Process:
        """`command` that begins with an option is for our own Python. It runs in `directory`, where no `.env` is."""
        program = [sys.executable, "-P", *command] if command[0].startswith("-") else list(command)
        log = self.directory / f"{len(self.all)}-{name}.log"
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [*launched(signal.SIGKILL), *program],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
                cwd=self.directory,
                pass_fds=[each.fileno() for each in inherited],
                start_new_session=True,
            )
        assert popen.stdin is not None
        popen.stdin.write(stdin)
        popen.stdin.close()
        process = Process(name, popen, log)
        self.all.append(process)
        return process

    def end(self) -> None:
        """Killed, not asked: the test is over, and how a process stops when asked is a test of its own."""
        for process in self.all:
            process.kill()
            process.show()


@contextlib.contextmanager
def open_processes(directory: Path) -> Iterator[Processes]:
    processes = Processes(directory)
    try:
        yield processes
    finally:
        processes.end()


@contextlib.contextmanager
def listening() -> Iterator[socket.socket]:
    """A loopback port for a server that is handed the socket; it stays ours when the server is killed."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        yield listener


def url_of(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


class RedisServer:
    """One that a test may stop, freeze and start again at the same address. Not started yet when made."""

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._port = free_port()
        self._password = secrets.token_hex(16)
        _, self._binary = find_server()
        self._process: Process | None = None

    @property
    def url(self) -> str:
        user = f":{self._password}@" if self._binary is not None else ""
        return f"redis://{user}127.0.0.1:{self._port}/0"

    @property
    def process(self) -> Process:
        assert self._process is not None, "not started"
        return self._process

    async def start(self) -> None:
        command = ["-c", FAKE_SERVER, str(self._port)] if self._binary is None else [str(self._binary), "-"]
        lines = [
            f"port {self._port}",
            "bind 127.0.0.1",
            f"requirepass {self._password}",
            'save ""',
            "appendonly no",
            "",
        ]
        stdin = b"" if self._binary is None else "\n".join(lines).encode()
        self._process = self._processes.start("redis", command, stdin=stdin)
        await until(self._answers, within_s=10, what="Redis answers")

    def kill(self) -> None:
        self.process.kill()

    def flush(self) -> None:
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            client.flushall()

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False
