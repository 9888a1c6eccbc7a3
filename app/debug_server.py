"""Receives what `debug_mirror.py` posts and prints it readably: `shopsync debug-server --port 5000`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import uvicorn
from rich.console import Console, Group, RenderableType
from rich.json import JSON
from rich.panel import Panel
from rich.text import Text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

MAX_BODY_BYTES = 1_048_576


def create_debug_app(console: Console | None = None) -> Starlette:
    """Any path takes a POST with JSON and answers 200; GET says that the server is there."""
    out = console or Console()

    async def receive(request: Request) -> Response:
        if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES:
            return JSONResponse({"error": "the body is too large"}, 413)
        raw = await request.body()
        try:
            body = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return JSONResponse({"error": "the body is not JSON"}, 400)
        out.print(rendered(body))
        return JSONResponse({"received": True})

    async def show(request: Request) -> Response:
        return JSONResponse({"debug_server": True})

    return Starlette(routes=[Route("/{path:path}", receive, methods=["POST"]), Route("/{path:path}", show)])


def serve(host: str = "127.0.0.1", port: int = 5000) -> None:
    """Until Ctrl-C."""
    console = Console()
    console.print(f"Debug server on http://{host}:{port}; set DEBUG_MIRROR_URL to this address. Ctrl-C ends it.")
    uvicorn.run(create_debug_app(console), host=host, port=port, log_level="warning")


def rendered(body: Any) -> RenderableType:
    """One post as a panel: the way it went, the outcome in colour, then the result in full."""
    if not isinstance(body, Mapping) or not isinstance(body.get("result"), Mapping):
        return Panel(JSON.from_data(body), title="not a mirrored result", border_style="dim")
    result = body["result"]
    style = "green" if result.get("success") else "red"
    # Text, not markup: a customer's name may well contain square brackets.
    title = Text(f"{body.get('source')} → {body.get('destination')}  {_subject(result)}")
    headline = Text(_headline(result), style=style)
    return Panel(Group(headline, JSON.from_data(dict(result), default=str)), title=title, border_style=style)


def _headline(result: Mapping[str, Any]) -> str:
    words = (result.get("outcome"), result.get("message") or result.get("error"))
    return ": ".join(str(word) for word in words if word) or "no outcome"


def _subject(result: Mapping[str, Any]) -> str:
    words = (result.get("entity_type"), result.get("action_type"), result.get("entity_id"))
    return " ".join(str(word) for word in words if word is not None)
