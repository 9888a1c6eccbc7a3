"""Sharing a commit: grouping, order of answers, and a bad item failing alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from app.ingest.group_commit import GroupCommit


class Store:
    """Answers each item with itself doubled; `gate` holds a commit open; negative items are refused."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, group: Sequence[int]) -> Sequence[int]:
        self.groups.append(list(group))
        await self.gate.wait()
        if any(item < 0 for item in group):
            raise ValueError(f"refused {min(group)}")
        return [item * 2 for item in group]


async def test_a_lone_item_is_stored_at_once() -> None:
    store = Store()

    assert await GroupCommit(store).submit(4) == 8

    assert store.groups == [[4]]


async def test_items_that_come_during_a_commit_share_the_next_one() -> None:
    store = Store()
    group: GroupCommit[int, int] = GroupCommit(store, parallel=1)
    store.gate.clear()
    first = asyncio.create_task(group.submit(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(group.submit(number)) for number in range(2, 10)]
    await asyncio.sleep(0)
    store.gate.set()

    answers = await asyncio.gather(first, *others)

    assert answers == [number * 2 for number in range(1, 10)]
    assert store.groups == [[1], list(range(2, 10))]


async def test_a_group_is_never_larger_than_its_limit() -> None:
    store = Store()
    group: GroupCommit[int, int] = GroupCommit(store, max_group=3, parallel=1)

    answers = await asyncio.gather(*[group.submit(number) for number in range(10)])

    assert answers == [number * 2 for number in range(10)]
    assert max(map(len, store.groups)) == 3


async def test_a_bad_item_fails_alone_and_its_neighbours_are_stored() -> None:
    store = Store()
    group: GroupCommit[int, int] = GroupCommit(store)

    answers = await asyncio.gather(*[group.submit(number) for number in (1, -2, 3)], return_exceptions=True)

    assert answers[0] == 2
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 6


async def test_a_caller_that_gives_up_does_not_take_its_item_back() -> None:
    store = Store()
    group: GroupCommit[int, int] = GroupCommit(store)
    store.gate.clear()
    caller = asyncio.create_task(group.submit(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    store.gate.set()

    await group.drain()

    assert store.groups == [[1]]
