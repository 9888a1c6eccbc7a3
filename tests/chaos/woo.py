"""The sandbox WooCommerce as a process of its own. `python -m tests.chaos.woo FD` serves on the listening socket FD.

    POST /_chaos/reset    {"webhook_url": "http://…", "webhook_secret": "…"}   another shop; it tells of customers
    POST /_chaos/add      {"resource": "customers", "fields": {…}}     a person adds a record: its id
    POST /_chaos/down     {"down": true}                               every call is answered 503 by a proxy

The rest is the sandbox's own window (`app/sandbox/woocommerce/console.py`).
"""

from __future__ import annotations

import socket
import sys
from typing import Any, Final

import orjson
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.sandbox.woocommerce.server import Sandbox, create_sandbox
from tests.chaos.wire import unavailable

PREFIX: Final = "/_chaos/"
TOPICS: Final = ("customer.created", "customer.updated", "customer.deleted")


class Woo:
    """A new shop at each reset: its people and webhooks are those of the test."""

    _sandbox: Sandbox

    def __init__(self) -> None:
        self._reset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._command(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/wp-json/") and self._down:
            await unavailable(scope, receive, send)
        else:
            await self._sandbox(scope, receive, send)

    async def _command(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = orjson.loads(await Request(scope, receive).body() or b"{}")
        answer: Any = None
        match scope["path"].removeprefix(PREFIX):
            case "reset":
                self._reset(given.get("webhook_url"), given.get("webhook_secret", ""))
            case "add":
                answer = self._sandbox.add(given["resource"], **given["fields"])
            case "down":
                self._down = bool(given["down"])
        await Response(orjson.dumps(answer), media_type="application/json")(scope, receive, send)

    def _reset(self, webhook_url: str | None = None, webhook_secret: str = "") -> None:
        self._sandbox = create_sandbox(examples=False)
        self._down = False
        for topic in TOPICS if webhook_url else ():
            self._sandbox.add("webhooks", name=topic, topic=topic, delivery_url=webhook_url, secret=webhook_secret)


def main() -> None:
    listener = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(Woo(), log_level="warning", timeout_graceful_shutdown=1, date_header=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
