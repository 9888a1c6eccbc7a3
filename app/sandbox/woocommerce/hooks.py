"""Webhooks as WooCommerce's queue delivers them: one after another, once, built when they are sent.

- One delivery per webhook and object may wait; what changes meanwhile travels with it (whx-07, -20).
- The body is the object as the webhook's owner may read it then: gone or forbidden, it is the refusal, as validly
  signed as anything (whx-19, -93). `*.deleted` carries the id alone.
- Nothing is tried again. The seventh failure in a row disables the webhook; making it active does not forget the
  failures, a success does (whx-80, -98). A redirect counts as a success and is not followed.
- The delivery id is a hash of the webhook and the second: several events share one (whx-15).
"""

import asyncio
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import md5, sha256
from hmac import new as mac
from typing import Literal

import httpx

from .calls import encoded
from .state import Change, Json, Row, Store
from .webhooks import WEBHOOKS

Mode = Literal["at_once", "held", "in_line"]
MOST_FAILURES = 5
TIMEOUT_S = 60.0
Payload = Callable[[str, int, Row | None], Json]
"""Resource (`product`), id and the webhook's owner -> what the owner may read of it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt; there is no second. `status` 0: no answer."""

    webhook_id: int
    topic: str
    resource_id: int
    url: str
    headers: dict[str, str]
    body: bytes
    status: int


@dataclass(frozen=True, slots=True)
class _Pending:
    webhook_id: int
    topic: str
    resource_id: int


class Hooks:
    """The queue. `mode`: delivered `at_once` after the answer, `held` until `settled`, or `in_line`, which is
    before the answer goes out, as shops do whose plugins set `woocommerce_webhook_deliver_async` (whx-96)."""

    def __init__(
        self, store: Store, payload: Payload, *, home: str, mode: Mode, client: httpx.AsyncClient | None, agent: str
    ) -> None:
        self.log: list[Delivery] = []
        self.mode = mode
        self._store, self._payload, self._home, self._agent = store, payload, home, agent
        self._client, self._own = client, client is None
        self._queue: deque[_Pending] = deque()
        self._worker: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many deliveries have not been tried yet."""
        return len(self._queue)

    def tell(self, changes: Iterable[Change]) -> None:
        """Puts into the queue what somebody listens to; the youngest webhook comes first (whx-16, whx-97)."""
        for change in changes:
            for row in sorted(self._store.table(WEBHOOKS), key=lambda row: -int(row["id"])):
                pending = _Pending(row["id"], row["topic"], change.id)
                if row["topic"] in change.topics and row["status"] == "active" and pending not in self._queue:
                    self._queue.append(pending)
        if self.mode == "at_once":
            self._start()

    async def before_answer(self) -> None:
        """Greets new webhooks; in line, delivers what the request did."""
        pings, self._store.pings = self._store.pings, []
        for webhook_id in pings:
            row = self._store.row(WEBHOOKS, webhook_id)
            if row is not None and row["status"] == "active":
                await self._post(row["delivery_url"], f"webhook_id={webhook_id}".encode(), _FORM)
        if self.mode == "in_line":
            await self._drain()

    async def settled(self) -> None:
        """Everything that waits has been tried."""
        while self._queue or self._busy():
            self._start()
            if self._worker is not None:
                await self._worker

    async def close(self) -> None:
        await self.settled()
        if self._own and self._client is not None:
            await self._client.aclose()

    def _busy(self) -> bool:
        return self._worker is not None and not self._worker.done()

    def _start(self) -> None:
        """An edit outside any event loop waits for the next request or `settled`."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if self._queue and not self._busy():
            self._worker = loop.create_task(self._drain())

    async def _drain(self) -> None:
        while self._queue:
            await self._deliver(self._queue.popleft())

    async def _deliver(self, pending: _Pending) -> None:
        """Also of a webhook that was paused since (whx-98)."""
        row = self._store.row(WEBHOOKS, pending.webhook_id)
        if row is None:
            return
        body = encoded(self._body(pending, row))
        headers = self._headers(row, body)
        status = await self._post(row["delivery_url"], body, headers)
        self.log.append(Delivery(
            webhook_id=row["id"], topic=pending.topic, resource_id=pending.resource_id, url=row["delivery_url"],
            headers=headers, body=body, status=status,
        ))  # fmt: skip
        self._count(row, failed=not (200 <= status < 300 or status in (301, 302)))

    def _body(self, pending: _Pending, row: Row) -> Json:
        resource, _, event = pending.topic.partition(".")
        if event == "deleted":
            return {"id": pending.resource_id}
        return self._payload(resource, pending.resource_id, self._store.row("users", row["user_id"]))

    def _headers(self, row: Row, body: bytes) -> dict[str, str]:
        resource, _, event = row["topic"].partition(".")
        second = int(self._store.now().timestamp())
        return {
            "User-Agent": self._agent, "Content-Type": "application/json", "X-WC-Webhook-Source": f"{self._home}/",
            "X-WC-Webhook-Topic": row["topic"], "X-WC-Webhook-Resource": resource, "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": signed(body, row["secret"]), "X-WC-Webhook-ID": str(row["id"]),
            "X-WC-Webhook-Delivery-ID": md5(f"{row['id']}{second}".encode(), usedforsecurity=False).hexdigest(),
        }  # fmt: skip

    async def _post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False)
        headers = {"User-Agent": self._agent} | headers
        try:
            answer = await self._client.post(url, content=body, headers=headers, follow_redirects=False)
        except (httpx.HTTPError, httpx.InvalidURL):
            return 0
        return answer.status_code

    def _count(self, row: Row, *, failed: bool) -> None:
        if not failed:
            row["failure_count"] = 0
            return
        if row["failure_count"] > MOST_FAILURES:
            row["status"] = "disabled"
        else:
            row["failure_count"] += 1
        row["date_modified"] = self._store.now()


def signed(body: bytes, secret: str) -> str:
    """What `X-WC-Webhook-Signature` holds: base64 of HMAC-SHA256 over the raw body."""
    return b64encode(mac(secret.encode(), body, sha256).digest()).decode()


def topics(log: Sequence[Delivery]) -> list[str]:
    """`["order.created 55", "order.updated 55"]`, in the order of arrival."""
    return [f"{one.topic} {one.resource_id}" for one in log]


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
