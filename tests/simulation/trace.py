"""Every step of a run in order, as a digest, and as lines for a person who follows it."""

from __future__ import annotations

import hashlib
import logging
import traceback
from typing import Any, Final

import structlog

from tests.simulation.clock import CLOCK

WIDTH: Final = 160


class Trace:
    """`keep`: the lines, and not their digest alone."""

    def __init__(self, *, keep: bool = False) -> None:
        self.lines: list[str] = []
        self.steps = 0
        self._keep = keep
        self._digest = hashlib.sha256()

    def step(self, who: str, what: str) -> None:
        line = f"{CLOCK.elapsed_s:10.3f} {who:<10} {what}"
        self.steps += 1
        self._digest.update(line.encode(errors="backslashreplace"))
        if self._keep:
            self.lines.append(line if len(line) <= WIDTH else line[: WIDTH - 1] + "…")

    def log(self, logger: Any, level: str, event: Any) -> Any:
        """What the service logs, between the steps; no part of the digest."""
        if self._keep:
            said = " ".join(f"{name}={value}" for name, value in event.items() if name not in ("event", "exc_info"))
            self.lines.append(f"{CLOCK.elapsed_s:10.3f} {level:<10} {event.get('event')} {said}")
            if event.get("exc_info"):
                self.lines.extend(traceback.format_exc().splitlines())
        raise structlog.DropEvent

    def note(self, error: BaseException) -> None:
        """How a run broke off."""
        if self._keep:
            self.lines.extend("".join(traceback.format_exception(error)).splitlines())

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()[:16]


def hush(trace: Trace) -> None:
    """Nothing of this process' logs but in the trace."""
    logging.disable(logging.CRITICAL)
    structlog.configure(
        processors=[trace.log],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
