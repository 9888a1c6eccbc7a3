"""One REST request from its parts to its answer: no network, no clock of its own, no faults.

The order of checks is WordPress': who asks, the route, the parameters, the rights, then the work.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from . import batch, query
from .access import Access, Asked
from .bodies import body_of, fields_of
from .calls import HTML, PREFIX, Answer, Call, answered
from .errors import ApiError, no_route
from .params import checked
from .resources import Ask, Registry, Resource
from .routing import Route, Router, View, deleted, linked
from .state import File, Json, Row, Store

_TOPICS = {"product": "products", "order": "orders", "coupon": "coupons", "customer": "customers"}


@dataclass(slots=True)
class Service:
    """The REST API of one shop."""

    store: Store
    access: Access
    resources: Registry
    views: Sequence[View] = ()
    _router: Router = field(init=False)

    def __post_init__(self) -> None:
        self._router = Router(self.resources)

    def answer(self, call: Call) -> Answer:
        path = call.route
        if path is None:
            return self._storefront(call)
        try:
            answer = self._answer(call, path)
        except ApiError as refused:
            answer = answered(refused.status, refused.body(), call)
        return answer if call.method != "HEAD" else Answer(status=answer.status, headers=answer.headers)

    def payload(self, resource: str, row_id: int, *, owner: Row | None, origin: str) -> Json:
        """What a webhook carries: the object as its owner may read it now, or the refusal (whx-19, -93)."""
        found = self.resources[_TOPICS[resource]]
        ask = Ask(store=self.store, origin=origin, user=owner)
        try:
            if not found.may(ask, "get", row_id):
                raise found.refused(ask, "get")
            return linked(found, ask, found.get(ask, row_id))
        except ApiError as refused:
            return refused.body()

    def sources(self, call: Call) -> Sequence[str]:
        """Addresses of other servers that this request wants downloaded."""
        route = self._router.find(call.route or "")
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
        route = self._router.find(path)
        if route is None:
            raise no_route()
        return self._serve(route, ask, call)

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
        return answered(200, shown, call, ("Allow", "GET"))

    def _serve(self, route: Route, ask: Ask, call: Call) -> Answer:
        if call.method == "OPTIONS":
            return self._options(route, call)
        verb = route.verbs.get(call.headers.get("x-http-method-override", call.method).upper())
        if verb is None:
            raise no_route()
        ask = ask.having(parents=route.parents)
        allow = ("Allow", ", ".join(route.allowed(ask)))
        try:
            ask, body = self._taken(route, verb, ask, call)
            if not route.resource.may(ask, verb, route.row_id):
                raise route.resource.refused(ask, verb)
            return self._work(route, verb, ask, body, call, allow)
        except ApiError as refused:
            return answered(refused.status, refused.body(), call, *([allow] if allow[1] else []))

    def _taken(self, route: Route, verb: str, ask: Ask, call: Call) -> tuple[Ask, Json]:
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
        self, route: Route, verb: str, ask: Ask, body: Json, call: Call, allow: tuple[str, str]
    ) -> Answer:  # fmt: skip
        resource, row_id = route.resource, route.row_id
        match verb:
            case "list":
                return self._list(resource, ask, call, allow)
            case "batch":
                return answered(200, batch.answer(resource, ask, body, linked, deleted), call, allow)
            case "create":
                shown = linked(resource, ask, resource.create(ask))
                place = ("Location", shown["_links"]["self"][0]["href"]) if "self" in shown["_links"] else allow
                return answered(201, _chosen(ask, shown), call, *dict.fromkeys((place, allow)))
            case "update":
                shown = linked(resource, ask, resource.update(ask, row_id))
            case "delete":
                shown = deleted(resource, ask, row_id)
            case _:
                shown = linked(resource, ask, resource.get(ask, row_id))
        return answered(200, _chosen(ask, shown), call, allow)

    def _list(self, resource: Resource, ask: Ask, call: Call, allow: tuple[str, str]) -> Answer:
        rows = resource.list(ask)
        if not resource.paged:
            return answered(200, self._shown(resource, ask, rows), call, allow)
        found, total, pages = query.page_of(ask.params, rows)
        headers = [("X-WP-Total", str(total)), ("X-WP-TotalPages", str(pages))]
        base, page = f"{call.origin}{call.path.rstrip('/')}", int(ask.params.get("page") or 1)
        neighbours = query.neighbours(base, _unsigned(call.query), resource.echoed, page, pages)
        if neighbours:
            headers.append(("Link", neighbours))
        return answered(200, self._shown(resource, ask, found), call, *headers, allow)

    def _shown(self, resource: Resource, ask: Ask, rows: Sequence[Row]) -> list[Json]:
        asked = ask.params.get("_fields")
        shown = [linked(resource, ask, row) for row in rows if not resource.hides(ask, row)]
        return [query.only_fields(one, str(asked), dotted=resource.dotted) for one in shown] if asked else shown

    def _options(self, route: Route, call: Call) -> Answer:
        methods = list(route.methods)
        namespace = "/".join(route.resource.route.split("/")[:2])
        endpoints = [{"methods": [name], "args": {}} for name in methods]
        shown = {"namespace": namespace, "methods": methods, "endpoints": endpoints}
        return answered(200, shown, call, ("Allow", ", ".join(methods)))

    def _storefront(self, call: Call) -> Answer:
        """Pictures, and an empty page for whatever else lies outside the REST API."""
        file: File | None = self.store.files.get(call.path)
        if file is not None and call.method in ("GET", "HEAD"):
            return Answer(status=200, body=file.content, content_type=file.content_type)
        status = 200 if call.path == "/" else 404
        page = f"<!doctype html><html><title>{self.store.name}</title></html>"
        return Answer(status=status, body=page.encode(), content_type=HTML)


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
