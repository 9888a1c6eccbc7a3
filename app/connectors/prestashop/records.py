"""What all ports of a shop share: reading many records in few calls, removing.

What changed since a cursor is `changes.py`, an operator's own fields are `extra.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.connectors.base import Removal, Snapshot
from app.connectors.prestashop import filters
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import as_str, native_id
from app.connectors.writing import Stored
from app.errors import Rejected


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


async def answered(answer: Row | None, snapshot: Callable[[Row], Awaitable[Snapshot]]) -> Snapshot | None:
    """What the answer of a write shows, if it can be read."""
    return None if answer is None else await snapshot(answer)


async def delete(client: PrestashopClient, resource: str, native_id: str) -> Stored:
    """Also of what is gone already."""
    await client.delete(resource, native_id)
    return Stored(native_id=native_id, gone=True)


def cannot(removal: Removal, what: str, why: str) -> Rejected:
    """`cannot_archive` or `cannot_delete`."""
    return Rejected(f"{what} cannot be {removal}d in PrestaShop: {why}", code=f"cannot_{removal}")
