"""Webhooks as a thin shop module sends them: one POST per changed object and request, after the answer.

    {"event_id": "...", "entity_type": "customer", "action_type": "updated", "data": {"id": 67, "email": ...}}

An image is named by its address: `"id": "8/24"` is image 24 of product 8. Parcels, histories and messages of
an order are told as that order. A lost webhook is tried again a few times and never fails the shop's own
request. `X-Reverse-Sync-Operation` of the causing request goes along as a header.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from .state import Change, Row, Shop, Verb

OPERATION_HEADER = "X-Reverse-Sync-Operation"
ENTITY_TYPES: Mapping[str, str] = {
    "customers": "customer", "addresses": "address", "orders": "order", "cart_rules": "coupon",
    "products": "product", "combinations": "variant", "stock_availables": "stock", "categories": "category",
    "images": "image",
}  # fmt: skip
OF_ORDER = ("order_carriers", "order_histories", "messages")
_SECRET = ("passwd", "secure_key", "reset_password_token", "reset_password_validity")
_STRONGER: Mapping[tuple[Verb, Verb], Verb] = {("created", "updated"): "created"}


@dataclass(slots=True, kw_only=True)
class Webhook:
    """One event; `statuses` says what the receiver answered, attempt by attempt (0: no answer)."""

    event_id: str
    entity_type: str
    action_type: Verb
    data: Mapping[str, object]
    operation: str | None
    statuses: list[int] = field(default_factory=list)

    def body(self) -> dict[str, object]:
        return {
            "event_id": self.event_id, "entity_type": self.entity_type, "action_type": self.action_type,
            "data": dict(self.data),
        }  # fmt: skip


class Hooks:
    """Sends what `tell` is given. `settled` waits until nothing is under way: for tests."""

    def __init__(
        self, *, url: str | None, secret: str, silent_on_reverse_sync: bool, client: httpx.AsyncClient | None,
        retry_after_s: Sequence[float], sleep: Callable[[float], Awaitable[None]], width: int = 8,
    ) -> None:  # fmt: skip
        self.url, self.secret, self.silent_on_reverse_sync = url, secret, silent_on_reverse_sync
        self.log: list[Webhook] = []
        self._client, self._own = client, client is None
        self._retry_after_s, self._sleep = retry_after_s, sleep
        self._waiting: list[Webhook] = []
        self._running: set[asyncio.Task[None]] = set()
        self._width = asyncio.Semaphore(width)

    def tell(self, shop: Shop, changes: Iterable[Change], *, operation: str | None) -> None:
        if operation is not None and self.silent_on_reverse_sync:
            return
        events = events_of(shop, changes, operation=operation)
        self.log.extend(events)
        if self.url is not None:
            self._waiting.extend(events)
            self._start()

    async def settled(self) -> None:
        self._start()
        while self._running:
            await asyncio.gather(*self._running)

    async def close(self) -> None:
        await self.settled()
        if self._own and self._client is not None:
            await self._client.aclose()

    def _start(self) -> None:
        """An edit outside any event loop waits for the next request or `settled`."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            task = loop.create_task(self._send(event))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _send(self, event: Webhook) -> None:
        async with self._width:
            for pause in (*self._retry_after_s, None):
                event.statuses.append(await self._post(event))
                if 200 <= event.statuses[-1] < 500 and event.statuses[-1] != 429:
                    return
                if pause is not None:
                    await self._sleep(pause)

    async def _post(self, event: Webhook) -> int:
        headers = {"X-Webhook-Secret": self.secret}
        if event.operation is not None:
            headers[OPERATION_HEADER] = event.operation
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=10.0, trust_env=False)
        try:
            return (await self._client.post(self.url or "", json=event.body(), headers=headers)).status_code
        except httpx.HTTPError:
            return 0


def events_of(shop: Shop, changes: Iterable[Change], *, operation: str | None) -> list[Webhook]:
    """One event per object, in the order of its first change; created and then updated is created."""
    verbs: dict[tuple[str, int], Verb] = {}
    last: dict[tuple[str, int], Row] = {}
    for change in changes:
        target = _target(change)
        if target is not None:
            last[target] = change.row
            verb: Verb = change.verb if change.resource in ENTITY_TYPES else "updated"
            before = verbs.get(target)
            verbs[target] = _STRONGER.get((before, verb), verb) if before else verb
    return [
        Webhook(
            event_id=f"evt_{uuid4().hex}", entity_type=ENTITY_TYPES[resource], action_type=verb,
            data=_data(shop, resource, row_id) | _address(resource, row_id, last), operation=operation,
        )
        for (resource, row_id), verb in verbs.items()
    ]  # fmt: skip


def _target(change: Change) -> tuple[str, int] | None:
    if change.resource in ENTITY_TYPES:
        return change.resource, change.id
    order = str(change.row.get("id_order") or "0")
    return ("orders", int(order)) if change.resource in OF_ORDER and order != "0" else None


def _address(resource: str, row_id: int, last: Mapping[tuple[str, int], Row]) -> dict[str, object]:
    """Nobody can find an image, least of all one that is gone, without its product."""
    return {"id": f"{last[resource, row_id]['id_product']}/{row_id}"} if resource == "images" else {}


def _data(shop: Shop, resource: str, row_id: int) -> dict[str, object]:
    row = shop.row(resource, row_id)
    if row is None:
        return {"id": row_id}
    hidden = (*_SECRET, "id")
    shown = {name: value for name, value in row.items() if name not in hidden and not isinstance(value, dict)}
    return {"id": row_id, **shown}
