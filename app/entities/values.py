"""What people and Odoo write for a value, brought into the one canonical form. Pure, standard library only.

Odoo's server actions send what its `read` gives: `false` for an empty text or date, floats for money, ids as
numbers. People and no-code tools send `"1"`, `"67"`, `"12.50"`. Each function here takes those and returns
the canonical value (`entities/base.py`), or raises `ValueError` with words that follow the field's name:
`"must be true or false"`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

MAX_ID = 4_294_967_295
"""`INT UNSIGNED`, the widest id PrestaShop has."""
MAX_AMOUNT = Decimal(10) ** 13
"""Larger than any `decimal(20,6)` column holds."""

_WORDS = {"1": True, "true": True, "0": False, "false": False}
_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{0,20})?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)(:\d\d)?(\.\d{1,9})?\s?(Z|[+-]\d\d(?::?\d\d)?)?", re.ASCII)


def whole(text: str) -> int | None:
    """Up to 18 plain digits as a number, else None: `int` takes other scripts' digits too, and raises for thousands."""
    return int(text) if len(text) <= 18 and text.isascii() and text.isdecimal() else None


def as_bool(value: object) -> bool:
    """`true`, `1`, `"1"`, `"true"` and their opposites."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return value == 1
    if isinstance(value, str) and (word := value.strip().lower()) in _WORDS:
        return _WORDS[word]
    raise ValueError("must be true or false (0 and 1 are taken too)")


def as_count(value: object) -> int:
    """A whole number from 0 on, as a number or as digits."""
    if isinstance(value, str) and (text := value.strip()).isascii() and text.isdigit() and len(text) <= 10:
        value = int(text)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_ID:
        return value
    raise ValueError(f"must be a whole number from 0 to {MAX_ID}")


def as_id(value: object) -> int:
    """A native id: a whole number from 1 on, as a number or as digits."""
    try:
        number = as_count(value)
    except ValueError:
        number = 0
    if number == 0:
        raise ValueError("must be an id: a whole number from 1 on, or its digits as text")
    return number


def as_optional_id(value: object) -> int | None:
    """An id, or None for what means "none": `null`, `false`, `""` and 0."""
    if value in (None, False, "", 0, "0"):
        return None
    return as_id(value)


def as_text(value: object, *, limit: int) -> str | None:
    """Text without the blanks around it and with plain line ends, as XML keeps them.

    None for what means "empty": `null`, Odoo's `false`, `""`.
    """
    if value is None or value is False:
        return None
    if not isinstance(value, str):
        raise ValueError("must be text")
    text = value.strip().replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > limit:
        raise ValueError(f"is {len(text)} characters long; the shop takes {limit}")
    return text or None


def as_code(value: object, *, limit: int) -> str | None:
    """Like `as_text`, for what is often sent as a number: a post code, a phone, a tracking number."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return as_text(value, limit=limit)


def as_id_or_code(value: object, *, limit: int = 64) -> int | str | None:
    """An id, or a name for it that the shop knows: an ISO code, a state's name. None for what means
    "none"."""
    if value in (None, False, "", 0, "0"):
        return None
    if isinstance(value, int) or (isinstance(value, str) and value.strip().isdigit()):
        return as_id(value)
    try:
        return as_text(value, limit=limit)
    except ValueError:
        raise ValueError("must be an id or a code") from None


def as_email(value: object) -> str | None:
    """An e-mail address as far as it can be told without the shop: one `@`, something on both sides, no
    blanks."""
    text = as_text(value, limit=255)
    if text is None:
        return None
    name, at, host = text.rpartition("@")
    if not (name and at and host) or any(character.isspace() for character in text):
        raise ValueError('must be an e-mail address like "john@example.com"')
    return text


def as_amount(value: object, *, places: int = 6) -> str:
    """A decimal as plain text without trailing zeros: 12.5 and `"12.50"` both give `"12.5"`.

    Rounded half up to `places`, which is what the shop's column keeps, so that the float noise of the sender
    (49.900000000000006) is no difference.
    """
    number = _number(value)
    if abs(number) >= MAX_AMOUNT:
        raise ValueError("is too large")
    return plain(number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def plain(number: Decimal) -> str:
    """Without exponent, trailing zeros and minus zero."""
    return "0" if number == 0 else format(number.normalize(), "f")


def as_day(value: object) -> str | None:
    """`YYYY-MM-DD`; the day of a longer date; None for the ways of saying "no date"."""
    if value in (None, False, "") or (isinstance(value, str) and value.startswith("0000-00-00")):
        return None
    if isinstance(value, str) and _DAY.fullmatch(text := value.strip()[:10]):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise ValueError('must be a date like "1990-12-31"')


def as_moment(value: object, *, end_of_day: bool = False) -> str:
    """`YYYY-MM-DD HH:MM:SS` in the shop's local time, or ISO text in UTC (`…T…+00:00`) where an offset was
    given.

    A bare date is the start of that day, or with `end_of_day` its last second: a coupon "until 31 December"
    holds on the 31st. The offset is turned into shop time where the shop's zone is known
    (`connectors/prestashop/reference.py`).
    """
    text = value.strip() if isinstance(value, str) else ""
    try:
        if _DAY.fullmatch(text):
            return _local(datetime.fromisoformat(f"{text}T{'23:59:59' if end_of_day else '00:00:00'}"))
        if found := _MOMENT.fullmatch(text):
            day, minutes, seconds, _, zone = found.groups()
            moment = datetime.fromisoformat(f"{day}T{minutes}{seconds or ':00'}{zone or ''}")
            return _local(moment) if zone is None else _aware(moment)
    except (ValueError, OverflowError):
        pass
    raise ValueError('must be a date or time like "2026-12-31" or "2026-12-31 23:59:59"')


def storable(text: str) -> str:
    """Without NUL and lone surrogates: MySQL and JSON hold them, PostgreSQL's text and jsonb do not."""
    return _NOT_STORABLE.sub("", text)


def _number(value: object) -> Decimal:
    if isinstance(value, str) and _NUMBER.fullmatch(text := value.strip()):
        return Decimal(text)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, float) and (number := Decimal(repr(value))).is_finite():
        return number
    raise ValueError('must be a number like 12.5 or "12.50" (with a dot)')


def _local(moment: datetime) -> str:
    if moment.year < 1000:
        raise ValueError("MySQL keeps years from 1000 on")
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _aware(moment: datetime) -> str:
    _local(moment)
    return moment.astimezone(UTC).isoformat(timespec="seconds")
