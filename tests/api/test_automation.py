"""Odoo's automation rules over the operator API: who may, what is answered, what the journal keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx
import pytest
import respx
from fastapi import FastAPI

from app.api.state import ApiState
from app.api.tokens import create_token
from app.connectors.odoo.automation import Doing
from app.connectors.odoo.connector import OdooConnector
from app.db.session import SessionMaker
from app.entities.base import EntityType
from app.ingest.automation import load_terms, manage
from app.sandbox.odoo import Sandbox, create_sandbox
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
    """The link lets customers out of Odoo, and nothing else."""
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

    assert (answer.status_code, answer.json()["code"]) == (502, "no_access")
    assert "Administration: Settings" in answer.json()["error"]


async def test_a_misspelt_wish_is_refused_before_odoo_is_touched(
    operator: httpx.AsyncClient, customers: LinkRow, odoo: Database
) -> None:
    answer = await operator.post(PATH, json={"dryrun": True})

    assert (answer.status_code, answer.json()["field"]) == (400, "body.dryrun")
    assert odoo.tables["base.automation"] == {}


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


DOOR = "http://api.test"
KINDS = frozenset({EntityType.CUSTOMER, EntityType.ADDRESS, EntityType.ORDER, EntityType.STOCK})


class Telling:
    """A sandbox Odoo with the link's rules installed, whose posts come to the running API."""

    def __init__(self, sandbox: Sandbox, sessions: SessionMaker) -> None:
        self.sandbox = sandbox
        self._sessions = sessions
        self.client = OdooConnector(
            "http://odoo.test",
            "odoo",
            sandbox.login,
            sandbox.key,
            name="erp",
            transport=httpx.ASGITransport(app=sandbox),
        ).client

    async def told(self) -> list[tuple[str, str, str]]:
        """(entity type, Odoo id, action) of the jobs."""
        await self.sandbox.settled()
        jobs = await rows(
            self._sessions,
            "SELECT entity_type, native_id, action FROM sync_queue WHERE side = 'odoo' ORDER BY entity_type, native_id",
        )
        return [tuple(job) for job in jobs]


@pytest.fixture(params=[17, 19])
async def telling(
    request: pytest.FixtureRequest, app: FastAPI, state: ApiState, sessions: SessionMaker, link: LinkRow
) -> AsyncIterator[Telling]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as door:
        sandbox = create_sandbox(version=request.param, webhook_client=door)
        entities = '{"entities": {"customer": {}, "address": {}, "order": {}}}'
        await execute(sessions, "UPDATE links SET sync = :entities", entities=entities)
        async with sessions() as session:
            terms = await load_terms(session, state.ring, "boutique")
        credentials = {"database": "odoo", "username": sandbox.login, "api_key": sandbox.key}
        terms = replace(terms, odoo=replace(terms.odoo, credentials=credentials), entity_types=KINDS)
        transport = httpx.ASGITransport(app=sandbox)
        report = await manage(terms, Doing.INSTALL, public_url=DOOR, transport=transport)
        assert report.right
        yield Telling(sandbox, sessions)
        await sandbox.settled()


async def test_a_persons_edit_is_told_once(telling: Telling) -> None:
    telling.sandbox.edit("res.partner", 7, {"phone": "+33 1 23 45 67 89", "email": "new@example.com"})

    assert await telling.told() == [("customer", "7", "updated")]
    [post] = telling.sandbox.posts
    assert post.status == 202
    assert set(post.body) == {"_action", "_id", "_model", "id", "parent_id", "type"}


async def test_an_edit_of_what_is_not_kept_in_sync_is_not_told(telling: Telling) -> None:
    telling.sandbox.edit("res.partner", 7, {"comment": "<p>pays late</p>"})

    assert await telling.told() == []
    assert telling.sandbox.posts == []


async def test_our_own_writes_are_not_told(telling: Telling) -> None:
    [made] = await telling.client.create("res.partner", [{"name": "From the shop", "email": "shop@example.com"}])
    await telling.client.write("res.partner", [made], {"email": "other@example.com"})

    assert await telling.told() == []
    assert telling.sandbox.posts == []


async def test_a_person_who_deletes_what_we_wrote_last_is_heard(telling: Telling) -> None:
    [made] = await telling.client.create("res.partner", [{"name": "From the shop", "email": "shop@example.com"}])
    telling.sandbox.remove("res.partner", made)

    assert await telling.told() == [("customer", str(made), "deleted")]


async def test_several_posts_of_one_save_are_one_job(telling: Telling) -> None:
    telling.sandbox.hooks.retries = 3
    await telling.sandbox.save("res.partner", 7, {"email": "new@example.com"})
    await telling.sandbox.save("res.partner", 7, {"email": "newer@example.com"})

    assert len(telling.sandbox.posts) == (8 if telling.sandbox.db.version == 17 else 2)
    assert await telling.told() == [("customer", "7", "updated")]


async def test_a_change_that_was_rolled_back_is_told_by_17_and_is_only_a_hint(
    telling: Telling, sessions: SessionMaker
) -> None:
    await telling.sandbox.roll_back_after("res.partner", 7, {"email": "never@example.com"})

    told = await telling.told()
    assert told == ([("customer", "7", "updated")] if telling.sandbox.db.version == 17 else [])
    payloads = await rows(sessions, "SELECT payload FROM sync_queue")
    assert [row.payload for row in payloads] == [{"model": "res.partner"}] * len(told)


async def test_an_address_below_a_customer_is_told_as_an_address(telling: Telling) -> None:
    made = telling.sandbox.add("res.partner", {"name": "Depot", "type": "delivery", "parent_id": 7, "street": "2 Main"})

    assert [kind for kind, native_id, _ in await telling.told() if native_id == str(made)] == ["address"]


async def test_stock_that_we_moved_is_told_all_the_same_for_other_shops_to_hear(telling: Telling) -> None:
    goods = {"type": "product"} if telling.sandbox.db.version == 17 else {"type": "consu", "is_storable": True}
    template = telling.sandbox.add("product.template", {"name": "Mug", **goods})
    [product] = [row["id"] for row in telling.sandbox.rows("product.product") if row["product_tmpl_id"] == template]
    sync_uid = telling.sandbox.uid
    for location in (8, 5):
        telling.sandbox.add(
            "stock.quant", {"product_id": product, "location_id": location, "quantity": 3.0}, uid=sync_uid
        )
    await telling.sandbox.settled()

    told = [post for post in telling.sandbox.posts if post.body["_model"] == "stock.quant"]
    assert [post.body["product_id"] for post in told] == [product]


async def test_an_order_its_delivery_and_their_stock_are_one_job_of_the_order(telling: Telling) -> None:
    product = telling.sandbox.add("product.product", {"name": "Mug"})
    order = telling.sandbox.add("sale.order", {"partner_id": 7, "order_line": [[0, 0, {"product_id": product}]]})
    telling.sandbox.press("sale.order", "action_confirm", [order])

    told = await telling.told()
    posts = [post for post in telling.sandbox.posts if post.body["_model"] in ("sale.order", "stock.picking")]
    assert len(posts) > 1
    assert [job for job in told if job[0] == "order"] == [("order", str(order), "updated")]
