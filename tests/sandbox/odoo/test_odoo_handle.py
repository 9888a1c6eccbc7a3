"""The sandbox in a test's hands: what it records of the calls, and what it makes them run into."""

from __future__ import annotations

import xmlrpc.client
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from app.sandbox.odoo import Sandbox, create_sandbox
from app.sandbox.odoo.faults import validation_error
from tests.sandbox.odoo.conftest import NOON, Client, Clock


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://odoo.test") as client:
        yield client


async def json2(http: httpx.AsyncClient, key: str, path: str, body: dict[str, object]) -> httpx.Response:
    return await http.post(f"/json/2/{path}", json=body, headers={"Authorization": f"bearer {key}"})


async def test_a_call_is_recorded_alike_whatever_way_it_came(http: httpx.AsyncClient, sandbox: Sandbox) -> None:
    odoo = Client(sandbox, http)
    await odoo.do("res.partner", "write", [7], {"phone": "1"}, context={"sync_origin": "a"})
    sent: list[object] = [[7], {"phone": "2"}]
    call = (sandbox.db.name, sandbox.uid, sandbox.key, "res.partner", "write", sent)
    await http.post("/xmlrpc/2/object", content=xmlrpc.client.dumps(call, "execute_kw").encode())
    if sandbox.db.version >= 19:
        body: dict[str, object] = {"ids": [7], "vals": {"phone": "3"}, "context": {"lang": "en_US"}}
        await json2(http, sandbox.key, "res.partner/write", body)

    seen = [(one.transport, one.ids, one.args or one.named.get("vals"), dict(one.context)) for one in sandbox.calls()]
    assert seen[:2] == [
        ("jsonrpc", (7,), ({"phone": "1"},), {"sync_origin": "a"}),
        ("xmlrpc", (7,), ({"phone": "2"},), {}),
    ]
    assert seen[2:] == ([("json2", (7,), {"phone": "3"}, {"lang": "en_US"})] if sandbox.db.version >= 19 else [])
    assert sandbox.row("res.partner", 7)["phone"] == ("3" if sandbox.db.version >= 19 else "2")
    assert sandbox.calls("res.partner", "write") == sandbox.calls()


async def test_a_lost_answer_was_committed_and_a_dropped_call_never_came(odoo: Client) -> None:
    """[client_timeout_yet_committed; 19: json2_client_timeout_yet_committed]"""
    odoo.sandbox.fail("lost", model="res.partner", method="create")
    odoo.sandbox.fail("drop", method="write")

    with pytest.raises(httpx.ReadTimeout):
        await odoo.do("res.partner", "create", {"name": "Lost"})
    with pytest.raises(httpx.ReadTimeout):
        await odoo.do("res.partner", "write", [7], {"phone": "never"})

    assert len(await odoo.do("res.partner", "search", [["name", "=", "Lost"]])) == 1
    assert await odoo.get("res.partner", 7, "phone") == "+1 555 0100"
    assert [one.fault for one in odoo.sandbox.calls()][:2] == ["lost", "drop"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pool", "PoolError: The Connection Pool Is Full"),
        ("serialization", "SerializationFailure: could not serialize access due to concurrent update\n"),
        ("denied", "AccessDenied: Access Denied"),
    ],
)
async def test_a_busy_odoo_answers_with_its_own_errors(odoo: Client, name: str, said: str) -> None:
    """[jsonrpc_err_pool_exhausted_in_call, concurrency_serialization_failure_error]"""
    odoo.sandbox.fail(name, skip=1)

    assert await odoo.do("res.partner", "search", []) != []
    assert await odoo.error("res.partner", "search", []) == said
    assert await odoo.do("res.partner", "search", []) != []


@pytest.mark.parametrize(("name", "status"), [("html", 500), ("unavailable", 503)])
async def test_a_page_may_come_instead_of_an_answer(
    http: httpx.AsyncClient, sandbox: Sandbox, name: str, status: int
) -> None:
    """[jsonrpc_err_pool_exhausted_http500_html]"""
    sandbox.fail(name)

    call = [sandbox.db.name, sandbox.uid, sandbox.key, "res.partner", "search", [[]], {}]
    params = {"service": "object", "method": "execute_kw", "args": call}
    response = await http.post("/jsonrpc", json={"jsonrpc": "2.0", "id": 1, "params": params})

    assert (response.status_code, response.headers["Content-Type"].split(";")[0]) == (status, "text/html")


async def test_a_load_may_lose_a_race_and_any_error_may_be_scripted(odoo: Client) -> None:
    """[load_race_attempt_0; 'a partner cannot follow twice the same object' in the notes on 17, concurrency]"""
    odoo.sandbox.fail("load_race", method="load")
    odoo.sandbox.fail("error", method="write", error=validation_error("A partner cannot follow twice the same object."))

    lost = await odoo.do("res.partner", "load", ["id", "name"], [["shop.c1", "One"]])
    again = await odoo.do("res.partner", "load", ["id", "name"], [["shop.c1", "One"]])

    assert lost["ids"] is False
    assert lost["messages"][0]["message"] == "could not serialize access due to concurrent update\n"
    assert again["messages"] == []
    assert "follow twice" in await odoo.error("res.partner", "write", again["ids"], {"phone": "1"})


def test_a_fault_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault"):
        create_sandbox().fail("flood")


async def test_a_slow_transaction_appears_behind_what_was_read_already(odoo: Client, clock: Clock) -> None:
    """[write_date_slow_transaction_commits_with_older_date]"""
    clock.now = NOON + timedelta(seconds=10)
    await odoo.do("res.partner", "write", [7], {"phone": "fast"})

    odoo.sandbox.edit("res.partner", 8, {"phone": "slow"}, began=NOON + timedelta(seconds=7))

    assert await odoo.get("res.partner", 7, "write_date") == "2026-11-21 12:00:10"
    assert await odoo.get("res.partner", 8, "write_date") == "2026-11-21 12:00:07"


async def test_a_person_and_the_sync_user_are_told_apart_by_their_writes(odoo: Client) -> None:
    made = odoo.sandbox.add("res.partner", {"name": "By hand"})
    assert await odoo.get("res.partner", made, "write_uid") == 2

    await odoo.do("res.partner", "write", [made], {"phone": "1"})
    assert await odoo.get("res.partner", made, "write_uid") == odoo.sandbox.uid

    odoo.sandbox.remove("res.partner", made)
    assert await odoo.do("res.partner", "search", [["id", "=", made]]) == []


async def test_a_client_of_httpx_takes_the_posts_too(clock: Clock) -> None:
    seen: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(202)

    async with httpx.AsyncClient(transport=httpx.MockTransport(take)) as client:
        sandbox = create_sandbox(now=clock, webhook_client=client)
        action = {"name": "hook", "model_id": 1, "state": "webhook", "webhook_url": "http://sync.test/hook"}
        values = {"name": "rule", "model_id": 1, "trigger": "on_create", "action_server_ids": [[0, 0, action]]}
        sandbox.add("base.automation", values)
        sandbox.add("res.partner", {"name": "New"})
        await sandbox.settled()

    assert {str(request.url) for request in seen} == {"http://sync.test/hook"}
    assert seen[0].headers["User-Agent"].startswith("python-requests/")
    assert [post.ref[0] for post in sandbox.posts] == ["res.partner"] * len(seen)


async def test_an_external_id_is_a_claim_and_goes_with_its_record(odoo: Client) -> None:
    """[ir_model_data_create, ir_model_data_err_duplicate; 19: ir_model_data_after_load]"""
    loaded = await odoo.do("res.partner", "load", ["id", "name"], [["shop.c1", "One"]])
    claim = {"module": "shop", "name": "claim", "model": "res.partner", "res_id": 8}
    await odoo.do("ir.model.data", "create", claim)

    assert "ir_model_data_module_name_uniq_index" in await odoo.error("ir.model.data", "create", claim)
    rows = await odoo.do("ir.model.data", "search_read", [["module", "=", "shop"]], ["name", "res_id"])
    assert [(row["name"], row["res_id"]) for row in rows] == [("claim", 8), ("c1", loaded["ids"][0])]
    await odoo.do("res.partner", "unlink", loaded["ids"])
    assert await odoo.do("ir.model.data", "search_count", [["module", "=", "shop"]]) == 1


async def test_a_custom_field_can_be_made_and_used(odoo: Client) -> None:
    """[ir_model_fields_create_custom, custom_field_create]"""
    model = (await odoo.do("ir.model", "search", [["model", "=", "res.partner"]]))[0]
    values = {"name": "x_shop_id", "model_id": model, "ttype": "char", "field_description": "Shop id"}
    await odoo.do("ir.model.fields", "create", values)

    made = await odoo.do("res.partner", "create", {"name": "X", "x_shop_id": "77"})

    assert await odoo.do("res.partner", "search", [["x_shop_id", "=", "77"]]) == [made]


async def test_a_copy_is_one_id_in_17_and_a_list_in_19(odoo: Client) -> None:
    """[19: json2_copy_returns_recordset, jsonrpc_copy]"""
    made = await odoo.do("res.partner", "copy", [8], {"name": "J2 copy"})

    copied = made[0] if odoo.version >= 19 else made
    assert await odoo.get("res.partner", copied, "name", "email") == ["J2 copy", "one@x.test"]


async def test_a_call_that_fails_late_leaves_no_row_of_any_model(odoo: Client) -> None:
    before = {model: dict(table) for model, table in odoo.sandbox.db.tables.items()}
    bad = {"attribute_line_ids": [[0, 0, {"attribute_id": 999, "value_ids": []}]]}

    await odoo.error("product.template", "create", {"name": "Bad", **bad})

    assert {model: dict(table) for model, table in odoo.sandbox.db.tables.items()} == before
