"""What all ports of a shop share: reading many records in few calls, and the words of their rows.

What changed since a cursor is `changes.py`, an operator's own fields are `extra.py`; writes that go in batches keep
count of their answers in `outcomes.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import unescape

from app.connectors.base import Removal
from app.connectors.woocommerce.client import PAGE, Params, Row, WooClient
from app.entities.base import Json
from app.entities.values import storable
from app.errors import Rejected


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
