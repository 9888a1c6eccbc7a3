"""Cents that Odoo's rounding of unit prices takes or gives, and what puts an order's totals right."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

import pytest

from app.connectors.odoo.order_lines import Line, new_line
from app.connectors.odoo.order_rounding import Sums, reckoned, rounding_lines
from app.connectors.odoo.order_taxes import Tax
from app.entities.base import Json

ON_TOP = (Tax(id=1, rate=Decimal(19)), Tax(id=2, rate=Decimal(7)))
INSIDE = (Tax(id=3, rate=Decimal(19), included=True), Tax(id=4, rate=Decimal(7), included=True))
PRODUCT: Mapping[str, Json] = {"id": 5, "product_tmpl_id": 5}


def _line(quantity: str, price: str, rate: str = "19", taxes: Sequence[Tax] = ON_TOP) -> Line:
    fields = {"name": "Thing", "quantity": quantity, "price": price, "tax_rate": rate}
    return new_line(fields, dict(PRODUCT), taxes)


def _totals(total: str, untaxed: str) -> dict[str, Json]:
    return {"total": total, "total_untaxed": untaxed}


def _told(lines: Sequence[Line]) -> list[tuple[Json, Json]]:
    return [(line["price_unit"], line["tax_ids"]) for line in lines]


def test_a_cent_that_unit_prices_lost_is_a_line_without_tax() -> None:
    lines = [_line("3", "15.223333")]

    more = rounding_lines(lines, _totals("54.35", "45.67"), ON_TOP)

    assert _told(more) == [("0.01", [])]


def test_a_cent_too_much_is_taken_off() -> None:
    lines = [_line("2", "66.865", "7")]

    assert _told(rounding_lines(lines, _totals("143.09", "133.73"), ON_TOP)) == [("-0.01", [])]


def test_where_the_tax_moved_too_a_line_brings_just_that_cent_of_tax() -> None:
    lines = [_line("4", "67.196262", "7")]
    wanted = Sums(Decimal("268.79"), Decimal("18.81"))

    more = rounding_lines(lines, _totals("287.6", "268.79"), ON_TOP)

    assert len(more) == 2
    assert reckoned([*lines, *more], {tax.id: tax for tax in ON_TOP}, 2) == wanted


def test_a_total_that_is_right_gets_no_line() -> None:
    assert rounding_lines([_line("2", "18.5")], _totals("44.03", "37"), ON_TOP) == []


@pytest.mark.parametrize(
    ("lines", "total", "untaxed"),
    [
        ([_line("2", "18.5")], "44.04", "37.01"),
        ([_line("3", "15.223333")], "54.85", "46.17"),
        ([_line("3", "15.223333", "7")], "54.35", "45.67"),
    ],
    ids=["prices of whole cents", "half a euro", "another rate of tax"],
)
def test_what_rounding_does_not_explain_is_left_for_a_person(lines: list[Line], total: str, untaxed: str) -> None:
    assert rounding_lines(lines, _totals(total, untaxed), ON_TOP) == []


def test_an_odoo_with_more_decimals_needs_no_line() -> None:
    lines = [_line("3", "15.223333")]

    assert rounding_lines(lines, _totals("54.35", "45.67"), ON_TOP, decimals=6) == []


def test_without_both_totals_nothing_is_put_right() -> None:
    assert rounding_lines([_line("3", "15.223333")], {"total": "54.35", "total_untaxed": None}, ON_TOP) == []


@pytest.mark.parametrize("taxes", [ON_TOP, INSIDE, (*ON_TOP, *INSIDE)], ids=["on top", "inside", "both"])
@pytest.mark.parametrize("seed", range(20))
def test_whatever_a_shop_with_tax_in_its_prices_sells_comes_to_its_totals(taxes: Sequence[Tax], seed: int) -> None:
    chance = random.Random(seed)
    lines, untaxed, tax = [], Decimal(), Decimal()
    for _ in range(chance.randint(1, 5)):
        rate, quantity = Decimal(chance.choice((7, 19))), chance.randint(1, 6)
        gross = Decimal(chance.randint(99, 9999)) / 100 * quantity
        net = (gross / (1 + rate / 100)).quantize(Decimal("0.000001"))
        lines.append(_line(str(quantity), str(net / quantity), str(rate), taxes))
        untaxed += _cents(net)
        tax += _cents(net * rate / 100)

    more = rounding_lines(lines, _totals(str(untaxed + tax), str(untaxed)), taxes)

    assert reckoned([*lines, *more], {one.id: one for one in taxes}, 2) == Sums(untaxed, tax)


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
