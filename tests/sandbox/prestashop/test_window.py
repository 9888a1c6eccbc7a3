"""The sandbox' window over HTTP, and the sandbox as a real server on a real socket."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from app.sandbox.prestashop import DEFAULT_KEY, Sandbox

RENAME = b"<prestashop><customer><id>67</id><firstname>Jane</firstname></customer></prestashop>"


async def test_the_request_log_tells_what_the_shop_received(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    await shop.patch("/api/customers/67?x=1", content=RENAME, headers={"X-Reverse-Sync-Operation": "op-9"})

    (entry,) = (await shop.get("/_sandbox/requests")).json()
    assert (entry["method"], entry["path"], entry["query"]) == ("PATCH", "/api/customers/67", "x=1")
    assert (entry["status"], entry["fault"]) == (200, False)
    assert entry["headers"]["x-reverse-sync-operation"] == "op-9"
    assert "<firstname>Jane" in entry["body"]
    assert DEFAULT_KEY not in str(entry["headers"])


async def test_state_mails_and_hooks_are_shown(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.edit("orders", 1001, current_state="4")

    orders = (await shop.get("/_sandbox/state/orders")).json()
    mails = (await shop.get("/_sandbox/mails")).json()
    hooks = (await shop.get("/_sandbox/hooks")).json()

    assert [order["current_state"] for order in orders if order["id"] == 1001] == ["4"]
    assert [mail["subject"] for mail in mails] == ["[RealShop] Shipped"]
    assert [hook["entity_type"] for hook in hooks] == ["order"]


async def test_a_log_can_be_emptied(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.edit("orders", 1001, current_state="4")

    answer = await shop.delete("/_sandbox/mails")

    assert answer.status_code == 204
    assert sandbox.mails == []


async def test_faults_and_edits_come_over_http_too(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    await shop.post("/_sandbox/faults", json={"method": "GET", "path": "/customers", "status": 503, "times": 1})
    edited = await shop.post("/_sandbox/edit", json={"resource": "customers", "id": 67, "fields": {"note": "vip"}})

    assert (await shop.get("/api/customers")).status_code == 503
    assert edited.json()["note"] == "vip"


async def test_a_customer_adds_an_address_and_orders_over_http(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    home = {"id_customer": "67", "id_country": "21", "alias": "Home", "firstname": "J", "lastname": "D"}
    there = {**home, "address1": "1 Main Street", "city": "New York", "postcode": "10001"}
    address = (await shop.post("/_sandbox/add", json={"resource": "addresses", "fields": there})).json()["id"]
    wanted = {"customer": 67, "address": address, "product": 8, "quantity": 2}

    placed = await shop.post("/_sandbox/order", json=wanted)

    order = sandbox.row("orders", placed.json()["id"])
    assert (order["id_customer"], float(str(order["total_paid"])), order["current_state"]) == ("67", 30.8, "11")
    assert {hook.entity_type for hook in sandbox.hooks.log} >= {"address", "order", "stock"}
    assert list(sandbox.requests) == []


@pytest.mark.parametrize("path", ["/_sandbox/nosuch", "/_sandbox/state/nosuch"])
async def test_what_is_not_there_is_404_with_what_is(shop: httpx.AsyncClient, path: str) -> None:
    answer = await shop.get(path)

    assert answer.status_code == 404
    assert answer.json()["known"]


async def test_every_resource_is_shown_in_both_formats_and_by_its_schemas(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    for name in sandbox.shop.tables:
        for query in ("display=full", "display=full&output_format=JSON", "schema=blank", "schema=synopsis"):
            assert (await shop.get(f"/api/{name}?{query}")).status_code == 200, f"{name}?{query}"


async def test_an_unchanged_answer_need_not_be_sent_again(shop: httpx.AsyncClient) -> None:
    """As recorded in 886 and 887."""
    first = await shop.get("/api/customers/67")

    second = await shop.get("/api/customers/67", headers={"Local-Content-Sha1": first.headers["content-sha1"]})

    assert (second.status_code, second.content) == (304, b"")


async def test_a_webservice_switched_off_is_503_code_22(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    """As recorded in 914 and 915."""
    sandbox.service.enabled = False

    answer = await shop.get("/api/customers?output_format=JSON")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, 22)


@pytest.fixture
def server() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "app.sandbox.prestashop", "--port", str(port), "--log-level", "warning"]
    with subprocess.Popen(command) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def test_the_real_server_cuts_the_connection_after_committing(server: str) -> None:
    retrying = httpx.HTTPTransport(retries=8)
    with httpx.Client(base_url=server, auth=(DEFAULT_KEY, ""), transport=retrying, trust_env=False) as client:
        client.post("/_sandbox/faults", json={"name": "commit_then_drop", "method": "PATCH"})

        with pytest.raises(httpx.RemoteProtocolError):
            client.patch("/api/customers/67", content=RENAME)

        shown = client.get("/api/customers/67?output_format=JSON").json()
    assert shown["customer"]["firstname"] == "Jane"


def test_a_key_of_the_wrong_length_is_refused_at_start() -> None:
    command = [sys.executable, "-m", "app.sandbox.prestashop", "--key", "short"]

    outcome = subprocess.run(command, capture_output=True, text=True, check=False)

    assert outcome.returncode == 1
    assert "32 characters" in outcome.stderr
