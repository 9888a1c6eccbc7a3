"""Portions of a bulk sync that are carried out side by side: while one side answers for one of them, another is
compared or stored. A peer still gets one call of a bulk at a time (`connectors/http.py`).

    async with Abreast(2) as abreast:
        async for portion in portions:
            await abreast.room()
            abreast.begin(carry_out(portion))
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Self


class Abreast:
    """Left when all have ended: each is let finish whatever another one failed with, and what failed first is raised.
    Cancelled, all of them are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, asyncio.CancelledError):
            self._cancel()
        failed: BaseException | None = None
        while self._tasks:
            ended_with = await self._next_through_cancelling()
            failed = failed or ended_with
        if error is None and failed is not None:
            raise failed

    async def room(self) -> None:
        """Waits until another may begin. Raises what one has failed with."""
        while len(self._tasks) >= self._most:
            if failed := await self._next():
                raise failed

    def begin(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.add(asyncio.create_task(work, name="portion"))

    async def _next_through_cancelling(self) -> BaseException | None:
        """What is cut off still has to give its jobs back."""
        try:
            return await self._next()
        except asyncio.CancelledError as cancelled:
            self._cancel()
            return cancelled

    async def _next(self) -> BaseException | None:
        """The first to end, or several at once; what one of them failed with."""
        done, self._tasks = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        failed = [task.exception() for task in done if not task.cancelled()]
        return next((each for each in failed if each is not None), None)

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
