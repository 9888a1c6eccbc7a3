"""Odoo's datetimes: naive text in UTC, `2026-01-02 03:04:05`, whatever zone user or context have. Pure.

Odoo refuses `T`, `Z`, an offset and fractions of a second when a value is written; 19 refuses the first two in a domain
as well. It reads seconds back, and keeps microseconds it does not tell.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from app.entities.base import Json
from app.errors import BadPayload

FORMAT: Final = "%Y-%m-%d %H:%M:%S"

_WRITABLE: Final = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?", re.ASCII)


def to_odoo_moment(moment: datetime | str) -> str:
    """An aware datetime, or the ISO text of a record (`2026-01-02T03:04:05+00:00`), as Odoo takes it.

    Fractions are cut. Raises `BadPayload` for a moment without its zone: nobody could say which moment it is.
    """
    if isinstance(moment, str):
        moment = _parsed(moment)
    if moment.tzinfo is None:
        raise BadPayload(f"{moment} has no zone; a moment needs one, e.g. +00:00")
    return moment.astimezone(UTC).strftime(FORMAT)


def from_odoo_moment(value: Json) -> datetime | None:
    """A datetime field, aware and in UTC; None for `false`. Raises `BadPayload` for what is no datetime."""
    if value in (None, False, ""):
        return None
    try:
        return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    except ValueError:
        raise BadPayload(f"Odoo gave {str(value)[:40]!r} where a datetime belongs") from None


def iso_of(value: Json) -> str | None:
    """A datetime field as records carry it: `2026-01-02T03:04:05+00:00`."""
    moment = from_odoo_moment(value)
    return None if moment is None else moment.isoformat()


def is_odoo_moment(value: Json) -> bool:
    """Whether Odoo takes it for a datetime field: its own form, a bare day (midnight), or `false`."""
    return value is None or value is False or (isinstance(value, str) and _WRITABLE.fullmatch(value) is not None)


def _parsed(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadPayload(f"{text[:40]!r} is no moment like 2026-01-02T03:04:05+00:00") from None
