"""Processes that are kept running: started again when one ends, stopped together, none left behind.

Each child is tied to our life by the kernel (`db/launch.py`, Linux): it gets SIGTERM even if we are killed. It lives
in a session of its own, so that Ctrl-C reaches only us and everything is drained in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import structlog

from app.db.child import launched

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
STEADY_S = 10.0
"""A child that ran this long starts counting from the first pause again."""
KILL_AFTER_GRACE_S = 5.0
ONE_WISH_S = 0.5

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """`arguments` of our own Python; `environment` is added to ours, and may hold secrets, which arguments must not.

    `log`: where its output goes; None: to ours.
    """

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    inherited_fds: Sequence[int] = ()
    log: Path | None = None

    @property
    def command(self) -> list[str]:
        # -P: a folder `app` where we happen to be started is not our package.
        return [*launched(signal.SIGTERM), sys.executable, "-P", *self.arguments]


class Supervisor:
    """Use as `async with`, in the main thread: leaving it stops and drains every child."""

    def __init__(self, *, grace_s: float) -> None:
        self._grace_s = grace_s
        self._stopping = asyncio.Event()
        self._asked_at = 0.0
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._keepers: dict[str, asyncio.Task[None]] = {}

    def keep(self, program: Program) -> None:
        """Starts it, and starts it again whenever it ends."""
        self._keepers[program.name] = asyncio.create_task(self._keep(program), name=f"keep {program.name}")

    def pid(self, name: str) -> int | None:
        process = self._running.get(name)
        return process.pid if process is not None else None

    def stop(self) -> None:
        """Asks every child to finish what it is doing and end. Asked again, they end at once.

        `timeout` and service managers signal a process and its group, which is one wish and arrives as two.
        """
        now = time.monotonic()
        again = self._stopping.is_set()
        if again and now - self._asked_at < ONE_WISH_S:
            return
        self._asked_at = now
        self._stopping.set()
        for process in self._running.values():
            _send(process, signal.SIGINT if again else signal.SIGTERM)

    async def until_stopped(self) -> None:
        await self._stopping.wait()

    def stop_on_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.stop)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._stopping.is_set():
            self.stop()
        if self._keepers:
            _, late = await asyncio.wait(self._keepers.values(), timeout=self._grace_s + KILL_AFTER_GRACE_S)
            if late:
                for name, process in self._running.items():
                    log.warning("child.killed", child=name, reason="did not end in time")
                    _send(process, signal.SIGKILL)
            await asyncio.gather(*self._keepers.values())

    async def _keep(self, program: Program) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run(program)
            if self._stopping.is_set():
                return
            if time.monotonic() - started >= STEADY_S:
                pause_s = FIRST_PAUSE_S
            log.warning("child.ended", child=program.name, code=code, again_in_s=pause_s)
            await self._pause(pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _run(self, program: Program) -> int:
        output = _open(program.log)
        try:
            process = await asyncio.create_subprocess_exec(
                *program.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **program.environment},
                pass_fds=program.inherited_fds,
                start_new_session=True,
            )
        finally:
            if output is not None:
                output.close()
        self._running[program.name] = process
        if self._stopping.is_set():  # asked to stop while it was being started
            _send(process, signal.SIGTERM)
        log.info("child.started", child=program.name, pid=process.pid)
        try:
            return await process.wait()
        finally:
            del self._running[program.name]

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def _open(path: Path | None) -> IO[bytes] | None:
    return path.open("ab") if path is not None else None


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
        process.send_signal(number)
