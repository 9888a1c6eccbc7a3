"""The event loop in virtual time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Coroutine
from typing import Any

import pytest

from tests.simulation.clock import CLOCK
from tests.simulation.loop import Stuck, VirtualLoop

SLEEPS = """
import asyncio, time
from tests.simulation import chance
chance.install()
from datetime import UTC, datetime
from tests.simulation.clock import CLOCK, EPOCH
from tests.simulation.loop import VirtualLoop

async def main():
    before = time.monotonic()
    await asyncio.sleep(3600)
    print(time.monotonic() - before, (datetime.now(UTC) - EPOCH).total_seconds())

with CLOCK.travelling(), asyncio.Runner(loop_factory=VirtualLoop) as runner:
    runner.run(main())
"""


def live(work: Coroutine[Any, Any, Any]) -> Any:
    loop = VirtualLoop()
    with CLOCK.travelling():
        try:
            return loop.run_until_complete(work)
        finally:
            loop.rest()
            loop.run_until_complete(_end_all())
            loop.close()


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def test_an_hour_is_over_at_once_for_every_clock_of_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", SLEEPS], capture_output=True, check=True, text=True)

    assert done.stdout.split() == ["3600.0", "3600.0"]


def test_what_is_due_at_the_same_moment_comes_in_the_order_it_was_set() -> None:
    came: list[int] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        when = loop.time() + 5
        for number in range(50):
            loop.call_at(when, came.append, number)
        await asyncio.sleep(6)

    live(main())

    assert came == list(range(50))


def test_a_set_of_tasks_is_gone_through_in_the_order_they_were_made() -> None:
    async def main() -> list[str]:
        tasks = [asyncio.ensure_future(asyncio.sleep(number)) for number in range(6)]
        for number, task in enumerate(tasks):
            task.set_name(str(number))
        done, _ = await asyncio.wait(set(tasks))
        return [task.get_name() for task in done]

    assert live(main()) == ["0", "1", "2", "3", "4", "5"]


def test_somebody_who_waits_for_ever_is_named() -> None:
    async def main() -> None:
        asyncio.get_running_loop().create_task(asyncio.Event().wait(), name="the forgotten one")
        await asyncio.Event().wait()

    with pytest.raises(Stuck, match="the forgotten one"):
        live(main())


def test_somebody_who_goes_on_for_ever_without_time_passing_is_noticed() -> None:
    async def main() -> None:
        while True:
            await asyncio.sleep(0)

    with pytest.raises(Stuck, match="no time passes"):
        live(main())
