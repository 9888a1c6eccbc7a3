"""An event loop in virtual time.

What is ready runs first, and nothing is heard of the outside meanwhile. When all wait, an exchange with PostgreSQL that
is under way is waited for, in real time, while virtual time stands still. When there is none, time jumps to the next
timer. So the order of things depends on nothing but the order in which they were asked for.
"""

from __future__ import annotations

import asyncio
import heapq
import selectors
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, Final, cast

from tests.simulation.clock import CLOCK

PATIENCE_S: Final = 30.0
"""Real seconds for one statement of PostgreSQL."""
MOST_ROUNDS: Final = 100_000
"""Of the loop, at one moment."""


class Stuck(Exception):
    """Nothing is ready, nothing is due, nothing is under way: somebody waits for what will never come. Or the other way
    round: somebody goes on and on at one and the same moment."""


class NumberedTask(asyncio.Task[Any]):
    """Sets of tasks are gone through in one order, wherever in memory they lie."""

    def __init__(self, number: int, work: Coroutine[Any, Any, Any], **options: Any) -> None:
        self._number = number  # first: the base class asks for the hash
        super().__init__(work, **options)

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class NumberedTimer(asyncio.TimerHandle):
    """Of two that are due at the same moment, the one that was set first comes first: a heap alone would not say."""

    number = 0

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, NumberedTimer):
            return NotImplemented
        return (self.when(), self.number) < (other.when(), other.number)


class _Selector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.loop: VirtualLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            self.loop.go_round()
            return []
        if self.loop.let_one_go_on():
            return []
        if self.loop.under_way:
            self.loop.rest()
            heard = super().select(PATIENCE_S)
            if not heard:
                raise Stuck(f"PostgreSQL has not answered within {PATIENCE_S:g} s")
            return heard
        if timeout is None:
            raise Stuck(self.loop.who_waits())
        self.loop.jump()
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """`under_way`: exchanges with the outside that have not ended."""

    def __init__(self) -> None:
        selector = _Selector()
        super().__init__(selector)
        selector.loop = self
        self.under_way = 0
        self._numbers = 0
        self._timers = 0
        self._rounds = 0
        self._for_quiet: deque[asyncio.Future[None]] = deque()
        self.set_task_factory(cast(Any, self._numbered))

    def time(self) -> float:
        return CLOCK.monotonic()

    def go_round(self) -> None:
        """Once more, and nobody has waited for anything."""
        self._rounds += 1
        if self._rounds > MOST_ROUNDS:
            raise Stuck(f"no time passes, and nothing is asked of the database: {self.who_waits()}")

    async def quiet(self) -> None:
        """Until everybody else waits: how often the caller had to wait for the outside before then makes no odds."""
        turn = self.create_future()
        self._for_quiet.append(turn)
        await turn

    def let_one_go_on(self) -> bool:
        while self._for_quiet:
            turn = self._for_quiet.popleft()
            if not turn.done():
                turn.set_result(None)
                return True
        return False

    def outside(self, exchange: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """A task that is waited for in real time. Not numbered: how many there are hangs on what a connection was used
        for before."""
        self.under_way += 1
        task = NumberedTask(0, exchange, loop=self)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.under_way -= 1

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = NumberedTimer(when, callback, args, self, context)
        self._timers += 1
        timer.number = self._timers
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def rest(self) -> None:
        self._rounds = 0

    def jump(self) -> None:
        self.rest()
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        CLOCK.advance_to(timers[0].when())

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        """At once, here: a thread would come back whenever it likes."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future

    def forget(self) -> None:
        """What a world that has ended had still in mind. The next one's time begins anew."""
        self._scheduled.clear()  # type: ignore[attr-defined]
        self._ready.clear()  # type: ignore[attr-defined]
        self._for_quiet.clear()
        self._numbers = 0

    def who_waits(self) -> str:
        waiting = sorted((task for task in asyncio.all_tasks(self) if not task.done()), key=hash)
        return "everybody waits for ever: " + "; ".join(_where(task) for task in waiting)

    def _numbered(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any], context: Context | None = None
    ) -> NumberedTask:
        self._numbers += 1
        return NumberedTask(self._numbers, work, loop=loop, context=context)


def _where(task: asyncio.Task[Any]) -> str:
    frames = task.get_stack(limit=1)
    where = f"{frames[0].f_code.co_filename.rpartition('/')[2]}:{frames[0].f_lineno}" if frames else "?"
    return f"{task.get_name()} at {where}"
