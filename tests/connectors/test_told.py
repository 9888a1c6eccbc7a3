"""Numbers of others: read as they are meant, or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.connectors.told import decimal_of, whole_of
from app.entities.base import Json
from app.errors import BadPayload


@pytest.mark.parametrize(
    ("value", "number"), [(7, 7), ("7", 7), (" -7 ", -7), ("7.00", 7), (7.0, 7), (None, 0), ("", 0), (False, 0), (0, 0)]
)
def test_a_whole_number_is_read_however_it_is_written(value: Json, number: int) -> None:
    assert whole_of(value, "stock_quantity") == number


@pytest.mark.parametrize("value", ["x", "²", "1.5", 1.5, 1e300, "9" * 5000, True, [], {}, "NaN"])
def test_what_is_no_whole_number_is_refused_by_the_fields_name(value: Json) -> None:
    with pytest.raises(BadPayload, match="stock_quantity"):
        whole_of(value, "stock_quantity")


@pytest.mark.parametrize(
    ("value", "number"), [("12.50", "12.5"), (12.5, "12.5"), (None, "0"), ("", "0"), (0, "0"), ("1e2", "100")]
)
def test_an_amount_is_read_however_it_is_written(value: Json, number: str) -> None:
    assert decimal_of(value) == Decimal(number)


@pytest.mark.parametrize("value", ["x", "12,50", "NaN", "sNaN", "Infinity", "1e999999", 1e300, [], {}, True])
def test_what_is_no_amount_is_refused(value: Json) -> None:
    with pytest.raises(BadPayload, match="a number"):
        decimal_of(value)
