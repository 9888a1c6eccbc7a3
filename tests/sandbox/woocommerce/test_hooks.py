"""How webhooks are delivered: signed, once, in a row, built when they go out; and how they cease."""

from base64 import b64encode
from hashlib import sha256
from hmac import new as mac

import httpx
import pytest

from app.sandbox.woocommerce import Sandbox

from .conftest import SECRET, Clock, Make, Receiver, client_of, subscribe

UPDATED = "customer.updated"
JANE = "/wc/v3/customers/3"


async def _status(shop: httpx.AsyncClient, webhook: int) -> str:
    status: str = (await shop.get(f"/wc/v3/webhooks/{webhook}")).json()["status"]
    return status


async def _write(shop: httpx.AsyncClient, sandbox: Sandbox, name: str = "Jane") -> None:
    assert (await shop.put(JANE, json={"first_name": name})).is_success
    await sandbox.settled()


async def test_a_delivery_is_signed_over_its_raw_bytes(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    """The letters beyond ASCII and the slashes are escaped, as PHP writes JSON."""
    await subscribe(shop, UPDATED)

    await _write(shop, sandbox, "Jörg/Ö")

    (told,) = receiver.told
    ours = b64encode(mac(SECRET.encode(), told.content, sha256).digest()).decode()
    assert told.headers["x-wc-webhook-signature"] == ours
    assert b'"first_name":"J\\u00f6rg\\/\\u00d6"' in told.content
    assert receiver.bodies[0]["first_name"] == "Jörg/Ö"


async def test_a_delivery_carries_the_recorded_headers(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    (webhook,) = await subscribe(shop, UPDATED)

    await _write(shop, sandbox)

    headers = receiver.told[0].headers
    assert headers["x-wc-webhook-source"] == "http://shop.test/"
    assert headers["x-wc-webhook-topic"] == UPDATED
    assert (headers["x-wc-webhook-resource"], headers["x-wc-webhook-event"]) == ("customer", "updated")
    assert headers["x-wc-webhook-id"] == str(webhook)
    assert len(headers["x-wc-webhook-delivery-id"]) == 32
    assert headers["user-agent"] == "WooCommerce/9.9.5 Hookshot (WordPress/6.8.8)"


async def test_a_delivery_is_the_object_as_a_reader_has_it_but_for_the_scheme(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    await subscribe(shop, UPDATED)

    await _write(shop, sandbox)

    read, told = (await shop.get(JANE)).json(), receiver.bodies[0]
    assert told.pop("_links")["self"][0]["href"] == f"http://shop.test/wp-json{JANE}"
    assert told == {name: value for name, value in read.items() if name != "_links"}


async def test_a_new_webhook_is_greeted_without_a_signature(shop: httpx.AsyncClient, receiver: Receiver) -> None:
    receiver.answers = [500]

    (webhook,) = await subscribe(shop, UPDATED)

    (ping,) = receiver.requests
    assert ping.content == f"webhook_id={webhook}".encode()
    assert ping.headers["content-type"] == "application/x-www-form-urlencoded"
    assert not [name for name in ping.headers if name.startswith("x-wc-")]
    assert await _status(shop, webhook) == "active"


async def test_without_a_secret_a_random_one_is_made(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    for topic in (UPDATED, UPDATED):
        await shop.post("/wc/v3/webhooks", json={"topic": topic, "delivery_url": "http://api.test/x"})

    await _write(shop, sandbox)

    first, second = (one.headers["x-wc-webhook-signature"] for one in receiver.told)
    ours = b64encode(mac(sandbox.secret.encode(), receiver.told[0].content, sha256).digest()).decode()
    assert len({first, second, ours}) == 3


async def test_what_waits_is_delivered_once_with_the_latest_content(make: Make, receiver: Receiver) -> None:
    """As recorded in whx-07 and whx-20: a `created` may carry a later state."""
    sandbox = make(deliver="held")
    async with client_of(sandbox) as shop:
        await subscribe(shop, "customer.created", UPDATED)
        made = (await shop.post("/wc/v3/customers", json={"email": "n@example.test"})).json()["id"]
        for name in ("A", "B", "C"):
            await shop.put(f"/wc/v3/customers/{made}", json={"first_name": name})

        assert receiver.told == []
        await sandbox.settled()

    assert receiver.topics == ["customer.created", UPDATED]
    assert [body["first_name"] for body in receiver.bodies] == ["C", "C"]


async def test_what_is_gone_by_then_is_told_as_an_error_with_a_valid_signature(make: Make, receiver: Receiver) -> None:
    """As recorded in whx-19."""
    sandbox = make(deliver="held")
    async with client_of(sandbox) as shop:
        await subscribe(shop, UPDATED)
        await shop.put(JANE, json={})
        await shop.delete(f"{JANE}?force=true")
        await sandbox.settled()

    assert receiver.bodies == [
        {"code": "woocommerce_rest_invalid_id", "message": "Invalid resource ID.", "data": {"status": 404}}
    ]
    assert receiver.told[0].headers["x-wc-webhook-signature"]


async def test_an_owner_without_rights_sends_a_refusal(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    """As recorded in whx-93: it counts as a delivery."""
    (webhook,) = await subscribe(shop, UPDATED)
    sandbox.row("webhooks", webhook)["user_id"] = 4

    await _write(shop, sandbox)

    assert receiver.bodies[0]["code"] == "woocommerce_rest_cannot_view"
    assert receiver.bodies[0]["data"] == {"status": 403}


async def test_a_failed_delivery_is_never_tried_again(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    await subscribe(shop, UPDATED)
    receiver.answers = [503]

    await _write(shop, sandbox)
    await sandbox.settled()

    assert [one.status for one in sandbox.hooks.log] == [503]


@pytest.mark.parametrize("status", [0, 304, 400, 404, 410, 429, 500, 503])
async def test_the_seventh_failure_in_a_row_disables(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver, status: int
) -> None:
    """As recorded in whx-80; what happens afterwards is lost."""
    (webhook,) = await subscribe(shop, UPDATED)
    receiver.answers = [status] * 9

    statuses = []
    for _ in range(8):
        await _write(shop, sandbox)
        statuses.append(await _status(shop, webhook))

    assert statuses == ["active"] * 6 + ["disabled"] * 2
    assert len(receiver.told) == 7
    assert sandbox.row("webhooks", webhook)["failure_count"] == 6


@pytest.mark.parametrize("status", [200, 202, 204, 301, 302])
async def test_a_success_forgets_the_failures_and_a_redirect_is_one(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver, status: int
) -> None:
    (webhook,) = await subscribe(shop, UPDATED)
    receiver.answers = [500, 500, status]

    for _ in range(3):
        await _write(shop, sandbox)

    assert sandbox.row("webhooks", webhook)["failure_count"] == 0
    assert {one.url.host for one in receiver.told} == {"api.test"}


async def test_making_it_active_does_not_forget_the_failures(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    """As recorded in whx-98: one more failure disables it again, one success heals it."""
    (webhook,) = await subscribe(shop, UPDATED)
    receiver.answers = [500] * 8
    for _ in range(7):
        await _write(shop, sandbox)

    again = []
    for _ in range(2):
        await shop.put(f"/wc/v3/webhooks/{webhook}", json={"status": "active"})
        await _write(shop, sandbox)
        again.append((await _status(shop, webhook), sandbox.row("webhooks", webhook)["failure_count"]))

    assert again == [("disabled", 6), ("active", 0)]


async def test_paused_means_that_nothing_new_is_told_and_what_waits_is(make: Make, receiver: Receiver) -> None:
    """As recorded in whx-98."""
    sandbox = make(deliver="held")
    async with client_of(sandbox) as shop:
        (webhook,) = await subscribe(shop, UPDATED)
        await shop.put(JANE, json={"first_name": "Waits"})
        await shop.put(f"/wc/v3/webhooks/{webhook}", json={"status": "paused"})
        await shop.put("/wc/v3/customers/4", json={"first_name": "Lost"})
        await shop.put(f"/wc/v3/webhooks/{webhook}", json={"status": "active"})
        await sandbox.settled()

    assert [body["first_name"] for body in receiver.bodies] == ["Waits"]


async def test_two_webhooks_of_a_topic_deliver_twice_the_younger_first(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    """As recorded in whx-97."""
    first, second = await subscribe(shop, UPDATED, UPDATED)

    await _write(shop, sandbox)

    assert [one.headers["x-wc-webhook-id"] for one in receiver.told] == [str(second), str(first)]


async def test_different_events_of_one_second_share_a_delivery_id(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver, clock: Clock
) -> None:
    """As recorded in whx-15."""
    await subscribe(shop, UPDATED)
    await shop.post("/wc/v3/customers/batch", json={"update": [{"id": 3}, {"id": 4}]})
    await sandbox.settled()
    clock.tick()
    await _write(shop, sandbox)

    first, second, third = (one.headers["x-wc-webhook-delivery-id"] for one in receiver.told)
    assert first == second != third
    assert [body["id"] for body in receiver.bodies] == [3, 4, 3]


async def test_a_trashed_product_is_told_as_a_deleted_coupon_too(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    """As recorded in whx-16: the body is the id alone."""
    await subscribe(shop, "product.deleted", "coupon.deleted")
    mug = sandbox.rows("products")[0]["id"]

    sandbox.remove("products", mug)
    await sandbox.settled()

    assert receiver.topics == ["coupon.deleted", "product.deleted"]
    assert receiver.bodies == [{"id": mug}, {"id": mug}]


async def test_a_forced_delete_of_a_product_is_not_told(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver
) -> None:
    await subscribe(shop, "product.deleted", "product.updated", "coupon.deleted")

    sandbox.remove("products", sandbox.rows("products")[0]["id"], force=True)
    await sandbox.settled()

    assert receiver.told == []


async def test_in_line_the_webhook_arrives_before_the_answer(make: Make, receiver: Receiver) -> None:
    """As recorded in whx-96: the caller waits for the receiver."""
    sandbox = make(deliver="in_line")
    async with client_of(sandbox) as shop:
        await subscribe(shop, UPDATED)
        await shop.put(JANE, json={"first_name": "Early"})

        assert [body["first_name"] for body in receiver.bodies] == ["Early"]


async def test_nothing_of_a_write_tells_who_wrote(
    sandbox: Sandbox, shop: httpx.AsyncClient, receiver: Receiver, clock: Clock
) -> None:
    """Ours and a person's look the same; the operation is known to the request log alone."""
    await subscribe(shop, UPDATED)

    await shop.put(JANE, json={"first_name": "J"}, headers={"X-Reverse-Sync-Operation": "op-1"})
    await sandbox.settled()
    sandbox.edit("customers", 3, first_name="J")
    await sandbox.settled()

    ours, theirs = receiver.told
    assert (ours.content, ours.headers) == (theirs.content, theirs.headers)
    assert [entry.operation for entry in sandbox.requests if entry.method == "PUT"] == ["op-1"]


def test_an_edit_without_a_loop_waits_to_be_sent(sandbox: Sandbox) -> None:
    sandbox.store.put("webhooks", {"id": 1, "topic": UPDATED, "status": "active"})

    sandbox.edit("customers", 3, first_name="Janet")

    assert sandbox.hooks.waiting == 1
