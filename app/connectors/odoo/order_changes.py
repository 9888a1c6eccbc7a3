"""Which orders changed since a cursor: those that did themselves, and those whose delivery did.

A tracking number stands on the delivery and does not move the order's date.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from app.connectors.base import Cursor, Page
from app.connectors.odoo import polling
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.order_tracking import MODEL, has_pickings
from app.connectors.odoo.records import Table
from app.connectors.odoo.values import ref_of
from app.entities.base import Json

DELIVERIES: Final[tuple[Json, ...]] = (["sale_id", "!=", False], ["picking_type_code", "=", "outgoing"])


async def changed_since(table: Table, cursor: Cursor) -> AsyncIterator[Page]:
    """Deliveries first, with the cursor left where it was: an order between them must not be passed over. The last
    page has the later of both moments."""
    furthest = cursor
    if cursor.moment and await has_pickings(table.client):
        deliveries = polling.changed_since(table.client, MODEL, DELIVERIES, cursor, overlap_s=table.overlap_s)
        async for page in deliveries:
            furthest = page.cursor
            yield Page(ids=await _orders(table.client, page.ids), cursor=cursor)
    last = cursor
    async for page in table.changed_since(cursor):
        last = page.cursor
        yield page
    if furthest.moment > last.moment:
        yield Page(ids=(), cursor=Cursor(moment=furthest.moment))


async def _orders(client: OdooClient, pickings: Sequence[str]) -> tuple[str, ...]:
    rows = await client.read(MODEL, [int(number) for number in pickings], ["sale_id"])
    return tuple(dict.fromkeys(number for row in rows if (number := ref_of(row.get("sale_id")))))
