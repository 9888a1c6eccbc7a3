"""How the shop writes a value, and how this service does: one kind per field, one function each way.

The shop's JSON holds nearly all values as text: "1", "0.000000", "0000-00-00"; null and "" both mean empty.
Canonical values are described in `entities/base.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeAlias

from app.connectors.prestashop import xml
from app.connectors.prestashop.client import Row
from app.entities.base import Json, State
from app.entities.values import plain, storable


class Kind(StrEnum):
    TEXT = "text"
    BOOL = "bool"
    ID = "id"
    COUNT = "count"
    AMOUNT = "amount"
    DAY = "day"
    MOMENT = "moment"
    TEXTS = "texts"


FieldMap: TypeAlias = Mapping[str, Kind]


def from_shop(row: Row, fields: FieldMap, *, only_language: str | None = None) -> dict[str, Json]:
    """The canonical state of one record. `only_language` is the id of the one active language, if there is
    one."""
    return {name: _from(kind, row.get(name), only_language) for name, kind in fields.items()}


def to_shop(state: State, fields: FieldMap) -> dict[str, str | xml.Texts]:
    """The fields of `state` that `fields` knows, as the shop takes them in XML."""
    return {name: _to(kind, state[name]) for name, kind in fields.items() if name in state}


def native_id(row: Row) -> str:
    return str(row.get("id"))


def as_int(value: Json) -> int:
    """A number of the shop; 0 for what is none."""
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isdecimal() or (text[:1] == "-" and text[1:].isdecimal()) else 0


def as_flag(value: Json) -> bool:
    return value in (True, 1, "1")


def as_str(value: Json) -> str | None:
    """Text with line ends as XML keeps them, and without what our database cannot hold; None for empty."""
    if value is None or value is False:
        return None
    return storable(str(value)).replace("\r\n", "\n").replace("\r", "\n") or None


def _from(kind: Kind, value: Json, only_language: str | None) -> Json:
    match kind:
        case Kind.BOOL:
            return as_flag(value)
        case Kind.ID:
            return as_int(value) or None
        case Kind.COUNT:
            return as_int(value)
        case Kind.AMOUNT:
            return _amount(value)
        case Kind.DAY | Kind.MOMENT:
            text = as_str(value)
            return None if text is None or text.startswith("0000-00-00") else text
        case Kind.TEXTS:
            return _texts(value, only_language)
        case Kind.TEXT:
            return as_str(value)


def _amount(value: Json) -> str:
    try:
        return plain(Decimal(str(value)))
    except InvalidOperation:
        return "0"


def _texts(value: Json, only_language: str | None) -> dict[str, Json]:
    """`[{"id": "1", "value": "…"}]`, or plain text in a shop with one active language (recordings 970,
    972)."""
    if isinstance(value, list):
        rows = [row for row in value if isinstance(row, dict)]
        return {str(row.get("id")): as_str(row.get("value")) for row in rows}
    return {} if only_language is None else {only_language: as_str(value)}


def _to(kind: Kind, value: Json) -> str | xml.Texts:
    match kind:
        case Kind.BOOL:
            return "1" if value else "0"
        case Kind.ID | Kind.COUNT | Kind.AMOUNT:
            return str(value or 0)
        case Kind.TEXTS if isinstance(value, dict):
            return {language: str(text or "") for language, text in value.items()}
        case _:
            return "" if value is None else str(value)
