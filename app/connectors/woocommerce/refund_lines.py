"""What was given back of an order, as a refund's `lines` and `shipping`: all amounts above zero, without tax. Pure.

The shop knows three kinds (recordings ord-18, ord-91, whx-37): lines of the order with what was given back of each, an
amount and nothing else, and an amount that is more than its lines. What no line explains is shared out over the order's
rates of tax by what was paid at each, so that the tax is given back with it; and an amount that is all of an order is
the order's own lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from app.connectors.woocommerce.order_lines import (
    CENT,
    SHIPPING,
    Line,
    amount,
    decimal,
    line_state,
    product_of,
    rate_of,
    rates_in,
    rounded,
    rows_in,
)
from app.entities.base import Json, State
from app.entities.values import plain

REFUND: Final = "Refund"
ROUNDING: Final = "Rounding"
PARTS: Final = ("lines", "shipping_lines", "fee_lines")
_NUMBERS: Final = frozenset({"quantity", "total", "total_tax", "subtotal", "subtotal_tax"})
Rates = Mapping[str, Decimal]


def given_back(state: State) -> tuple[list[Json], Json]:
    """`lines` and `shipping` of a refund's state; together with their taxes they come to its amount."""
    rates = rates_in(state)
    prefix = "order_" if "order_lines" in state else ""
    lines, shipping = _of(state, rates, prefix)
    return [*lines, *_rest(state, [*rows_in(lines), *rows_in([shipping])])], shipping


def is_whole(state: State, *, order_total: str) -> bool:
    """No line, and the whole order is given back, as the status `refunded` does by itself."""
    return state.get("amount") == order_total and not any(decimal(line.get("total")) for line in _parts(state))


def turned(row: Line) -> dict[str, Json]:
    """One of a refund's lines as its state keeps it: the shop's numbers are below zero."""
    kept = line_state(row)
    return {name: plain(-decimal(value)) if name in _NUMBERS else value for name, value in kept.items()}


def shares(order: State) -> dict[str, Json]:
    """What was paid at each rate of tax, with the tax: `{"19": "119", "7": "10.7"}`."""
    rates = rates_in(order)
    paid: dict[str, Decimal] = {}
    for name in PARTS:
        for line in rows_in(order.get(name)):
            rate = plain(rate_of(line, rates))
            paid[rate] = (
                paid.get(rate, Decimal()) + rounded(decimal(line.get("total"))) + decimal(line.get("total_tax"))
            )
    return {rate: plain(gross) for rate, gross in paid.items() if gross > 0}


def _parts(state: State) -> list[Line]:
    return [line for name in PARTS for line in rows_in(state.get(name))]


def _of(state: State, rates: Rates, prefix: str) -> tuple[list[Json], Json]:
    """Of the refund, or of its order (`order_`)."""
    goods = [_goods(line, rates) for line in rows_in(state.get(f"{prefix}lines")) if decimal(line.get("total"))]
    fees = [_extra(line, rates) for line in rows_in(state.get(f"{prefix}fee_lines")) if decimal(line.get("total"))]
    ways = [line for line in rows_in(state.get(f"{prefix}shipping_lines")) if decimal(line.get("total"))]
    shipping, more = _shipping(ways, rates)
    return [*goods, *fees, *more], shipping


def _goods(line: Line, rates: Rates) -> Json:
    """An amount that was given back without a piece counts as one."""
    quantity = decimal(line.get("quantity")) or Decimal(1)
    price = decimal(line.get("total")) / quantity
    return {
        **product_of(line),
        "name": line.get("name") or REFUND,
        "quantity": plain(quantity),
        "price": amount(str(price)),
        "tax_rate": plain(rate_of(line, rates)),
    }


def _extra(line: Line, rates: Rates) -> Json:
    return _plain_line(str(line.get("name") or REFUND), decimal(line.get("total")), rate_of(line, rates))


def _shipping(ways: Sequence[Line], rates: Rates) -> tuple[Json, list[Json]]:
    """As of an order: ways of one rate are one, of another rate a line."""
    if not ways:
        return None, []
    rate = rate_of(ways[0], rates)
    same = [line for line in ways if rate_of(line, rates) == rate]
    name = ", ".join(dict.fromkeys(str(line["name"]) for line in same if line.get("name"))) or SHIPPING
    price = sum((decimal(line.get("total")) for line in same), Decimal())
    shipping: Json = {"name": name, "price": amount(str(price)), "tax_rate": plain(rate)}
    return shipping, [_extra(line, rates) for line in ways if line not in same]


def _rest(state: State, told: Sequence[Line]) -> list[Json]:
    """What of the amount no line explains, at the order's rates; a cent that the shop's tax has more or less, without
    tax. Where prices have more decimals than cents, what rounding makes of them is for the other side to know."""
    left = decimal(state.get("amount")) - sum((_gross(line) for line in told), Decimal())
    if abs(left) <= CENT * len(told):
        return [_plain_line(ROUNDING, left, Decimal())] if left and all(_is_cents(line) for line in told) else []
    if left < 0:
        return []
    listed = state.get("order_shares")
    paid = {rate: decimal(gross) for rate, gross in listed.items()} if isinstance(listed, Mapping) else {}
    parts = _shared(left, paid or {"0": Decimal(1)})
    return [line for rate, gross in parts.items() for line in _taxed(gross, Decimal(rate))]


def _is_cents(line: Line) -> bool:
    price = decimal(line.get("price"))
    return price == rounded(price)


def _gross(line: Line) -> Decimal:
    """Of one of a record's lines, or its shipping: the amount and its tax, each to the cent."""
    net = rounded(decimal(line.get("price")) * decimal(line.get("quantity", "1")))
    return net + rounded(net * decimal(line.get("tax_rate")) / 100)


def _shared(whole: Decimal, paid: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """In cents; what rounding leaves goes to the last."""
    together, left = sum(paid.values(), Decimal()), whole
    parts: dict[str, Decimal] = {}
    for rate, gross in paid.items():
        parts[rate] = min(left, rounded(whole * gross / together))
        left -= parts[rate]
    parts[next(reversed(parts))] += left
    return {rate: part for rate, part in parts.items() if part}


def _taxed(gross: Decimal, rate: Decimal) -> list[Json]:
    """An amount with tax as a line without it. Not every amount is some price in cents and its tax: the cent that is
    missing, or too much, is a line of its own without tax."""
    net = rounded(gross / (1 + rate / 100))
    missing = gross - net - rounded(net * rate / 100)
    lines = [_plain_line(REFUND, net, rate)]
    return [*lines, _plain_line(ROUNDING, missing, Decimal())] if missing else lines


def _plain_line(name: str, price: Decimal, rate: Decimal) -> Json:
    """Of no product."""
    line: dict[str, Json] = {"product": None, "variant": None, "sku": None, "name": name, "quantity": "1"}
    return {**line, "price": amount(str(price)), "tax_rate": plain(rate)}
