"""What an order's state means in neutral words, and which buttons lead to another."""

from __future__ import annotations

import pytest

from app.connectors.odoo.order_states import Button, StatePolicy, aim_for, buttons, state_words, status_of
from app.entities.base import State
from app.entities.records import OrderStatus

DRAFT = state_words("draft", False, False)
SENT = state_words("sent", False, False)
SALE = state_words("sale", False, "pending")
PARTIAL = state_words("sale", False, "partial")
SHIPPED = state_words("sale", False, "full")
LOCKED = state_words("sale", True, "full")
CANCELLED = state_words("cancel", False, False)
LOCKING = StatePolicy(lock=True)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (DRAFT, OrderStatus.DRAFT),
        (SENT, OrderStatus.SENT),
        (SALE, OrderStatus.CONFIRMED),
        (PARTIAL, OrderStatus.CONFIRMED),
        (SHIPPED, OrderStatus.SHIPPED),
        (LOCKED, OrderStatus.DONE),
        (CANCELLED, OrderStatus.CANCELLED),
        (state_words("sale", False, None), OrderStatus.CONFIRMED),
        # Up to Odoo 16, where `locked` is no field.
        (state_words("done", None, None), OrderStatus.DONE),
    ],
)
def test_odoos_state_in_neutral_words(state: State, status: OrderStatus) -> None:
    assert status_of(state) is status


@pytest.mark.parametrize(
    ("wanted", "base", "policy", "pressed"),
    [
        (OrderStatus.DRAFT, None, StatePolicy(), ()),
        (OrderStatus.SENT, None, StatePolicy(), (Button.SEND,)),
        (OrderStatus.CONFIRMED, None, StatePolicy(), (Button.CONFIRM,)),
        (OrderStatus.SHIPPED, None, StatePolicy(), (Button.CONFIRM,)),
        (OrderStatus.DONE, None, StatePolicy(), (Button.CONFIRM,)),
        (OrderStatus.DONE, None, LOCKING, (Button.CONFIRM, Button.LOCK)),
        (OrderStatus.CANCELLED, None, StatePolicy(), (Button.CANCEL,)),
        (OrderStatus.CONFIRMED, SENT, StatePolicy(), (Button.CONFIRM,)),
        (OrderStatus.DRAFT, SENT, StatePolicy(), (Button.REOPEN,)),
        (OrderStatus.CANCELLED, SHIPPED, StatePolicy(), (Button.CANCEL,)),
        (OrderStatus.DONE, SHIPPED, LOCKING, (Button.LOCK,)),
        (OrderStatus.CONFIRMED, CANCELLED, StatePolicy(reopen=True), (Button.REOPEN, Button.CONFIRM)),
        (OrderStatus.SENT, CANCELLED, StatePolicy(reopen=True), (Button.REOPEN, Button.SEND)),
        (OrderStatus.DRAFT, CANCELLED, StatePolicy(reopen=True), (Button.REOPEN,)),
        (OrderStatus.CONFIRMED, SALE, StatePolicy(), ()),
    ],
)
def test_a_status_is_reached_by_buttons(
    wanted: OrderStatus, base: State | None, policy: StatePolicy, pressed: tuple[Button, ...]
) -> None:
    aim = aim_for(wanted, base, policy)

    assert buttons(base or DRAFT, aim.changes) == pressed


@pytest.mark.parametrize(
    ("wanted", "base", "policy", "why"),
    [
        (OrderStatus.CONFIRMED, None, StatePolicy(confirm=False), "auto_confirm_orders"),
        (OrderStatus.CONFIRMED, CANCELLED, StatePolicy(), "reopen_cancelled_orders"),
        (OrderStatus.DRAFT, CANCELLED, StatePolicy(), "reopen_cancelled_orders"),
        (OrderStatus.SENT, SALE, StatePolicy(), "does not become a quotation"),
        (OrderStatus.CONFIRMED, SHIPPED, StatePolicy(), "stays delivered"),
        (OrderStatus.CONFIRMED, LOCKED, StatePolicy(), "locked"),
        (OrderStatus.CANCELLED, LOCKED, StatePolicy(), "unlock it"),
        (OrderStatus.SHIPPED, SALE, StatePolicy(), "delivery is done in Odoo"),
        (OrderStatus.DONE, SHIPPED, StatePolicy(), "lock_done_orders"),
    ],
)
def test_a_status_that_cannot_be_reached_is_left_out_and_said(
    wanted: OrderStatus, base: State | None, policy: StatePolicy, why: str
) -> None:
    aim = aim_for(wanted, base, policy)

    assert aim.changes == {}
    assert len(aim.notes) == 1
    assert wanted in aim.notes[0]
    assert why in aim.notes[0]


def test_shipped_confirms_and_says_that_the_delivery_is_odoos() -> None:
    aim = aim_for(OrderStatus.SHIPPED, None, StatePolicy())

    assert aim.changes == {"state": "sale"}
    assert "delivery is done in Odoo" in aim.notes[0]
