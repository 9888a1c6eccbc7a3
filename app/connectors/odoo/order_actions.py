"""Pressing an order's buttons: the method, and believing the order's state rather than the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.moments import iso_of
from app.connectors.odoo.order_rows import MODEL
from app.connectors.odoo.order_states import Button, state_words
from app.connectors.odoo.values import amount_of, id_of
from app.entities.base import Json, State
from app.errors import NotFound, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """`context`: 17 asks whoever cancels a confirmed order first, and does nothing; 19 does not ask."""

    name: str
    leads_to: str
    context: Mapping[str, Json] = field(default_factory=dict)


METHODS: Final[Mapping[Button, Method]] = {
    Button.SEND: Method(name="action_quotation_sent", leads_to="sent"),
    Button.CONFIRM: Method(name="action_confirm", leads_to="sale"),
    Button.CANCEL: Method(name="action_cancel", leads_to="cancel", context={"disable_cancel_warning": True}),
    Button.REOPEN: Method(name="action_draft", leads_to="draft"),
    Button.LOCK: Method(name="action_lock", leads_to="sale"),
}
LOCK_UNTIL_16: Final = "action_done"
NOW: Final = ("state", "locked", "delivery_status", "date_order", "currency_id", "amount_total", "amount_untaxed")


async def press(client: OdooClient, button: Button, order: int) -> None:
    """Raises `Rejected` where Odoo refuses and the order is not there already.

    Of several that confirm one order at once, one is told true and the others that it needs no confirmation.
    """
    method = METHODS[button]
    name = method.name if button is not Button.LOCK or await client.has_field(MODEL, "locked") else LOCK_UNTIL_16
    try:
        await client.run_action(MODEL, name, [order], context=method.context)
    except Rejected:
        now = await _state_now(client, order)
        if now.get("state") != method.leads_to or (button is Button.LOCK and not now.get("locked")):
            raise


async def states_now(client: OdooClient, orders: Sequence[int]) -> Mapping[int, State]:
    """State, date, currency and totals of the orders that exist, in canonical values, in one call."""
    known = await client.fields(MODEL)
    rows = await client.read(MODEL, orders, [name for name in NOW if name in known])
    return {number: _now(row) for row in rows if (number := id_of(row.get("id")))}


async def _state_now(client: OdooClient, order: int) -> State:
    found = await states_now(client, [order])
    if order not in found:
        raise NotFound(f"order {order} is no longer in Odoo")
    return found[order]


def _now(row: Row) -> State:
    return {
        **state_words(row.get("state"), row.get("locked"), row.get("delivery_status")),
        "date_order": iso_of(row.get("date_order")),
        "currency_id": id_of(row.get("currency_id")),
        "amount_total": amount_of(row.get("amount_total")),
        "amount_untaxed": amount_of(row.get("amount_untaxed")),
    }
