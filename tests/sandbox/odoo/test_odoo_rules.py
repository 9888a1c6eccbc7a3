"""Rules made through the API post as the recorded 17 and 19 do; the names in brackets are recordings."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from app.sandbox.odoo import Sandbox, create_sandbox
from tests.sandbox.odoo.conftest import Client, Clock

URL = "http://sync.test/hook"


class Receiver:
    """Keeps what is posted, and what a reader sees of the record meanwhile."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.seen: list[object] = []
        self.odoo: Client | None = None
        self.answer: int | Exception = 202

    async def __call__(self, url: str, content: bytes) -> int:
        body = httpx.Response(200, content=content).json()
        self.bodies.append(body)
        if self.odoo is not None:
            rows = await self.odoo.do("res.partner", "read", [body["_id"]], ["phone"])
            self.seen.append([row["phone"] for row in rows])
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture(params=[17, 19])
def sandbox(request: pytest.FixtureRequest, clock: Clock, receiver: Receiver) -> Sandbox:
    return create_sandbox(version=request.param, now=clock, webhook_client=receiver)


@pytest.fixture
async def watched(odoo: Client, receiver: Receiver) -> Receiver:
    """A rule for the phone of partners; the receiver reads the record while it is told."""
    await rule(odoo, fields=["phone"])
    receiver.odoo = odoo
    return receiver


async def field_ids(odoo: Client, model: str, names: list[str]) -> list[int]:
    found: list[int] = await odoo.do("ir.model.fields", "search", [["model", "=", model], ["name", "in", names]])
    return found


async def rule(
    odoo: Client,
    *,
    model: str = "res.partner",
    fields: list[str] | None = None,
    trigger: str = "on_create_or_write",
    action: dict[str, object] | None = None,
    **values: object,
) -> int:
    """`fields` are both the trigger fields and the payload's."""
    model_id = (await odoo.do("ir.model", "search", [["model", "=", model]]))[0]
    ids = await field_ids(odoo, model, fields or [])
    webhook = {"state": "webhook", "webhook_url": URL, "webhook_field_ids": [[6, 0, ids]]}
    actions = [[0, 0, {"name": "hook", "model_id": model_id, "usage": "base_automation", **(action or webhook)}]]
    given = {"name": "rule", "model_id": model_id, "trigger": trigger, "filter_domain": False}
    made: int = await odoo.do(
        "base.automation",
        "create",
        {**given, "trigger_field_ids": [[6, 0, ids]], "action_server_ids": actions, **values},
    )
    return made


async def test_the_payload_is_the_fields_with_bare_ids_and_microseconds(odoo: Client, receiver: Receiver) -> None:
    """[webhook_in_partner_write; 19: webhook_in_partner_write]"""
    await rule(odoo, fields=["name", "country_id", "category_id", "street2", "phone", "write_date"])

    await odoo.do("res.partner", "write", [7], {"phone": "1"})

    body = receiver.bodies[0]
    assert body.pop("_action").startswith("Send Webhook Notification(#" if odoo.version < 19 else "hook(#")
    assert body == {
        "_id": 7,
        "_model": "res.partner",
        "category_id": [],
        "country_id": 233,
        "id": 7,
        "name": "Acme Inc",
        "phone": "1",
        "street2": False,
        "write_date": "2026-11-21 12:00:00.250000",
    }


async def test_17_posts_before_the_commit_and_19_after_it(odoo: Client, watched: Receiver) -> None:
    """[webhook_in_partner_create, webhook_in_partner_write: `visible_during_hook` of both versions]"""
    made = await odoo.do("res.partner", "create", {"name": "New", "phone": "1"})
    await odoo.do("res.partner", "write", [made], {"phone": "2"})

    assert watched.seen == ([[], ["1"]] if odoo.version < 19 else [["1"], ["2"]])
    assert await odoo.get("res.partner", made, "phone") == "2"


async def test_a_person_waits_the_same_way(odoo: Client, watched: Receiver) -> None:
    await odoo.sandbox.save("res.partner", 7, {"phone": "2"})

    assert watched.seen == ([["+1 555 0100"]] if odoo.version < 19 else [["2"]])
    assert odoo.sandbox.row("res.partner", 7)["phone"] == "2"


async def test_what_another_writes_while_17_posts_is_kept(odoo: Client, receiver: Receiver) -> None:
    async def write_elsewhere(url: str, content: bytes) -> int:
        odoo.sandbox.edit("res.partner", 7, {"city": "Reno"})
        return 202

    odoo.sandbox.hooks.client = write_elsewhere
    await rule(odoo, fields=["phone"])

    await odoo.do("res.partner", "write", [7], {"phone": "2"})

    assert await odoo.get("res.partner", 7, "phone", "city") == ["2", "Reno"]


async def test_a_transaction_that_fails_was_told_by_17_and_not_by_19(odoo: Client, watched: Receiver) -> None:
    """[webhook_in_from_rolled_back_tx; 19: webhook_src_rolled_back]"""
    await odoo.sandbox.roll_back_after("res.partner", 7, {"phone": "ROLLED"})
    await odoo.error("res.partner", "create", [{"name": "WHrb"}, {"email": "bad@x.test"}])

    told = [body["phone"] for body in watched.bodies]
    assert told == (["ROLLED", False] if odoo.version < 19 else [])
    assert await odoo.get("res.partner", 7, "phone") == "+1 555 0100"


async def test_a_load_that_stores_nothing_still_tells(odoo: Client, receiver: Receiver) -> None:
    """[19: webhook_in_from_load_rolled_back_savepoint]"""
    await rule(odoo, fields=["name"])

    answer = await odoo.do(
        "res.partner", "load", ["id", "name", "type"], [["a.1", "RBok", "contact"], ["a.2", "bad", "bogus"]]
    )

    assert answer["ids"] is False
    assert [body["name"] for body in receiver.bodies] == ["RBok"]
    assert await odoo.do("res.partner", "search", [["name", "=", "RBok"]]) == []


async def test_each_serialization_retry_of_17_tells_again(odoo: Client, receiver: Receiver) -> None:
    """[webhook_duplicates_on_serialization_retry; 19: webhook_concurrent_12_writes]"""
    await rule(odoo, fields=["phone"])
    odoo.sandbox.hooks.retries = 2

    await odoo.do("res.partner", "write", [7], {"phone": "2"})

    assert len(receiver.bodies) == (3 if odoo.version < 19 else 1)


async def test_with_trigger_fields_a_rule_runs_for_a_changed_value(odoo: Client, receiver: Receiver) -> None:
    """[19: webhook_counts_with_trigger_fields; 17: 04d output]"""
    await rule(odoo, fields=["phone"])

    made = await odoo.do("res.partner", "create", {"name": "New"})
    await odoo.do("res.partner", "write", [made], {"phone": "1"})
    await odoo.do("res.partner", "write", [made], {"phone": "1"})
    await odoo.do("res.partner", "write", [made], {"city": "Reno"})

    assert len(receiver.bodies) == 2


async def test_without_trigger_fields_it_runs_for_recomputed_ones_too(odoo: Client, receiver: Receiver) -> None:
    """[19: webhook_counts_without_trigger_fields; 17: webhook_in_partner_noop_write]"""
    await rule(odoo)

    await odoo.do("res.partner", "write", [7], {"phone": "+1 555 0100"})

    assert len(receiver.bodies) == 2


async def test_one_post_for_each_record(odoo: Client, receiver: Receiver) -> None:
    """[19: automation_create_5_with_slow_receiver]"""
    await rule(odoo, trigger="on_create")

    await odoo.do("res.partner", "create", [{"name": "S0"}, {"name": "S1"}, {"name": "S2"}])

    assert len({body["_id"] for body in receiver.bodies}) == len(receiver.bodies) == 3


async def test_an_unlink_tells_the_last_values_but_not_for_what_goes_along(odoo: Client, receiver: Receiver) -> None:
    """[webhook_in_unlink; 17: not for cascaded children]"""
    order = await odoo.do("sale.order", "create", {"partner_id": 7, "order_line": [[0, 0, {"product_id": 5}]]})
    await rule(odoo, model="sale.order", fields=["name"], trigger="on_unlink")
    await rule(odoo, model="sale.order.line", trigger="on_unlink")

    await odoo.do("sale.order", "unlink", [order])

    assert [(body["_model"], body["_id"], body["name"]) for body in receiver.bodies] == [
        ("sale.order", order, "S00001")
    ]


@pytest.mark.parametrize("domain", ["[('write_uid','!=',7)]", "[('id','!=',0)] if uid != 7 else [('id','=',0)]"])
async def test_a_domain_keeps_our_own_writes_quiet(odoo: Client, receiver: Receiver, domain: str) -> None:
    """[automation_create_rule_domain_write_uid, automation_create_rule_domain_uid]"""
    await rule(odoo, fields=["phone"], filter_domain=domain)

    await odoo.do("res.partner", "write", [7], {"phone": "ours"})
    odoo.sandbox.edit("res.partner", 7, {"phone": "theirs"})
    await odoo.sandbox.settled()

    assert [body["phone"] for body in receiver.bodies] == ["theirs"]


async def test_a_domain_that_asks_for_the_context_breaks_everybodys_writes(odoo: Client, receiver: Receiver) -> None:
    """[automation_err_domain_nameerror_breaks_user_write; 19: automation_domain_context_admin]"""
    await rule(odoo, fields=["phone"], filter_domain="[('id','!=',0)] if not context.get('x') else []")

    said = await odoo.error("res.partner", "write", [7], {"phone": "u3"})

    assert "name 'context' is not defined" in said
    assert await odoo.get("res.partner", 7, "phone") == "+1 555 0100"


async def test_code_runs_a_child_webhook_unless_the_write_says_where_it_came_from(
    odoo: Client, receiver: Receiver
) -> None:
    """[automation_create_code_rule, webhook_in_code_rule_child_webhook, automation_write_with_sync_origin_context]"""
    model_id = (await odoo.do("ir.model", "search", [["model", "=", "res.partner"]]))[0]
    child = {"name": "child webhook", "model_id": model_id, "state": "webhook", "webhook_url": URL}
    ids = await field_ids(odoo, "res.partner", ["phone"])
    action = await odoo.do("ir.actions.server", "create", {**child, "webhook_field_ids": [[6, 0, ids]]})
    code = (
        "\nif not env.context.get('sync_origin') and env.uid != 999:\n"
        f"    env['ir.actions.server'].browse({action}).with_context(active_model=record._name, "
        "active_id=record.id, active_ids=record.ids).run()\n"
    )
    await rule(odoo, fields=["phone"], action={"state": "code", "code": code})

    await odoo.do("res.partner", "write", [7], {"phone": "ctx1"})
    await odoo.do("res.partner", "write", [7], {"phone": "ctx2"}, context={"sync_origin": "shop"})

    assert [body["phone"] for body in receiver.bodies] == ["ctx1"]
    assert receiver.bodies[0]["_action"] == f"child webhook(#{action})"


async def test_code_cannot_import_and_has_no_requests(odoo: Client) -> None:
    """[automation_err_code_import; 19: automation_code_requests_write]"""
    model_id = (await odoo.do("ir.model", "search", [["model", "=", "res.partner"]]))[0]
    imports = {"name": "x", "model_id": model_id, "state": "code", "code": "import requests"}
    assert "IMPORT_NAME" in await odoo.error("ir.actions.server", "create", imports)

    await rule(odoo, fields=["phone"], action={"state": "code", "code": "requests.post('http://x')"})

    assert "name 'requests' is not defined" in await odoo.error("res.partner", "write", [7], {"phone": "1"})


async def test_a_rule_without_an_address_aborts_every_write(odoo: Client) -> None:
    """[automation_err_webhook_without_url; 19: automation_req_no_url_write]"""
    await rule(odoo, fields=["phone"], action={"state": "webhook"})

    assert "give me a URL" in await odoo.error("res.partner", "write", [7], {"phone": "u6"})
    assert await odoo.get("res.partner", 7, "phone") == "+1 555 0100"


async def test_a_field_for_some_groups_only_is_refused_in_a_payload(odoo: Client) -> None:
    """[automation_err_webhook_restricted_field; 19: automation_req_restricted]"""
    model_id = (await odoo.do("ir.model", "search", [["model", "=", "res.partner"]]))[0]
    ids = await field_ids(odoo, "res.partner", ["credit_limit"])
    values = {"name": "hook", "model_id": model_id, "state": "webhook", "webhook_field_ids": [[6, 0, ids]]}

    said = await odoo.error("ir.actions.server", "create", values)

    assert said.startswith("ValidationError: ")
    assert ("Credit Limit" in said) == (odoo.version < 19)


@pytest.mark.parametrize("answer", [500, 429, httpx.ConnectError("refused"), TimeoutError()])
async def test_a_receiver_in_trouble_is_not_asked_twice_and_the_write_stands(
    odoo: Client, receiver: Receiver, answer: int | Exception
) -> None:
    """[automation_write_with_http500, automation_write_with_http429, automation_write_with_refused]"""
    receiver.answer = answer
    await rule(odoo, fields=["phone"])

    assert await odoo.do("res.partner", "write", [7], {"phone": "1"}) is True

    assert [one.status for one in odoo.sandbox.posts] == [answer if isinstance(answer, int) else None]
    assert await odoo.get("res.partner", 7, "phone") == "1"


async def test_archiving_a_rule_ends_it(odoo: Client, receiver: Receiver) -> None:
    made = await rule(odoo, fields=["phone"])
    await odoo.do("base.automation", "write", [made], {"active": False})

    await odoo.do("res.partner", "write", [7], {"phone": "1"})

    assert receiver.bodies == []


async def test_rules_follow_what_a_button_changes(odoo: Client, receiver: Receiver) -> None:
    """[19: webhook_counts_with_trigger_fields: so confirm]"""
    order = await odoo.do("sale.order", "create", {"partner_id": 7, "order_line": [[0, 0, {"product_id": 5}]]})
    await rule(odoo, model="sale.order", fields=["state"])
    await rule(odoo, model="stock.picking", fields=["state"])

    await odoo.do("sale.order", "action_confirm", [order])

    assert {body["_model"] for body in receiver.bodies} == {"sale.order", "stock.picking"}


async def test_a_template_is_told_when_its_only_variant_gets_another_code_and_keeps_its_date(
    odoo: Client, receiver: Receiver, clock: Clock
) -> None:
    """The template's code is a stored computed field; no write_date for it [06_misc output in the notes on 17]."""
    await rule(odoo, model="product.template", fields=["default_code", "list_price"])
    before = await odoo.get("product.template", 5, "write_date")
    clock.now = clock.now.replace(minute=5)

    await odoo.do("product.product", "write", [5], {"default_code": "NEW"})
    assert await odoo.get("product.template", 5, "write_date") == before
    await odoo.do("product.template", "write", [5], {"default_code": "NEWER"})
    await odoo.do("product.product", "write", [5], {"barcode": "1"})

    # Written on the template it is told twice: for the write, and for the computed field.
    assert [body["default_code"] for body in receiver.bodies] == ["NEW", "NEWER", "NEWER"]


async def test_only_the_settings_rights_reach_the_rules(clock: Clock) -> None:
    """[jsonrpc_err_access_config; 19: json2_err_access_automation_limited]"""
    sandbox = create_sandbox(version=19, now=clock, settings=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://odoo.test") as http:
        odoo = Client(sandbox, http)

        for model in ("base.automation", "ir.actions.server", "ir.model.data"):
            assert (await odoo.error(model, "search", [])).startswith("AccessError: You are not allowed to access")
        assert await odoo.do("sale.order", "create", {"partner_id": 7})
        assert await odoo.do("ir.model.data", "check_object_reference", "base", "fr") == ["res.country", 75]


async def test_edits_outside_a_loop_are_told_when_the_loop_runs(receiver: Receiver) -> None:
    sandbox = create_sandbox(webhook_client=receiver)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox), base_url="http://odoo.test") as http:
        await rule(Client(sandbox, http), fields=["phone"])

    await asyncio.to_thread(sandbox.edit, "res.partner", 7, {"phone": "1"})
    assert receiver.bodies == []
    await sandbox.settled()

    assert [body["phone"] for body in receiver.bodies] == ["1"]
