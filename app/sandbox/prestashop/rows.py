"""What MariaDB makes of a value: the difference between an object in memory and the row read again.

memory None, written by POST   ->  int "0", decimal "0.000000", text "", date "0000-00-00 00:00:00"
memory None, written by PUT    ->  the same, but null in a nullable text column
memory "10"                    ->  decimal(5,2) "10.00"
"""

import re
from decimal import Decimal, InvalidOperation

from .resources import Field, Value

ZERO_DATE = "0000-00-00"
ZERO_DATETIME = "0000-00-00 00:00:00"
_DECIMALS = {"d2": Decimal("0.01"), "d3": Decimal("0.001"), "d6": Decimal("0.000001")}
_LEADING_INT = re.compile(r"\s*([+-]?\d+)")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w+;)")


def stored(field: Field, value: Value, *, nulls: bool, db_now: str) -> Value:
    """`nulls`: an omitted nullable column becomes null (PUT, PATCH) instead of '' (POST)."""
    if isinstance(value, dict) or field.kind == "virtual":
        return value
    text = "" if value is None or value is False else "1" if value is True else str(value)
    if field.kind in _DECIMALS:
        return _decimal(text, _DECIMALS[field.kind])
    if field.kind in ("int", "bool"):
        return _integer(text)
    if field.kind in ("datetime", "date", "stamp"):
        return _date(field, text, db_now)
    if field.kind == "nullint":
        return None if text == "" else _integer(text)
    if field.kind == "nulltext" and value is None and nulls:
        return None
    return _BARE_AMPERSAND.sub("&amp;", text) if field.kind == "html" else text


def _decimal(text: str, exponent: Decimal) -> str:
    try:
        return str(Decimal(text or "0").quantize(exponent))
    except InvalidOperation:
        return str(Decimal(0).quantize(exponent))


def _integer(text: str) -> str:
    match = _LEADING_INT.match(text)
    return str(int(match[1])) if match else "0"


def _date(field: Field, text: str, db_now: str) -> str:
    if field.kind == "stamp":
        return text or db_now
    if field.kind == "date":
        return text[:10] or ZERO_DATE
    return ZERO_DATETIME if text == "" else f"{text} 00:00:00" if len(text) == 10 else text
