"""Attributes of products and of variations: local ones (id 0) by name, global ones by the id of the attribute."""

from collections.abc import Iterable, Mapping
from typing import Any

from .state import Json, Row, Store
from .term_rows import add_term, term_named
from .texts import filtered, slug

ATTRIBUTES = "attributes"
_NONE: Json = {"id": 0}


def put_attributes(store: Store, given: Iterable[Mapping[str, Any]]) -> list[Json]:
    """For a product. A global attribute's options become terms where they are none yet."""
    taken = (_taken(store, one) for one in given)
    return [one for one in taken if one is not None and one["options"]]


def put_options(store: Store, parent: Row, given: Iterable[Mapping[str, Any]]) -> list[Json]:
    """For a variation: attributes the parent does not vary by are passed over, unknown options are not (var-05)."""
    found = ((_of_parent(store, parent, one), str(one.get("option") or "")) for one in given)
    return [
        {"id": known["id"], "name": known["name"], "slug": known["slug"] if known["id"] else slug(known["name"]),
         "option": _option(store, known, option)}
        for known, option in found if known is not None
    ]  # fmt: skip


def _taken(store: Store, one: Mapping[str, Any]) -> Json | None:
    attribute = store.row(ATTRIBUTES, int(one.get("id") or 0))
    name = attribute["name"] if attribute else filtered(str(one.get("name") or ""))
    if not name:
        return None
    options = one.get("options") or []
    listed = [text for option in _split(options) if (text := filtered(str(option)).strip())]
    return {
        "id": attribute["id"] if attribute else 0, "name": name, "slug": attribute["slug"] if attribute else name,
        "position": int(one.get("position") or 0), "visible": bool(one.get("visible")),
        "variation": bool(one.get("variation")),
        "options": [_option(store, attribute or _NONE, option, make=True) for option in listed],
    }  # fmt: skip


def _split(options: object) -> Iterable[object]:
    return options.split("|") if isinstance(options, str) else options if isinstance(options, list) else []


def _option(store: Store, attribute: Mapping[str, Any], option: str, *, make: bool = False) -> str:
    """A global attribute knows its options by name or slug; a local one takes any text."""
    if not attribute["id"]:
        return option
    taxonomy = str(attribute["slug"])
    term = term_named(store, taxonomy, option) or (add_term(store, taxonomy, option) if make else None)
    return str(term["name"]) if term else slug(option)


def _of_parent(store: Store, parent: Row, one: Mapping[str, Any]) -> Json | None:
    varied = [known for known in parent["attributes"] if known["variation"]]
    if one.get("id"):
        return next((known for known in varied if known["id"] == int(one["id"])), None)
    wanted = slug(str(one.get("name") or ""))
    return next((known for known in varied if wanted in (slug(known["name"]), known["slug"])), None)
