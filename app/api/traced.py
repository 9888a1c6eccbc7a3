"""A span around each request that may make a job; installed only where traces are wanted (`tracing.py`)."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import tracing

TRACED: Final = ("/webhooks/", "/forms/")


class TracedRequests:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        spans = tracing.active()
        if spans is None or scope["type"] != "http" or not scope["path"].startswith(TRACED):
            await self._app(scope, receive, send)
            return
        with spans.request(method=scope["method"], traceparent=_header(scope, b"traceparent")) as span:

            async def tell(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.answered(message["status"], route=getattr(scope.get("route"), "path", None))
                await send(message)

            await self._app(scope, receive, tell)


def _header(scope: Scope, name: bytes) -> str | None:
    found: bytes | None = next((value for key, value in scope["headers"] if key == name), None)
    return None if found is None else found.decode("latin-1")
