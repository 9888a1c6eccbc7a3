"""What comes after an order's lines: its state by its buttons, its date put back, its tracking number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.moments import to_odoo_moment
from app.connectors.odoo.order_actions import press
from app.connectors.odoo.order_rows import MODEL
from app.connectors.odoo.order_states import Button, buttons
from app.connectors.odoo.order_tracking import MODEL as PICKING
from app.connectors.odoo.order_tracking import TRACKING, pickings_of, tracked
from app.connectors.odoo.values import id_of, text_of
from app.entities.base import State

NO_DELIVERY = "tracking left out: Odoo has no delivery for this order"


async def finish(client: OdooClient, order: int, *, now: State, changes: State, values: Row) -> None:
    """`now` is the order's state in canonical values, `values` what else to write into it.

    Confirming overwrites the order's date with the present moment (17.0, 19.0): it is written again afterwards, and a
    retry that finds the order confirmed with another date writes it too. A locked order takes little, so that the lock
    is last.
    """
    pressed = buttons(now, changes)
    for button in pressed:
        if button is not Button.LOCK:
            await press(client, button, order)
    date = changes.get("date_order") or (now.get("date_order") if Button.CONFIRM in pressed else None)
    if date and (Button.CONFIRM in pressed or date != now.get("date_order")):
        values = {**values, "date_order": to_odoo_moment(str(date))}
    if values:
        await client.write(MODEL, [order], values)
    if Button.LOCK in pressed:
        await press(client, Button.LOCK, order)


async def write_tracking(client: OdooClient, wanted: Mapping[int, State]) -> set[int]:
    """Tracking numbers by order, as in `changes`. The orders that have no delivery to put theirs on."""
    asked = {order: text_of(changes[TRACKING]) for order, changes in wanted.items() if TRACKING in changes}
    pickings = await pickings_of(client, sorted(asked))
    for order, number in asked.items():
        await _write_one(client, pickings[order], number)
    return {order for order, number in asked.items() if number and not pickings[order]}


async def _write_one(client: OdooClient, pickings: Sequence[Row], number: str | None) -> None:
    row = tracked(pickings)
    picking = id_of(row.get("id")) if row else None
    if row and picking and text_of(row.get(TRACKING)) != number:
        await client.write(PICKING, [picking], {TRACKING: number or False})
