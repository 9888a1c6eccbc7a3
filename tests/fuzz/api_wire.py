"""Requests as uvicorn hands them to the application: no client of ours tidies them up on the way."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from fastapi import FastAPI
from schemathesis.core.transport import Response

BASE_URL = "http://api.test"
Headers = list[tuple[bytes, bytes]]


@dataclass(slots=True)
class _Heard:
    status: int = 0
    headers: dict[str, list[str]] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)


async def send(app: FastAPI, request: requests.PreparedRequest) -> Response:
    """The answer with its request, for the checks of schemathesis. What the application raises is raised here."""
    url, body = urlsplit(str(request.url)), _body(request)
    heard = await call(
        app, str(request.method), f"{url.path}?{url.query}".encode(), _headers(request.headers.items(), body), body
    )
    return Response(
        status_code=heard.status,
        headers=heard.headers,
        content=bytes(heard.body),
        request=request,
        elapsed=0.0,
        verify=False,
    )


async def call(app: FastAPI, method: str, target: bytes, headers: Headers, body: bytes) -> _Heard:
    """`target` is path and query as bytes on the wire."""
    heard = _Heard()
    path, _, query = target.partition(b"?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 40000),
        "server": ("api.test", 80),
    }
    sent = iter([{"type": "http.request", "body": body, "more_body": False}])
    gone = asyncio.Event()

    async def receive() -> MutableMapping[str, Any]:
        for message in sent:
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    async def hear(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            heard.status = message["status"]
            for name, value in message["headers"]:
                heard.headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        elif message["type"] == "http.response.body":
            heard.body += message.get("body", b"")

    await app(scope, receive, hear)
    return heard


def _body(request: requests.PreparedRequest) -> bytes:
    body: object = request.body
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else bytes(body)  # type: ignore[call-overload]


def _headers(given: Iterable[tuple[str | bytes, str | bytes]], body: bytes) -> Headers:
    plain = {_wire(name).lower(): _wire(value) for name, value in given}
    plain[b"host"] = b"api.test"
    if body:
        plain[b"content-length"] = str(len(body)).encode()
    return list(plain.items())


def _wire(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1", "replace")


def sign(request: requests.PreparedRequest, path: str, secret: str) -> None:
    """As WooCommerce signs, when `request` goes to `path`: nobody makes a signature up."""
    if urlsplit(str(request.url)).path == path:
        made = hmac.digest(secret.encode(), _body(request), "sha256")
        request.headers["X-WC-Webhook-Signature"] = base64.b64encode(made).decode()
