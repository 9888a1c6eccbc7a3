"""Amounts as the shop keeps and shows them: text in, `Decimal` inside, text or a JSON number out."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

PRECISION = 6
"""Digits an order line keeps, whatever the shop shows."""
_NOT_A_NUMBER = re.compile(r"[^0-9.\-]")
_LEADING = re.compile(r"-?\d*\.?\d+")


def clean_price(text: str) -> str:
    """What is kept of a price: "21,50" is "2150" (the comma parts thousands), "abc" is "" (prod-09 … prod-13)."""
    return _NOT_A_NUMBER.sub("", text)


def to_decimal(value: object) -> Decimal:
    """As PHP reads a number: what stands at the beginning, else 0."""
    found = _LEADING.match(str(value).strip()) if value not in (None, "") else None
    try:
        return Decimal(found.group()) if found else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def rounded(value: Decimal, places: int = 2) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def money(value: object, places: int = 2) -> str:
    """ "100" -> "100.00" """
    return str(rounded(to_decimal(value), places))


def plain(value: Decimal) -> str:
    """Without trailing zeros and without an exponent: 51.30 -> "51.3"."""
    short = rounded(value, PRECISION).normalize()
    return f"{short if short else Decimal(0):f}"


def number(value: Decimal) -> int | float:
    """As JSON has it: 100 and not 100.0; 84.033613."""
    exact = rounded(value, PRECISION)
    return int(exact) if exact == exact.to_integral_value() else float(exact)
