"""A sandbox Odoo behind the connector, and the requests it was sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import httpx

from app.connectors.odoo.connector import OdooConnector
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import seeded

KEY = "an-api-key-of-the-admin"


class Recorder(httpx.AsyncBaseTransport):
    """Keeps every request on its way to an ASGI application."""

    def __init__(self, db: Database) -> None:
        self._inner = httpx.ASGITransport(app=create_app(db))
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return await self._inner.handle_async_request(request)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.requests if request.content]

    def services(self) -> list[str]:
        """`common.authenticate`, `object.execute_kw` … in order, of the JSON-RPC requests."""
        return [f"{body['params']['service']}.{body['params']['method']}" for body in self.bodies]


def open_odoo(version: int = 17, *, db: Database | None = None, **options: Any) -> tuple[OdooConnector, Recorder]:
    recorder = Recorder(db or seeded(version=version, api_key=KEY))
    given: dict[str, Any] = {"name": "erp", "transport": recorder, **options}
    login: Sequence[str] = (given.pop("database", "odoo"), given.pop("username", "admin"), given.pop("api_key", KEY))
    return OdooConnector("http://odoo.test", *login, **given), recorder
