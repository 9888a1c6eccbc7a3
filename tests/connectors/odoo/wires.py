"""Clients over each of the three wires: against a sandbox, or against a server that gives one answer to every call."""

from __future__ import annotations

import json
import xmlrpc.client
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.connectors.http import PeerClient
from app.connectors.odoo.client import OdooClient, Protocol
from app.sandbox.odoo.database import Database
from tests.connectors.odoo.servers import KEY, Recorder

ON_EVERY_WIRE = pytest.mark.parametrize(
    ("version", "protocol"),
    [(14, "jsonrpc"), (17, "jsonrpc"), (17, "xmlrpc"), (19, "jsonrpc"), (19, "json2"), (19, "xmlrpc")],
)
BY_WIRE = pytest.mark.parametrize("protocol", ["jsonrpc", "xmlrpc", "json2"])
WITHOUT_VALUE = object()

Play = Callable[[httpx.Request], httpx.Response]


class LosesAnswers(Recorder):
    """Carries out a request that has `lose` in its path or body, once, and the client hears nothing of it."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self.lose: str | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if self.lose and self.lose in f"{request.url.path} {request.content.decode()}":
            self.lose = None
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response


def client_answered(protocol: Protocol, result: object) -> OdooClient:
    """Every call of a method gets `result` (`WITHOUT_VALUE`: that of a method that returned None)."""
    return client_played(protocol, lambda request: _answer(protocol, result))


def client_played(protocol: Protocol, play: Play) -> OdooClient:
    """A server that says who it is, takes any login, and then does what `play` does."""

    def handle(request: httpx.Request) -> httpx.Response:
        known = _before_a_call(request, 19 if protocol == "json2" else 17)
        return known if known is not None else play(request)

    peer = PeerClient("http://odoo.test", name="erp", transport=httpx.MockTransport(handle))
    return OdooClient(peer, database="odoo", username="admin", api_key=KEY, protocol=protocol)


def _before_a_call(request: httpx.Request, major: int) -> httpx.Response | None:
    version = {"server_version": f"{major}.0", "server_version_info": [major, 0, 0, "final", 0, ""]}
    if request.url.path == "/xmlrpc/2/common":
        _, method = xmlrpc.client.loads(request.content)
        return _answer("xmlrpc", version if method == "version" else 2)
    if request.url.path == "/jsonrpc":
        params = json.loads(request.content)["params"]
        if params["service"] == "common":
            return _answer("jsonrpc", version if params["method"] == "version" else 2)
    return None


def _answer(protocol: Protocol, result: Any) -> httpx.Response:
    if protocol == "json2":
        return httpx.Response(200, text="null" if result is WITHOUT_VALUE else json.dumps(result))
    if protocol == "jsonrpc":
        valued = {} if result is WITHOUT_VALUE else {"result": result}
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, **valued})
    if result is WITHOUT_VALUE:
        said: Any = xmlrpc.client.Fault(
            1,
            "Traceback (most recent call last):\n  File ...\n"
            "TypeError: cannot marshal None unless allow_none is enabled\n",
        )
    else:
        said = (result,)
    return httpx.Response(200, text=xmlrpc.client.dumps(said, methodresponse=True))
