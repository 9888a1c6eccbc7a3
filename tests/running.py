"""A command of ours as a real process, with its log lines, for tests that signal and kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

PATIENCE_S = 60.0
LOOK_S = 0.05

T = TypeVar("T")


class Running:
    """`directory` is where it runs; standard error goes to `log`, standard output to `output`."""

    def __init__(self, arguments: list[str], directory: Path, environment: Mapping[str, str]) -> None:
        self.directory = directory
        self.log, self.output = directory / "stderr.log", directory / "stdout.log"
        with self.log.open("wb") as stderr, self.output.open("wb") as stdout:
            self.process = subprocess.Popen(
                [sys.executable, "-P", *arguments],
                cwd=directory,
                env=without_settings() | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    def lines(self, event: str) -> list[dict[str, Any]]:
        """JSON log lines of one kind, in order."""
        parsed = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in parsed if line.get("event") == event]

    def pids(self, child: str) -> list[int]:
        """Of every start of a child, the latest last."""
        return [line["pid"] for line in self.lines("child.started") if line["child"] == child]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_S)


@contextmanager
def running(arguments: list[str], directory: Path, environment: Mapping[str, str]) -> Iterator[Running]:
    started = Running(arguments, directory, environment)
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            started.process.kill()
        started.process.wait()


def eventually(look: Callable[[], T]) -> T:
    """The first true answer; fails when patience is over."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(LOOK_S)
    return found


def lives(pid: int) -> bool:
    """Not for zombies, which only wait for somebody to ask how they ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def without_settings() -> dict[str, str]:
    """The environment without what would decide a test from outside."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV_"))}
