"""What the items of a batch ask for together."""

from __future__ import annotations

import asyncio

import pytest

from app.connectors.prestashop.once import Once


async def test_many_ask_and_one_call_is_made() -> None:
    calls: list[int] = []
    answered = asyncio.Event()

    async def ask() -> int:
        calls.append(1)
        await answered.wait()
        return len(calls)

    once = Once(ask)
    waiting = [asyncio.create_task(once()) for _ in range(3)]
    answered.set()

    assert [await one for one in waiting] == [1, 1, 1]


async def test_a_failure_is_of_who_waited_and_the_next_asks_again() -> None:
    calls: list[int] = []

    async def ask() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("not now")
        return 7

    once = Once(ask)

    with pytest.raises(ValueError, match="not now"):
        await once()
    assert await once() == 7
