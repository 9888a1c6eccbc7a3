"""Changes of records that stand partly elsewhere: a delivery's tracking number does not move its order's date."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from app.connectors.base import Cursor, Page
from app.connectors.odoo import polling
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.records import Table
from app.connectors.odoo.values import ref_of
from app.entities.base import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The rows of `model` in the domain `kind`; their many2one `owner` names the record they are a part of."""

    model: str
    owner: str
    kind: tuple[Json, ...] = ()


async def changed_since(table: Table, parts: Sequence[Part], cursor: Cursor) -> AsyncIterator[Page]:
    """The parts first, with the cursor left where it was: a record between them must not be passed over. The last page
    has the latest moment of all. From `Cursor()` on every record comes anyway."""
    furthest = cursor
    for part in parts if cursor.moment else ():
        pages = polling.changed_since(table.client, part.model, part.kind, cursor, overlap_s=table.overlap_s)
        async for page in pages:
            furthest = max(furthest, page.cursor, key=lambda one: one.moment)
            yield Page(ids=await _owners(table.client, part, page.ids), cursor=cursor)
    last = cursor
    async for page in table.changed_since(cursor):
        last = page.cursor
        yield page
    if furthest.moment > last.moment:
        yield Page(ids=(), cursor=Cursor(moment=furthest.moment))


async def _owners(client: OdooClient, part: Part, ids: Sequence[str]) -> tuple[str, ...]:
    rows = await client.read(part.model, [int(number) for number in ids], [part.owner])
    return tuple(dict.fromkeys(number for row in rows if (number := ref_of(row.get(part.owner)))))
