"""The time of a simulated world: it stands still while something is done, and jumps to whatever is due next.

`time.monotonic` is replaced before the service is imported (it binds it as a default argument); the wall clock is
time-machine's. Before a world is opened and after it has ended, both are the machine's own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import time_machine

EPOCH: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""When every world begins."""
_MACHINE: Final = time.monotonic


class Clock:
    """Microseconds since the world began."""

    def __init__(self) -> None:
        self._micros = 0
        self._traveller: time_machine.Traveller | None = None

    @contextmanager
    def travelling(self) -> Iterator[None]:
        """The world's time is what this process sees."""
        self._micros = 0
        travel = time_machine.travel(EPOCH, tick=False)
        self._traveller = travel.start()
        try:
            yield
        finally:
            self._traveller = None
            travel.stop()

    @property
    def elapsed_s(self) -> float:
        return self._micros / 1_000_000

    def now(self) -> datetime:
        return EPOCH + timedelta(microseconds=self._micros)

    def monotonic(self) -> float:
        """What `time.monotonic` is in this process. It never begins at zero, which some take for "never"."""
        return _MACHINE() if self._traveller is None else 1000.0 + self.elapsed_s

    def advance_to(self, when: float) -> None:
        """`when` in the terms of `monotonic`; never back."""
        micros = max(self._micros, -int(-(when - 1000.0) * 1_000_000 // 1))
        if self._traveller is not None:
            self._traveller.shift(timedelta(microseconds=micros - self._micros))
        self._micros = micros


CLOCK: Final = Clock()
