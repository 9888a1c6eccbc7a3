"""A process that is asked to stop: work over many records ends where it may be taken up, between two steps."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

from app.errors import Snoozed

STOPPED = "stopped"


class Stopping:
    def __init__(self) -> None:
        self._asked = asyncio.Event()

    def ask(self) -> None:
        self._asked.set()

    @property
    def asked(self) -> bool:
        return self._asked.is_set()

    def check(self) -> None:
        """Raises `Snoozed`, for nothing: another process may take it at once."""
        if self.asked:
            raise Snoozed("the worker stops; another goes on", retry_in=timedelta(), code=STOPPED)

    async def sleep(self, seconds: float) -> None:
        """Shorter when it is asked for."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._asked.wait(), seconds)
