"""Clients of every kind against a server that gives one answer to every call, whatever is asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Final

import httpx

from app.connectors.http import PeerClient
from app.connectors.odoo.client import OdooClient, Protocol
from app.connectors.prestashop.client import PrestashopClient
from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.login import Login
from app.errors import AppError
from tests.connectors.odoo.wires import client_played

STATUSES: Final = (200, 200, 200, 201, 204, 301, 302, 400, 401, 403, 404, 405, 410, 413, 429, 500, 502, 503, 599)
HEADERS: Final[tuple[Mapping[bytes, bytes], ...]] = (
    {b"Content-Type": b"application/json"},
    {b"Content-Type": b"text/xml; charset=utf-8"},
    {b"Content-Type": b"text/html; charset=hex", b"PSWS-Version": "8.²".encode("latin-1")},
    {b"Content-Type": b"application/json", b"PSWS-Version": b"9" * 5000, b"X-WP-Total": b"9" * 5000},
    {b"Content-Type": b"text/html", b"Retry-After": "²".encode("latin-1"), b"Date": b"Mon, 40 Nov 99999 99:99 +9999"},
    {b"Retry-After": b"9" * 5000, b"Access-Time": b"99999999999", b"X-WP-TotalPages": b"0"},
    {b"Location": b"http://[", b"Retry-After": b"Mon, 01 Jan 0001 00:00:00 +2359"},
)
Ask = Callable[[], Awaitable[object]]


def answer(data: bytes) -> httpx.Response:
    """The first byte chooses the status, the second the headers; the rest is the body."""
    status, headers = data[0] if data else 0, data[1] if len(data) > 1 else 0
    return httpx.Response(STATUSES[status % len(STATUSES)], headers=HEADERS[headers % len(HEADERS)], content=data[2:])


def only_our_errors(asks: list[Ask]) -> None:
    """Every call gives a value or one of our errors, never another one."""
    loop = _loop()
    for ask in asks:
        with suppress(AppError):
            loop.run_until_complete(_awaited(ask))


def odoo(data: bytes, protocol: Protocol) -> list[Ask]:
    client: OdooClient = client_played(protocol, lambda _: answer(data))
    return [
        lambda: client.search("res.partner", []),
        lambda: client.read("res.partner", [7], ["name"]),
        lambda: client.load("res.partner", ["id"], [["x.y"]]),
        lambda: client.fields("res.partner"),
        lambda: client.find_markers(["x.y"]),
        lambda: client.find_markers(["x.y", "x.z"]),
        lambda: client.markers_of("res.partner", [7]),
        lambda: _plain(client.call("res.partner", "context_get")),
        lambda: client.run_action("sale.order", "action_confirm", [7]),
    ]


def odoo_hello(data: bytes, protocol: Protocol) -> list[Ask]:
    """Before anything is known of the server."""
    client = OdooClient(_peer(data), database="odoo", username="admin", api_key="key", protocol=protocol)
    return [client.server, lambda: client.search("res.partner", [])]


def prestashop(data: bytes) -> list[Ask]:
    client = PrestashopClient(_peer(data))
    return [
        client.version,
        lambda: client.rows("customers", display=["id"]),
        lambda: client.one("customers", "7", display=["id"]),
        lambda: client.create("customers", {"email": "a@x.test"}),
        lambda: client.update("customers", "7", {"email": "a@x.test"}),
        lambda: client.delete("customers", "7"),
        lambda: client.synopsis("customers"),
        client.permissions,
    ]


def woocommerce(data: bytes) -> list[Ask]:
    login = Login(consumer_key="ck", consumer_secret="cs", username="u", application_password="p")
    client = WooClient(_peer(data), login)
    return [
        lambda: client.get("products/7"),
        lambda: client.page("products", {}),
        lambda: client.count("products"),
        lambda: client.batch("products", create=[{"name": "a"}], update=[{"id": 7}], delete=[8]),
        lambda: client.upload("a.png", b"x", "image/png"),
        client.check_writing,
        client.site,
    ]


def _peer(data: bytes) -> PeerClient:
    return PeerClient("http://peer.test", name="peer", transport=httpx.MockTransport(lambda _: answer(data)))


async def _plain(value: Awaitable[object]) -> None:
    """What JSON holds: it goes into a fingerprint and into `jsonb`."""
    assert json.dumps(await value, allow_nan=False)


async def _awaited(ask: Ask) -> object:
    return await ask()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One for all: a loop a call would cost more than the call."""
    return asyncio.new_event_loop()
