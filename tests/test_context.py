"""The origin of a change: bound at an edge, reset there, not leaking between tasks."""

from __future__ import annotations

import asyncio

import pytest

from app.context import clear, current_operation_id, is_reverse_sync, mark_as_reverse_sync


def test_the_mark_holds_inside_the_block_and_is_gone_after_it() -> None:
    assert not is_reverse_sync()
    with mark_as_reverse_sync("op-1"):
        assert is_reverse_sync()
        assert current_operation_id() == "op-1"

    assert not is_reverse_sync()
    assert current_operation_id() is None


def test_an_inner_mark_gives_way_to_the_outer_one() -> None:
    with mark_as_reverse_sync("outer"):
        with mark_as_reverse_sync("inner"):
            assert current_operation_id() == "inner"
        assert current_operation_id() == "outer"


def test_an_error_resets_the_mark() -> None:
    with pytest.raises(ValueError, match="broken"), mark_as_reverse_sync("op-1"):
        raise ValueError("broken")

    assert not is_reverse_sync()


async def test_tasks_side_by_side_do_not_see_each_others_mark() -> None:
    inside = asyncio.Barrier(2)

    async def work(operation_id: str) -> str | None:
        with mark_as_reverse_sync(operation_id):
            await inside.wait()
            return current_operation_id()

    seen = await asyncio.gather(work("a"), work("b"))

    assert list(seen) == ["a", "b"]


async def test_clear_forgets_the_mark_in_a_task_that_must_not_inherit_it() -> None:
    async def unrelated() -> bool:
        clear()
        return is_reverse_sync()

    with mark_as_reverse_sync("op-1"):
        inherited = await asyncio.create_task(unrelated())
        still_marked = is_reverse_sync()

    assert not inherited
    assert still_marked
