"""The sandbox as an ASGI app: the REST API under `/wp-json`, the test's own window under `/_sandbox`.

sandbox = create_sandbox(webhook_client=httpx.AsyncClient(transport=httpx.ASGITransport(our_api)))
transport = httpx.ASGITransport(sandbox)
client = httpx.AsyncClient(transport=transport, base_url="https://shop.test", auth=(sandbox.key, sandbox.secret))
sandbox.edit("customers", 4, first_name="Jane")       # a person in wp-admin
await sandbox.settled()                               # every webhook is delivered or given up
"""

import asyncio
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from .access import Access, ApiKey
from .calls import Answer, Call
from .console import routes
from .faults import NAMED, Fault, FaultScript
from .hooks import Hooks, Mode
from .params import checked
from .people import USERS
from .products import restore_product
from .resources import Ask
from .routes import VIEWS, registry
from .seed import plant_examples, plant_shop
from .service import Service
from .state import File, Row, Store

DEFAULT_KEY = "ck_0123456789abcdef0123456789abcdef01234567"
DEFAULT_SECRET = "cs_76543210fedcba9876543210fedcba9876543210"
DEFAULT_USER = "shopadmin"
DEFAULT_PASSWORD = "abcd EFGH 1234 ijkl MNOP 5678"
OPERATION_HEADER = "X-Reverse-Sync-Operation"
LOG_LENGTH = 100_000
_SECRET = re.compile(r"(consumer_secret=)[^&]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One request the shop received. `fault`: what it met instead of, or after, the shop's answer."""

    method: str
    path: str
    query: str
    body: str
    headers: Mapping[str, str]
    status: int
    fault: bool

    @property
    def operation(self) -> str | None:
        return self.headers.get(OPERATION_HEADER.lower())


class Sandbox(Starlette):
    """The shop: an ASGI app with handles for tests: `store`, `requests`, `hooks`, `faults`, `edit`."""

    def __init__(
        self, service: Service, hooks: Hooks, *, key: str, secret: str, home: str,
        download_client: httpx.AsyncClient | None, sleep: Callable[[float], Awaitable[None]],
    ) -> None:  # fmt: skip
        super().__init__(routes=routes(self))
        self.service, self.hooks, self.home = service, hooks, home
        self.key, self.secret = key, secret
        self.app_user, self.app_password = DEFAULT_USER, DEFAULT_PASSWORD
        self.store: Store = service.store
        self.faults = FaultScript()
        self.requests: deque[Logged] = deque(maxlen=LOG_LENGTH)
        self._downloads, self._sleep = download_client, sleep

    def rows(self, resource: str) -> list[Row]:
        return list(self.store.table(_table(resource)))

    def row(self, resource: str, row_id: int) -> Row:
        return self.store.table(_table(resource)).rows[row_id]

    def edit(self, resource: str, row_id: Any, **fields: Any) -> None:
        """A person saves a record in wp-admin: dates and webhooks as ever. Fields as the REST API calls them."""
        found = self.service.resources[resource]
        parents = self._parents(resource, row_id)
        ask = self._ask(parents).having(body=checked(found.updates, fields))
        found.update(ask, row_id)
        self.tell()

    def add(self, resource: str, *, parents: tuple[Any, ...] = (), **fields: Any) -> int:
        """A person adds a record in wp-admin; a variation with `parents=(product,)`."""
        found = self.service.resources[resource]
        row = found.create(self._ask(parents).having(body=checked(found.creates, fields)))
        self.tell()
        return int(row["id"])

    def remove(self, resource: str, row_id: Any, *, force: bool = False) -> None:
        """A person puts a record into the trash, or deletes it for good."""
        parents = self._parents(resource, row_id)
        ask = self._ask(parents).having(params={"force": force, "reassign": 1})
        self.service.resources[resource].delete(ask, row_id)
        self.tell()

    def restore(self, row_id: int) -> None:
        """A person takes a product out of the trash in wp-admin, with its variations."""
        restore_product(self.store, self.row("products", row_id))
        self.tell()

    def write_silently(self, resource: str, row_id: int, **fields: Any) -> None:
        """An importer writes past WooCommerce: no date, no webhook (silent-01)."""
        self.row(resource, row_id).update(fields)

    def fail(self, method: str = ".*", path: str = "", *, name: str | None = None, **how: object) -> Fault:
        """Scripts a fault; `name` is one of `faults.NAMED`, `how` the fields of `Fault`."""
        chosen: dict[str, object] = {**(NAMED[name] if name else {}), **how}
        return self.faults.add(Fault(method=method, path=path, **chosen))  # type: ignore[arg-type]

    async def settled(self) -> None:
        """Every webhook is delivered or given up."""
        await self.hooks.settled()

    def tell(self) -> None:
        """Hands what was done to the webhooks; handles that write past the REST API call it themselves."""
        self.hooks.tell(self.store.take_changes())

    def asking(self, *parents: Any, **body: Any) -> Ask:
        """A request of the shop's administrator, for handles."""
        return self._ask(parents).having(body=body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await super().__call__(scope, receive, send)
            return
        call = _call(scope, await _body(receive))
        answer = await self._answer(call, send)
        if answer is not None:
            await _respond(send, answer, now=self.store.now())

    def _ask(self, parents: tuple[Any, ...]) -> Ask:
        admin = self.service.access.user_named(DEFAULT_USER)
        return Ask(store=self.store, origin=self.home, user=admin, parents=parents, context="edit")

    def _parents(self, resource: str, row_id: Any) -> tuple[Any, ...]:
        table = self.store.table(_table(resource)).rows
        found = self.service.resources[resource]
        if row_id not in table and found.id_pattern == r"\d+":
            raise KeyError(f"{resource} {row_id} is not in the sandbox shop")
        return found.parents_of(self.store, row_id)

    async def _answer(self, call: Call, send: Send) -> Answer | None:
        """None: the connection was dropped."""
        fault = self.faults.take(call.method, f"{call.path}?{call.query}" if call.query else call.path)
        if fault is not None and fault.delay_s:
            await self._sleep(fault.delay_s)
        answer: Answer | None = None
        if fault is None or fault.phase == "after" or (fault.status is None and not fault.drop):
            answer = await self._served(call)
        if fault is not None and fault.status is not None:
            answer = _instead(fault)
        dropped = fault is not None and fault.drop
        self._log(call, 0 if dropped or answer is None else answer.status, fault=fault is not None)
        if dropped:
            await _drop(send)
            return None
        return answer

    async def _served(self, call: Call) -> Answer:
        await self._fetch(call)
        answer = self.service.answer(call)
        self.tell()
        await self.hooks.before_answer()
        return answer

    async def _fetch(self, call: Call) -> None:
        """WordPress downloads pictures while the request waits; here that is done before, so that the rest is pure."""
        for url in self.service.sources(call):
            if url not in self.store.downloads and not url.startswith((self.home, call.origin)):
                self.store.downloads[url] = await self._download(url)

    async def _download(self, url: str) -> File:
        if self._downloads is None:
            self._downloads = httpx.AsyncClient(timeout=10.0, trust_env=False)
        try:
            answer = await self._downloads.get(url)
        except (httpx.HTTPError, httpx.InvalidURL):
            return File(status=0)
        kind = answer.headers.get("content-type", "application/octet-stream").partition(";")[0]
        return File(answer.content, kind, answer.status_code)

    def _log(self, call: Call, status: int, *, fault: bool) -> None:
        headers = {name: "<redacted>" if name == "authorization" else text for name, text in call.headers.items()}
        self.requests.append(Logged(
            method=call.method, path=call.path, query=_SECRET.sub(r"\1<redacted>", call.query),
            body=call.body.decode("utf-8", "replace"), headers=headers, status=status, fault=fault,
        ))  # fmt: skip


def create_sandbox(
    *, version: str = "9.9.5", key: str = DEFAULT_KEY, secret: str = DEFAULT_SECRET,
    keys: Mapping[str, ApiKey] | None = None, passwords: Mapping[str, str] | None = None,
    timezone: str = "Europe/Berlin", currency: str = "EUR", prices_include_tax: bool = False,
    clock: Callable[[], datetime] | None = None, examples: bool = True, home: str = "http://shop.test",
    local: bool = True, webhook_client: httpx.AsyncClient | None = None, deliver: Mode = "at_once",
    download_client: httpx.AsyncClient | None = None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Sandbox:  # fmt: skip
    """`key` and `secret` may do everything; `keys` are further ones. `passwords`: login -> application password.

    `home`: the address the shop believes it has, in webhooks. `local`: application passwords count over http too.
    `examples` False: a shop with its administrator and nothing else.
    """
    store = Store(timezone=timezone, clock=clock)
    plant_shop(store, version=version, currency=currency, prices_include_tax=prices_include_tax, home=home)
    access = Access(
        store, keys={key: ApiKey(secret=secret), **(keys or {})},
        passwords={DEFAULT_USER: DEFAULT_PASSWORD, **(passwords or {})}, local=local,
    )  # fmt: skip
    service = Service(store, access, registry(), VIEWS)
    hooks = Hooks(
        store, lambda resource, row_id, owner: service.payload(resource, row_id, owner=owner, origin=home),
        home=home, mode=deliver, client=webhook_client, agent=f"WooCommerce/{version} Hookshot (WordPress/6.8.8)",
    )  # fmt: skip
    sandbox = Sandbox(
        service, hooks, key=key, secret=secret, home=home, download_client=download_client, sleep=sleep
    )  # fmt: skip
    if examples:
        plant_examples(sandbox)
        store.take_changes()
    return sandbox


def _table(resource: str) -> str:
    """Customers are WordPress' users."""
    return USERS if resource == "customers" else resource


def _instead(fault: Fault) -> Answer:
    return Answer(
        status=fault.status or 500, body=fault.body.encode(), content_type=fault.content_type,
        headers=list(fault.headers.items()),
    )  # fmt: skip


def _call(scope: Scope, body: bytes) -> Call:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    return Call(
        method=scope["method"], path=scope["path"], query=scope["query_string"].decode("latin-1"), headers=headers,
        body=body, scheme=scope["scheme"], host=headers.get("host", "localhost"),
    )  # fmt: skip


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _respond(send: Send, answer: Answer, *, now: datetime) -> None:
    """Dated by the shop's own clock, as its web server does (every recording)."""
    headers = [(b"date", format_datetime(now, usegmt=True).encode()), *_headers(answer)]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    headers = [(name.lower().encode(), str(value).encode("latin-1")) for name, value in answer.headers]
    if answer.content_type is not None:
        headers.append((b"content-type", answer.content_type.encode()))
    headers.append((b"content-length", str(len(answer.body)).encode()))
    return headers


async def _drop(send: Send) -> None:
    """Cuts the TCP connection under uvicorn; in process the client meets the error httpx would give it."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    transport.abort()
    await asyncio.sleep(0)  # lets uvicorn notice, or it would complain of a missing answer
