"""Writes that a shop takes one by one: side by side, each under its own origin mark, and one read-back for all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from app.connectors.base import Gone, Snapshot, Write, Written
from app.connectors.saved_after import saved_after
from app.context import mark_as_reverse_sync
from app.errors import AppError, Retryable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A write that went through: which record it is, and what was supplied or left out. `sent`, `gone` as in `Written`.

    `answer`: the record as the answer of the write showed it, if it did. What is gone is not read back.
    """

    native_id: str
    notes: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()
    answer: Snapshot | None = None
    gone: bool = False


async def write_all(
    writes: Sequence[Write],
    store: Callable[[Write], Awaitable[Stored]],
    read: Callable[[Sequence[str]], Awaitable[dict[str, Snapshot | Gone]]],
) -> list[Written | AppError]:
    """Each write under its own origin mark, side by side; then all of them read back in one go.

    A failed read-back is the error of each item it concerns: the retry of a change finds nothing left to do, the retry
    of a create finds the record by its key, marker or checkpoint. What nobody expected is an error of its item too: let
    out, it would cut off the neighbours' calls half way, and leave open what the shop made of them.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_marked(write, store)) for write in writes]
    results = [task.result() for task in tasks]
    ids = [result.native_id for result in results if isinstance(result, Stored) and not result.gone]
    try:
        snapshots = await read(ids) if ids else {}
    except Exception as error:
        failure: AppError | None = as_known(error, "reading back")
        snapshots = {}
    else:
        failure = None
    return [
        _ended(write, result, snapshots, failure) if isinstance(result, Stored) else result
        for write, result in zip(writes, results, strict=True)
    ]


def as_known(error: Exception, doing: str) -> AppError:
    """To be called in the `except` block of `error`."""
    if isinstance(error, AppError):
        return error
    log.exception("shop.item_broken", doing=doing)
    return Retryable(f"internal error ({type(error).__name__}) while {doing}; see the worker's log", code="internal")


async def _marked(write: Write, store: Callable[[Write], Awaitable[Stored]]) -> Stored | AppError:
    with mark_as_reverse_sync(write.operation_id):
        try:
            return await store(write)
        except Exception as error:
            return as_known(error, "writing")


def _ended(
    write: Write, stored: Stored, snapshots: Mapping[str, Snapshot | Gone], failure: AppError | None
) -> Written | AppError:
    if stored.gone and write.ref is not None:
        return Written(ref=write.ref, state={}, notes=stored.notes, gone=True)
    if failure is not None:
        return failure
    snapshot = snapshots.get(stored.native_id)
    if isinstance(snapshot, Snapshot):
        return Written(
            ref=snapshot.ref,
            state=snapshot.state,
            notes=stored.notes,
            sent=stored.sent,
            overwritten=saved_after(write.changes, stored.answer, snapshot),
        )
    return Retryable(
        f"record {stored.native_id} was written but is gone when read back; the retry looks again", code="vanished"
    )
