"""What all items of one batch need to know of the shop, asked for when the first of them needs it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Once(Generic[_T]):
    """The answer of `ask`, awaited by as many as like. A failure is of whoever waited; the next asks again."""

    def __init__(self, ask: Callable[[], Awaitable[_T]]) -> None:
        self._ask = ask
        self._lock = asyncio.Lock()
        self._answers: list[_T] = []

    async def __call__(self) -> _T:
        async with self._lock:
            if not self._answers:
                self._answers.append(await self._ask())
            return self._answers[0]
