"""A sandbox Odoo of both recorded versions, asked over JSON-RPC as its sync user."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.sandbox.odoo import Sandbox, create_sandbox

NOON = datetime(2026, 11, 21, 12, 0, 0, 250_000, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Client:
    """Calls the sandbox and answers results; an error is raised as AssertionError unless it is asked for."""

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self.sandbox, self.http = sandbox, http
        self.version = sandbox.db.version

    async def ask(self, model: str, method: str, *args: object, **named: object) -> dict[str, Any]:
        call = [self.sandbox.db.name, self.sandbox.uid, self.sandbox.key, model, method, list(args), named]
        params = {"service": "object", "method": "execute_kw", "args": call}
        response = await self.http.post("/jsonrpc", json={"jsonrpc": "2.0", "id": 1, "params": params})
        answer: dict[str, Any] = response.json()
        return answer

    async def do(self, model: str, method: str, *args: object, **named: object) -> Any:
        answer = await self.ask(model, method, *args, **named)
        assert "error" not in answer, answer["error"]["data"]["message"]
        return answer.get("result")

    async def error(self, model: str, method: str, *args: object, **named: object) -> str:
        """`Class: message` of the error the call is to end with."""
        answer = await self.ask(model, method, *args, **named)
        data = answer["error"]["data"]
        return f"{data['name'].rpartition('.')[2]}: {data['message']}"

    async def get(self, model: str, row_id: int, *fields: str, **named: object) -> Any:
        """One field's value, or a list of several."""
        rows = await self.do(model, "read", [row_id], list(fields), load="", **named)
        values = [rows[0][name] for name in fields]
        return values[0] if len(values) == 1 else values

    async def product(self, **values: object) -> int:
        """A storable template."""
        stored = {"is_storable": True} if self.version > 17 else {"detailed_type": "product"}
        made: int = await self.do("product.template", "create", {"name": "Cap", **stored, **values})
        return made

    async def attribute(self, name: str, values: list[str], **more: object) -> tuple[int, list[int]]:
        attribute = await self.do("product.attribute", "create", {"name": name, **more})
        rows = [{"name": value, "attribute_id": attribute} for value in values]
        return attribute, await self.do("product.attribute.value", "create", rows)

    async def variants(self, template: int) -> list[int]:
        found: list[int] = await self.do("product.product", "search", [["product_tmpl_id", "=", template]], order="id")
        return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[17, 19])
def sandbox(request: pytest.FixtureRequest, clock: Clock) -> Sandbox:
    return create_sandbox(version=request.param, now=clock)


@pytest.fixture
async def odoo(sandbox: Sandbox) -> AsyncIterator[Client]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://odoo.test") as http:
        yield Client(sandbox, http)


def line(attribute: int, values: list[int]) -> list[object]:
    return [0, 0, {"attribute_id": attribute, "value_ids": [[6, 0, values]]}]
