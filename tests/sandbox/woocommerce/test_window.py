"""The sandbox' handles, its window over HTTP, and the sandbox as a real server on a real socket."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from app.sandbox.woocommerce import DEFAULT_KEY, DEFAULT_SECRET, Sandbox

from .conftest import Clock, Receiver, subscribe

JANE = "/wc/v3/customers/3"
WINDOW = "https://shop.test/_sandbox"


async def test_an_edit_is_a_save_in_wp_admin(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver, clock: Clock
) -> None:
    await subscribe(shop, "customer.updated")
    clock.tick(60)

    sandbox.edit("customers", 3, first_name="Janet", billing={"city": "Bonn"})
    await sandbox.settled()

    (told,) = receiver.bodies
    assert (told["first_name"], told["billing"]["city"], told["billing"]["country"]) == ("Janet", "Bonn", "DE")
    assert told["date_modified_gmt"] == "2026-11-21T11:01:00"


async def test_people_add_and_remove_records_too(sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver) -> None:
    await subscribe(shop, "customer.created", "customer.deleted")

    added = sandbox.add("customers", email="new@example.com")
    await sandbox.settled()
    sandbox.remove("customers", added, force=True)
    await sandbox.settled()

    assert receiver.topics == ["customer.created", "customer.deleted"]
    assert receiver.bodies[1] == {"id": added}


async def test_an_importer_writes_without_a_date_and_without_a_webhook(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    await subscribe(shop, "customer.updated")
    before = (await shop.get(JANE)).json()

    sandbox.write_silently("customers", 3, first_name="Hidden")
    await sandbox.settled()

    after = (await shop.get(JANE)).json()
    assert after == before | {"first_name": "Hidden"}
    assert receiver.told == []


@pytest.mark.parametrize("resource", ["customers", "products", "nonsense"])
def test_an_edit_of_what_is_not_there_says_so(sandbox: Sandbox, resource: str) -> None:
    with pytest.raises(KeyError, match=resource):
        sandbox.edit(resource, 999999, name="Nobody")


async def test_the_request_log_tells_what_the_shop_received_and_no_secrets(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    query = f"consumer_key={DEFAULT_KEY}&consumer_secret={DEFAULT_SECRET}"
    await shop.put(f"{JANE}?{query}", json={"first_name": "J"}, headers={"X-Reverse-Sync-Operation": "op-9"})

    (entry,) = (await shop.get(f"{WINDOW}/requests")).json()
    assert (entry["method"], entry["path"], entry["status"]) == ("PUT", f"/wp-json{JANE}", 200)
    assert entry["headers"]["x-reverse-sync-operation"] == "op-9"
    assert entry["body"] == '{"first_name":"J"}'
    assert DEFAULT_SECRET not in str(entry)
    assert "Basic" not in str(entry)


async def test_state_and_deliveries_are_shown(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    await subscribe(shop, "customer.updated")
    sandbox.edit("customers", 3, first_name="Janet")
    await sandbox.settled()

    people = (await shop.get(f"{WINDOW}/state/customers")).json()
    (told,) = (await shop.get(f"{WINDOW}/hooks")).json()

    assert [one["first_name"] for one in people if one["id"] == 3] == ["Janet"]
    assert (told["topic"], told["resource_id"], told["status"]) == ("customer.updated", 3, 202)


async def test_a_log_can_be_emptied(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    await shop.get(JANE)

    answer = await shop.delete(f"{WINDOW}/requests")

    assert answer.status_code == 204
    assert len(sandbox.requests) == 0


async def test_faults_edits_and_removals_come_over_http_too(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    await shop.post(f"{WINDOW}/faults", json={"method": "GET", "path": "/customers", "status": 503})
    wanted = {"resource": "customers", "id": 3, "fields": {"first_name": "Janet"}}
    edited = await shop.post(f"{WINDOW}/edit", json=wanted)
    added = await shop.post(f"{WINDOW}/add", json={"resource": "customers", "fields": {"email": "n@example.test"}})
    gone = await shop.post(f"{WINDOW}/remove", json={"resource": "customers", "id": 4, "force": True})

    assert (await shop.get("/wc/v3/customers")).status_code == 503
    assert [one.status_code for one in (edited, added, gone)] == [200, 201, 204]
    assert sandbox.row("customers", 3)["first_name"] == "Janet"
    assert sandbox.row("customers", added.json()["id"])["email"] == "n@example.test"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("edit", {"resource": "customers", "id": 999, "fields": {}}),
        ("edit", {"resource": "nonsense", "id": 1, "fields": {}}),
        ("remove", {"resource": "orders", "id": 999}),
    ],
)
async def test_what_is_not_there_is_404(shop: httpx.AsyncClient, path: str, wanted: dict[str, object]) -> None:
    assert (await shop.post(f"{WINDOW}/{path}", json=wanted)).status_code == 404


async def test_people_order_through_the_window_and_wait_for_what_is_told(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    await subscribe(shop, "order.created")
    wanted = {"email": "ada@example.com", "lines": [{"product_id": 10, "quantity": 2}], "coupon": "WELCOME10"}

    made = await shop.post(f"{WINDOW}/order", json=wanted)
    settled = await shop.post(f"{WINDOW}/settle")

    assert (made.status_code, settled.status_code) == (201, 204)
    order = sandbox.row("orders", made.json()["id"])
    assert (order["billing"]["email"], order["discount_total"], order["status"]) == (
        "ada@example.com",
        "2.5",
        "processing",
    )
    assert receiver.topics == ["order.created"]


async def test_what_the_shop_refuses_is_told_with_its_own_status(shop: httpx.AsyncClient) -> None:
    wanted = {"resource": "customers", "fields": {"email": "jane@example.test"}}

    answer = await shop.post(f"{WINDOW}/add", json=wanted)

    assert (answer.status_code, answer.json()["code"]) == (400, "registration-error-email-exists")


async def test_unknown_logs_and_tables_name_the_known_ones(shop: httpx.AsyncClient) -> None:
    log, table = await shop.get(f"{WINDOW}/nonsense"), await shop.get(f"{WINDOW}/state/nonsense")

    assert (log.status_code, table.status_code) == (404, 404)
    assert "hooks" in log.json()["known"]
    assert {"customers", "products", "orders"} <= set(table.json()["known"])


async def test_outside_the_rest_api_there_are_pages(shop: httpx.AsyncClient) -> None:
    home, lost = await shop.get("https://shop.test/"), await shop.get("https://shop.test/nowhere/")

    assert (home.status_code, lost.status_code) == (200, 404)
    assert home.headers["content-type"].startswith("text/html")


@pytest.fixture
def served() -> Iterator[str]:
    """The address of a sandbox in a process of its own."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "app.sandbox.woocommerce", "--port", str(port), "--log-level", "error"]
    with subprocess.Popen(command) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def test_the_real_server_cuts_the_connection_after_committing(served: str) -> None:
    retrying = httpx.HTTPTransport(retries=8)
    headers, auth = {"X-Forwarded-Proto": "https"}, (DEFAULT_KEY, DEFAULT_SECRET)
    with httpx.Client(base_url=served, auth=auth, headers=headers, transport=retrying, trust_env=False) as client:
        client.post("/_sandbox/faults", json={"name": "commit_then_drop", "method": "PUT"})

        with pytest.raises(httpx.RemoteProtocolError):
            client.put(f"/wp-json{JANE}", json={"first_name": "Janet"})

        assert client.get(f"/wp-json{JANE}").json()["first_name"] == "Janet"
