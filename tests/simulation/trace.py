"""Every step of a run in order, as a digest, and as lines for a person who follows it."""

from __future__ import annotations

import hashlib
import logging
import traceback
from typing import Any, Final

import structlog

from tests.simulation.clock import CLOCK

WIDTH: Final = 160
OTHERS: Final = ("alembic", "asyncio", "httpx", "sqlalchemy")
"""Whose lines are not the service's."""


class Trace:
    """`keep`: the lines, and not their digest alone."""

    def __init__(self, *, keep: bool = False) -> None:
        self.lines: list[str] = []
        self.steps = 0
        self.keeps = keep
        self._digest = hashlib.sha256()

    def step(self, who: str, what: str) -> None:
        line = f"{CLOCK.elapsed_s:10.3f} {who:<10} {what}"
        self.steps += 1
        self._digest.update(line.encode(errors="backslashreplace"))
        if self.keeps:
            self.lines.append(line if len(line) <= WIDTH else line[: WIDTH - 1] + "…")

    def log(self, logger: Any, level: str, event: Any) -> Any:
        """What the service logs, between the steps; no part of the digest."""
        if self.keeps:
            said = " ".join(f"{name}={value}" for name, value in event.items() if name not in ("event", "exc_info"))
            self.lines.append(f"{CLOCK.elapsed_s:10.3f} {level:<10} {event.get('event')} {said}")
            if event.get("exc_info"):
                self.lines.extend(traceback.format_exc().splitlines())
        raise structlog.DropEvent

    def note(self, error: BaseException) -> None:
        """How a run broke off."""
        if self.keeps:
            self.lines.extend("".join(traceback.format_exception(error)).splitlines())

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()[:16]


def hush(trace: Trace) -> None:
    """Nothing of this process' logs but in the trace, if that is kept."""
    logging.getLogger().setLevel(logging.INFO if trace.keeps else logging.CRITICAL)
    for name in OTHERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, trace.log],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
