"""What Odoo makes of a written value, per field type, and what a read shows of the stored one."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.sandbox.odoo.computed import display_name
from app.sandbox.odoo.database import DATETIME_FORMAT, Database
from app.sandbox.odoo.faults import OdooError, missing, value_error
from app.sandbox.odoo.fields import Field, Model

SCRIPT: Final = re.compile(r"<script.*?</script>", re.DOTALL | re.IGNORECASE)
DATE_FORMAT: Final = "%Y-%m-%d"
# Fields with the precision "Product Price", "Discount" or "Stock Weight", and how many decimals these have at first.
PRICES: Final = frozenset({"price_unit", "list_price", "standard_price", "price_extra", "lst_price", "discount"})
ROUNDED: Final = PRICES | {"weight"}
DECIMALS: Final = 2


def rounded(value: object, digits: int) -> float:
    """Half away from zero, as Odoo rounds amounts: 3.335 is 3.34."""
    return float(Decimal(repr(float(str(value)))).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def to_stored(db: Database, model: Model, name: str, value: object, *, creating: bool, uid: int) -> object:
    """The value a field keeps. x2many commands are not handled here: they write other rows."""
    one = model.fields[name]
    if one.type == "many2one":
        return _many2one(db, one, value, creating=creating, uid=uid)
    if one.type == "boolean":
        return bool(value)  # so the text "false" is true
    if value is None or value is False:
        return one.empty
    if one.type in ("float", "monetary", "integer"):
        return rounded(_number(one, value), DECIMALS) if is_rounded(model.name, name) else _number(one, value)
    if one.type == "datetime":
        return _datetime(str(value))
    if one.type == "date":
        return _date(str(value))
    if one.type == "selection":
        if value not in one.selection:
            raise value_error(f"Wrong value for {model.name}.{name}: {value!r}")
        return value
    return _text(one, str(value))


def to_read(db: Database, one: Field, value: object, *, pairs: bool, sizes: bool = False) -> object:
    """`pairs` gives a many2one as `[id, display_name]`; without it the bare id (`load=''`).

    `sizes` gives a binary as text like `75.00 bytes` (context `bin_size`).
    """
    if one.type == "binary" and sizes and value:
        return f"{len(base64.b64decode(str(value))):.2f} bytes"
    if one.type == "many2one" and isinstance(value, int) and value is not False and one.relation:
        target = db.tables[one.relation].get(value)
        if target is None:
            return False
        return [value, display_name(db, one.relation, target)] if pairs else value
    if one.type == "many2many" and isinstance(value, list) and one.relation:
        return [other for other in value if other in db.tables[one.relation]]
    if one.type == "datetime" and isinstance(value, str):
        return value.split(".")[0]
    return value


def is_rounded(model: str, name: str) -> bool:
    """A reward's discount is not (17.0, by its source)."""
    return name in ROUNDED and model != "loyalty.reward"


def describe(model: str, name: str, one: Field) -> Mapping[str, object]:
    """One entry of `fields_get`."""
    described: dict[str, object] = {
        "name": name,
        "type": one.type,
        "string": one.string,
        "required": one.required,
        "readonly": one.readonly,
        "store": one.stored,
    }
    if is_rounded(model, name):
        described["digits"] = [16, DECIMALS]
    if one.relation:
        described["relation"] = one.relation
    if one.selection:
        described["selection"] = [[key, key.title()] for key in one.selection]
    return described


def _many2one(db: Database, one: Field, value: object, *, creating: bool, uid: int) -> object:
    """Write: anything but an int is taken and becomes NULL. Create: it reaches PostgreSQL and fails there."""
    if creating and isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or value is None or not isinstance(value, int):
        if creating and value not in (False, None):
            raise _refused_by_postgresql(value)
        return False
    if value not in db.tables[str(one.relation)]:
        raise missing(str(one.relation), value, uid)
    return value


def _refused_by_postgresql(value: object) -> OdooError:
    if value is True:
        return OdooError(
            "psycopg2.errors.DatatypeMismatch", "column is of type integer but expression is of type boolean"
        )
    shown = value[-1] if isinstance(value, list) and value else value
    return OdooError("psycopg2.errors.InvalidTextRepresentation", f'invalid input syntax for type integer: "{shown}"')


def _number(one: Field, value: object) -> object:
    try:
        return int(str(value)) if one.type == "integer" else float(str(value))
    except ValueError as error:
        raise value_error(str(error)) from error


def _datetime(value: str) -> str:
    """Odoo chooses the format by length, so a `T`, a zone or fractions of a second are refused."""
    form = DATETIME_FORMAT if len(value) > len("2026-01-02") else DATE_FORMAT
    try:
        return datetime.strptime(value, form).strftime(DATETIME_FORMAT)  # noqa: DTZ007 (naive UTC on the wire)
    except ValueError as error:
        raise value_error(str(error)) from error


def _date(value: str) -> str:
    """A date takes a longer text and keeps its first ten characters, also of an ISO moment."""
    try:
        return datetime.strptime(value[:10], DATE_FORMAT).strftime(DATE_FORMAT)  # noqa: DTZ007
    except ValueError as error:
        raise value_error(str(error)) from error


def _text(one: Field, value: str) -> str:
    if one.type == "html":
        clean = SCRIPT.sub("", value)
        return clean if clean.startswith("<") or not clean else f"<p>{clean}</p>"
    if "\x00" in value:
        raise value_error("A string literal cannot contain NUL (0x00) characters.")
    return value
