"""What all ports of a shop share: reading many records in few calls, writing one by one with one read-back.

What changed since a cursor is `changes.py`, an operator's own fields are `extra.py`; writes that go in batches keep
count of their answers in `outcomes.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

import structlog

from app.connectors.base import Gone, Removal, Snapshot, Write, Written
from app.connectors.woocommerce.client import PAGE, Params, Row, WooClient
from app.context import mark_as_reverse_sync
from app.entities.base import Json
from app.entities.values import storable
from app.errors import AppError, Rejected, Retryable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A write that went through: which record it is, and what was supplied or left out. `sent`, `gone` as in `Written`.

    What is gone is not read back.
    """

    native_id: str
    notes: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()
    gone: bool = False


async def by_ids(
    client: WooClient, path: str, ids: Sequence[str], params: Params | None = None, *, wp: bool = False
) -> dict[str, Row]:
    """The rows that exist, by id: one list per 100. What is no number is nobody's id here."""
    numbers = [number for number in dict.fromkeys(ids) if is_number(number)]
    found: dict[str, Row] = {}
    for some in portions(numbers):
        asked: Params = {**(params or {}), "include": ",".join(some)}
        found |= {native_id(row): row for row in await client.rows(path, asked, wp=wp)}
    return {number: found[number] for number in numbers if number in found}


def portions(ids: Sequence[str], most: int = PAGE) -> Iterator[Sequence[str]]:
    """As many as one list or batch takes."""
    return (ids[start : start + most] for start in range(0, len(ids), most))


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def native_id(row: Row) -> str:
    return str(row.get("id"))


def modified_at(row: Row) -> datetime | None:
    """`date_modified_gmt` as aware UTC; None for a user whom WooCommerce never changed (recording auth-04)."""
    return moment(row.get("date_modified_gmt"))


def moment(gmt: Json) -> datetime | None:
    """`2026-11-21T01:12:06`, without an offset, as aware UTC; None for none."""
    try:
        return datetime.fromisoformat(gmt).replace(tzinfo=UTC) if isinstance(gmt, str) and gmt else None
    except ValueError:
        return None


def text(value: Json) -> str | None:
    """Without blanks around it, with plain line ends and `&` for the `&amp;` that the shop keeps (recording err-06);
    None for empty."""
    if not isinstance(value, str):
        return None
    return storable(unescape(value)).replace("\r\n", "\n").replace("\r", "\n").strip() or None


def cannot(removal: Removal, what: str, why: str) -> Rejected:
    """`cannot_archive` or `cannot_delete`."""
    return Rejected(f"{what} cannot be {removal}d in WooCommerce: {why}", code=f"cannot_{removal}")


async def write_all(
    writes: Sequence[Write],
    store: Callable[[Write], Awaitable[Stored]],
    read: Callable[[Sequence[str]], Awaitable[dict[str, Snapshot | Gone]]],
) -> list[Written | AppError]:
    """Each write under its own origin mark, side by side; then all of them read back in one go.

    A failed read-back is the error of each item it concerns: the retry of a change finds nothing left to do, the retry
    of a create finds the record by its key or marker. What nobody expected is an error of its item too.
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
        return Written(ref=snapshot.ref, state=snapshot.state, notes=stored.notes, sent=stored.sent)
    return Retryable(
        f"record {stored.native_id} was written but is gone when read back; the retry looks again", code="vanished"
    )
