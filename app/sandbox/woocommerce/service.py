"""One REST request from its parts to its answer: no network, no clock of its own, no faults.

The order of checks is WordPress': who asks, the route, the parameters, the rights, then the work.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from . import batch, query
from .access import Access, Asked
from .bodies import body_of, fields_of
from .errors import ApiError, no_route
from .params import checked
from .resources import Ask, Registry, Resource
from .state import File, Json, Row, Store

JSON, HTML = "application/json; charset=UTF-8", "text/html; charset=UTF-8"
PREFIX = "/wp-json"
_COLLECTION = {"GET": "list", "HEAD": "list", "POST": "create"}
_SINGLE = {"GET": "get", "HEAD": "get", "POST": "update", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
_BATCH = dict.fromkeys(("POST", "PUT", "PATCH"), "batch")
_NAMES = {"list": ("GET",), "create": ("POST",), "get": ("GET",), "update": ("POST", "PUT", "PATCH"),
          "delete": ("DELETE",), "batch": ("POST", "PUT", "PATCH")}  # fmt: skip
_TOPICS = {"product": "products", "order": "orders", "coupon": "coupons", "customer": "customers"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request; header names are lower case, `host` with its port."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    scheme: str = "http"
    host: str = "localhost"

    @property
    def secure(self) -> bool:
        return "https" in (self.scheme, self.headers.get("x-forwarded-proto", "").lower())

    @property
    def origin(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.host}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str | None = JSON
    headers: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A route that is read only and no collection: `system_status`, the index. `dotted`: `_fields` leads inside."""

    route: str
    show: Callable[[Ask], Any]
    public: bool = False
    dotted: bool = False


@dataclass(frozen=True, slots=True)
class _Route:
    resource: Resource
    verbs: Mapping[str, str]
    parents: tuple[Any, ...] = ()
    row_id: Any = None


@dataclass(slots=True)
class Service:
    """The REST API of one shop."""

    store: Store
    access: Access
    resources: Registry
    views: Sequence[View] = ()
    _routes: list[tuple[re.Pattern[str], Resource, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for resource in self.resources:
            route = resource.route.replace("{word}", r"([\w-]+)").replace("{}", r"(\d+)")
            self._routes.append((re.compile(f"{route}/batch"), resource, "batch"))
            self._routes.append((re.compile(route), resource, "collection"))
            self._routes.append((re.compile(f"{route}/({resource.id_pattern})"), resource, "single"))

    def answer(self, call: Call) -> Answer:
        path = _rest_path(call)
        if path is None:
            return self._storefront(call)
        try:
            answered = self._answer(call, path)
        except ApiError as refused:
            answered = _json(refused.status, refused.body(), call)
        return answered if call.method != "HEAD" else Answer(status=answered.status, headers=answered.headers)

    def payload(self, resource: str, row_id: int, *, owner: Row | None, origin: str) -> Json:
        """What a webhook carries: the object as its owner may read it now, or the refusal (whx-19, -93)."""
        found = self.resources[_TOPICS[resource]]
        ask = Ask(store=self.store, origin=origin, user=owner)
        try:
            if not found.may(ask, "get", row_id):
                raise found.refused(ask, "get")
            return self._linked(found, ask, found.get(ask, row_id))
        except ApiError as refused:
            return refused.body()

    def sources(self, call: Call) -> Sequence[str]:
        """Addresses of other servers that this request wants downloaded."""
        route = self._route_of(_rest_path(call) or "")
        if route is None or call.method not in ("POST", "PUT", "PATCH"):
            return ()
        try:
            body = body_of(call.body, call.headers)
        except ApiError:
            return ()
        batched = "batch" in route.verbs.values()
        bodies = [*(body.get("create") or ()), *(body.get("update") or ())] if batched else [body]
        return [url for one in bodies if isinstance(one, dict) for url in route.resource.sources(one)]

    def _answer(self, call: Call, path: str) -> Answer:
        woo = path.startswith("wc/") and call.path.startswith(PREFIX)
        asked = Asked(
            method=call.method, origin=call.origin, path=call.path, query=call.query, headers=call.headers,
            secure=call.secure, woo=woo,
        )  # fmt: skip
        ask = Ask(
            store=self.store, origin=call.origin, user=self.access.user_of(asked), params=fields_of(call.query),
            headers=call.headers, raw=call.body,
        )  # fmt: skip
        view = next((one for one in self.views if re.fullmatch(one.route, path)), None)
        if view is not None:
            return self._view(view, ask, call, path)
        route = self._route_of(path)
        if route is None:
            raise no_route()
        return self._serve(route, ask, call)

    def _route_of(self, path: str) -> _Route | None:
        for pattern, resource, kind in self._routes:
            found = pattern.fullmatch(path)
            offered = {"batch": _BATCH, "collection": _COLLECTION, "single": _SINGLE}[kind]
            verbs = {method: verb for method, verb in offered.items() if verb in resource.verbs}
            if found is None or not verbs:
                continue
            ids = tuple(int(one) if one.isdecimal() else one for one in found.groups())
            if kind == "single":
                return _Route(resource, verbs, ids[:-1], ids[-1])
            return _Route(resource, verbs, ids)
        return None

    def _view(self, view: View, ask: Ask, call: Call, path: str) -> Answer:
        if call.method not in ("GET", "HEAD"):
            raise no_route()
        if not view.public and not ask.manages:
            raise Resource().refused(ask, "get")
        found = re.fullmatch(view.route, path)
        shown = view.show(ask.having(parents=found.groups() if found else ()))
        asked = ask.params.get("_fields")
        if asked and isinstance(shown, dict):
            shown = query.only_fields(shown, str(asked), dotted=view.dotted)
        return _json(200, shown, call, ("Allow", "GET"))

    def _serve(self, route: _Route, ask: Ask, call: Call) -> Answer:
        if call.method == "OPTIONS":
            return self._options(route, call)
        verb = route.verbs.get(call.headers.get("x-http-method-override", call.method).upper())
        if verb is None:
            raise no_route()
        ask = ask.having(parents=route.parents)
        allow = ("Allow", ", ".join(self._allowed(route, ask)))
        try:
            ask, body = self._taken(route, verb, ask, call)
            if not route.resource.may(ask, verb, route.row_id):
                raise route.resource.refused(ask, verb)
            return self._work(route, verb, ask, body, call, allow)
        except ApiError as refused:
            return _json(refused.status, refused.body(), call, *([allow] if allow[1] else []))

    def _taken(self, route: _Route, verb: str, ask: Ask, call: Call) -> tuple[Ask, Json]:
        """The query and the body, checked against what the call knows."""
        resource, body = route.resource, body_of(call.body, call.headers)
        match verb:
            case "list" | "get":
                known = resource.lists if verb == "list" else {"context": query.CONTEXT}
                params = checked(known, ask.params)
                return ask.having(params=params, context=params.get("context") or "view"), {}
            case "create" | "update":
                fields = checked(resource.creates if verb == "create" else resource.updates, {**ask.params, **body})
                return ask.having(body=fields, context="edit"), body
            case "delete":
                return ask.having(params={**ask.params, **body}, context="edit"), body
        return ask, body

    def _work(
        self, route: _Route, verb: str, ask: Ask, body: Json, call: Call, allow: tuple[str, str]
    ) -> Answer:  # fmt: skip
        resource, row_id = route.resource, route.row_id
        match verb:
            case "list":
                return self._list(resource, ask, call, allow)
            case "batch":
                return _json(200, batch.answer(resource, ask, body, self._linked, self._deleted), call, allow)
            case "create":
                shown = self._linked(resource, ask, resource.create(ask))
                place = ("Location", shown["_links"]["self"][0]["href"]) if "self" in shown["_links"] else allow
                return _json(201, _chosen(ask, shown), call, *dict.fromkeys((place, allow)))
            case "update":
                shown = self._linked(resource, ask, resource.update(ask, row_id))
            case "delete":
                shown = self._deleted(resource, ask, row_id)
            case _:
                shown = self._linked(resource, ask, resource.get(ask, row_id))
        return _json(200, _chosen(ask, shown), call, allow)

    def _list(self, resource: Resource, ask: Ask, call: Call, allow: tuple[str, str]) -> Answer:
        rows = resource.list(ask)
        if not resource.paged:
            return _json(200, self._shown(resource, ask, rows), call, allow)
        found, total, pages = query.page_of(ask.params, rows)
        headers = [("X-WP-Total", str(total)), ("X-WP-TotalPages", str(pages))]
        base, page = f"{call.origin}{call.path.rstrip('/')}", int(ask.params.get("page") or 1)
        neighbours = query.neighbours(base, _unsigned(call.query), resource.echoed, page, pages)
        if neighbours:
            headers.append(("Link", neighbours))
        return _json(200, self._shown(resource, ask, found), call, *headers, allow)

    def _shown(self, resource: Resource, ask: Ask, rows: Sequence[Row]) -> list[Json]:
        asked = ask.params.get("_fields")
        shown = [self._linked(resource, ask, row) for row in rows if not resource.hides(ask, row)]
        return [query.only_fields(one, str(asked), dotted=resource.dotted) for one in shown] if asked else shown

    def _linked(self, resource: Resource, ask: Ask, row: Row) -> Json:
        links = self._links(resource, ask, row["id"])
        return {**resource.shown(ask, row), "_links": {**links, **resource.links(ask, row)}}

    def _deleted(self, resource: Resource, ask: Ask, row_id: Any) -> Json:
        """The links are those the object had while it was there."""
        links = self._links(resource, ask, row_id)
        shown = resource.delete(ask, row_id)
        return {**shown, "_links": {**links, **resource.links(ask, shown)}} if "id" in shown else shown

    def _links(self, resource: Resource, ask: Ask, row_id: Any) -> Json:
        """The scheme of the addresses is that of the request."""
        parents = ask.parents or resource.parents_of(ask.store, row_id)
        base = f"{ask.origin}{PREFIX}/{_filled(resource.route, parents)}"
        collection = {"collection": [{"href": base}]}
        if not resource.links_itself:
            return collection
        mine = _Route(resource, {m: v for m, v in _SINGLE.items() if v in resource.verbs}, parents, row_id)
        allowed = list(self._allowed(mine, ask))
        return {"self": [{"href": f"{base}/{row_id}", "targetHints": {"allow": allowed}}], **collection}

    def _allowed(self, route: _Route, ask: Ask) -> Sequence[str]:
        """The methods the asker may use here, in WordPress' order."""
        verbs = dict.fromkeys(route.verbs.values())
        return [name for verb in verbs if route.resource.may(ask, verb, route.row_id) for name in _NAMES[verb]]

    def _options(self, route: _Route, call: Call) -> Answer:
        methods = [name for verb in dict.fromkeys(route.verbs.values()) for name in _NAMES[verb]]
        namespace = "/".join(route.resource.route.split("/")[:2])
        endpoints = [{"methods": [name], "args": {}} for name in methods]
        shown = {"namespace": namespace, "methods": methods, "endpoints": endpoints}
        return _json(200, shown, call, ("Allow", ", ".join(methods)))

    def _storefront(self, call: Call) -> Answer:
        """Pictures, and an empty page for whatever else lies outside the REST API."""
        file: File | None = self.store.files.get(call.path)
        if file is not None and call.method in ("GET", "HEAD"):
            return Answer(status=200, body=file.content, content_type=file.content_type)
        status = 200 if call.path == "/" else 404
        page = f"<!doctype html><html><title>{self.store.name}</title></html>"
        return Answer(status=status, body=page.encode(), content_type=HTML)


def encoded(value: object) -> bytes:
    """JSON as PHP writes it: `/` and every letter beyond ASCII escaped. Signatures are made over these bytes."""
    return json.dumps(value, separators=(",", ":"), default=_plain).replace("/", "\\/").encode()


def _plain(value: Any) -> Any:
    return str(value)


def _json(status: int, body: object, call: Call, *headers: tuple[str, str]) -> Answer:
    root = ("Link", f'<{call.origin}{PREFIX}/>; rel="https://api.w.org/"')
    return Answer(status=status, body=encoded(body), headers=[root, *headers])


def _rest_path(call: Call) -> str | None:
    """`wc/v3/products/1`; None: the request is not for the REST API. Plain permalinks use `rest_route`."""
    if call.path == PREFIX or call.path.startswith(f"{PREFIX}/"):
        return call.path.removeprefix(PREFIX).strip("/")
    named = dict(parse_qsl(call.query)).get("rest_route")
    return named.strip("/") if named is not None else None


def _unsigned(asked: str) -> str:
    """The query without what only says who asks."""
    pairs = (part for part in asked.split("&") if part)
    return "&".join(part for part in pairs if not part.startswith(("oauth_", "consumer_")))


def _chosen(ask: Ask, shown: Json) -> Json:
    """`_fields` of a single object leaves its `_links` (silent-01)."""
    asked = ask.params.get("_fields")
    if not asked:
        return shown
    kept = query.only_fields(shown, str(asked))
    return {**kept, "_links": shown["_links"]} if "_links" in shown else kept


def _filled(route: str, parents: tuple[Any, ...]) -> str:
    for parent in parents:
        route = re.sub(r"\{(word)?\}", str(parent), route, count=1)
    return route
