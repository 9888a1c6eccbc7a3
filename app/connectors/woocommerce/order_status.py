"""What a status of the shop means, and which status says what Odoo means. Pure.

The shop's statuses are the option `order_statuses`; one that is named nowhere (`refunded`, `failed` unless the option
says otherwise, a plugin's own) is the shop's own word: such an order has no status in a record, and none is written
over it.

A status is written only where its meaning differs, and never backwards: entering `processing` anew takes goods off the
stock again and mails the customer, and a `cancelled` order has put its goods back (recordings ord-90, whx-32 to 38).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.entities.base import Json, State
from app.entities.records import OrderStatus
from app.errors import Rejected

NO_ORDERS: Final = frozenset({"checkout-draft", "auto-draft", "trash"})
"""What a customer has not sent off yet, and what is thrown away."""
HOLDS_STOCK: Final = frozenset({"on-hold", "processing", "completed"})
"""Entering one of these takes the goods off the shop's stock."""
_HELD: Final = frozenset({OrderStatus.CONFIRMED, OrderStatus.SHIPPED, OrderStatus.DONE})
_STEPS: Final = (
    OrderStatus.DRAFT,
    OrderStatus.SENT,
    OrderStatus.CONFIRMED,
    OrderStatus.SHIPPED,
    OrderStatus.DONE,
)
"""The way of an order; it is not walked back from here."""

Statuses = Mapping[OrderStatus, Sequence[str]]


def status_of(native: Json, statuses: Statuses) -> OrderStatus | None:
    """Of several meanings that share one status, the furthest: `completed` is done, not merely shipped."""
    meant = [status for status in (*_STEPS, OrderStatus.CANCELLED) if native in statuses.get(status, ())]
    return meant[-1] if meant else None


def status_for(wanted: Json, native: Json, statuses: Statuses) -> tuple[Json, tuple[str, ...]]:
    """The status to have, given the one it has, and notes. `Rejected` for what is no status of an order."""
    try:
        status = OrderStatus(str(wanted))
    except ValueError:
        raise Rejected(f"{wanted!r:.40} is no status of an order", field="status", code="unknown_status") from None
    if native in statuses.get(status, ()):
        return native, ()
    if not statuses.get(status):
        return native, _left_out(status, "the shop has no such status; name one in the option order_statuses")
    if why := _held_back(status, native, statuses):
        return native, _left_out(status, why)
    return statuses[status][0], ()


def takes_stock(state: State, statuses: Statuses) -> bool:
    """Whether the goods of an order in this state are off the shop's stock."""
    native = state.get("status")
    return native in HOLDS_STOCK or status_of(native, statuses) in _HELD


def _held_back(wanted: OrderStatus, native: Json, statuses: Statuses) -> str | None:
    now = status_of(native, statuses)
    if now is None:
        return f"{native} is a status of the shop's own; change it there"
    if now is OrderStatus.CANCELLED:
        return "the order is cancelled in the shop"
    if wanted is OrderStatus.CANCELLED:
        return f"the order is {native} in the shop" if now in (OrderStatus.SHIPPED, OrderStatus.DONE) else None
    if _STEPS.index(wanted) < _STEPS.index(now):
        return f"the order is {native} in the shop already"
    return None


def _left_out(wanted: OrderStatus, why: str) -> tuple[str, ...]:
    return (f"status {wanted.value} left out: {why}",)
