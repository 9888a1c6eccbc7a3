"""A clock that stands until it is told to move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class FrozenClock:
    """`clock.advance(seconds=90)`."""

    instant: datetime = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    elapsed_s: float = 0.0

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.elapsed_s

    def advance(self, *, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)
        self.elapsed_s += seconds
