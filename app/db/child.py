"""A server as a child process: it ends with us, logs to a file, and is found again if it was left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.errors import ActionRequired

LAUNCHER = Path(__file__).with_name("launch.py")
POLL_S = 0.02
START_S = 60.0
STOP_S = 15.0
LOG_LIMIT_BYTES = 10_000_000


class EmbeddedError(ActionRequired):
    """The embedded database or Redis cannot run here; the message says what to do."""

    code = "embedded"


class Child:
    """One running server. `ends_with` is the signal that stops it cleanly."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path, ends_with: signal.Signals) -> None:
        self._process = process
        self._log = log
        self._ends_with = ends_with

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool]) -> bool:
        """False if it ended before it was ready."""
        deadline = time.monotonic() + START_S
        while not ready():
            if not self.running:
                return False
            if time.monotonic() > deadline:
                self.stop()
                raise EmbeddedError(f"no answer within {START_S:.0f} s; see {self._log}")
            time.sleep(POLL_S)
        return True

    def stop(self) -> None:
        for sent in (self._ends_with, signal.SIGKILL):
            if not self.running:
                return
            self._process.send_signal(sent)
            try:
                self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                continue


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    ends_with: signal.Signals,
    prefix: Sequence[str] | None = None,
    stdin: bytes = b"",
) -> Child:
    """Tied to our life, in a session of its own, so that Ctrl-C reaches us and we stop it in order."""
    with log.open("ab" if log.exists() and log.stat().st_size < LOG_LIMIT_BYTES else "wb") as output:
        process = subprocess.Popen(
            [*(prefix if prefix is not None else launched(ends_with)), *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=plain_environment(),
        )
    assert process.stdin is not None
    try:
        process.stdin.write(stdin)
        process.stdin.close()
    except BrokenPipeError:
        pass  # it ended at once; whoever waits for it sees that and shows the log
    return Child(process, log, ends_with)


def launched(ends_with: signal.Signals, *, account: tuple[int, int] | None = None, reach: bool = False) -> list[str]:
    """What to put before a command so that `launch.py` starts it, as `account` (uid, gid) if given."""
    if threading.current_thread() is not threading.main_thread():
        # The kernel ties the child to the thread, not the process: a pool's thread would take it along.
        raise EmbeddedError("start the embedded servers in the main thread")
    return [
        sys.executable,
        "-I",
        "-S",
        str(LAUNCHER),
        str(os.getpid()),
        str(int(ends_with)),
        "-" if account is None else f"{account[0]}:{account[1]}",
        "1" if reach else "0",
    ]


def plain_environment() -> dict[str, str]:
    """Ours without locale and PostgreSQL settings, which would leak into the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C"}


def free_port() -> int:
    """A loopback port free at this moment; whoever binds it second fails and asks again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def log_tail(log: Path, lines: int = 4) -> str:
    return " | ".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def end_left_behind(pid: int, *, marker: str, ends_with: signal.Signals) -> None:
    """Stop the server an earlier run left, if `pid` still is that server and not a newer program."""
    for sent, patience_s in ((ends_with, STOP_S), (signal.SIGKILL, STOP_S)):
        if marker not in command_of(pid):
            return
        os.kill(pid, sent)
        deadline = time.monotonic() + patience_s
        while marker in command_of(pid) and time.monotonic() < deadline:
            time.sleep(POLL_S)


def command_of(pid: int) -> str:
    """Its command line; empty if there is no such process or only its zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout
