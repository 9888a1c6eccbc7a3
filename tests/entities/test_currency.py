"""A price in another currency is another price."""

from __future__ import annotations

from app.entities.base import EntityType, Record
from app.entities.currency import in_one_currency, without_foreign_prices

EUROS: Record = {"name": "Mug", "price": "10", "currency": "EUR"}
DOLLARS: Record = {"name": "Mug", "price": "11", "currency": "USD"}


def test_prices_in_one_currency_are_compared() -> None:
    theirs = {**EUROS, "price": "12"}

    assert in_one_currency(EntityType.PRODUCT, EUROS, theirs, base=None) == (EUROS, theirs, ())


def test_prices_in_two_currencies_are_left_out_on_both_sides_and_said_so() -> None:
    ours, theirs, [note] = in_one_currency(EntityType.PRODUCT, EUROS, DOLLARS, base=None)

    assert "price" not in ours
    assert "price" not in theirs
    assert ours["name"] == "Mug"
    assert "price 10 EUR was not written" in note
    assert "USD" in note


def test_a_price_that_nobody_edited_is_not_talked_about() -> None:
    _, _, notes = in_one_currency(EntityType.PRODUCT, EUROS, DOLLARS, base=EUROS)

    assert notes == ()


def test_a_side_that_does_not_say_its_currency_is_believed() -> None:
    assert in_one_currency(EntityType.PRODUCT, EUROS, {**DOLLARS, "currency": None}, base=None)[0] == EUROS


def test_something_new_is_made_without_its_price() -> None:
    record, [note] = without_foreign_prices(EntityType.PRODUCT, EUROS, "USD")

    assert record == {"name": "Mug", "currency": "EUR"}
    assert "price 10 EUR" in note
