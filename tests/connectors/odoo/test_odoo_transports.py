"""What goes over the wire, and what an answer of either protocol becomes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest

from app.connectors.http import PeerClient
from app.connectors.odoo.json2 import Json2
from app.connectors.odoo.jsonrpc import JsonRpcWire
from app.connectors.odoo.rpc import Rpc, arrange
from app.connectors.odoo.transport import NoCookies
from app.errors import ActionRequired, AppError, BadPayload, NotFound, Rejected, Retryable, Snoozed
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.servers import KEY, open_odoo

Handler = Callable[[httpx.Request], httpx.Response]


def peer(handler: Handler) -> PeerClient:
    return PeerClient("http://odoo.test", name="erp", auth=NoCookies(), transport=httpx.MockTransport(handler))


def jsonrpc(handler: Handler) -> Rpc:
    return Rpc(JsonRpcWire(peer(handler)), protocol="jsonrpc", database="odoo", username="admin", api_key=KEY)


def logged_in(answer: dict[str, object] | httpx.Response) -> Rpc:
    """A server that takes any login as user 2 and gives one answer to every call."""

    def handler(request: httpx.Request) -> httpx.Response:
        if json.loads(request.content)["params"]["service"] == "common":
            return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": 2})
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    return jsonrpc(handler)


async def test_jsonrpc_logs_in_once_for_a_burst_of_calls() -> None:
    connector, recorder = open_odoo(17)

    async with asyncio.TaskGroup() as group:
        for _ in range(8):
            group.create_task(connector.client.search("res.partner", []))

    assert recorder.services().count("common.authenticate") == 1
    assert recorder.services().count("common.version") == 1
    assert recorder.services().count("object.execute_kw") == 8


async def test_a_refused_login_asks_for_a_person_and_does_not_tell_the_key() -> None:
    connector, _ = open_odoo(17, api_key="a-wrong-secret-key")

    with pytest.raises(ActionRequired) as raised:
        await connector.client.search("res.partner", [])

    assert raised.value.code == "bad_login"
    assert "a-wrong-secret-key" not in raised.value.message


async def test_a_key_that_was_withdrawn_is_tried_anew_by_the_next_call() -> None:
    db = seeded(version=17, api_key=KEY)
    connector, recorder = open_odoo(db=db)
    await connector.client.search("res.partner", [])
    db.accounts[0].expired = True
    with pytest.raises(ActionRequired, match="Access Denied"):
        await connector.client.search("res.partner", [])

    db.accounts[0].expired = False
    await connector.client.search("res.partner", [])

    assert recorder.services().count("common.authenticate") == 2


async def test_an_answer_with_neither_result_nor_error_is_a_success_without_a_value() -> None:
    transport = logged_in({"jsonrpc": "2.0", "id": 1})

    assert await transport.call("sale.order", "action_lock", ids=[1]) is None


async def test_json_of_a_proxy_is_not_taken_for_a_success_without_a_value() -> None:
    transport = logged_in(httpx.Response(502, json={"error": "bad gateway"}))

    with pytest.raises(Retryable):
        await transport.call("sale.order", "action_lock", ids=[1])


@pytest.mark.parametrize(
    ("answer", "means"),
    [
        (httpx.Response(200, text="<html>maintenance</html>"), Retryable),
        (httpx.Response(500, text="<!doctype html>"), Retryable),
        (httpx.Response(404, text="<!doctype html>"), ActionRequired),
        (httpx.Response(429, headers={"Retry-After": "7"}), Snoozed),
        (httpx.Response(302, headers={"Location": "https://elsewhere.test/"}), ActionRequired),
        ({"jsonrpc": "2.0", "error": {"code": 0, "message": "odd", "data": None}}, Retryable),
        ({"jsonrpc": "2.0", "error": "odd"}, Retryable),
    ],
)
async def test_answers_that_are_no_result_say_what_to_do(
    answer: dict[str, object] | httpx.Response, means: type[AppError]
) -> None:
    with pytest.raises(means):
        await logged_in(answer).call("res.partner", "read", ids=[1])


async def test_a_lost_answer_says_that_it_may_have_been_carried_out() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(Retryable, match="may have been carried out"):
        await jsonrpc(handler).call("res.partner", "create", args={"vals_list": [{"name": "A"}]})


async def test_a_value_that_json_cannot_say_is_our_fault_and_never_sent() -> None:
    with pytest.raises(BadPayload):
        await logged_in({}).call("res.partner", "write", ids=[1], args={"vals": {"name": "\ud800"}})


def test_leading_arguments_go_by_position_because_their_names_changed() -> None:
    assert arrange("search", ids=None, args={"domain": [], "limit": 3}) == ([[]], {"limit": 3})
    assert arrange("create", ids=None, args={"vals_list": [{"a": 1}]}) == ([[{"a": 1}]], {})
    assert arrange("read", ids=[7], args={"fields": ["name"], "load": ""}) == ([[7], ["name"]], {"load": ""})
    assert arrange("load", ids=None, args={"data": [[1]], "fields": ["id"]}) == ([["id"], [[1]]], {})
    assert arrange("has_access", ids=(), args={"operation": "read"}) == ([[], "read"], {})


def test_a_gap_in_the_positions_leaves_the_rest_named() -> None:
    assert arrange("name_search", ids=None, args={"domain": []}) == ([], {"domain": []})


async def test_json2_sends_the_key_the_database_and_named_arguments_with_a_length() -> None:
    connector, recorder = open_odoo(19)

    await connector.client.read("res.partner", [8], ["name"])

    sent = recorder.requests[-1]
    assert sent.url.path == "/json/2/res.partner/read"
    assert sent.headers["Authorization"] == f"bearer {KEY}"
    assert sent.headers["X-Odoo-Database"] == "odoo"
    assert int(sent.headers["Content-Length"]) == len(sent.content)
    assert "Transfer-Encoding" not in sent.headers
    assert recorder.bodies[-1] | {"context": None} == {
        "ids": [8],
        "fields": ["name"],
        "load": "",
        "context": None,
    }


async def test_a_cookie_that_odoo_set_is_not_sent_back() -> None:
    seen: list[str | None] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("Cookie"))
        return httpx.Response(200, json=[], headers={"Set-Cookie": "session_id=x; Path=/"})

    transport = Json2(peer(handler), database="odoo", api_key=KEY)

    await transport.call("res.partner", "search", args={"domain": []})
    await transport.call("res.partner", "search", args={"domain": []})

    assert seen == [None, None]


async def test_json2_reads_a_404_by_the_name_of_the_error() -> None:
    connector, _ = open_odoo(19)

    with pytest.raises(NotFound):
        await connector.client.write("res.partner", [999999], {"phone": "1"})
    with pytest.raises(ActionRequired, match="installed"):
        await connector.client.search("no.model", [])


async def test_json2_reads_a_500_with_a_python_error_as_final() -> None:
    connector, _ = open_odoo(19)

    with pytest.raises(Rejected, match="Invalid field 'nope'"):
        await connector.client.read("res.partner", [8], ["nope"])


async def test_json2_knows_the_user_behind_the_key() -> None:
    connector, _ = open_odoo(19)

    assert await (await connector.client.transport()).uid() == 2


async def test_a_database_the_server_does_not_have_asks_for_a_person() -> None:
    for version in (17, 19):
        connector, _ = open_odoo(version, database="nope")
        with pytest.raises(ActionRequired, match="database"):
            await connector.client.search("res.partner", [])
