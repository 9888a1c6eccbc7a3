"""What a settings file or an API body has wrong, in words: where, what, and what to do. Never shows a secret."""

from __future__ import annotations

import difflib
import types
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.connectors.registry import KINDS

Path: TypeAlias = Sequence[int | str]

_KEY: Final = "[key]"
"""Pydantic's mark for a mapping's key, as opposed to its value."""
_PLAIN: Final[Mapping[str, str]] = {
    "missing": "is missing",
    "string_type": "must be text; put it in quotes",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "model_type": "must be a mapping of names to values",
    "model_attributes_type": "must be a mapping of names to values",
    "dict_type": "must be a mapping of names to values",
    "mapping_type": "must be a mapping of names to values",
    "tuple_type": "must be a list",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
}


def explain(error: ValidationError, model: type[BaseModel], raw: object) -> Iterator[tuple[list[int | str], str]]:
    """Path and words of each finding: `(["entities", "customer", "direction"], "must be one of off, both, …")`."""
    for detail in error.errors(include_url=False, include_input=False):
        path = [part for part in _without_tags(detail["loc"], raw) if part != _KEY]
        yield path, _words(detail, path, model, raw)


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)


def closest(name: str, known: Collection[str]) -> str:
    """`did you mean customer?`, or what there is."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]}?" if close else f"there are: {', '.join(known)}"


def at(raw: object, path: Path) -> object:
    """The value at that place of what was given; None where there is none."""
    for part in path:
        if isinstance(raw, Mapping):
            raw = raw.get(part)
        elif isinstance(raw, list | tuple) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        else:
            return None
    return raw


def _without_tags(path: Path, raw: object) -> list[int | str]:
    """Pydantic names the chosen kind of a connection after its place: `connections, 0, odoo, url`."""
    kind = at(raw, [*path[:2], "kind"])
    tagged = len(path) > 2 and path[0] == "connections" and path[2] == kind
    return [*path[:2], *path[3:]] if tagged else list(path)


def _words(detail: ErrorDetails, path: Path, model: type[BaseModel], raw: object) -> str:
    kind, context = detail["type"], detail.get("ctx") or {}
    match kind:
        case "extra_forbidden":
            return f"is not known; {closest(str(path[-1]), _names(_type_at(model, path[:-1], raw)))}"
        case "enum" if _KEY in detail["loc"]:
            return f"is not known; {closest(str(path[-1]), _listed(context['expected']))}"
        case "enum" | "literal_error":
            return _one_of(_listed(context["expected"]), at(raw, path))
        case "union_tag_not_found" | "union_tag_invalid":
            *others, last = KINDS
            return f"kind must be {', '.join(others)} or {last}"
        case "too_long":
            return "has too many: at most two, the new one and the one it replaces"
        case "string_pattern_mismatch":
            return "takes only letters, digits, - (and, in names, . and _), at most 63; slugs in lower case"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case _:
            return _PLAIN.get(kind) or detail["msg"].removeprefix("Value error, ")


def _listed(expected: str) -> list[str]:
    """Of `'off', 'both' or 'odoo_to_shop'`."""
    words = [word.strip() for word in expected.replace(" or ", ", ").split(",")]
    return [word.lower() if word in ("True", "False") else word.strip("'") for word in words]


def _one_of(words: Sequence[str], given: object) -> str:
    close = difflib.get_close_matches(given, words, n=1) if isinstance(given, str) else []
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"must be one of {', '.join(words)}{hint}"


def _names(annotation: Any) -> list[str]:
    return list(annotation.model_fields) if isinstance(annotation, type) and issubclass(annotation, BaseModel) else []


def _type_at(annotation: Any, path: Path, raw: object) -> Any:
    """The type that belongs at that place."""
    annotation = _chosen(annotation, raw)
    if not path:
        return annotation
    first, rest, below = path[0], path[1:], at(raw, path[:1])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(first))
        return _type_at(field.annotation, rest, below) if field else None
    inner = get_args(annotation)
    if not inner:
        return None
    origin = get_origin(annotation)
    return _type_at(inner[-1] if isinstance(origin, type) and issubclass(origin, Mapping) else inner[0], rest, below)


def _chosen(annotation: Any, raw: object) -> Any:
    """Without `Annotated`; of several models, the one whose `kind` was given."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation
    kind = at(raw, ["kind"])
    for each in get_args(annotation):
        field = each.model_fields.get("kind") if hasattr(each, "model_fields") else None
        if field is not None and kind in get_args(field.annotation):
            return each
    return None
