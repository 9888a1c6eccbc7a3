"""From a path to the resource, the verbs it knows there, and back to the addresses in `_links`."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .calls import PREFIX
from .resources import Ask, Resource
from .state import Json, Row

_COLLECTION = {"GET": "list", "HEAD": "list", "POST": "create"}
_SINGLE = {"GET": "get", "HEAD": "get", "POST": "update", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
_BATCH = dict.fromkeys(("POST", "PUT", "PATCH"), "batch")
_OFFERED = {"batch": _BATCH, "collection": _COLLECTION, "single": _SINGLE}
_METHODS = {
    "list": ("GET",), "create": ("POST",), "get": ("GET",), "update": ("POST", "PUT", "PATCH"),
    "delete": ("DELETE",), "batch": ("POST", "PUT", "PATCH"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A route that is read only and no collection: `system_status`, the index. `dotted`: `_fields` leads inside."""

    route: str
    show: Callable[[Ask], Any]
    public: bool = False
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """What a path leads to: the verbs by method, and the ids in the path."""

    resource: Resource
    verbs: Mapping[str, str]
    parents: tuple[Any, ...] = ()
    row_id: Any = None

    @property
    def methods(self) -> Sequence[str]:
        """In WordPress' order."""
        return [name for verb in dict.fromkeys(self.verbs.values()) for name in _METHODS[verb]]

    def allowed(self, ask: Ask) -> Sequence[str]:
        """The methods the asker may use here."""
        verbs = dict.fromkeys(self.verbs.values())
        return [name for verb in verbs if self.resource.may(ask, verb, self.row_id) for name in _METHODS[verb]]


class Router:
    """The routes of some resources, tried in their order."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._patterns: list[tuple[re.Pattern[str], Resource, str]] = []
        for resource in resources:
            route = resource.route.replace("{word}", r"([\w-]+)").replace("{}", r"(\d+)")
            self._patterns.append((re.compile(f"{route}/batch"), resource, "batch"))
            self._patterns.append((re.compile(route), resource, "collection"))
            self._patterns.append((re.compile(f"{route}/({resource.id_pattern})"), resource, "single"))

    def find(self, path: str) -> Route | None:
        for pattern, resource, kind in self._patterns:
            found = pattern.fullmatch(path)
            verbs = _known(resource, kind) if found is not None else {}
            if found is None or not verbs:
                continue
            ids = tuple(int(one) if one.isdecimal() else one for one in found.groups())
            if kind == "single":
                return Route(resource, verbs, ids[:-1], ids[-1])
            return Route(resource, verbs, ids)
        return None


def linked(resource: Resource, ask: Ask, row: Row) -> Json:
    """The row as it is shown, with `_links`."""
    links = _links(resource, ask, row["id"])
    return {**resource.shown(ask, row), "_links": {**links, **resource.links(ask, row)}}


def deleted(resource: Resource, ask: Ask, row_id: Any) -> Json:
    """Deletes; the links are those the object had while it was there."""
    links = _links(resource, ask, row_id)
    shown = resource.delete(ask, row_id)
    return {**shown, "_links": {**links, **resource.links(ask, shown)}} if "id" in shown else shown


def _links(resource: Resource, ask: Ask, row_id: Any) -> Json:
    """The scheme of the addresses is that of the request."""
    parents = ask.parents or resource.parents_of(ask.store, row_id)
    base = f"{ask.origin}{PREFIX}/{_filled(resource.route, parents)}"
    collection = {"collection": [{"href": base}]}
    if not resource.links_itself:
        return collection
    allowed = list(Route(resource, _known(resource, "single"), parents, row_id).allowed(ask))
    return {"self": [{"href": f"{base}/{row_id}", "targetHints": {"allow": allowed}}], **collection}


def _known(resource: Resource, kind: str) -> dict[str, str]:
    return {method: verb for method, verb in _OFFERED[kind].items() if verb in resource.verbs}


def _filled(route: str, parents: tuple[Any, ...]) -> str:
    for parent in parents:
        route = re.sub(r"\{(word)?\}", str(parent), route, count=1)
    return route
