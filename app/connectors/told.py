"""Numbers that a peer told: read as they are meant, or refused in words. A guess would be written to the other side."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from app.entities.base import Json
from app.errors import BadPayload

DIGITS: Final = 18
"""Before the point, and behind it: more than anybody counts. `1e999999` is a number too, of a million digits."""
_WHOLE: Final = re.compile(rf"\s*-?\d{{1,{DIGITS}}}(\.0*)?\s*", re.ASCII)


def whole_of(value: Json, name: str) -> int:
    """`7`, `"7"` or `"7.00"`; 0 for nothing. Raises `BadPayload` naming the field."""
    if value is None or value is False or value == "":
        return 0
    text = str(value)
    if isinstance(value, bool) or not _WHOLE.fullmatch(text):
        raise BadPayload(f"{name} {text[:40]!r} is no whole number", code="odd_answer")
    return int(text.partition(".")[0])


def decimal_of(value: Json) -> Decimal:
    """0 for nothing. Raises `BadPayload`."""
    if value is None or value is False or value == "":
        return Decimal()
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number.adjusted() >= DIGITS:
        raise BadPayload(f"{str(value)[:40]!r} stands where a number belongs", code="odd_answer")
    return number
