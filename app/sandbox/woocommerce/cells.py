"""Reads a row's cells with the type that is known to be there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from .decimals import to_decimal

Row = dict[str, object]


def text(row: Mapping[str, object], name: str) -> str:
    """'' where there is nothing."""
    value = row.get(name)
    return "" if value is None else str(value)


def whole(row: Mapping[str, object], name: str) -> int:
    """0 where there is no whole number."""
    value = row.get(name)
    return int(to_decimal(value)) if value is not None and not isinstance(value, (dict, list)) else 0


def amount(row: Mapping[str, object], name: str) -> Decimal:
    return to_decimal(row.get(name))


def entries(row: Mapping[str, object], name: str) -> list[Row]:
    """A list of objects; the list itself, so that it can be added to, where it is one."""
    value = row.get(name)
    return cast("list[Row]", value) if isinstance(value, list) else []


def inner(row: Mapping[str, object], name: str) -> Row:
    """An object within."""
    value = row.get(name)
    return cast("Row", value) if isinstance(value, dict) else {}


def numbers(row: Mapping[str, object], name: str) -> list[int]:
    value = row.get(name)
    return [one for one in value if isinstance(one, int)] if isinstance(value, list) else []
