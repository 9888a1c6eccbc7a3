"""What changed in a model since a cursor, by `write_date`, without losing a row.

`write_date` is the start of the transaction, so a slow one commits behind a cursor that went on: each run looks back
by an overlap, and the caller drops what it knows. Seconds are all that can be compared alike: 17 keeps microseconds
that it does not tell, so that `>` gives the same row again; 19 compares whole seconds, so that `>` loses the others of
one second. A bulk import gives thousands of rows one moment. Hence ranges of whole seconds, and by id inside a second.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Final

from app.connectors.base import Cursor, Page
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.moments import from_odoo_moment, to_odoo_moment
from app.connectors.odoo.search import rows_of
from app.connectors.odoo.values import ref_of, text_of
from app.entities.base import Json

LIMIT: Final = 500
MOMENT: Final = "write_date"
_EVER: Final = "1970-01-01 00:00:00"
_SECOND: Final = timedelta(seconds=1)


async def changed_since(
    client: OdooClient, model: str, kind: Sequence[Json], cursor: Cursor, *, overlap_s: int, limit: int = LIMIT
) -> AsyncIterator[Page]:
    """Ids of the rows of `kind` changed since `cursor` less the overlap, oldest first; a row may come again.

    From `Cursor()` on every row comes, those without a date (put in by SQL) first.
    """
    if not cursor.moment:
        async for page in _by_id(client, model, [*kind, [MOMENT, "=", False]], cursor, limit=limit):
            yield page
    since = _before(cursor.moment, timedelta(seconds=overlap_s)) if cursor.moment else _EVER
    while since:
        wanted: list[Json] = [*kind, [MOMENT, ">=", since]]
        rows = await rows_of(client, model, wanted, [MOMENT], limit=limit, order=f"{MOMENT},id")
        last = text_of(rows[-1].get(MOMENT)) if len(rows) == limit else None
        done = [row for row in rows if text_of(row.get(MOMENT)) != last]
        if done:
            yield _page(done, cursor)
        if last is None:
            return
        # The last second may go on behind this page, in whatever order its hidden fractions are: all of it, by id.
        since = _before(last, -_SECOND)
        second: list[Json] = [*kind, [MOMENT, ">=", last], [MOMENT, "<", since]]
        async for page in _by_id(client, model, second, Cursor(moment=last), limit=limit):
            yield page


async def _by_id(
    client: OdooClient, model: str, domain: Sequence[Json], cursor: Cursor, *, limit: int
) -> AsyncIterator[Page]:
    after = 0
    while True:
        rows = await rows_of(client, model, [*domain, ["id", ">", after]], [MOMENT], limit=limit)
        if rows:
            yield _page(rows, cursor)
            after = int(ref_of(rows[-1].get("id")) or 0)
        if len(rows) < limit:
            return


def _page(rows: Sequence[Row], cursor: Cursor) -> Page:
    """The cursor after the page is its last row; of rows without a date the given one."""
    ids = tuple(number for row in rows if (number := ref_of(row.get("id"))))
    moment = text_of(rows[-1].get(MOMENT))
    # A look back ends behind where the last run stopped, never before it.
    if moment is None or moment < cursor.moment:
        return Page(ids=ids, cursor=cursor)
    return Page(ids=ids, cursor=Cursor(moment=moment, native_id=ids[-1]))


def _before(moment: str, distance: timedelta) -> str:
    known = from_odoo_moment(moment)
    return to_odoo_moment(known - distance) if known else _EVER
