"""The sandbox as an ASGI app: the webservice under `/api`, the test's own window under `/_sandbox`.

sandbox = create_sandbox(webhook_url="http://api/webhooks/shop", webhook_secret="s")
transport = httpx.ASGITransport(sandbox)
client = httpx.AsyncClient(transport=transport, base_url="http://shop", auth=(sandbox.key, ""))
sandbox.edit("customers", 67, firstname="Jane")        # a person in the back office
await sandbox.settled()                                # every webhook is delivered or given up
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from .access import ApiKey
from .console import routes
from .faults import NAMED, Fault, FaultScript
from .hooks import OPERATION_HEADER, Hooks
from .images import add_image
from .resources import Value
from .seed import plant_demo, plant_examples
from .service import Answer, Call, Service
from .state import RESOURCES, Mail, Row, Shop
from .writes import add_object, apply_setter, delete, save_object

DEFAULT_KEY = "SANDBOXKEYSANDBOXKEYSANDBOXKEY01"
LOG_LENGTH = 100_000


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
    """The shop: an ASGI app with handles for tests: `shop`, `requests`, `mails`, `hooks`, `faults`, `edit`."""

    def __init__(self, service: Service, hooks: Hooks, *, key: str, sleep: Callable[[float], Awaitable[None]]) -> None:
        super().__init__(routes=routes(self))
        self.service, self.hooks, self.key = service, hooks, key
        self.shop: Shop = service.shop
        self.faults = FaultScript()
        self.requests: deque[Logged] = deque(maxlen=LOG_LENGTH)
        self.state.requests = self.requests
        self._sleep = sleep

    @property
    def mails(self) -> list[Mail]:
        return self.shop.mails

    def rows(self, resource: str) -> list[Row]:
        return list(self.shop.table(resource).rows.values())

    def row(self, resource: str, row_id: int) -> Row:
        return self.shop.table(resource).rows[row_id]

    def edit(self, resource: str, row_id: int, **fields: Value) -> None:
        """A person saves a record in the back office: dates, mails and hooks as ever, without our header.

        A text in several languages is `{1: "Mug", 2: "Tasse"}`.
        """
        memory = self.shop.load(resource, row_id)
        if memory is None:
            raise KeyError(f"{resource} {row_id} is not in the sandbox shop")
        self._take(resource, memory, fields)
        save_object(self.shop, RESOURCES[resource], memory)
        self._tell(None)

    def add(self, resource: str, **fields: Value) -> int:
        """A person adds a record in the back office."""
        memory: Row = {}
        self._take(resource, memory, fields)
        row_id = add_object(self.shop, RESOURCES[resource], memory, send_email=True)
        self._tell(None)
        return row_id

    def add_image(self, product: int, picture: bytes) -> int:
        """A person adds a picture to a product in the back office."""
        memory = add_image(self.shop, str(product), picture)
        self._tell(None)
        return int(str(memory["id"]))

    def remove(self, resource: str, row_id: int) -> None:
        """A person deletes a record in the back office."""
        delete(self.shop, RESOURCES[resource], [str(row_id)])
        self._tell(None)

    def fail(self, method: str = ".*", path: str = "", *, name: str | None = None, **how: object) -> Fault:
        """Scripts a fault; `name` is one of `faults.NAMED`, `how` the fields of `Fault`."""
        chosen: dict[str, object] = {**(NAMED[name] if name else {}), **how}
        return self.faults.add(Fault(method=method, path=path, **chosen))  # type: ignore[arg-type]

    async def settled(self) -> None:
        await self.hooks.settled()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await super().__call__(scope, receive, send)
            return
        call = _call(scope, await _body(receive))
        answer = await self._answer(call, send)
        if answer is not None:
            await _respond(send, answer)

    def _take(self, resource: str, memory: Row, fields: Row) -> None:
        for name, value in fields.items():
            if isinstance(value, str):
                apply_setter(self.shop, RESOURCES[resource], memory, name, value)
            else:
                memory[name] = value

    def _tell(self, operation: str | None) -> None:
        self.hooks.tell(self.shop, self.shop.take_changes(), operation=operation)

    async def _answer(self, call: Call, send: Send) -> Answer | None:
        """None: the connection was dropped."""
        fault = self.faults.take(call.method, f"/{call.path}?{call.query}" if call.query else f"/{call.path}")
        if fault is not None and fault.delay_s:
            await self._sleep(fault.delay_s)
        answer: Answer | None = None
        if fault is None or fault.phase == "after" or (fault.status is None and not fault.drop):
            answer = self.service.answer(call)
            self._tell(call.headers.get(OPERATION_HEADER.lower()))
        if fault is not None and fault.status is not None:
            answer = Answer(
                status=fault.status,
                body=fault.body.encode(),
                content_type=fault.content_type,
                headers=fault.headers,
            )
        dropped = fault is not None and fault.drop
        self._log(call, 0 if dropped or answer is None else answer.status, fault=fault is not None)
        if dropped:
            await _drop(send)
            return None
        return answer

    def _log(self, call: Call, status: int, *, fault: bool) -> None:
        headers = {name: "<redacted>" if name == "authorization" else text for name, text in call.headers.items()}
        self.requests.append(Logged(
            method=call.method, path=f"/api/{call.path}", query=call.query,
            body=call.body.decode("utf-8", "replace"), headers=headers, status=status, fault=fault,
        ))  # fmt: skip


def create_sandbox(
    *, version: str = "8.2.1", key: str = DEFAULT_KEY, keys: Mapping[str, ApiKey] | None = None,
    timezone: str = "Europe/Paris", clock: Callable[[], datetime] | None = None, examples: bool = True,
    hosts: Collection[str] | None = None, webhook_url: str | None = None, webhook_secret: str = "",
    webhook_client: httpx.AsyncClient | None = None, webhook_retry_after_s: Sequence[float] = (0.2, 1.0, 3.0),
    silent_on_reverse_sync: bool = False, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Sandbox:  # fmt: skip
    """`key` may do everything; `keys` are further ones. `examples`: customer 67 and order 1001."""
    shop = Shop(timezone=timezone, clock=clock)
    plant_demo(shop, version=version)
    if examples:
        plant_examples(shop)
    service = Service(shop, version=version, keys={key: ApiKey(), **(keys or {})}, hosts=hosts)
    hooks = Hooks(
        url=webhook_url, secret=webhook_secret, silent_on_reverse_sync=silent_on_reverse_sync,
        client=webhook_client, retry_after_s=webhook_retry_after_s, sleep=sleep,
    )  # fmt: skip
    return Sandbox(service, hooks, key=key, sleep=sleep)


def _call(scope: Scope, body: bytes) -> Call:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path = scope["path"].removeprefix("/api").strip("/")
    query = scope["query_string"].decode("latin-1")
    origin = f"{scope['scheme']}://{headers.get('host', 'localhost')}"
    return Call(method=scope["method"], path=path, query=query, headers=headers, body=body, origin=origin)


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _respond(send: Send, answer: Answer) -> None:
    headers = [(name.lower().encode(), str(value).encode("latin-1")) for name, value in answer.headers.items()]
    if (answer.content_type is not None and answer.status not in (304, 404)) or answer.body:
        headers.append((b"content-type", (answer.content_type or "").encode()))
    if answer.status != 304:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _drop(send: Send) -> None:
    """Cuts the TCP connection under uvicorn; in process the client meets the error httpx would give it."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
    transport.abort()
    await asyncio.sleep(0)  # lets uvicorn notice, or it would complain of a missing answer
