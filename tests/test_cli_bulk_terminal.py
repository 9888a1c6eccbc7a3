"""`shopsync import` as a person sees it, on a terminal of its own: the bar that is drawn, and Ctrl-C."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.api.both_sides import CUSTOMERS, KEY
from tests.flows.two_sides import TwoSides
from tests.test_cli_sync import open_both

WITHIN_S = 20.0
CTRL_C = b"\x03"
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(slots=True)
class Terminal:
    """`shown` is all that was written to it, without colours and moves of the cursor."""

    command: subprocess.Popen[bytes]
    master: int
    shown: str = ""

    async def shows(self, words: str) -> None:
        await asyncio.to_thread(self._read, words)

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    async def ended(self) -> int:
        return await asyncio.to_thread(self.command.wait, WITHIN_S)

    def _read(self, words: str) -> None:
        deadline = time.monotonic() + WITHIN_S
        while words not in self.shown:
            assert time.monotonic() < deadline, f"{words!r} was not shown: {self.shown}"
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    self.shown += _COLOURS.sub("", os.read(self.master, 65536).decode(errors="replace"))
                except OSError:  # the command has ended, and nobody else holds its side
                    assert words in self.shown, self.shown
                    return


@contextmanager
def on_terminal(directory: Path, database_url: str, *arguments: str) -> Iterator[Terminal]:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    environment = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEYS": KEY, "USER": "ada", "TERM": "xterm"}
    command = subprocess.Popen(
        [sys.executable, "-P", "-m", "app.cli", *arguments],
        stdin=slave, stdout=slave, stderr=slave, cwd=directory, env=environment, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # Ctrl-C is then a signal to it
    )  # fmt: skip
    os.close(slave)
    try:
        yield Terminal(command, master)
    finally:
        command.kill()
        command.wait()
        os.close(master)


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    """A worker says that it lives, and does nothing."""
    async with open_both(engine, CUSTOMERS) as opened:
        await opened.world.execute("INSERT INTO workers (name, seen_at) VALUES ('idle', now() + interval '1 hour')")
        yield opened


async def test_a_bar_shows_how_far_it_is_and_goes_when_it_ends(
    both: TwoSides, tmp_path: Path, database_url: str
) -> None:
    with on_terminal(tmp_path, database_url, "import", "boutique", "customer") as terminal:
        await terminal.shows("import customer")
        await both.world.execute("UPDATE runs SET total = 6, seen = 3")
        await terminal.shows("3/6")
        await both.world.execute("UPDATE runs SET seen = 6, done = 6, status = 'completed', finished_at = now()")

        assert await terminal.ended() == 0
        await terminal.shows("import of customer: 6 done, 0 failed")

    assert "━" in terminal.shown


async def test_ctrl_c_leaves_the_run_going_and_says_so(both: TwoSides, tmp_path: Path, database_url: str) -> None:
    with on_terminal(tmp_path, database_url, "import", "boutique", "customer") as terminal:
        await terminal.shows("import customer")
        terminal.press(CTRL_C)

        assert await terminal.ended() == 130
        await terminal.shows("Run 1 goes on without this command; the same command shows it again.")

    assert "Traceback" not in terminal.shown
    assert [row.status for row in await both.world.rows("SELECT status FROM runs")] == ["running"]
