"""What stands between us and a sandbox in the conformance suite: it sees every call, and loses or refuses on demand."""

from __future__ import annotations

import json

import httpx

WOOCOMMERCE_API = "/wp-json/"


class Gateway(httpx.AsyncBaseTransport):
    """With a `status` it lets nothing through; with a `page` it answers 200 and that text; `cut`: no answer comes.

    `forgets`: the first answer to each call that makes something is lost, after the peer did it.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.status: int | None = None
        self.page: str | None = None
        self.cut = False
        self.requests: list[httpx.Request] = []
        self.forgets = False
        self._lost: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.cut:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
        if self.status is not None:
            return httpx.Response(self.status, headers={"Retry-After": "1"}, request=request)
        if self.page is not None:
            return httpx.Response(200, headers={"Content-Type": "text/html"}, text=self.page, request=request)
        response = await self._inner.handle_async_request(request)
        call = making(request)
        if self.forgets and call and call not in self._lost:
            self._lost.add(call)
            raise httpx.ReadTimeout("the answer is lost", request=request)
        return response


def making(request: httpx.Request) -> str | None:
    """The call's name if it makes something new."""
    path = request.url.path
    if path.startswith("/api/"):
        return path if request.method == "POST" else None
    if path.startswith(WOOCOMMERCE_API):
        return path if request.method == "POST" else None
    call = odoo_call(request)
    return call if call and call.endswith((".load", ".create")) else None


def odoo_call(request: httpx.Request) -> str | None:
    """`res.partner.read`; None for a login."""
    parts = request.url.path.split("/")
    if request.url.path.startswith("/json/2/"):
        return f"{parts[3]}.{parts[4]}"
    params = json.loads(request.content).get("params", {}) if request.url.path == "/jsonrpc" else {}
    return f"{params['args'][3]}.{params['args'][4]}" if params.get("method") == "execute_kw" else None
