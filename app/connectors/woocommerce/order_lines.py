"""What was bought, between an order's lines in the shop and a record's `lines`, `shipping` and `discounts`. Pure.

The shop's amounts are without tax, whether its prices include it or not (recordings ord-60, ord-61), and each line has
them twice: before coupons (`subtotal`) and after (`total`). A record has the line before and the coupon as a discount
of its own. But taxes are rounded line by line, and in some orders the parts would come to a cent more than the whole:
then the lines are told as they cost after all coupons, which comes to the shop's own total.

In a state an order's lines are

    {"name": "Shirt", "product_id": 10, "variation_id": 12, "quantity": "2", "sku": "TS-1", "subtotal": "20",
     "subtotal_tax": "3.8", "total": "18", "total_tax": "3.42", "taxes": [1]}

and shipping and fees the same without product and subtotal. `taxes` are the ids of the rates that hold for the line,
`tax_rates` of the order has their percentages: `{"1": "19"}`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeAlias

from app.connectors.told import decimal_of
from app.connectors.woocommerce.records import text
from app.entities.base import Json, State
from app.entities.values import plain

Line: TypeAlias = Mapping[str, Json]
CENT: Final = Decimal("0.01")
PLACES: Final = Decimal("0.000001")
DISCOUNT: Final = "Discount"
SHIPPING: Final = "Shipping"
FEE: Final = "Fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """The three parts of a record."""

    lines: list[Json]
    shipping: Json
    discounts: list[Json]


def line_state(row: Line) -> dict[str, Json]:
    """One of `line_items`, `shipping_lines` or `fee_lines` as the state keeps it."""
    kept: dict[str, Json] = {
        "name": text(row.get("name", row.get("method_title"))),
        "total": amount(row.get("total")),
        "total_tax": amount(row.get("total_tax")),
        "taxes": _taxes(row.get("taxes")),
    }
    if "product_id" not in row:
        return kept
    return kept | {
        "product_id": _number(row.get("product_id")),
        "variation_id": _number(row.get("variation_id")),
        "quantity": amount(row.get("quantity")),
        "sku": text(row.get("sku")),
        "subtotal": amount(row.get("subtotal")),
        "subtotal_tax": amount(row.get("subtotal_tax")),
    }


def tax_rates(rows: Json) -> dict[str, Json]:
    """Percent by rate id, of an order's `tax_lines`. `rate_percent` is since WooCommerce 3.7 with the order itself,
    so that a rate that was changed or deleted meanwhile still counts as it did."""
    lines = rows_in(rows)
    return {str(line.get("rate_id")): amount(line.get("rate_percent")) for line in lines if line.get("rate_id")}


def bought(state: State) -> Bought:
    """Of an order's state."""
    rates = rates_in(state)
    before = _bought(state, rates, "subtotal", _coupons(state, rates))
    if not before.discounts or _comes_to(before, state):
        return before
    return _bought(state, rates, "total", [])


def product_of(line: Line) -> dict[str, Json]:
    """`product` and `variant`, of a line that may stand for none: a deleted product leaves 0 (recording ord-71)."""
    product, variation = line.get("product_id"), line.get("variation_id")
    return {
        "product": str(product) if product else None,
        "variant": f"{product}/{variation}" if product and variation else None,
        "sku": line.get("sku"),
    }


def rate_of(line: Line, rates: Mapping[str, Decimal], column: str = "total") -> Decimal:
    """In percent, of all taxes on a line together: what its rates ask, or where that is not what was paid, what the
    amounts come to."""
    net, tax = decimal(line.get(column)), decimal(line.get(f"{column}_tax"))
    if not net or not tax:
        return Decimal()
    held = line.get("taxes")
    known = sum((rates.get(str(key), Decimal()) for key in held), Decimal()) if isinstance(held, list) else Decimal()
    return known if abs(net * known / 100 - tax) <= CENT else round(tax / net * 100, 2)


def rates_in(state: State) -> dict[str, Decimal]:
    rates = state.get("tax_rates")
    return {key: decimal(rate) for key, rate in rates.items()} if isinstance(rates, Mapping) else {}


def rows_in(value: Json) -> list[Line]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def decimal(value: Json) -> Decimal:
    return decimal_of(value)


def amount(value: Json) -> str:
    """Canonical: the shop gives texts, and a price as a number with a float's noise."""
    return plain(decimal(value).quantize(PLACES, rounding=ROUND_HALF_UP))


def _bought(state: State, rates: Mapping[str, Decimal], column: str, discounts: list[Json]) -> Bought:
    fees = rows_in(state.get("fee_lines"))
    goods = [_goods(line, rates, column) for line in rows_in(state.get("lines")) if not _is_nothing(line)]
    charged = [_extra(fee, rates, FEE) for fee in fees if decimal(fee.get("total")) >= 0]
    granted = [_granted(fee, rates) for fee in fees if decimal(fee.get("total")) < 0]
    shipping, more = _shipping(rows_in(state.get("shipping_lines")), rates)
    return Bought(lines=[*goods, *charged, *more], shipping=shipping, discounts=[*discounts, *granted])


def _goods(line: Line, rates: Mapping[str, Decimal], column: str) -> Json:
    quantity = decimal(line.get("quantity"))
    each = decimal(line.get(column)) / quantity if quantity else decimal(line.get(column))
    return {
        **product_of(line),
        "name": line.get("name"),
        "quantity": plain(quantity) if quantity else "1",
        "price": amount(str(each)),
        "tax_rate": plain(rate_of(line, rates, "subtotal")),
    }


def _extra(line: Line, rates: Mapping[str, Decimal], name: str) -> Json:
    """A line of no product."""
    return {
        "product": None,
        "variant": None,
        "sku": None,
        "name": line.get("name") or name,
        "quantity": "1",
        "price": line.get("total"),
        "tax_rate": plain(rate_of(line, rates)),
    }


def _granted(fee: Line, rates: Mapping[str, Decimal]) -> Json:
    """A fee below zero is a discount."""
    amount_off = plain(-decimal(fee.get("total")))
    return {"name": fee.get("name") or DISCOUNT, "amount": amount_off, "tax_rate": plain(rate_of(fee, rates))}


def _shipping(lines: Sequence[Line], rates: Mapping[str, Decimal]) -> tuple[Json, list[Json]]:
    """Several ways of one tax rate are one; a way of another rate is a line of no product, named by its way."""
    if not lines:
        return None, []
    rate = rate_of(lines[0], rates)
    same = [line for line in lines if rate_of(line, rates) == rate]
    names = dict.fromkeys(str(line["name"]) for line in same if line.get("name"))
    price = sum((decimal(line.get("total")) for line in same), Decimal())
    shipping: Json = {"name": ", ".join(names) or SHIPPING, "price": plain(price), "tax_rate": plain(rate)}
    return shipping, [_extra(line, rates, SHIPPING) for line in lines if line not in same]


def _coupons(state: State, rates: Mapping[str, Decimal]) -> list[Json]:
    """What coupons, or whoever lowered a price by hand, took off the lines: one discount for each rate of tax."""
    off: dict[Decimal, Decimal] = {}
    for line in rows_in(state.get("lines")):
        less = decimal(line.get("subtotal")) - decimal(line.get("total"))
        rate = rate_of(line, rates, "subtotal")
        off[rate] = off.get(rate, Decimal()) + less
    codes = state.get("coupons")
    name = ", ".join(str(code) for code in codes) if isinstance(codes, list) and codes else DISCOUNT
    return [
        {"name": name, "amount": plain(less), "tax_rate": plain(rate)} for rate, less in off.items() if less >= CENT
    ]


def _comes_to(parts: Bought, state: State) -> bool:
    """Whether these come to the order's totals, each line and its tax rounded to the cent as an ERP does."""
    tax = decimal(state.get("total_tax"))
    net = decimal(state.get("total")) - tax
    found = [_reckoned(line, "price", 1) for line in rows_in(parts.lines)]
    found += [_reckoned(parts.shipping, "price", 1)] if isinstance(parts.shipping, Mapping) else []
    found += [_reckoned(one, "amount", -1) for one in rows_in(parts.discounts)]
    return (sum(one[0] for one in found), sum(one[1] for one in found)) == (net, tax)


def _reckoned(line: Line, name: str, sign: int) -> tuple[Decimal, Decimal]:
    net = sign * decimal(line.get(name)) * decimal(line.get("quantity", "1"))
    return rounded(net), rounded(net * decimal(line.get("tax_rate")) / 100)


def _is_nothing(line: Line) -> bool:
    """What the shop makes of an unknown product: a line without name and amount (recordings ord-32, ord-33)."""
    named = line.get("product_id") or line.get("sku") or line.get("name")
    return not named and not decimal(line.get("subtotal")) and not decimal(line.get("total"))


def _taxes(value: Json) -> list[Json]:
    """A tax that is listed with an empty share does not hold for the line."""
    return [one.get("id") for one in rows_in(value) if one.get("total") not in ("", None)]


def _number(value: Json) -> int | None:
    return int(str(value)) if str(value or 0).isdecimal() and int(str(value)) else None
