"""What all ports of an Odoo share about writing: many records in few calls, creates that happen once, one read-back.

A create goes through `load` under an external id, the write's marker: a second one, after a timeout that had committed,
gives the first one's record. `load` and `write` are all or nothing, so what many are refused is tried again in halves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import structlog

from app.connectors.base import Gone, Removal, Snapshot, Write, Written
from app.connectors.odoo.client import Row
from app.connectors.odoo.records import Table, is_id
from app.connectors.odoo.saved_after import saved_after
from app.context import mark_as_reverse_sync
from app.entities.base import Json, State
from app.errors import AppError, NotFound, Rejected, Retryable

log = structlog.get_logger(__name__)

UNLOADABLE: Final = frozenset({"binary", "many2many", "one2many", "reference"})
"""Types that `load` reads otherwise than `write` (names for relations): sent after it."""
_OF_ONE: Final = frozenset({"busy", "unknown_fault", "internal", "no_access"})
"""Codes of faults, besides refusals, that one row may have: a lost race, a rule that hides one record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What to send for one write, in Odoo's values (many2one as int). `sent` and `notes` as in `Written`."""

    values: Row
    notes: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A write that went through, or a removal (`gone`). `notes` and `sent` as in `Written`. `written`: the
    changes, where they were written into the record itself, so that its last writer is whoever wrote them."""

    native_id: str
    written: State = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One write of a batch, by its position there."""

    position: int
    write: Write
    planned: Planned

    def stored(self, native_id: str, *, gone: bool = False) -> Stored:
        written = self.write.changes if self.planned.values and not gone else {}
        return Stored(native_id=native_id, written=written, notes=self.planned.notes, sent=self.planned.sent, gone=gone)


Plan: TypeAlias = Callable[[Write], Awaitable[Planned]]
Store: TypeAlias = Callable[[Write], Awaitable[Stored]]
Read: TypeAlias = Callable[[Sequence[str]], Awaitable[dict[str, Snapshot | Gone]]]
Results: TypeAlias = dict[int, Stored | AppError]
_Call: TypeAlias = Callable[[Table, Sequence[Item]], Awaitable[list[Stored]]]


async def write_all(table: Table, writes: Sequence[Write], plan: Plan, read: Read) -> list[Written | AppError]:
    """As `store_all`, then one read of all."""
    return await settle(await store_all(table, writes, plan), table, read)


async def store_all(table: Table, writes: Sequence[Write], plan: Plan) -> list[Stored | AppError]:
    """Creates with the same fields in one `load`, changes to the same values in one `write`, the same removal in one.

    `plan` is asked for creates and changes; it may look things up, and raises what is wrong with its write.
    """
    planned = [await _planned(write, plan) for write in writes]
    results: Results = {at: error for at, error in enumerate(planned) if isinstance(error, AppError)}
    items = [
        Item(position=at, write=write, planned=one)
        for at, (write, one) in enumerate(zip(writes, planned, strict=True))
        if isinstance(one, Planned)
    ]
    try:
        types = await table.types()
    except AppError as error:
        return [error for _ in writes]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_together(table, part, call)) for call, part in _groups(items, types)]
    for task in tasks:
        results |= task.result()
    return [results[at] for at in range(len(writes))]


async def write_each(table: Table, writes: Sequence[Write], store: Store, read: Read) -> list[Written | AppError]:
    """For what takes several calls per record: each write under its own origin mark, side by side, then one read."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_marked(write, store)) for write in writes]
    return await settle([task.result() for task in tasks], table, read)


async def settle(results: Sequence[Stored | AppError], table: Table, read: Read) -> list[Written | AppError]:
    """What Odoo holds now. A failed read-back is the error of each item it concerns: the retry of a change finds
    nothing left to do, that of a create finds the record by its marker."""
    kept = {one.native_id: one.written for one in results if isinstance(one, Stored) and not one.gone}
    failure: AppError | None = None
    try:
        shots = await read(list(kept)) if kept else {}
        others = await saved_after(table.client, kept, shots)
    except Exception as error:
        shots, others, failure = {}, {}, as_known(error, "reading back")
    return [one if isinstance(one, AppError) else _written(one, table, shots, others, failure) for one in results]


def as_known(error: Exception, doing: str) -> AppError:
    """An error nobody expected is one of its item only. To be called in the `except` block of `error`."""
    if isinstance(error, AppError):
        return error
    log.exception("odoo.item_broken", doing=doing)
    return Retryable(f"internal error ({type(error).__name__}) while {doing}; see the worker's log", code="internal")


async def create_one(table: Table, values: Row, *, marker: str | None) -> str:
    """The id of one new record, made once per marker."""
    write = Write(ref=None, changes={}, operation_id="", marker=marker)
    [stored] = await _create(table, [Item(position=0, write=write, planned=Planned(values=values))])
    return stored.native_id


def required_id(write: Write) -> int:
    """Raises `NotFound` for a ref that is no Odoo id."""
    if write.ref is None or not is_id(write.ref.native_id):
        raise NotFound(f"{write.ref} is no record of Odoo")
    return int(write.ref.native_id)


def _groups(items: Sequence[Item], types: Mapping[str, str]) -> list[tuple[_Call, list[Item]]]:
    """Which items go together, and with which call: the same columns, the same values, the same removal."""
    grouped: dict[tuple[_Call, str], list[Item]] = {}
    for item in items:
        call, key = _kind(item)
        if not _same_for_all(item, types):
            key += f"#{item.position}"
        grouped.setdefault((call, key), []).append(item)
    return [(call, part) for (call, _), part in grouped.items()]


def _kind(item: Item) -> tuple[_Call, str]:
    values = item.planned.values
    if item.write.removal is not None:
        return _remove, item.write.removal.value
    if item.write.ref is None:
        return _create, repr([item.write.marker is None, *sorted(values)])
    return _update, repr(sorted(values.items()))


def _same_for_all(item: Item, types: Mapping[str, str]) -> bool:
    """A create whose hard fields are written after stays alone: the second call is for one record."""
    return item.write.ref is not None or not any(types.get(name) in UNLOADABLE for name in item.planned.values)


async def _planned(write: Write, plan: Plan) -> Planned | AppError:
    if write.removal is not None:
        return Planned(values={})
    try:
        return await plan(write)
    except Exception as error:
        return as_known(error, "planning a write")


async def _marked(write: Write, store: Store) -> Stored | AppError:
    with mark_as_reverse_sync(write.operation_id):
        try:
            return await store(write)
        except Exception as error:
            return as_known(error, "writing")


async def _together(table: Table, items: Sequence[Item], call: _Call) -> Results:
    """One call for all of them, marked as the first one's; by halves where one of them may be what was refused."""
    try:
        with mark_as_reverse_sync(items[0].write.operation_id):
            stored = await call(table, items)
    except Exception as error:
        failure = as_known(error, "writing")
        if len(items) == 1 or not may_be_of_one(failure):
            return {item.position: failure for item in items}
        half = len(items) // 2
        parts = await asyncio.gather(*(_together(table, part, call) for part in (items[:half], items[half:])))
        return parts[0] | parts[1]
    return {item.position: one for item, one in zip(items, stored, strict=True)}


def may_be_of_one(failure: AppError) -> bool:
    """Whether one item of several may have brought this upon all. A refused login is not asked again for each."""
    return isinstance(failure, Rejected) or failure.code in _OF_ONE


async def _create(table: Table, items: Sequence[Item]) -> list[Stored]:
    types = await table.types()
    names = sorted(name for name in items[0].planned.values if types.get(name) not in UNLOADABLE)
    if items[0].write.marker is None:
        rows = [item.planned.values for item in items]
        return _stored(items, await table.client.create(table.model, rows))
    columns = ["id", *(f"{name}/.id" if types.get(name) == "many2one" else name for name in names)]
    cells = [[item.write.marker, *(_cell(item.planned.values[name]) for name in names)] for item in items]
    ids = await table.client.load(table.model, columns, cells)
    after = {name: value for name, value in items[0].planned.values.items() if name not in names}
    if after:
        await table.client.write(table.model, ids, after)
    return _stored(items, ids)


async def _update(table: Table, items: Sequence[Item]) -> list[Stored]:
    ids = [required_id(item.write) for item in items]
    if items[0].planned.values:
        await table.client.write(table.model, ids, items[0].planned.values)
    return _stored(items, ids)


async def _remove(table: Table, items: Sequence[Item]) -> list[Stored]:
    ids = [required_id(item.write) for item in items]
    archive = items[0].write.removal is Removal.ARCHIVE
    if archive and not table.archives:
        raise Rejected(f"Odoo cannot archive a {table.entity_type}", code="cannot_archive")
    try:
        if archive:
            await table.client.write(table.model, ids, {"active": False})
        else:
            await table.client.unlink(table.model, ids)
    except NotFound:
        if len(items) > 1:
            raise
        return [items[0].stored(str(ids[0]), gone=True)]
    gone = not archive or table.hides_archived
    return [item.stored(str(number), gone=gone) for item, number in zip(items, ids, strict=True)]


def _stored(items: Sequence[Item], ids: Sequence[int]) -> list[Stored]:
    return [item.stored(str(number)) for item, number in zip(items, ids, strict=True)]


def _cell(value: Json) -> str:
    """`load` reads texts: empty is `false`, a flag is `1`."""
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)


def _written(
    stored: Stored,
    table: Table,
    shots: Mapping[str, Snapshot | Gone],
    others: Mapping[str, frozenset[str]],
    failure: AppError | None,
) -> Written | AppError:
    ref = table.ref_to(stored.native_id)
    if stored.gone:
        return Written(ref=ref, state={}, notes=stored.notes, gone=True)
    if failure is not None:
        return failure
    shot = shots.get(stored.native_id)
    if isinstance(shot, Snapshot):
        overwritten = others.get(stored.native_id, frozenset())
        return Written(ref=ref, state=shot.state, notes=stored.notes, sent=stored.sent, overwritten=overwritten)
    return Retryable(
        f"{table.model} {stored.native_id} was written but is gone when read back; the retry looks again",
        code="vanished",
    )
