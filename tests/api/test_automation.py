"""Odoo's automation rules over the operator API: who may, what is answered, what the journal keeps."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import respx

from app.api.state import ApiState
from app.api.tokens import create_token
from app.db.session import SessionMaker
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Database
from app.sandbox.odoo.seed import seeded
from app.settings import Settings
from tests.api.builders import LinkRow, execute, rows

PATH = "/links/boutique/odoo/automation"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": "https://sync.example"})


@pytest.fixture
def odoo() -> Iterator[Database]:
    """The sandbox at the address of the link's Odoo."""
    db = seeded(api_key="odoo-test-key")
    inner = httpx.ASGITransport(app=create_app(db))

    async def answer(request: httpx.Request) -> httpx.Response:
        response = await inner.handle_async_request(request)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())

    with respx.mock(assert_all_called=False) as peers:
        peers.route(host="odoo.test").mock(side_effect=answer)
        yield db


@pytest.fixture
async def customers(link: LinkRow, sessions: SessionMaker) -> LinkRow:
    """The link lets customers out of Odoo."""
    await execute(sessions, """UPDATE links SET sync = '{"entities": {"customer": {}}}'""")
    return link


async def test_rules_are_compared_made_and_removed(
    operator: httpx.AsyncClient, customers: LinkRow, odoo: Database, sessions: SessionMaker
) -> None:
    shown = (await operator.get(PATH)).json()
    made = (await operator.post(PATH, json={})).json()
    again = (await operator.post(PATH, json={"repair": True})).json()
    removed = (await operator.delete(PATH)).json()

    name = "[shopsync boutique] res.partner"
    assert (shown["right"], shown["rules"][0]) == (False, {"name": name, "verdict": "missing", "differences": []})
    assert (made["right"], made["acts"][0]) == (True, {"act": "make", "name": name})
    assert (again["right"], again["acts"]) == (True, [])
    assert (removed["rules"], len(removed["acts"])) == ([], 2)
    assert odoo.tables["base.automation"] == {}
    journal = await rows(sessions, "SELECT message FROM sync_logs WHERE event = 'odoo.automation' ORDER BY id")
    assert [line.message for line in journal] == [
        "Odoo's rules: install by operator",
        "Odoo's rules: remove by operator",
    ]


async def test_a_dry_run_changes_nothing_in_odoo(
    operator: httpx.AsyncClient, customers: LinkRow, odoo: Database, sessions: SessionMaker
) -> None:
    answer = (await operator.post(PATH, json={"dry_run": True})).json()

    assert len(answer["acts"]) == 2
    assert odoo.tables["base.automation"] == {}
    assert await rows(sessions, "SELECT 1 FROM sync_logs") == []


async def test_the_secret_is_in_odoo_and_in_no_answer(
    operator: httpx.AsyncClient, customers: LinkRow, odoo: Database
) -> None:
    await operator.post(PATH, json={})
    for action in odoo.tables["ir.actions.server"].values():
        action["webhook_url"] = str(action["webhook_url"]).replace("https://", "http://")

    answer = await operator.get(PATH)

    assert "another than this service's" in answer.text
    assert customers.secret not in answer.text


async def test_what_odoo_lacks_is_an_answer_in_words(
    operator: httpx.AsyncClient, customers: LinkRow, odoo: Database
) -> None:
    odoo.accounts[0] = odoo.accounts[1]
    odoo.accounts[0].login, odoo.accounts[0].api_key = "admin", "odoo-test-key"

    answer = await operator.post(PATH, json={})

    assert (answer.status_code, answer.json()["code"]) == (500, "no_access")
    assert "Administration: Settings" in answer.json()["error"]


async def test_only_a_token_that_may_write_changes_odoo(
    client: httpx.AsyncClient, customers: LinkRow, odoo: Database, state: ApiState
) -> None:
    async with state.sessions.begin() as session:
        reader = await create_token(session, name="reader", scopes=("read",))
    headers = {"Authorization": f"Bearer {reader}"}

    assert (await client.get(f"/api/v1{PATH}", headers=headers)).status_code == 200
    assert (await client.post(f"/api/v1{PATH}", json={}, headers=headers)).status_code == 403
    assert (await client.delete(f"/api/v1{PATH}", headers=headers)).status_code == 403
    assert (await client.get(f"/api/v1{PATH}")).status_code == 401
    assert odoo.tables["base.automation"] == {}


async def test_a_link_nobody_knows_is_404(operator: httpx.AsyncClient, link: LinkRow) -> None:
    assert (await operator.get("/links/nowhere/odoo/automation")).status_code == 404
