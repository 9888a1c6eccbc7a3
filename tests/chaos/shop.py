"""The sandbox shop as a process of its own, with a hand on its answers.

`python -m tests.chaos.shop FD` serves on the listening socket FD. Beside the sandbox's own window there is:

    POST /_chaos/reset    {"customers": 50, "write_s": 0.01}   another shop; customers 1001, 1002, … are planted
    POST /_chaos/hold     {"method": "POST", "path": "/customers"}   the next such is carried out, not answered
    POST /_chaos/release                                       what is held is answered
    POST /_chaos/add      {"resource": "addresses", "fields": {…}}     a person adds a record: its id
    POST /_chaos/order    {"customer": 67, "address": 8, "quantity": 2}    in the storefront: its id
    POST /_chaos/down     {"down": true}                       every call is answered 503 by a proxy
    POST /_chaos/written  {"after": 12}                        waits for the 13th write: when it was carried out
    GET  /_chaos/seen     {"writes": 12, "held": 0, "most_at_once": 4, "most_at_once_per_record": 1}
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import orjson
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.sandbox.prestashop import Sandbox, create_sandbox
from tests.chaos.wire import unavailable

FIRST_CUSTOMER = 1001
PREFIX = "/_chaos/"
MUG, SHIPPING = Decimal("11.90"), Decimal("7")


class HeldShop:
    """A call is carried out at once; the answer to a write takes `write_s`, and any waits while it is held."""

    _released: asyncio.Event

    def __init__(self) -> None:
        self._reset(customers=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._command(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/api/") and self._down:
            await unavailable(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/api/"):
            await self._answer(scope, receive, send)
        else:
            await self._sandbox(scope, receive, send)

    async def _command(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        given = orjson.loads(await request.body() or b"{}")
        answer: Any = None
        match scope["path"].removeprefix(PREFIX):
            case "reset":
                self._reset(**given)
            case "hold":
                self._released.clear()
                self._holds.append((given["method"], given["path"]))
            case "release":
                self._holds.clear()
                self._released.set()
            case "add":
                answer = self._sandbox.add(given["resource"], **given["fields"])
            case "order":
                answer = _order(self._sandbox, **given)
            case "down":
                self._down = bool(given["down"])
            case "written":
                answer = await self._moment_of(given["after"])
            case "seen":
                answer = self._seen()
        await Response(orjson.dumps(answer), media_type="application/json")(scope, receive, send)

    def _reset(
        self, *, customers: int, write_s: float = 0.0, webhook_url: str | None = None, webhook_secret: str = ""
    ) -> None:
        self._sandbox = create_sandbox(webhook_url=webhook_url, webhook_secret=webhook_secret)
        _plant(self._sandbox, customers)
        self._write_s = write_s
        self._down = False
        self._holds: list[tuple[str, str]] = []
        self._released = asyncio.Event()
        self._held = self._most = self._most_per_record = 0
        self._moments: list[float] = []
        self._written = asyncio.Condition()
        self._under_way: Counter[str] = Counter()

    def _seen(self) -> dict[str, int]:
        return {
            "writes": len(self._moments),
            "held": self._held,
            "most_at_once": self._most,
            "most_at_once_per_record": self._most_per_record,
        }

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        if scope["method"] == "GET":
            await self._sandbox(scope, receive, keep)
        else:
            await self._write(scope, receive, keep)
        await self._hold(scope["method"], scope["path"])
        for message in answer:
            await send(message)

    async def _write(self, scope: Scope, receive: Receive, keep: Send) -> None:
        path = scope["path"]
        self._under_way[path] += 1
        self._most = max(self._most, self._under_way.total())
        if path.rpartition("/")[2].isdigit():
            self._most_per_record = max(self._most_per_record, self._under_way[path])
        try:
            await self._sandbox(scope, receive, keep)
            await self._note_write()
            await asyncio.sleep(self._write_s)
        finally:
            self._under_way[path] -= 1

    async def _note_write(self) -> None:
        self._moments.append(time.monotonic())
        async with self._written:
            self._written.notify_all()

    async def _moment_of(self, after: int) -> float:
        """On the clock that all processes of the machine share (Linux)."""
        async with self._written:
            await self._written.wait_for(lambda: len(self._moments) > after)
        return self._moments[after]

    async def _hold(self, method: str, path: str) -> None:
        for hold in self._holds:
            if hold[0] == method and re.search(hold[1], path):
                self._holds.remove(hold)
                self._held += 1
                await self._released.wait()
                return


def _plant(sandbox: Sandbox, customers: int) -> None:
    """As if they had always been there: no webhook about them."""
    pattern = sandbox.shop.load("customers", 67)
    assert pattern is not None
    for number in range(FIRST_CUSTOMER, FIRST_CUSTOMER + customers):
        sandbox.shop.put("customers", number, {**pattern, "id": number, "email": f"customer{number}@example.com"})


def _order(sandbox: Sandbox, *, customer: int, address: int, quantity: int) -> int:
    """As the storefront does: so many mugs for 11.90 each, shipped for 7, to a country without tax."""
    ends = {"id_customer": str(customer), "id_address_delivery": str(address), "id_address_invoice": str(address)}
    common = {**ends, "id_currency": "1", "id_lang": "1", "id_carrier": "2"}
    cart = sandbox.add("carts", **common)
    row = {"id_product": "8", "id_product_attribute": "0", "quantity": str(quantity)}
    sandbox.shop.table("carts").linked[cart, "cart_rows"] = [row]
    goods = MUG * quantity
    sums = {"total_paid": str(goods + SHIPPING), "total_products": str(goods), "total_products_wt": str(goods)}
    paid = {"module": "ps_wirepayment", "payment": "Bank wire", "conversion_rate": "1"}
    return sandbox.add("orders", id_cart=str(cart), **common, **sums, **paid)


def main() -> None:
    listener = socket.socket(fileno=int(sys.argv[1]))
    server = uvicorn.Server(uvicorn.Config(HeldShop(), log_level="warning", timeout_graceful_shutdown=1))
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
