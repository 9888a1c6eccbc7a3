"""What may have changed in a shop since a cursor: by (date_upd, id), or by id where a resource has no date.

`date_upd` is in whole seconds, on the shop's own clock and without an offset, so many records share a moment
(recordings 831-833), and one hour of autumn comes twice. Therefore

- a page goes on behind (moment, id), first with the rest of that second, then with later ones;
- the cursor stops short of the shop's last minute, and of an hour that comes twice: what is written there late, or
  with an earlier moment, is still seen, and what is seen twice costs a read. Older changes are shown once.

Deletes leave no trace, and a write by SQL moves no date: `connector.py` says so per entity type (`unseen`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.connectors.base import Cursor, Page
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_int, as_str, native_id
from app.connectors.prestashop.reference import Reference

MOST_IDS: Final = 500
"""Of one list; a row of two fields is small."""
OVERLAP: Final = timedelta(seconds=60)
NO_CLOCK_OVERLAP: Final = timedelta(hours=1)
"""Where the shop's clock or zone is not known: covers the hour that comes twice."""
_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
_FIRST_DATE: Final = "1000-01-01 00:00:00"
"""Before it is only `0000-00-00 00:00:00`, which MySQL stores but does not take in a comparison."""
_DISPLAY: Final = ("id", "date_upd")


async def by_date(
    client: PrestashopClient, reference: Reference, resource: str, cursor: Cursor, *, most: int = MOST_IDS
) -> AsyncIterator[Page]:
    """Pages of `resource` behind `cursor`, whose moment is a `date_upd`. From `Cursor()` on, all of them."""
    zone = await reference.time_zone()
    rows = await _first(client, resource, cursor, zone, most)
    edge = settled_until(client.answered_at, zone)
    while rows:
        last = Cursor(moment=as_str(rows[-1].get("date_upd")) or "", native_id=native_id(rows[-1]))
        yield Page(ids=tuple(native_id(row) for row in rows), cursor=_settled(last, cursor, edge))
        if len(rows) < most:
            return
        rows = await _behind(client, resource, last, most)


async def by_id(
    client: PrestashopClient, resource: str, cursor: Cursor, *, most: int = MOST_IDS
) -> AsyncIterator[Page]:
    """All ids behind the cursor's, for a resource without `date_upd`. `Cursor()` shows every record again."""
    last = as_int(cursor.native_id)
    while rows := await client.rows(resource, display=["id"], filters={"id": f">[{last}]"}, limit=most):
        last = as_int(rows[-1].get("id"))
        yield Page(ids=tuple(native_id(row) for row in rows), cursor=Cursor(native_id=str(last)))
        if len(rows) < most:
            return


def settled_until(now: datetime | None, zone: ZoneInfo | None) -> str | None:
    """The moment on the shop's clock before which nothing is written any more; None where its clock is not known."""
    if now is None or zone is None:
        return None
    edge = (now - OVERLAP).astimezone(zone)
    return (edge.replace(tzinfo=None) - _doubt(edge)).strftime(_FORMAT)


def _doubt(moment: datetime) -> timedelta:
    """An hour in the hour that the shop's clock shows twice, else nothing."""
    first, second = (moment.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    return max(first - second, timedelta())


def _settled(last: Cursor, cursor: Cursor, edge: str | None) -> Cursor:
    """`last`, or the edge if it is behind it; never behind the cursor we came from."""
    if edge is None or last.moment <= edge:
        return last
    return max(Cursor(moment=edge), cursor, key=lambda one: (one.moment, as_int(one.native_id)))


async def _first(
    client: PrestashopClient, resource: str, cursor: Cursor, zone: ZoneInfo | None, most: int
) -> Sequence[Row]:
    if not cursor.moment:
        return await client.rows(resource, display=_DISPLAY, limit=most, by_date=True)
    if zone is None and cursor.moment > _FIRST_DATE:
        earlier = datetime.fromisoformat(cursor.moment) - NO_CLOCK_OVERLAP
        return await _behind(client, resource, Cursor(moment=earlier.strftime(_FORMAT)), most)
    return await _behind(client, resource, cursor, most)


async def _behind(client: PrestashopClient, resource: str, after: Cursor, most: int) -> list[Row]:
    """The rest of the cursor's second by id, then later ones; fewer than `most` are the last."""
    undated = after.moment < _FIRST_DATE
    second = f"<[{_FIRST_DATE}]" if undated else f"[{after.moment},{after.moment}]"
    filters = {"date_upd": second, "id": f">[{as_int(after.native_id)}]"}
    same = await client.rows(resource, display=_DISPLAY, filters=filters, limit=most, by_date=True)
    if len(same) >= most:
        return same
    filters = {"date_upd": f">[{_FIRST_DATE if undated else after.moment}]"}
    return same + await client.rows(resource, display=_DISPLAY, filters=filters, limit=most, by_date=True)
