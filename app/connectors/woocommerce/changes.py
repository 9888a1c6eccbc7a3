"""What may have changed in a shop since a cursor: by its date of change, or by id where the shop keeps no such date.

`modified_after` is strictly greater and in whole seconds (recordings list-10, -24), so many records share a moment.
Pages go on behind the last moment seen and not by number: what is changed meanwhile moves to the end, and would shift
a numbered page by one. The cursor stops short of the server's last seconds; older changes are shown once.

Customers ignore `modified_after` without a word (list-09), and an update of a coupon moves no date (coup-20): of these
all ids come. What was deleted for good leaves no trace, and what is in the trash is hidden (list-26).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from app.connectors.base import Cursor, ListedPage, Page, Snapshot
from app.connectors.woocommerce.client import PAGE, Params, Row, WooClient
from app.connectors.woocommerce.records import is_number, modified_at, native_id

OVERLAP: Final = timedelta(seconds=10)
"""A request that began a moment ago may still store a date of then."""
SECOND: Final = timedelta(seconds=1)
_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"
_BY_DATE: Final[Params] = {
    "orderby": "modified",
    "order": "asc",
    "dates_are_gmt": True,
    "_fields": "id,date_modified_gmt",
}
_BY_NUMBER: Final[Params] = {"orderby": "id", "order": "asc", "per_page": PAGE}

Show = Callable[[Sequence[Row]], Awaitable[Sequence[Snapshot]]]


async def by_date(client: WooClient, path: str, cursor: Cursor, params: Params | None = None) -> AsyncIterator[Page]:
    """Pages of what was changed behind `cursor`, whose moment is a `date_modified_gmt`. From `Cursor()` on, all."""
    after, number, seen = cursor.moment, 1, frozenset[str]()
    while True:
        rows = await _page(client, path, {**_BY_DATE, **(params or {}), "page": number}, after)
        ids = [native_id(row) for row in rows if native_id(row) not in seen]
        last = max((at for row in rows if (at := modified_at(row))), default=None)
        ended = len(rows) < PAGE
        if ids:
            yield Page(ids=tuple(ids), cursor=_behind(cursor, last, ended=ended, now=client.answered_at))
        if ended:
            return
        seen |= frozenset(ids)
        before = _text(last - SECOND) if last else after
        # A second with more records than a page holds is gone through by number.
        after, number = (before, 1) if before > after else (after, number + 1)


async def by_id(
    client: WooClient, path: str, cursor: Cursor, params: Params | None = None, *, wp: bool = False
) -> AsyncIterator[Page]:
    """All ids behind the cursor's, lowest first. `Cursor()` shows every record again."""
    async for rows, cursors in numbered(client, path, cursor, {"_fields": "id", **(params or {})}, wp=wp):
        yield Page(ids=tuple(native_id(row) for row in rows), cursor=cursors[-1])


async def listed(
    client: WooClient, path: str, cursor: Cursor, show: Show, params: Params | None = None, *, wp: bool = False
) -> AsyncIterator[ListedPage]:
    """Every record behind `cursor` with its content, by id: new ones come last. What `show` leaves out is left out."""
    async for rows, cursors in numbered(client, path, cursor, params or {}, wp=wp):
        at = {native_id(row): one for row, one in zip(rows, cursors, strict=True)}
        snapshots = tuple(await show(rows))
        yield ListedPage(snapshots=snapshots, cursors=tuple(at[shot.ref.native_id] for shot in snapshots))


async def numbered(
    client: WooClient, path: str, cursor: Cursor, params: Params, *, wp: bool = False
) -> AsyncIterator[tuple[list[Row], list[Cursor]]]:
    """Rows behind `cursor` by id, and the cursor behind each: how many rows there were up to it, and its id.

    A page begins with the last row of the one before (`offset`: recordings cust-48, meta-12). Where another stands
    there, rows before it were deleted meanwhile and the rest has moved forward, out of the next page: so it is gone
    back.
    """
    after = int(cursor.native_id) if is_number(cursor.native_id) else 0
    passed = int(cursor.moment) if is_number(cursor.moment) else 0
    while True:
        start = max(passed - 1, 0)
        rows = await client.page(path, {**params, **_BY_NUMBER, **({"offset": start} if start else {})}, wp=wp)
        if start and (not rows or _number(rows[0]) > after):
            passed -= PAGE
            continue
        passed = start + len(rows)
        fresh = [(at, row) for at, row in enumerate(rows, start + 1) if _number(row) > after]
        if fresh:
            yield [row for _, row in fresh], [Cursor(moment=str(at), native_id=native_id(row)) for at, row in fresh]
            after = _number(fresh[-1][1])
        if len(rows) < PAGE:
            return


async def _page(client: WooClient, path: str, params: Params, after: str) -> list[Row]:
    behind: Params = {"modified_after": after} if after else {}
    return await client.page(path, {**params, **behind, "per_page": PAGE})


def _behind(cursor: Cursor, last: datetime | None, *, ended: bool, now: datetime | None) -> Cursor:
    """The last moment, if nothing of its second is left and none can come; never behind the cursor we came from."""
    if last is None:
        return cursor
    edge = (now or last) - OVERLAP
    settled = min(last if ended else last - SECOND, edge)
    return max(cursor, Cursor(moment=_text(settled)), key=lambda one: one.moment)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_FORMAT)


def _number(row: Row) -> int:
    number = native_id(row)
    return int(number) if is_number(number) else 0
