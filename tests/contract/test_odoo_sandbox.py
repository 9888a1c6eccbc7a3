"""The sandbox Odoo answers as the real 17.0 and 19.0 servers answered, row by row of the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping

import httpx
import pytest

from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.seed import seeded
from tests.contract.odoo_exchange import ABSENT, ANY, Exchange
from tests.contract.odoo_table import BY_RECORDING, EXCHANGES

KEY = "sandbox-key"


def headers_for(exchange: Exchange) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if exchange.path.startswith("/json/2") and exchange.headers is None:
        key = KEY if exchange.login == "admin" else f"{KEY}-limited"
        headers["Authorization"] = f"bearer {key}"
    return {**headers, **(exchange.headers or {})}


async def ask(client: httpx.AsyncClient, exchange: Exchange) -> httpx.Response:
    return await client.request(
        exchange.method, exchange.path, content=json.dumps(exchange.body), headers=headers_for(exchange)
    )


@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda exchange: exchange.recording)
async def test_the_sandbox_answers_as_the_recorded_server(exchange: Exchange) -> None:
    app = create_app(seeded(version=exchange.version, api_key=KEY))
    transport = httpx.ASGITransport(app=app)

    async with httpx.AsyncClient(transport=transport, base_url="http://odoo.test") as client:
        for earlier in exchange.after:
            await ask(client, BY_RECORDING[earlier])
        response = await ask(client, exchange)

    assert response.status_code == exchange.status
    assert response.headers["Content-Type"].startswith("text/html" if exchange.page else "application/json")
    if not exchange.page:
        check_body(exchange, response.json())


def check_body(exchange: Exchange, body: object) -> None:
    error, result = split(exchange, body)
    assert (error or {}).get("name") == exchange.error
    assert str((error or {}).get("message", "")).startswith(exchange.says)
    if exchange.error is None and exchange.result is not ANY:
        assert result == exchange.result


def split(exchange: Exchange, body: object) -> tuple[Mapping[str, object] | None, object]:
    """The error's data, or the result (ABSENT where JSON-RPC answers neither)."""
    if exchange.path == "/jsonrpc":
        assert isinstance(body, dict)
        if "error" in body:
            assert body["error"]["code"] == (0 if exchange.version >= 19 else 200)
            return body["error"]["data"], ABSENT
        return None, body.get("result", ABSENT)
    if exchange.status != 200:
        assert isinstance(body, dict)
        return body, ABSENT
    return None, body
