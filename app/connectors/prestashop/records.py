"""What all ports of a shop share: reading many records in few calls, writing many with one read-back, removing.

What changed since a cursor is `changes.py`, an operator's own fields are `extra.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog

from app.connectors.base import Gone, Removal, Snapshot, Write, Written
from app.connectors.prestashop import filters
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_str, native_id
from app.context import mark_as_reverse_sync
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


async def by_id(client: PrestashopClient, resource: str, ids: Sequence[str], display: Sequence[str]) -> dict[str, Row]:
    """The rows that exist, by id: one list per 50, then one call for each that a list does not show.

    Lists leave out what belongs to another shop or to none (id_shop 0, which a PUT without it makes:
    recordings 262, 263); those records are real and can be changed, so their absence is believed only of a
    GET by id.
    """
    numbers = [number for number in dict.fromkeys(ids) if number.isascii() and number.isdecimal()]
    found: dict[str, Row] = {}
    for batch in filters.batches(numbers):
        rows = await client.rows(resource, display=display, filters={"id": filters.any_of(batch)})
        found |= {native_id(row): row for row in rows}
    for number in numbers:
        if number not in found and (row := await client.one(resource, number, display=display)):
            found[number] = row
    return found


async def by_value(
    client: PrestashopClient,
    resource: str,
    field: str,
    values: Sequence[str],
    display: Sequence[str],
    *,
    only: Mapping[str, str] | None = None,
) -> dict[str, list[Row]]:
    """The rows whose `field` is one of `values`, without regard to case; every value is a key."""
    found: dict[str, dict[str, Row]] = {value.lower(): {} for value in values}
    for filter_text in filters.for_values(list(found)):
        for row in await client.rows(resource, display=display, filters={field: filter_text, **(only or {})}):
            holder = found.get(str(row.get(field)).strip().lower())
            if holder is not None:
                holder[native_id(row)] = row
    return {value: list(found[value.lower()].values()) for value in values}


def modified_at(row: Row, zone: ZoneInfo | None) -> datetime | None:
    """`date_upd`, which is on the shop's clock, as aware UTC; None where there is none or the zone is not known."""
    return instant(as_str(row.get("date_upd")), zone)


def instant(text: str | None, zone: ZoneInfo | None) -> datetime | None:
    """`2026-11-21 02:11:56` on the shop's clock as aware UTC. Of an hour that comes twice the first is meant."""
    if text is None or zone is None or text.startswith("0000-00-00"):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


async def delete(client: PrestashopClient, resource: str, native_id: str) -> Stored:
    """Also of what is gone already."""
    await client.delete(resource, native_id)
    return Stored(native_id=native_id, gone=True)


def cannot(removal: Removal, what: str, why: str) -> Rejected:
    """`cannot_archive` or `cannot_delete`."""
    return Rejected(f"{what} cannot be {removal}d in PrestaShop: {why}", code=f"cannot_{removal}")


async def write_all(
    writes: Sequence[Write],
    store: Callable[[Write], Awaitable[Stored]],
    read: Callable[[Sequence[str]], Awaitable[dict[str, Snapshot | Gone]]],
) -> list[Written | AppError]:
    """Each write under its own origin mark, side by side; then all of them read back in one go.

    A failed read-back is the error of each item it concerns: the retry of a change finds nothing left to do,
    the retry of a create finds the record by its key or checkpoint. What nobody expected is an error of its item
    too: let out, it would cut off the neighbours' calls half way, and leave open what the shop made of them.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_marked(write, store)) for write in writes]
    results = [task.result() for task in tasks]
    ids = [result.native_id for result in results if isinstance(result, Stored) and not result.gone]
    try:
        snapshots = await read(ids) if ids else {}
    except Exception as error:
        failure: AppError | None = _as_known(error, "reading back")
        snapshots = {}
    else:
        failure = None
    return [
        _ended(write, result, snapshots, failure) if isinstance(result, Stored) else result
        for write, result in zip(writes, results, strict=True)
    ]


async def _marked(write: Write, store: Callable[[Write], Awaitable[Stored]]) -> Stored | AppError:
    with mark_as_reverse_sync(write.operation_id):
        try:
            return await store(write)
        except Exception as error:
            return _as_known(error, "writing")


def _as_known(error: Exception, doing: str) -> AppError:
    """To be called in the `except` block of `error`."""
    if isinstance(error, AppError):
        return error
    log.exception("shop.item_broken", doing=doing)
    return Retryable(f"internal error ({type(error).__name__}) while {doing}; see the worker's log", code="internal")


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
