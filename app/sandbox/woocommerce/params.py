"""Checks of what a request carries, in WordPress' words: kinds of parameters, what each takes, and what it becomes.

`{"email": EMAIL, "billing": Param("object", fields={"email": EMAIL})}` with `{"email": "bad"}` is a 400
`rest_invalid_param` that names the parameter. Unknown parameters pass and mean nothing.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .errors import Complaint, invalid_params, missing_params
from .state import Json

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_WORDS = {"integer": int, "number": float}


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """`kind`: string, integer, number, boolean, array, object, email, date, mixed; `nullable`: or null."""

    kind: str = "string"
    required: bool = False
    nullable: bool = False
    enum: Sequence[str] = ()
    low: int | None = None
    high: int | None = None
    items: "Param | None" = None
    fields: Mapping[str, "Param"] = field(default_factory=dict)
    default: object = None


STRING = Param()
INTEGER = Param(kind="integer")
BOOLEAN = Param(kind="boolean")
NUMBER = Param(kind="number")
OBJECT = Param(kind="object")
ARRAY = Param(kind="array")
EMAIL = Param(kind="email")
DATE = Param(kind="date")
IDS = Param(kind="array", items=INTEGER)
META = Param(kind="array", items=OBJECT)


def is_email(text: str) -> bool:
    """As WordPress' is_email: no letters beyond ASCII (cust-45)."""
    return bool(_EMAIL.fullmatch(text))


def checked(params: Mapping[str, Param], given: Mapping[str, Any]) -> Json:
    """`given` with every known parameter in its kind: `"5"` becomes 5 where a number is asked for. Errors: 400."""
    missing = [name for name, param in params.items() if param.required and given.get(name) is None]
    if missing:
        raise missing_params(missing)
    complaints = {name: wrong for name, value in given.items() if (wrong := _wrong(params.get(name), value, name))}
    if complaints:
        raise invalid_params(complaints)
    return {name: _made(params.get(name), value) for name, value in given.items()}


def _wrong(param: Param | None, value: Any, name: str) -> Complaint | None:
    if param is None or value is None or (param.nullable and value == "") or param.kind == "mixed":
        return None
    if param.kind == "array":
        return _wrong_array(param, value, name)
    if param.kind == "object":
        return _wrong_object(param, value, name)
    if not _is(param.kind, value):
        return _not_of_type(name, param)
    return _wrong_value(param, value, name)


def _wrong_value(param: Param, value: Any, name: str) -> Complaint | None:
    if param.enum and str(value) not in param.enum:
        return Complaint("rest_not_in_enum", f"{name} is not one of {_listed(param.enum)}.")
    if param.kind == "email" and not is_email(value):
        return Complaint("rest_invalid_email", "Invalid email address.")
    if param.kind == "date" and not _is_date(value):
        return Complaint("rest_invalid_date", "Invalid date.")
    return _out_of_bounds(param, value, name)


def _out_of_bounds(param: Param, value: Any, name: str) -> Complaint | None:
    if param.kind not in _WORDS or (param.low is None and param.high is None):
        return None
    number = float(value)
    if (param.low is None or number >= param.low) and (param.high is None or number <= param.high):
        return None
    if param.high is None:
        said = f"{name} must be greater than or equal to {param.low}"
    elif param.low is None:
        said = f"{name} must be less than or equal to {param.high}"
    else:
        said = f"{name} must be between {param.low} (inclusive) and {param.high} (inclusive)"
    return Complaint("rest_out_of_bounds", said)


def _wrong_array(param: Param, value: Any, name: str) -> Complaint | None:
    items = _as_list(value)
    if items is None:
        return _not_of_type(name, param)
    wrongs = (_wrong(param.items, item, f"{name}[{at}]") for at, item in enumerate(items))
    return next((wrong for wrong in wrongs if wrong), None)


def _wrong_object(param: Param, value: Any, name: str) -> Complaint | None:
    if not isinstance(value, Mapping) and value not in ("", []):
        return _not_of_type(name, param)
    inner = value if isinstance(value, Mapping) else {}
    wrongs = (_wrong(param.fields.get(key), one, f"{name}[{key}]") for key, one in inner.items())
    return next((wrong for wrong in wrongs if wrong), None)


def _not_of_type(name: str, param: Param) -> Complaint:
    said = {"email": "string", "date": "string"}.get(param.kind, param.kind)
    said = f"{said},null" if param.nullable else said
    return Complaint("rest_invalid_type", f"{name} is not of type {said}.", data={"param": name})


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "integer":
            return _is_number(value) and float(value).is_integer()
        case "number":
            return _is_number(value)
        case "boolean":
            return isinstance(value, bool) or value in (0, 1, "0", "1", "true", "false", "TRUE", "FALSE", "")
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and bool(re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", value))


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return "T" in value or " " in value


def _as_list(value: Any) -> list[Any] | None:
    """A text counts as a list by its commas."""
    if isinstance(value, str):
        return [one.strip() for one in value.split(",") if one.strip()]
    return list(value) if isinstance(value, list | tuple) else None


def _made(param: Param | None, value: Any) -> Any:
    if param is None or value is None or (param.nullable and value == ""):
        return None if param is not None and param.nullable and value == "" else value
    match param.kind:
        case "integer":
            return int(float(value))
        case "boolean":
            return value if isinstance(value, bool) else str(value).lower() in ("1", "true")
        case "array":
            return [_made(param.items, item) for item in _as_list(value) or []]
        case "object":
            inner = value if isinstance(value, Mapping) else {}
            return {key: _made(param.fields.get(key), one) for key, one in inner.items()}
    return value


def _listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b, and c`."""
    if len(words) < 3:
        return " and ".join(words)
    return f"{', '.join(words[:-1])}, and {words[-1]}"
