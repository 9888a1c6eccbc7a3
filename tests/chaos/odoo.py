"""The sandbox Odoo as a process of its own, with a hand on its answers.

`python -m tests.chaos.odoo FD` serves on the listening socket FD. There are people's hands, a window and trouble:

    POST /_chaos/add     {"model": "res.partner", "values": {…}}             a person saves a new record: its id
    POST /_chaos/edit    {"model": "res.partner", "id": 7, "values": {…}}    a person saves a form
    POST /_chaos/rows    {"model": "res.partner"}
    GET  /_chaos/calls                                        every call over the API
    POST /_chaos/reset   {"version": 17, "write_s": 0.01}     another database
    POST /_chaos/fail    {"name": "pool", "model": "sale.order", "times": 2}    faults that Odoo itself answers
    POST /_chaos/spoil   {"how": "html", "model": "sale.order", "method": "load"}   done and committed, then spoilt
    POST /_chaos/down    {"down": true}                       every call is answered 503 by a proxy
    GET  /_chaos/seen    {"writes": 12, "spoilt": 1, "failing": 0}

`how` is `lost` (the connection is cut), `slow` (it takes `SLOW_S`), `html` (a page with status 500) or `pool` (Odoo's
error that its connection pool is full).
"""

from __future__ import annotations

import asyncio
import re
import socket
import sys
from dataclasses import asdict, dataclass
from typing import Any, Final

import httpx
import orjson
import uvicorn
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from app.sandbox.odoo.faults import pool_exhausted
from app.sandbox.odoo.hooks import TIMEOUT_S
from app.sandbox.odoo.requests import Asked, read_request
from app.sandbox.odoo.server import Sandbox, create_sandbox
from tests.chaos.windows import WRITES
from tests.chaos.wire import cut, unavailable

PREFIX: Final = "/_chaos/"
TWINS: Final = (18, 19)
"""Two contacts of the seed with one e-mail: they would be parked, which is no matter of these tests."""
SLOW_S: Final = 3.0
"""Longer than the worker's PEER_TIMEOUT_S in these tests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoil:
    how: str
    model: str
    method: str

    def meets(self, asked: Asked) -> bool:
        return bool(re.fullmatch(self.model, asked.model) and re.fullmatch(self.method, asked.method))


class HeldOdoo:
    """A call is carried out at once; the answer to a write takes `write_s`, and may be spoilt."""

    def __init__(self) -> None:
        self._reset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._sandbox(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            await self._command(scope, receive, send)
        elif self._down:
            await unavailable(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _command(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        given = orjson.loads(await request.body() or b"{}")
        what = scope["path"].removeprefix(PREFIX)
        answer = (
            await self._people(what, given) if what in ("add", "edit", "rows", "calls") else self._told(what, given)
        )
        await Response(orjson.dumps(answer, default=str), media_type="application/json")(scope, receive, send)

    async def _people(self, what: str, given: dict[str, Any]) -> Any:
        match what:
            case "add":
                number = self._sandbox.add(given["model"], given["values"])
                await self._sandbox.settled()
                return number
            case "edit":
                return await self._sandbox.save(given["model"], given["id"], given["values"])
            case "rows":
                return [{"id": number, **row} for number, row in self._sandbox.db.tables[given["model"]].items()]
            case _:
                return [asdict(asked) for asked in self._sandbox.requests if asked.model]

    def _told(self, what: str, given: dict[str, Any]) -> Any:
        match what:
            case "reset":
                self._reset(**given)
            case "fail":
                self._sandbox.fail(**given)
            case "spoil":
                self._spoils.append(Spoil(**given))
            case "down":
                self._down = bool(given["down"])
        failing = len(self._sandbox.script.pending) + len(self._spoils)
        return {"writes": self._writes, "spoilt": self._spoilt, "failing": failing}

    def _reset(self, *, version: int = 17, write_s: float = 0.0) -> None:
        # A new client for every post, as Odoo has, would spend the test's time on certificates.
        posts = httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False, verify=False)
        self._sandbox: Sandbox = create_sandbox(version=version, languages=("en_US",), webhook_client=posts)
        for number in TWINS:
            self._sandbox.remove("res.partner", number)
        self._write_s = write_s
        self._spoils: list[Spoil] = []
        self._writes = self._spoilt = 0
        self._down = False

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:  # the worker was killed while it asked
            return
        asked = read_request(scope["path"], body)
        spoil = next((each for each in self._spoils if each.meets(asked)), None)
        if spoil is None:
            await self._sandbox(scope, _again(body), send)
            await self._count(asked)
            return
        self._spoils.remove(spoil)
        await self._sandbox(scope, _again(body), _unheard)
        await self._count(asked)
        self._spoilt += 1
        await _spoilt(spoil.how, body, scope, receive, send)

    async def _count(self, asked: Asked) -> None:
        if asked.method in WRITES:
            self._writes += 1
            await asyncio.sleep(self._write_s)


async def _spoilt(how: str, body: bytes, scope: Scope, receive: Receive, send: Send) -> None:
    match how:
        case "slow":
            await asyncio.sleep(SLOW_S)
            await cut(send)
        case "html":
            await HTMLResponse("<!doctype html>\n<title>500 Internal Server Error</title>\n", 500)(scope, receive, send)
        case "pool":
            error = {"code": 200, "message": "Odoo Server Error", "data": pool_exhausted().data}
            answer = {"jsonrpc": "2.0", "id": orjson.loads(body).get("id"), "error": error}
            await JSONResponse(answer)(scope, receive, send)
        case _:
            await cut(send)


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def _unheard(message: Message) -> None:
    return None


def main() -> None:
    listener = socket.socket(fileno=int(sys.argv[1]))
    config = uvicorn.Config(
        HeldOdoo(), log_level="warning", timeout_graceful_shutdown=1, date_header=False, server_header=False
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
