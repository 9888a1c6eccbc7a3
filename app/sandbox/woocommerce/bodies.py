"""What a request carries, as PHP reads it: queries and forms with `name[key]`, JSON, and nothing of other kinds."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from .errors import invalid_json
from .state import Json

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def fields_of(query: str) -> Json:
    """`billing[city]=Bonn&include[]=1` → `{"billing": {"city": "Bonn"}, "include": ["1"]}`."""
    found: Json = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        first, _, rest = name.partition("[")
        _put(found, [first, *rest.removesuffix("]").split("][")] if rest else [first], value)
    return {name: _listed(value) for name, value in found.items()}


def body_of(content: bytes, headers: Mapping[str, str]) -> Json:
    """A JSON list or a body of another kind has no fields (err-03, err-04). Errors: 400 rest_invalid_json."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == FORM:
        return fields_of(content.decode("utf-8", "replace"))
    if kind != JSON or not content.strip():
        return {}
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise invalid_json() from error
    return read if isinstance(read, dict) else {}


def _put(into: Json, path: list[str], value: str) -> None:
    for name in path[:-1]:
        inner = into.get(name)
        into[name] = inner if isinstance(inner, dict) else {}
        into = into[name]
    into[path[-1] or str(len(into))] = value


def _listed(value: Any) -> Any:
    """An object whose keys count from 0 is a list."""
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    return list(inner.values()) if list(inner) == [str(at) for at in range(len(inner))] and inner else inner
