"""Writing many records side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from app.connectors.base import Gone, Snapshot, Write, Written
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, Ref, Side
from app.errors import Retryable

WRITES = [Write(ref=None, changes={}, operation_id=name) for name in ("bad", "good")]


async def read(ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
    return {
        number: Snapshot(ref=Ref(side=Side.SHOP, entity_type=EntityType.ORDER, native_id=number), state={})
        for number in ids
    }


async def test_what_nobody_expected_of_one_item_does_not_cut_off_its_neighbours_call() -> None:
    failed = asyncio.Event()

    async def store(write: Write) -> Stored:
        if write.operation_id == "bad":
            failed.set()
            raise KeyError("unexpected")
        await failed.wait()
        await asyncio.sleep(0)
        return Stored(native_id="1", sent=frozenset({"active"}))

    bad, good = await write_all(WRITES, store, read)

    assert isinstance(bad, Retryable)
    assert (bad.code, bad.message) == ("internal", "internal error (KeyError) while writing; see the worker's log")
    assert isinstance(good, Written)
    assert good.sent == {"active"}


async def test_a_read_back_that_breaks_is_an_error_of_what_was_written() -> None:
    async def store(write: Write) -> Stored:
        return Stored(native_id="1")

    async def broken(ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        raise ValueError("unexpected")

    results = await write_all(WRITES, store, broken)

    assert [isinstance(result, Retryable) and result.code for result in results] == ["internal", "internal"]


async def test_being_cancelled_is_no_error_of_an_item() -> None:
    async def store(write: Write) -> Stored:
        await asyncio.Event().wait()
        raise AssertionError

    task = asyncio.create_task(write_all(WRITES, store, read))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
