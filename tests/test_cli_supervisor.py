from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli import supervisor as module
from app.cli.supervisor import Program, Supervisor
from tests.running import LOOK_S, PATIENCE_S, lives

NOTES_ITS_PID = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); "
WAITS = NOTES_ITS_PID + "import time; time.sleep(600)"
ENDS_AT_ONCE = NOTES_ITS_PID + "sys.exit(3)"
IGNORES_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAITS
DRAINS = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (open(sys.argv[1], 'a').write('drained\\n'),"
    " sys.exit(0))); " + WAITS
)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def program(code: str, notes: Path) -> Program:
    return Program(name="child", arguments=["-c", code, str(notes)])


async def written(notes: Path, lines: int) -> list[str]:
    """What the children noted, once it is that many lines."""

    return await eventually(lambda: found if len(found := noted(notes)) >= lines else [])


def noted(notes: Path) -> list[str]:
    return notes.read_text().splitlines() if notes.exists() else []


async def eventually(look: Callable[[], list[str]]) -> list[str]:
    async with asyncio.timeout(PATIENCE_S):
        while not (found := look()):
            await asyncio.sleep(LOOK_S)
    return found


async def test_a_child_that_ends_is_started_again(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.01)

    async with Supervisor(grace_s=5) as supervisor:
        supervisor.keep(program(ENDS_AT_ONCE, notes))
        pids = await written(notes, 3)

    assert len(set(pids)) == len(pids)


async def test_leaving_drains_the_children(notes: Path) -> None:
    async with Supervisor(grace_s=5) as supervisor:
        supervisor.keep(program(DRAINS, notes))
        await written(notes, 1)

    pid, said = noted(notes)
    assert said == "drained"
    assert not lives(int(pid))


async def test_a_child_that_does_not_end_in_time_is_killed(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KILL_AFTER_GRACE_S", 0.1)

    async with Supervisor(grace_s=0) as supervisor:
        supervisor.keep(program(IGNORES_SIGTERM, notes))
        [pid] = await written(notes, 1)

    assert not lives(int(pid))


async def test_a_child_asked_to_stop_is_not_started_again(notes: Path) -> None:
    async with Supervisor(grace_s=5) as supervisor:
        supervisor.keep(program(WAITS, notes))
        await written(notes, 1)
        supervisor.stop()
        await supervisor.until_stopped()

    assert len(noted(notes)) == 1


async def test_the_same_wish_twice_at_once_is_one_and_a_later_one_is_urgent(
    notes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Supervisor(grace_s=60) as supervisor:
        supervisor.keep(program(IGNORES_SIGTERM, notes))
        [pid] = await written(notes, 1)
        supervisor.stop()
        supervisor.stop()
        assert lives(int(pid))
        monkeypatch.setattr(module, "ONE_WISH_S", 0)

        supervisor.stop()

    assert not lives(int(pid))


async def test_a_child_gets_its_environment_and_none_of_our_signals(notes: Path) -> None:
    code = WAITS.replace("{os.getpid()}", '{os.environ["WORD"]} {os.getsid(0)}')
    greeted = Program(name="child", arguments=["-c", code, str(notes)], environment={"WORD": "hello"})

    async with Supervisor(grace_s=5) as supervisor:
        supervisor.keep(greeted)
        [said] = await written(notes, 1)

    word, session = said.split()
    assert word == "hello"
    assert int(session) != os.getsid(0)


async def test_output_goes_to_the_log_that_was_named(tmp_path: Path, notes: Path) -> None:
    log = tmp_path / "child.log"
    talks = Program(name="child", arguments=["-c", "print('hello', flush=True); " + WAITS, str(notes)], log=log)

    async with Supervisor(grace_s=5) as supervisor:
        supervisor.keep(talks)
        await written(notes, 1)

    assert log.read_text() == "hello\n"


async def test_signals_stop_it(notes: Path) -> None:
    async with Supervisor(grace_s=5) as supervisor:
        supervisor.stop_on_signals()
        supervisor.keep(program(WAITS, notes))
        await written(notes, 1)
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(supervisor.until_stopped(), PATIENCE_S)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().remove_signal_handler(number)
