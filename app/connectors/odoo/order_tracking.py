"""Where an order's tracking number stands: on its outgoing deliveries, of which there may be several or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.search import rows_of
from app.connectors.odoo.values import id_of, text_of
from app.entities.base import Json
from app.errors import ActionRequired

MODEL: Final = "stock.picking"
TRACKING: Final = "carrier_tracking_ref"
FIELDS: Final = ("sale_id", "state", TRACKING)
NO_DELIVERY: Final = "tracking left out: Odoo has no delivery for this order"
OUTGOING: Final[tuple[Json, ...]] = (["picking_type_code", "=", "outgoing"], ["state", "!=", "cancel"])


async def pickings_of(client: OdooClient, orders: Sequence[int]) -> Mapping[int, list[Row]]:
    """The outgoing deliveries of each order, in one call; none in a database without inventory."""
    found: dict[int, list[Row]] = {order: [] for order in orders}
    if not orders or not await has_pickings(client):
        return found
    for row in await rows_of(client, MODEL, [["sale_id", "in", list[Json](orders)], *OUTGOING], FIELDS):
        found.setdefault(id_of(row.get("sale_id")) or 0, []).append(row)
    return found


async def has_pickings(client: OdooClient) -> bool:
    """Whether orders have deliveries here, and deliveries a tracking number (`sale_stock`, `stock_delivery`)."""
    try:
        return await client.has_field("sale.order", "picking_ids") and await client.has_field(MODEL, TRACKING)
    except ActionRequired as error:
        if error.code == "not_installed":
            return False
        raise


def tracked(pickings: Sequence[Row]) -> Row | None:
    """The delivery whose number is the order's: the last that has one, else the first. A back order comes later."""
    numbered = [row for row in pickings if text_of(row.get(TRACKING))]
    return numbered[-1] if numbered else next(iter(pickings), None)


def tracking_of(pickings: Sequence[Row]) -> str | None:
    row = tracked(pickings)
    return text_of(row.get(TRACKING)) if row else None


async def write_tracking(client: OdooClient, pickings: Sequence[Row], wanted: Json) -> tuple[str, ...]:
    """Puts the number (None: takes it away) on an order's delivery, and gives the notes."""
    row, number = tracked(pickings), text_of(wanted)
    if row is None:
        return (NO_DELIVERY,) if number else ()
    if text_of(row.get(TRACKING)) != number:
        await client.write(MODEL, [id_of(row.get("id")) or 0], {TRACKING: number or False})
    return ()
