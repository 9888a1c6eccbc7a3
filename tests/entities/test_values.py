"""Canonical values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.entities.values import as_amount, as_day, as_id, as_id_or_code, as_moment, as_text


@pytest.mark.parametrize(
    ("value", "amount"),
    [(10, "10"), ("10.00", "10"), (0, "0"), ("-0.0", "0"), (0.1 + 0.2, "0.3"), ("+5", "5"), (1e3, "1000"), ("7.", "7")],
)
def test_one_amount_has_one_form(value: object, amount: str) -> None:
    assert as_amount(value) == amount


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=6))
def test_an_amount_keeps_its_value_and_reads_back_the_same(number: Decimal) -> None:
    text = as_amount(str(number) if "E" not in str(number) else format(number, "f"))

    assert Decimal(text) == number
    assert as_amount(text) == text


@pytest.mark.parametrize("value", ["", "1e5", "1,5", "٣", None, True, [], "1.2.3"])
def test_what_is_no_plain_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be a number"):
        as_amount(value)


@pytest.mark.parametrize("value", [None, True, 0, -1, 1.0, "1.0", "+1", "", "⑦", 2**32, [1]])
def test_what_is_no_id_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be an id"):
        as_id(value)


@pytest.mark.parametrize(("value", "found"), [("21", 21), (21, 21), ("US", "US"), (False, None), ("0", None)])
def test_an_id_may_be_a_code(value: object, found: object) -> None:
    assert as_id_or_code(value) == found


@pytest.mark.parametrize("value", [True, 1.5, [], "²", "9" * 20])
def test_what_is_neither_id_nor_code_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="must be an id"):
        as_id_or_code(value)


def test_line_ends_are_those_xml_keeps() -> None:
    assert as_text(" a\r\nb\rc\n ", limit=9) == "a\nb\nc"


@pytest.mark.parametrize("value", ["2026-02-30", "2026-1-1", "26-01-01", "2026-01-01x", 20260101])
def test_what_is_no_day_is_refused(value: object) -> None:
    if value == "2026-01-01x":
        assert as_day(value) == "2026-01-01", "the day of a longer date"
        return
    with pytest.raises(ValueError, match="must be a date"):
        as_day(value)


def test_a_bare_date_is_the_start_or_the_end_of_its_day() -> None:
    assert as_moment("2026-12-31") == "2026-12-31 00:00:00"
    assert as_moment("2026-12-31", end_of_day=True) == "2026-12-31 23:59:59"
    assert as_moment("2026-12-31 10:00", end_of_day=True) == "2026-12-31 10:00:00"
