"""The window demonstrations look and reach through: `/_sandbox/...`, JSON, without a key.

GET   /_sandbox/requests | state/{model}
POST  /_sandbox/press    {"model": "res.partner", "method": "write", "ids": [7], "args": [{"phone": "1"}]}

A press is what a person does with a form or a button; its webhooks are out before it is answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from app.sandbox.odoo.server import Sandbox


def routes(sandbox: Sandbox) -> list[Route]:
    return [
        Route("/_sandbox/requests", _requests(sandbox)),
        Route("/_sandbox/state/{model}", _state(sandbox)),
        Route("/_sandbox/press", _press(sandbox), methods=["POST"]),
    ]


def _requests(sandbox: Sandbox) -> Callable[[Request], Response]:
    return lambda request: _json([asdict(asked) for asked in sandbox.requests])


def _state(sandbox: Sandbox) -> Callable[[Request], Response]:
    def show(request: Request) -> Response:
        model = request.path_params["model"]
        if model not in sandbox.db.tables:
            return _json({"error": "unknown model", "known": sorted(sandbox.db.tables)}, status=404)
        return _json([{"id": number, **row} for number, row in sandbox.db.tables[model].items()])

    return show


def _press(sandbox: Sandbox) -> Callable[[Request], object]:
    async def press(request: Request) -> Response:
        wanted = orjson.loads(await request.body())
        args = wanted.get("args") or []
        return _json(await sandbox.act(wanted["model"], wanted["method"], wanted.get("ids") or [], *args))

    return press


def _json(value: object, *, status: int = 200) -> Response:
    content = orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_INDENT_2)
    return Response(content, status_code=status, media_type="application/json")
