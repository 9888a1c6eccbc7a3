"""What comes after an order's lines: its state by its buttons, and its date put back."""

from __future__ import annotations

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.moments import to_odoo_moment
from app.connectors.odoo.order_actions import press
from app.connectors.odoo.order_rows import MODEL
from app.connectors.odoo.order_states import Button, buttons
from app.entities.base import State


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
