"""Which of a company's sale taxes stands for a rate, and what a price is without tax. Pure.

A shop says 20 %, Odoo says which tax: a record of the company's chart of accounts, whose price either leaves the tax
out or includes it (`price_include`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.errors import Rejected

CENT: Final = Decimal("0.01")
"""What Odoo rounds a unit price to unless its decimal accuracy "Product Price" was raised (17.0, 19.0)."""
NOISE: Final = Decimal("0.00001")
RATE_TOLERANCE: Final = Decimal("0.2")
"""A shop works a discount's rate out of rounded amounts (5.00 of 4.17 is 19.9 %). The order's totals are compared
afterwards, so a tax that is near but wrong does not go unnoticed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tax:
    """A sale tax of so many percent. `included`: a line's unit price has it inside."""

    id: int
    rate: Decimal
    included: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What a line gets for a price without tax."""

    price_unit: Decimal
    tax_ids: tuple[int, ...]


def rate_of(tax_ids: Iterable[int], taxes: Mapping[int, Tax]) -> Decimal:
    """In percent, all of a line's taxes together; those of another kind (fixed sums, groups) count nothing."""
    return sum((taxes[tax_id].rate for tax_id in tax_ids if tax_id in taxes), Decimal())


def without_tax(price_unit: Decimal, tax_ids: Iterable[int], taxes: Mapping[int, Tax]) -> Decimal:
    inside = rate_of((tax_id for tax_id in tax_ids if tax_id in taxes and taxes[tax_id].included), taxes)
    return price_unit / (1 + inside / 100)


def priced(price: Decimal, rate: Decimal, taxes: Sequence[Tax], *, own: Collection[int] = ()) -> Priced:
    """A price without tax as Odoo shall hold it. Raises `Rejected` where no tax has the rate; none is needed for 0 %.

    Several taxes may have one rate (goods and services): the product's `own` go before the company's others. A tax on
    top is preferred. But 16.666667 would be rounded to 16.67, and three of them cost a cent too much: where
    the price with tax has whole cents (20.00) and the company has the tax in its including form, that one is taken.
    """
    if rate == 0:
        return Priced(price_unit=price, tax_ids=())
    fitting = sorted(_of_rate(rate, taxes), key=lambda tax: tax.id not in own)
    with_tax = _without_noise(price * (1 + fitting[0].rate / 100))
    including = [tax for tax in fitting if tax.included]
    on_top = [tax for tax in fitting if not tax.included]
    if including and (not on_top or (not _whole_cents(price) and _whole_cents(with_tax))):
        return Priced(price_unit=with_tax, tax_ids=(including[0].id,))
    return Priced(price_unit=price, tax_ids=(on_top[0].id,))


def _of_rate(rate: Decimal, taxes: Sequence[Tax]) -> list[Tax]:
    """Those nearest to the rate, in the company's order; never an empty list."""
    near = min((abs(tax.rate - rate) for tax in taxes), default=RATE_TOLERANCE + 1)
    if near > RATE_TOLERANCE:
        raise Rejected(
            f"Odoo has no active sale tax of {rate:f} % (computed in percent of the price); make one under "
            "Accounting > Configuration > Taxes, then retry",
            code="no_tax",
            field="lines",
        )
    return [tax for tax in taxes if abs(tax.rate - rate) == near]


def _whole_cents(price: Decimal) -> bool:
    return price == price.quantize(CENT)


def _without_noise(price: Decimal) -> Decimal:
    """16.666667 x 1.2 is 20.0000004: the price had been rounded to six places."""
    rounded = price.quantize(CENT, rounding=ROUND_HALF_UP)
    return rounded if abs(price - rounded) < NOISE else price
