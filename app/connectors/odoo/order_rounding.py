"""What an order lacks of the shop's totals because Odoo keeps unit prices in few decimals, as lines of its own. Pure.

A shop that includes tax in its prices, or spreads a coupon over its lines, has unit prices of many decimals: three of
15.223333 are 45.67 there, and 45.66 with Odoo's 15.22. The cent goes into a line without tax. Where the rounding moved
the tax as well, a second line carries what a cent of tax is asked for, so that both totals are those that were paid.

Only what rounding explains is put right: another difference is a mistake that a person has to see.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.connectors.odoo.order_lines import Line, new_rounding
from app.connectors.odoo.order_taxes import CENT, Tax
from app.connectors.odoo.values import amount_of, ids_of
from app.entities.base import Record

HALF: Final = CENT / 2
DECIMALS: Final = 2
"""Of "Product Price", unless it was raised."""


@dataclass(frozen=True, slots=True)
class Sums:
    untaxed: Decimal = Decimal()
    tax: Decimal = Decimal()

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.untaxed + other.untaxed, self.tax + other.tax)

    def __sub__(self, other: Sums) -> Sums:
        return Sums(self.untaxed - other.untaxed, self.tax - other.tax)


def rounding_lines(
    lines: Sequence[Line], fields: Record, taxes: Sequence[Tax], *, decimals: int | None = None
) -> list[Line]:
    """None where the totals agree, are not both known, or differ by more than rounding."""
    if fields.get("total") is None or fields.get("total_untaxed") is None:
        return []
    untaxed, total = Decimal(amount_of(fields["total_untaxed"])), Decimal(amount_of(fields["total"]))
    known = {tax.id: tax for tax in taxes}
    places = DECIMALS if decimals is None else decimals
    wanted = Sums(untaxed, total - untaxed)
    lacking = wanted - reckoned(lines, known, places)
    if lacking == Sums() or not _is_rounding(lacking, lines, known, places):
        return []
    for more in _attempts(lacking, lines, taxes, known):
        if reckoned([*lines, *more], known, places) == wanted:
            return more
    return []


def reckoned(lines: Sequence[Line], taxes: Mapping[int, Tax], places: int) -> Sums:
    """As Odoo does it: the price to its decimals, then each line and its tax to the cent (17.0, 19.0)."""
    return sum((_of_line(line, taxes, places) for line in lines), Sums())


def _of_line(line: Line, taxes: Mapping[int, Tax], places: int) -> Sums:
    base = _rounded(_price(line), places) * Decimal(amount_of(line["product_uom_qty"]))
    mine = [taxes[number] for number in ids_of(line["tax_ids"]) if number in taxes]
    inside = sum((tax.rate for tax in mine if tax.included), Decimal())
    net = base / (1 + inside / 100)
    asked = [(tax.included, _rounded(net * tax.rate / 100)) for tax in mine]
    included = sum((amount for is_inside, amount in asked if is_inside), Decimal())
    return Sums(_rounded(base - included), sum((amount for _, amount in asked), Decimal()))


def _is_rounding(lacking: Sums, lines: Sequence[Line], taxes: Mapping[int, Tax], places: int) -> bool:
    """Whether what Odoo cuts off the prices can be the reason."""
    cut = [
        abs(_price(line) - _rounded(_price(line), places)) * Decimal(amount_of(line["product_uom_qty"]))
        for line in lines
    ]
    most = 1 + max((tax.rate for tax in taxes.values()), default=Decimal()) / 100
    bound = sum(cut, Decimal()) * most + HALF * len(lines)
    return any(cut) and abs(lacking.untaxed) <= bound and abs(lacking.tax) <= bound


def _attempts(
    lacking: Sums, lines: Sequence[Line], taxes: Sequence[Tax], known: Mapping[int, Tax]
) -> Iterator[list[Line]]:
    """A line without tax; or where the tax differs too, one at each of the order's rates that brings it."""
    if not lacking.tax:
        yield [new_rounding(lacking.untaxed, Decimal(), taxes)]
        return
    rates = {known[number].rate for line in lines for number in ids_of(line["tax_ids"]) if number in known}
    for rate in sorted(rate for rate in rates if rate):
        bearing = _rounded(lacking.tax * 100 / rate)
        rest = lacking.untaxed - bearing
        yield [
            new_rounding(bearing, rate, taxes),
            *([new_rounding(rest, Decimal(), taxes)] if rest else []),
        ]


def _price(line: Line) -> Decimal:
    return Decimal(amount_of(line["price_unit"]))


def _rounded(value: Decimal, places: int = DECIMALS) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
