"""Totals of the shop against Odoo's."""

from __future__ import annotations

import pytest

from app.connectors.odoo.order_totals import difference
from app.entities.base import State


@pytest.mark.parametrize(
    ("wanted", "stored"),
    [
        ({"amount_total": "66.7", "amount_untaxed": "58"}, {"amount_total": "66.7", "amount_untaxed": "58"}),
        ({"amount_total": "66.70"}, {"amount_total": "66.7", "amount_untaxed": "1"}),
        ({"amount_total": "66.704", "amount_untaxed": None}, {"amount_total": "66.7", "amount_untaxed": "58"}),
        ({}, {"amount_total": "66.7"}),
    ],
)
def test_totals_that_agree_to_the_cent_do_not_differ(wanted: State, stored: State) -> None:
    assert difference(wanted, stored) is None


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"amount_total": "66.71"}, "with tax 66.71 in the shop, 66.70 in Odoo"),
        ({"amount_total": "66.7", "amount_untaxed": "57.99"}, "without tax 57.99 in the shop, 58.00 in Odoo"),
        ({"amount_total": "0"}, "with tax 0.00 in the shop, 66.70 in Odoo"),
    ],
)
def test_a_cent_is_a_difference_and_both_figures_are_said(wanted: State, said: str) -> None:
    assert difference(wanted, {"amount_total": "66.7", "amount_untaxed": "58"}) == said
