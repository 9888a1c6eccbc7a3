"""Portions side by side: how many, and what becomes of the others when one fails or all are cut off."""

from __future__ import annotations

import asyncio

import pytest

from app.sync.abreast import Abreast


class Portion:
    """One that ends when it is told to."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.began = asyncio.Event()
        self.came_to = ""

    async def carried_out(self, error: Exception | None = None) -> None:
        self.began.set()
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.came_to = "cut off"
            raise
        self.came_to = "ended"
        if error is not None:
            raise error


async def test_a_third_one_waits_until_one_of_two_has_ended() -> None:
    first, second = Portion(), Portion()

    async with Abreast(2) as abreast:
        abreast.begin(first.carried_out())
        await abreast.room()
        abreast.begin(second.carried_out())
        waiting = asyncio.create_task(abreast.room())
        await second.began.wait()
        before = waiting.done()
        second.may_end.set()
        await waiting
        first.may_end.set()

    assert not before
    assert (first.came_to, second.came_to) == ("ended", "ended")


async def test_what_one_fails_with_is_raised_when_the_other_has_ended() -> None:
    failing, other = Portion(), Portion()

    async def both() -> None:
        async with Abreast(2) as abreast:
            abreast.begin(failing.carried_out(ValueError("one failed")))
            abreast.begin(other.carried_out())
            await abreast.room()

    going = asyncio.create_task(both())
    await asyncio.gather(failing.began.wait(), other.began.wait())
    failing.may_end.set()
    await asyncio.wait([going], timeout=0.01)
    before = going.done()
    other.may_end.set()

    with pytest.raises(ValueError, match="one failed"):
        await going
    assert not before
    assert other.came_to == "ended"


async def test_cut_off_they_are_all_cut_off_and_waited_for() -> None:
    portions = [Portion(), Portion()]

    async def both() -> None:
        async with Abreast(2) as abreast:
            for each in portions:
                abreast.begin(each.carried_out())

    going = asyncio.create_task(both())
    await asyncio.gather(*(each.began.wait() for each in portions))
    going.cancel()

    with pytest.raises(asyncio.CancelledError):
        await going
    assert [each.came_to for each in portions] == ["cut off", "cut off"]
