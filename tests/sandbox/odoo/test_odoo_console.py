"""The sandbox Odoo's window over HTTP: what a person does there, and what was asked of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from app.sandbox.odoo import Sandbox, create_sandbox


@pytest.fixture
def odoo() -> Sandbox:
    return create_sandbox()


@pytest.fixture
async def client(odoo: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=odoo)
    async with httpx.AsyncClient(transport=transport, base_url="http://odoo.test") as opened:
        yield opened


async def test_what_a_person_presses_is_seen_in_the_rows_and_is_no_call_of_ours(
    odoo: Sandbox, client: httpx.AsyncClient
) -> None:
    edit = {"model": "res.partner", "method": "write", "ids": [7], "args": [{"phone": "+1 555 0199"}]}
    add = {"model": "res.partner", "method": "create", "args": [{"name": "Ada", "email": "ada@example.com"}]}

    await client.post("/_sandbox/press", json=edit)
    [made] = (await client.post("/_sandbox/press", json=add)).json()

    rows = {row["id"]: row for row in (await client.get("/_sandbox/state/res.partner")).json()}
    assert rows[7]["phone"] == "+1 555 0199"
    assert (rows[made]["name"], rows[made]["write_uid"]) == ("Ada", 2)
    assert (await client.get("/_sandbox/requests")).json() == []


async def test_calls_of_the_api_are_listed_without_what_would_give_the_key_away(
    odoo: Sandbox, client: httpx.AsyncClient
) -> None:
    args = ["odoo", odoo.uid, odoo.key, "res.partner", "read", [[7]]]
    body = {"jsonrpc": "2.0", "id": 1, "params": {"service": "object", "method": "execute_kw", "args": args}}

    await client.post("/jsonrpc", json=body)

    listed = await client.get("/_sandbox/requests")
    assert [(each["model"], each["method"], each["ids"]) for each in listed.json()] == [("res.partner", "read", [7])]
    assert odoo.key not in listed.text


async def test_a_model_that_is_not_there_is_404_with_those_that_are(client: httpx.AsyncClient) -> None:
    answer = await client.get("/_sandbox/state/no.such")

    assert answer.status_code == 404
    assert "res.partner" in answer.json()["known"]
