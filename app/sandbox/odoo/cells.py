"""One cell of a `load`, as text, made into a value of its field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.sandbox.odoo.computed import display_name
from app.sandbox.odoo.database import DATETIME_FORMAT
from app.sandbox.odoo.fields import Field
from app.sandbox.odoo.records import Call

BOOLEANS: Final[Mapping[str, bool]] = {
    "1": True,
    "true": True,
    "yes": True,
    "0": False,
    "false": False,
    "no": False,
    "": False,
}


class CellError(Exception):
    """One cell that cannot be imported; `message` is what the caller is told."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def cell_value(call: Call, name: str, value: object) -> object:
    """An empty cell empties the field."""
    base, _, form = name.partition("/")
    one = call.model.fields[base]
    if one.type == "many2many":
        parts = [part for part in str(value or "").split(",") if part]
        return [[6, 0, [_record(call, base, one, form, part) for part in parts]]]
    if value in ("", None, False):
        return False
    if one.type == "many2one":
        return _record(call, base, one, form, value)
    if one.selection and value not in one.selection:
        raise CellError(f"Value '{value}' not found in selection field '{one.string}'", base)
    if one.type == "boolean":
        return _boolean(one, base, value)
    if one.type == "datetime":
        return _moment(call, one, base, str(value))
    if one.type in ("integer", "float", "monetary"):
        return _number(one, base, value)
    return value


def _record(call: Call, base: str, one: Field, form: str, value: object) -> int:
    if form == "id":
        target = call.db.external_ids.get(str(value))
        if target is None:
            raise CellError(f"No matching record found for external id '{value}' in field '{one.string}'", base)
        return target[1]
    rows = call.db.tables[str(one.relation)]
    if form == ".id":
        if not str(value).isdigit() or int(str(value)) not in rows:
            raise CellError(f"No matching record found for database id '{value}' in field '{one.string}'", base)
        return int(str(value))
    for row_id, row in rows.items():
        if display_name(call.db, str(one.relation), row) == value:
            return row_id
    raise CellError(f"No matching record found for name '{value}' in field '{one.string}'", base)


def _boolean(one: Field, base: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    known = BOOLEANS.get(str(value).strip().lower())
    if known is None:
        raise CellError(f"Unknown value '{value}' for boolean field '{one.string}'", base)
    return known


def _number(one: Field, base: str, value: object) -> object:
    try:
        return int(str(value)) if one.type == "integer" else float(str(value))
    except ValueError as error:
        raise CellError(f"'{value}' does not seem to be a number for field '{one.string}'", base) from error


def _moment(call: Call, one: Field, base: str, value: str) -> str:
    """Read as local time of the context's `tz`, unlike everywhere else, and kept as UTC."""
    try:
        parsed = datetime.strptime(value, DATETIME_FORMAT)  # noqa: DTZ007 (the zone is the context's)
    except ValueError as error:
        raise CellError(f"'{value}' does not seem to be a valid datetime for field '{one.string}'", base) from error
    zone = ZoneInfo(str(call.context.get("tz") or "UTC"))
    return parsed.replace(tzinfo=zone).astimezone(UTC).strftime(DATETIME_FORMAT)
