"""The sandbox Odoo, slowed down: `python -m bench.slow_odoo --port N --each-ms 5`.

It answers a `load` only after so many milliseconds for each record, without working meanwhile. How many an Odoo takes
was not measured.
"""

from __future__ import annotations

import argparse
import asyncio

import uvicorn
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from app.sandbox.odoo.requests import read_request
from app.sandbox.odoo.server import Sandbox, create_sandbox


class SlowOdoo:
    def __init__(self, sandbox: Sandbox, *, each_ms: float) -> None:
        self._sandbox = sandbox
        self._each_ms = each_ms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._sandbox(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        asked = read_request(scope["path"], body)
        if asked.method == "load":
            rows = asked.args[1] if len(asked.args) > 1 else []
            await asyncio.sleep(len(rows) * self._each_ms / 1000 if isinstance(rows, list) else 0)
        await self._sandbox(scope, _again(body), send)


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--each-ms", type=float, required=True)
    given = parser.parse_args()
    odoo = SlowOdoo(create_sandbox(version=17, languages=("en_US",)), each_ms=given.each_ms)
    uvicorn.run(odoo, host="127.0.0.1", port=given.port, log_level="warning", date_header=False, server_header=False)


if __name__ == "__main__":
    main()
