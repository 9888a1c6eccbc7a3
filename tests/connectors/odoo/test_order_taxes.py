"""Which tax a rate gets, and what a price is without it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.connectors.odoo.order_taxes import Tax, priced, rate_of, without_tax
from app.errors import Rejected

ON_TOP = Tax(id=3, rate=Decimal(20))
INSIDE = Tax(id=9, rate=Decimal(20), included=True)
REDUCED = Tax(id=2, rate=Decimal("5.5"))


@pytest.mark.parametrize(
    ("price", "rate", "taxes", "price_unit", "tax_ids"),
    [
        ("18.50", "20", [ON_TOP, REDUCED], "18.50", (3,)),
        ("10", "5.5", [ON_TOP, REDUCED], "10", (2,)),
        ("10", "5.50", [ON_TOP, REDUCED], "10", (2,)),
        ("-5", "20", [ON_TOP], "-5", (3,)),
        ("10", "0", [ON_TOP], "10", ()),
        ("10", "0", [], "10", ()),
        # Prices that were set with tax: 20.00 with 20 % inside.
        ("16.666667", "20", [ON_TOP, INSIDE], "20.00", (9,)),
        ("16.666667", "20", [INSIDE, ON_TOP], "20.00", (9,)),
        # Without the including tax it is the nearest that can be had.
        ("16.666667", "20", [ON_TOP], "16.666667", (3,)),
        # Whole cents without tax stay so.
        ("18.50", "20", [INSIDE, ON_TOP], "18.50", (3,)),
        ("10", "20", [INSIDE], "12.00", (9,)),
        # Whole cents in neither way.
        ("3.3333", "20", [ON_TOP, INSIDE], "3.3333", (3,)),
        # A rate that was worked out of rounded amounts: 5.00 with tax, 4.17 without.
        ("-4.17", "19.904077", [REDUCED, ON_TOP], "-4.17", (3,)),
    ],
)
def test_a_price_gets_the_tax_of_its_rate(
    price: str, rate: str, taxes: list[Tax], price_unit: str, tax_ids: tuple[int, ...]
) -> None:
    got = priced(Decimal(price), Decimal(rate), taxes)

    assert (got.price_unit, got.tax_ids) == (Decimal(price_unit), tax_ids)


def test_of_several_taxes_of_one_rate_the_products_own_is_taken() -> None:
    services = Tax(id=8, rate=Decimal(20))

    assert priced(Decimal(10), Decimal(20), [ON_TOP, services]).tax_ids == (3,)
    assert priced(Decimal(10), Decimal(20), [ON_TOP, services], own=[8]).tax_ids == (8,)
    assert priced(Decimal(10), Decimal("5.5"), [REDUCED, services], own=[8]).tax_ids == (2,)


@pytest.mark.parametrize(("rate", "taxes"), [("19", [ON_TOP, REDUCED]), ("20", [])])
def test_a_rate_without_a_tax_is_named(rate: str, taxes: list[Tax]) -> None:
    with pytest.raises(Rejected, match=f"no active sale tax of {rate} %") as refused:
        priced(Decimal(10), Decimal(rate), taxes)

    assert (refused.value.code, refused.value.field) == ("no_tax", "lines")


def test_a_price_with_tax_inside_reads_without_it() -> None:
    taxes = {9: INSIDE, 3: ON_TOP}

    assert without_tax(Decimal(20), [9], taxes).quantize(Decimal("0.000001")) == Decimal("16.666667")
    assert without_tax(Decimal(20), [3], taxes) == 20
    assert without_tax(Decimal(20), [], taxes) == 20


def test_a_tax_that_is_no_percentage_counts_nothing() -> None:
    assert rate_of([3, 2, 77], {3: ON_TOP, 2: REDUCED}) == Decimal("25.5")
