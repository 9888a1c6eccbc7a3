"""One webservice request from its parts to its answer: no network, no clock of its own, no faults.

The order of checks is the shop's: host and shop, webservice on, key, resource, method, parameters, then
the work.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from html import escape
from urllib.parse import parse_qsl, urlencode

from . import images, query, render
from .access import NAMES, REALM, ApiKey, MissingKeyError, authenticate, authorize, key_of
from .errors import ApiError, PhpFatalError
from .resources import Resource
from .schema import schema
from .state import RESOURCES, Shop
from .writes import Write, delete, save_body

XML, JSON, HTML = "text/xml;charset=utf-8", "application/json", "text/html; charset=utf-8"
DISABLED = "The PrestaShop webservice is disabled. Please activate it in the PrestaShop Back Office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request: `path` begins with the resource (`customers/3`), header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""
    origin: str = "http://localhost"

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Service:
    """The webservice of one shop. `hosts` None: any Host header is the shop's own."""

    def __init__(
        self, shop: Shop, *, version: str, keys: dict[str, ApiKey], hosts: Collection[str] | None = None
    ) -> None:
        self.shop, self.keys, self.hosts = shop, keys, hosts
        self.version = version
        self.enabled = True
        self._numbers = tuple(int(part) for part in version.split(".") if part.isdecimal())

    def answer(self, call: Call) -> Answer:
        params = call.params
        json = _wants_json(call, params)
        elsewhere = self._elsewhere(call, params)
        if elsewhere is not None:
            return elsewhere
        try:
            return self._branded(call, self._answer(call, params, json=json))
        except ApiError as refused:
            headers = {"WWW-Authenticate": REALM} if refused.status == 401 and refused.errors[0][0] != 26 else {}
            body = render.errors(refused.errors, json=json)
            return self._branded(call, Answer(
                status=refused.status, body=body, content_type=JSON if json else XML, headers=headers
            ))  # fmt: skip
        except MissingKeyError:
            return Answer(status=401, body=b"401 Unauthorized", content_type=HTML, headers={"WWW-Authenticate": REALM})
        except PhpFatalError as died:
            return Answer(status=500, body=died.printed.encode(), content_type=HTML)

    def _elsewhere(self, call: Call, params: Mapping[str, str]) -> Answer | None:
        """A foreign Host header or an unknown shop is sent to the storefront."""
        foreign = self.hosts is not None and call.headers.get("host") not in self.hosts
        if not foreign and params.get("id_shop", "1") in ("1", "all"):
            return None
        rest = {"url": call.path} | {name: value for name, value in params.items() if name != "id_shop"}
        home = f"http://{sorted(self.hosts)[0]}" if self.hosts else call.origin
        return Answer(status=302, content_type=HTML, headers={"Location": f"{home}/?{urlencode(rest)}"})

    def _branded(self, call: Call, answer: Answer) -> Answer:
        headers = {
            "Access-Time": str(int(self.shop.clock().timestamp())), "X-Powered-By": "PrestaShop Webservice",
            "PSWS-Version": self.version, "Execution-Time": "0.001", **answer.headers,
        }  # fmt: skip
        if answer.body:
            headers["Content-Sha1"] = sha1(answer.body, usedforsecurity=False).hexdigest()
            if call.method == "GET" and call.headers.get("local-content-sha1") == headers["Content-Sha1"]:
                return Answer(status=304, headers=headers)
        body = b"" if call.method == "HEAD" else answer.body
        return Answer(status=answer.status, body=body, content_type=answer.content_type, headers=headers)

    def _answer(self, call: Call, params: Mapping[str, str], *, json: bool) -> Answer:
        if not self.enabled:
            raise ApiError(503, (22, DISABLED))
        key = authenticate(self.keys, key_of(call.headers.get("authorization"), params.get("ws_key")))
        name, _, rest = call.path.strip("/").partition("/")
        if params.get("id_group_shop", "1") != "1":
            raise ApiError(500, (999, "This shop group doesn't have shops"))
        if not name:
            return self._root(call, key, json=json)
        authorize(key, name, call.method, version=self._numbers)
        resource = RESOURCES.get(name)
        if resource is None:
            return Answer(status=501, body=f"{name} is not in the sandbox".encode(), content_type=HTML)
        return self._serve(call, params, resource, rest, json=json)

    def _serve(self, call: Call, params: Mapping[str, str], resource: Resource, rest: str, *, json: bool) -> Answer:
        if resource.name == "images":
            status, body, kind = images.serve(self.shop, call, api=f"{call.origin}/api/", json=json)
            return Answer(status=status, body=body, content_type=kind)
        row_id = rest.partition("/")[0]
        if call.method == "DELETE":
            many = params.get("id", "").strip("[]")
            delete(self.shop, resource, [row_id] if row_id else many.split(",") if many else [])
            return Answer(status=200)
        view = self._view(call, params, json=json)
        if call.method in ("GET", "HEAD"):
            return self._read(params, view, resource, row_id)
        mail = params.get("sendemail", "") not in ("", "0")
        write = Write(shop=self.shop, resource=resource, method=call.method, send_email=mail)
        saved = save_body(write, call.body)
        if json and call.method == "POST":
            saved = [memory | {"id": str(memory["id"])} for memory in saved]
        body = render.objects(view, resource, saved, query.full(resource))
        return _rendered(body, json=json, status=201 if call.method == "POST" else 200)

    def _read(self, params: Mapping[str, str], view: render.View, resource: Resource, row_id: str) -> Answer:
        if params.get("schema") in ("blank", "synopsis") and not row_id:
            body = schema(resource, params["schema"], api=view.api, languages=view.languages)
            return _rendered(body, json=False)
        display = params.get("display", "")
        chosen = query.selection(resource, display)
        if not row_id:
            found = query.rows(self.shop, resource, params)
            return _rendered(render.listing(view, resource, found, chosen), json=view.json)
        row = self.shop.row(resource.name, row_id)
        if row is None:
            return Answer(status=404)
        if view.json and chosen is not None:
            return _rendered(render.listing(view, resource, [row], chosen), json=True)
        body = render.objects(view, resource, [row], chosen or query.full(resource))
        return _rendered(body, json=view.json)

    def _view(self, call: Call, params: Mapping[str, str], *, json: bool) -> render.View:
        active = self.shop.languages()
        asked = [int(one) for one in params.get("language", "").strip("[]").split("|") if one.isdecimal()]
        if any(one not in active for one in asked):
            raise ApiError(400, (81, "language is not available"))
        return render.View(
            shop=self.shop, api=f"{call.origin}/api/", json=json, languages=asked or active,
            drop_falsy=self._numbers >= (8,), one_language=len(asked) == 1,
        )  # fmt: skip

    def _root(self, call: Call, key: ApiKey, *, json: bool) -> Answer:
        """The permissions of the key. Its JSON is broken on PHP 8."""
        if json:
            raise PhpFatalError
        api = f"{call.origin}/api/"
        parts = [f'{render.HEAD}<api shopName="{escape(self.shop.name)}">\n']
        for name in NAMES:
            allowed = key.allows(name)
            if allowed:
                parts.append(_permissions(name, f"{api}{name}", allowed))
        return _rendered(f"{''.join(parts)}</api>\n{render.TAIL}".encode(), json=False)


def _permissions(name: str, href: str, allowed: Collection[str]) -> str:
    verbs = " ".join(
        f'{verb}="{str(verb.upper() in allowed).lower()}"' for verb in ("get", "put", "post", "patch", "delete", "head")
    )
    resource = RESOURCES.get(name)
    about = escape(resource.description, quote=False) if resource else name
    return (
        f'<{name} xlink:href="{href}" {verbs}>\n'
        f'<description xlink:href="{href}" {verbs}>\n{about}</description>\n'
        f'<schema xlink:href="{href}?schema=blank" type="blank"/>\n'
        f'<schema xlink:href="{href}?schema=synopsis" type="synopsis"/>\n</{name}>\n'
    )


def _wants_json(call: Call, params: Mapping[str, str]) -> bool:
    """By parameter or by PrestaShop's own headers; `Accept` is not looked at."""
    asked = (
        params.get("output_format"), params.get("io_format"),
        call.headers.get("output-format"), call.headers.get("io-format"),
    )  # fmt: skip
    return any((one or "").upper() == "JSON" for one in asked)


def _rendered(body: bytes, *, json: bool, status: int = 200) -> Answer:
    return Answer(status=status, body=body, content_type=JSON if json else XML)
