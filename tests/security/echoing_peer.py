"""A server that fails every call and says in its error all that it was told, headers too, as a debug mode does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape

import orjson

_VERSION = {"jsonrpc": "2.0", "result": {"server_version": "17.0", "server_version_info": [17, 0, 0, "final", 0, ""]}}
_GREETINGS = {"/wp-json/": {"namespaces": ["wc/v3", "wp/v2"], "routes": {}}}


@dataclass(slots=True)
class EchoingPeer:
    """Over real HTTP, so that the client's own log lines are seen as well. `said`: the echo of each call;
    `faults`: what it calls its error, per kind.

    It says hello as an Odoo or a WordPress does before it is shown a secret. `only`: calls to other addresses are
    answered with an empty list.
    """

    only: str = ""
    status: int = 500
    faults: dict[str, int | str] = field(default_factory=dict)
    port: int = 0
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                given = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
                body = await reader.readexactly(int(given.get("content-length", "0")))
                writer.write(self._answer(lines, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _answer(self, lines: list[str], body: bytes) -> bytes:
        secrets_first = sorted(filter(None, lines), key=lambda line: not line.lower().startswith("authorization"))
        echo = " | ".join([*secrets_first, body.decode(errors="replace")])
        self.said.append(echo)
        target = lines[0].split(" ")[1]
        greeting = _GREETINGS.get(target) or (_VERSION if b'"version"' in body else None)
        if greeting is not None or self.only not in target:
            content = orjson.dumps(greeting or [])
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
            return head.encode() + content
        kind, content = self._body(target, echo)
        cookie = secrets_first[0].partition(": ")[2].replace(" ", "_").replace(";", "")
        head = (
            f"HTTP/1.1 {self.status} Echo\r\nContent-Type: {kind}\r\nSet-Cookie: session_id={cookie}\r\n"
            f"X-Debug: {secrets_first[0]}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        return head.encode("latin-1", "replace") + content

    def _body(self, target: str, echo: str) -> tuple[str, bytes]:
        if target.startswith("/api"):
            error = f"<error><code>{self.faults['prestashop']}</code><message>{escape(echo)}</message></error>"
            return "text/xml", f"<prestashop><errors>{error}</errors></prestashop>".encode()
        if "wp-json" in target:
            data = {"status": self.status, "params": {"name": echo}}
            return "application/json", orjson.dumps({"code": self.faults["woocommerce"], "message": echo, "data": data})
        fault: dict[str, object] = {
            "name": self.faults["odoo"],
            "message": echo,
            "arguments": [echo],
            "context": {},
            "debug": echo,
        }
        if target.startswith("/json/2"):
            return "application/json", orjson.dumps(fault)
        return "application/json", orjson.dumps(
            {"jsonrpc": "2.0", "error": {"code": 200, "message": "E", "data": fault}}
        )


@asynccontextmanager
async def open_echoing_peer() -> AsyncIterator[EchoingPeer]:
    peer = EchoingPeer()
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()
