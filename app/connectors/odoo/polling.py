"""What changed in a model since a cursor, by `write_date`, without losing a row.

`write_date` is the start of the transaction, so a slow one commits behind a cursor that went on: each run looks back
by an overlap, and the caller drops what it knows. Seconds are all that can be compared alike: 17 keeps microseconds
that it does not tell, so that `>` gives the same row again; 19 compares whole seconds, so that `>` loses the others of
one second. A bulk import gives thousands of rows one moment. Hence ranges of whole seconds, and by id inside a second.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
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
    client: OdooClient,
    model: str,
    kind: Sequence[Json],
    cursor: Cursor,
    *,
    overlap_s: int,
    limit: int = LIMIT,
    of: str = "id",
) -> AsyncIterator[Page]:
    """Ids of the rows of `kind` changed since `cursor` less the overlap, oldest first; a row may come again.

    `of` names another field whose id is meant, where the changes of one model show in another's dates. From `Cursor()`
    on every row comes, those without a date (put in by SQL) first.
    """
    source = _Source(client=client, model=model, of=of, limit=limit)
    if not cursor.moment:
        async for page in source.by_id([*kind, [MOMENT, "=", False]], cursor):
            yield page
    since = before(cursor.moment, timedelta(seconds=overlap_s)) if cursor.moment else _EVER
    while since:
        wanted: list[Json] = [*kind, [MOMENT, ">=", since]]
        rows = await source.rows(wanted, order=f"{MOMENT},id")
        last = text_of(rows[-1].get(MOMENT)) if len(rows) == limit else None
        done = [row for row in rows if text_of(row.get(MOMENT)) != last]
        if done:
            yield source.page(done, cursor)
        if last is None:
            return
        # The last second may go on behind this page, in whatever order its hidden fractions are: all of it, by id.
        since = before(last, -_SECOND)
        second: list[Json] = [*kind, [MOMENT, ">=", last], [MOMENT, "<", since]]
        async for page in source.by_id(second, max(cursor, Cursor(moment=last), key=lambda one: one.moment)):
            yield page


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    client: OdooClient
    model: str
    of: str
    limit: int

    async def rows(self, domain: Sequence[Json], *, order: str) -> list[Row]:
        fields = dict.fromkeys((MOMENT, self.of))
        return await rows_of(self.client, self.model, domain, list(fields), limit=self.limit, order=order)

    async def by_id(self, domain: Sequence[Json], cursor: Cursor) -> AsyncIterator[Page]:
        after = 0
        while True:
            rows = await self.rows([*domain, ["id", ">", after]], order="id")
            if rows:
                yield self.page(rows, cursor)
                after = int(ref_of(rows[-1].get("id")) or 0)
            if len(rows) < self.limit:
                return

    def page(self, rows: Sequence[Row], cursor: Cursor) -> Page:
        """The cursor after the page is its last row; the given one where that is further on, or is all there is."""
        ids = dict.fromkeys(number for row in rows if (number := ref_of(row.get(self.of))))
        moment, last = text_of(rows[-1].get(MOMENT)), ref_of(rows[-1].get("id"))
        # A look back ends behind where the last run stopped, never before it.
        if moment is None or moment < cursor.moment:
            return Page(ids=tuple(ids), cursor=cursor)
        return Page(ids=tuple(ids), cursor=Cursor(moment=moment, native_id=last or ""))


def before(moment: str, distance: timedelta) -> str:
    """A moment in Odoo's words less a distance."""
    known = from_odoo_moment(moment)
    return to_odoo_moment(known - distance) if known else _EVER
