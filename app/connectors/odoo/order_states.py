"""What an order's state means, and which of Odoo's buttons lead to another. Pure.

Odoo 17 and 19: `draft → sent → sale`, `cancel`, and apart from them `locked`; up to 16 `done` is a state of its own,
read here as a locked `sale`. `state` is never written: Odoo takes it and makes no delivery (17.0, 19.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.entities.base import Json, State
from app.entities.records import OrderStatus

STATE_FIELDS: Final = ("state", "locked", "delivery_status")


class Button(StrEnum):
    """What a person would press; `order_actions.py` knows the methods."""

    SEND = "send"
    CONFIRM = "confirm"
    LOCK = "lock"
    CANCEL = "cancel"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePolicy:
    """What a link allows: see `OdooOptions`."""

    confirm: bool = True
    lock: bool = False
    reopen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """The state to be reached, and what of the wish is left out, in words for a person."""

    changes: State
    notes: tuple[str, ...] = ()


def state_words(state: Json, locked: Json, delivery_status: Json) -> dict[str, Json]:
    """The fields of `STATE_FIELDS` as canonical values. A database without deliveries has no `delivery_status`."""
    if state == "done":
        state, locked = "sale", True
    return {"state": state, "locked": bool(locked), "delivery_status": delivery_status or None}


def status_of(state: State) -> OrderStatus:
    if state.get("state") == "cancel":
        return OrderStatus.CANCELLED
    if state.get("state") != "sale":
        return OrderStatus.SENT if state.get("state") == "sent" else OrderStatus.DRAFT
    if state.get("locked"):
        return OrderStatus.DONE
    return OrderStatus.SHIPPED if state.get("delivery_status") == "full" else OrderStatus.CONFIRMED


def aim_for(wanted: OrderStatus, base: State | None, policy: StatePolicy) -> Aim:
    """Which state an order shall get. `base` is None for a new one, which begins as a quotation."""
    now = base or {"state": "draft", "locked": False, "delivery_status": None}
    if status_of(now) is wanted:
        return Aim(changes={})
    if wanted is OrderStatus.CANCELLED:
        return _cancelled(now)
    if wanted in (OrderStatus.DRAFT, OrderStatus.SENT):
        return _quotation(wanted, now, policy)
    return _confirmed(wanted, now, policy)


def buttons(now: State, changes: State) -> tuple[Button, ...]:
    """What to press, in order, to get from the state an order has to the one in `changes`; none for one it has."""
    target, locked = changes.get("state", now.get("state")), bool(changes.get("locked"))
    pressed: list[Button] = []
    state = now.get("state")
    if state != target and target == "cancel":
        return (Button.CANCEL,)
    if state != target and (state == "cancel" or target == "draft"):
        pressed.append(Button.REOPEN)
        state = "draft"
    if state != target:
        pressed.append(Button.SEND if target == "sent" else Button.CONFIRM)
    if locked and not now.get("locked"):
        pressed.append(Button.LOCK)
    return tuple(pressed)


def _cancelled(now: State) -> Aim:
    if now.get("locked"):
        return _left_out("cancelled", "the order is locked in Odoo; unlock it there and cancel it")
    return Aim(changes={"state": "cancel"})


def _quotation(wanted: OrderStatus, now: State, policy: StatePolicy) -> Aim:
    target = "sent" if wanted is OrderStatus.SENT else "draft"
    if now.get("state") == "sale":
        return _left_out(wanted, "a confirmed order does not become a quotation again")
    if now.get("state") == "cancel" and not policy.reopen:
        return _left_out(wanted, "the order is cancelled in Odoo (option reopen_cancelled_orders)")
    return Aim(changes={"state": target})


def _confirmed(wanted: OrderStatus, now: State, policy: StatePolicy) -> Aim:
    """Confirmed, shipped and done all stand on a confirmed order."""
    if now.get("state") == "cancel" and not policy.reopen:
        return _left_out(wanted, "the order is cancelled in Odoo (option reopen_cancelled_orders)")
    if now.get("state") != "sale" and not policy.confirm:
        return _left_out(wanted, "orders are confirmed in Odoo by hand (option auto_confirm_orders)")
    if now.get("locked"):
        return _left_out(wanted, "the order is locked in Odoo")
    changes: dict[str, Json] = {} if now.get("state") == "sale" else {"state": "sale"}
    if wanted is OrderStatus.SHIPPED:
        return Aim(changes=changes, notes=_notes("shipped", "the delivery is done in Odoo by whoever ships it"))
    if wanted is OrderStatus.DONE:
        return _done(changes, policy)
    if not changes:
        return _left_out(wanted, "what is delivered in Odoo stays delivered")
    return Aim(changes=changes)


def _done(changes: dict[str, Json], policy: StatePolicy) -> Aim:
    if policy.lock:
        return Aim(changes={**changes, "locked": True})
    return Aim(changes=changes, notes=_notes("done", "orders are not locked (option lock_done_orders)"))


def _left_out(wanted: str, why: str) -> Aim:
    return Aim(changes={}, notes=_notes(wanted, why))


def _notes(wanted: str, why: str) -> tuple[str, ...]:
    return (f"status {wanted} left out: {why}",)
