"""The client against sandbox servers of both kinds: what each call means does not depend on the protocol."""

from __future__ import annotations

import httpx
import pytest

from app.connectors.http import PeerClient
from app.connectors.odoo.client import OdooClient, Row
from app.context import mark_as_reverse_sync
from app.errors import ActionRequired, BadPayload, NotFound, Rejected, Retryable
from app.sandbox.odoo.faults import pool_exhausted
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.servers import KEY, open_odoo

BOTH = pytest.mark.parametrize("version", [14, 17, 19])


@pytest.mark.parametrize(("version", "protocol"), [(14, "jsonrpc"), (17, "jsonrpc"), (18, "jsonrpc"), (19, "json2")])
async def test_the_protocol_follows_the_servers_version(version: int, protocol: str) -> None:
    connector, _ = open_odoo(version)

    assert (await connector.client.transport()).protocol == protocol


async def test_the_older_protocol_can_be_asked_for_by_name() -> None:
    connector, _ = open_odoo(19, protocol="jsonrpc")

    assert await connector.client.read("res.partner", [8], ["name"]) == [{"id": 8, "name": "J2 One"}]
    assert (await connector.client.transport()).protocol == "jsonrpc"


async def test_json2_on_a_server_without_it_asks_for_a_person() -> None:
    connector, _ = open_odoo(17, protocol="json2")

    with pytest.raises(ActionRequired, match="has no JSON-2"):
        await connector.client.search("res.partner", [])


@pytest.mark.parametrize(
    ("said", "major"),
    [
        ({"server_version": "17.0-20240709", "server_version_info": [17, 0, 0, "final", 0, ""]}, 17),
        ({"server_version": "saas~18.2+e", "server_version_info": ["saas~18", 2, 0, "final", 0, "e"]}, 18),
    ],
)
async def test_versions_are_read_as_servers_write_them(said: dict[str, object], major: int) -> None:
    client = client_of(lambda request: httpx.Response(200, json={"jsonrpc": "2.0", "result": said}))

    assert (await client.server()).major == major


async def test_a_server_without_json_rpc_is_asked_the_newer_way() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/json/version":
            return httpx.Response(200, json={"version": "20.0", "version_info": [20, 0, 0, "final", 0, ""]})
        return httpx.Response(404, text="<!doctype html>")

    assert (await client_of(handler).server()).major == 20


async def test_a_server_that_is_too_old_or_no_odoo_asks_for_a_person() -> None:
    old = {"server_version": "12.0", "server_version_info": [12, 0, 0, "final", 0, ""]}

    with pytest.raises(ActionRequired, match="too old"):
        await client_of(lambda request: httpx.Response(200, json={"jsonrpc": "2.0", "result": old})).server()
    with pytest.raises(ActionRequired, match="is the connection's url the root of an Odoo"):
        await client_of(lambda request: httpx.Response(404, text="<html>")).server()
    with pytest.raises(ActionRequired, match="not an Odoo"):
        await client_of(lambda request: httpx.Response(200, json={"jsonrpc": "2.0", "result": {}})).server()


async def test_a_server_that_was_down_at_the_first_call_is_found_by_the_next() -> None:
    up = False

    def handler(request: httpx.Request) -> httpx.Response:
        if not up:
            raise httpx.ConnectError("refused", request=request)
        said = {"server_version": "17.0", "server_version_info": [17, 0, 0, "final", 0, ""]}
        return httpx.Response(200, json={"jsonrpc": "2.0", "result": said})

    client = client_of(handler)
    with pytest.raises(Retryable):
        await client.server()

    up = True
    assert (await client.server()).major == 17


@BOTH
async def test_records_are_created_read_changed_and_deleted(version: int) -> None:
    client = open_odoo(version)[0].client
    rows: list[Row] = [{"name": "Ann", "email": "Ann@Example.com"}, {"name": "Bob", "country_id": 75}]

    ann, bob = await client.create("res.partner", rows)
    await client.write("res.partner", [ann, bob], {"phone": "1"})

    assert await client.search("res.partner", [["email_normalized", "=", "ann@example.com"]]) == [ann]
    assert await client.read("res.partner", [bob, 999999], ["country_id", "phone"]) == [
        {"id": bob, "country_id": 75, "phone": "1"}
    ]
    found = await client.search_read("res.partner", [["id", "in", [ann, bob]]], ["name"], limit=1, order="id desc")
    assert found == [{"id": bob, "name": "Bob"}]
    await client.unlink("res.partner", [ann])
    with pytest.raises(NotFound):
        await client.write("res.partner", [ann, bob], {"phone": "2"})


@BOTH
async def test_nothing_is_called_for_no_record_because_odoo_would_answer_true(version: int) -> None:
    connector, recorder = open_odoo(version)

    assert await connector.client.read("res.partner", [], ["name"]) == []
    assert await connector.client.create("res.partner", []) == []
    with pytest.raises(BadPayload):
        await connector.client.write("res.partner", [], {"phone": "1"})
    with pytest.raises(BadPayload):
        await connector.client.unlink("res.partner", [])

    assert recorder.requests == []


@BOTH
async def test_load_creates_once_and_updates_afterwards(version: int) -> None:
    client = open_odoo(version)[0].client
    fields = ["id", "name", "country_id/id"]

    first = await client.load("res.partner", fields, [["shop.customer_1", "Ann", "base.us"]])
    again = await client.load("res.partner", fields, [["shop.customer_1", "Ann B", "base.fr"]])

    assert first == again
    assert await client.read("res.partner", first, ["name", "country_id"]) == [
        {"id": first[0], "name": "Ann B", "country_id": 75}
    ]


@BOTH
async def test_a_bad_row_of_a_load_is_a_refusal_and_leaves_nothing(version: int) -> None:
    client = open_odoo(version)[0].client
    rows = [["shop.customer_1", "Ann", "base.us"], ["shop.customer_2", "Bob", "base.nope"]]

    with pytest.raises(Rejected, match=r"base\.nope"):
        await client.load("res.partner", ["id", "name", "country_id/id"], rows)

    assert await client.search("res.partner", [["name", "in", ["Ann", "Bob"]]]) == []


async def test_a_lost_race_of_a_load_is_retried_though_odoo_reports_it_as_a_result() -> None:
    lost = {"ids": False, "messages": [{"message": "could not serialize access due to concurrent update\n"}]}
    client = client_of(lambda request: httpx.Response(200, json=lost), version=19)

    with pytest.raises(Retryable):
        await client.load("res.partner", ["id", "name"], [["shop.customer_1", "Ann"]])


@BOTH
async def test_an_exhausted_server_is_tried_again(version: int) -> None:
    db = seeded(version=version, api_key=KEY)
    client = open_odoo(db=db)[0].client
    await client.search("res.partner", [])
    db.trouble = [pool_exhausted(), "html"]

    for _ in range(2):
        with pytest.raises(Retryable):
            await client.search("res.partner", [])

    assert await client.search("res.partner", [["id", "=", 7]]) == [7]


@BOTH
async def test_every_call_carries_language_companies_and_where_it_comes_from(version: int) -> None:
    connector, recorder = open_odoo(version, lang="en_US", company_ids=[1])

    with mark_as_reverse_sync("op-42"):
        await connector.client.write("res.partner", [7], {"phone": "1"})
    await connector.client.call("res.partner", "search", args={"domain": []}, context={"active_test": False})

    assert context_of(recorder.bodies[-2]) == {
        "lang": "en_US",
        "tracking_disable": True,
        "sync_origin": "op-42",
        "allowed_company_ids": [1],
    }
    assert context_of(recorder.bodies[-1])["sync_origin"] == "odoo-shop-sync"
    assert context_of(recorder.bodies[-1])["active_test"] is False


@BOTH
async def test_rights_are_asked_in_the_versions_own_way(version: int) -> None:
    admin = open_odoo(version)[0].client
    limited = open_odoo(version, username="limited", api_key=f"{KEY}-limited")[0].client

    assert await admin.has_access("sale.order", "write")
    assert await limited.has_access("res.partner", "read")
    assert not await limited.has_access("res.partner", "write")


def context_of(body: dict[str, object]) -> dict[str, object]:
    """Where each protocol puts it."""
    if "context" not in body:
        params = body["params"]
        assert isinstance(params, dict)
        return dict(params["args"][6]["context"])
    assert isinstance(body["context"], dict)
    return body["context"]


def client_of(handler: object, *, version: int = 0) -> OdooClient:
    """A client of a server that a function plays; with `version`, that of an Odoo that already said which it is."""

    def play(request: httpx.Request) -> httpx.Response:
        if version and request.url.path == "/jsonrpc":
            said = {"server_version": f"{version}.0", "server_version_info": [version, 0, 0, "final", 0, ""]}
            return httpx.Response(200, json={"jsonrpc": "2.0", "result": said})
        assert callable(handler)
        answer = handler(request)
        assert isinstance(answer, httpx.Response)
        return answer

    peer = PeerClient("http://odoo.test", name="erp", transport=httpx.MockTransport(play))
    return OdooClient(peer, database="odoo", username="admin", api_key=KEY)
