"""A refund of the shop as a state and in neutral words. Pure.

Its number is the order's and its own (`40-71`), for the shop gives refunds none. `date` is the day on the shop's clock:
a refund is booked by days.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.connectors.woocommerce.order_lines import amount, decimal, line_state, rounded, rows_in, tax_rates
from app.connectors.woocommerce.order_places import customer_of
from app.connectors.woocommerce.records import text
from app.connectors.woocommerce.refund_lines import given_back, is_whole, shares, turned
from app.entities.base import Json, Record, State
from app.entities.values import plain

Row = Mapping[str, Json]
LINES: Final = {"lines": "line_items", "shipping_lines": "shipping_lines", "fee_lines": "fee_lines"}
DAY: Final = 10
"""Letters of a day in `2026-11-21T02:15:34`."""


def native_of(order: Json, refund: Json) -> str:
    return f"{order}/{refund}"


def parts_of(native_id: str) -> tuple[int, int] | None:
    """Order and refund of `40/71`; None for what is no such id."""
    order, _, refund = native_id.partition("/")
    return (int(order), int(refund)) if _is_number(order) and _is_number(refund) else None


def state_of(row: Row, order: Row) -> State:
    """Both rows asked for with six decimals. The order's lines are kept where they stand for the refund's."""
    bought = _lines(order)
    rates = tax_rates(order.get("tax_lines"))
    state: dict[str, Json] = {
        "reference": f"{order.get('number')}-{row.get('id')}",
        "order": order.get("id"),
        "customer": customer_of(order),
        "currency": order.get("currency"),
        "date_created": row.get("date_created"),
        "amount": amount(row.get("amount")),
        "reason": text(row.get("reason")),
        "order_shares": shares({**bought, "tax_rates": rates}),
        "tax_rates": rates,
        **{own: [turned(line) for line in rows_in(row.get(theirs))] for own, theirs in LINES.items()},
    }
    if is_whole(state, order_total=amount(order.get("total"))):
        state |= {f"order_{own}": lines for own, lines in bought.items()}
    return state


def to_record(state: State) -> Record:
    lines, shipping = given_back(state)
    priced = [*rows_in(lines), *rows_in([shipping])]
    return {
        "reference": state.get("reference"),
        "order": str(state["order"]),
        "customer": state.get("customer"),
        "date": str(state.get("date_created") or "")[:DAY] or None,
        "currency": state.get("currency"),
        "lines": lines,
        "shipping": shipping,
        "total": state.get("amount"),
        "total_untaxed": plain(sum((_net(line) for line in priced), Decimal())),
        "reason": state.get("reason"),
    }


def _lines(order: Row) -> dict[str, Json]:
    return {own: [line_state(line) for line in rows_in(order.get(theirs))] for own, theirs in LINES.items()}


def _net(line: Row) -> Decimal:
    return rounded(decimal(line.get("price")) * decimal(line.get("quantity", "1")))


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and int(value) > 0
