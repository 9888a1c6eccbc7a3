"""WooCommerce's door over HTTP: who comes in, what becomes of it, and what is only answered."""

from __future__ import annotations

import base64
import hmac
from typing import Any

import httpx
import orjson
import pytest

from app.api.state import ApiState
from app.connections.models import OWNER_WITHOUT_RIGHTS
from app.db.session import SessionMaker
from tests.api.builders import WEBHOOK_SECRET as SECRET
from tests.api.builders import LinkRow, execute, make_link, rows

OLD_SECRET = 'an-older & "secret"'
STORE = "/webhooks/woocommerce/store"
EVERYTHING: dict[str, Any] = {
    "entities": {
        "customer": {},
        "address": {},
        "product": {},
        "stock": {"direction": "odoo_to_shop"},
        "order": {"direction": "shop_to_odoo"},
        "coupon": {},
    }
}
CUSTOMER = {"id": 67, "email": "ada@example.com", "date_modified_gmt": "2026-11-21T01:19:36"}


@pytest.fixture
async def store(state: ApiState, sessions: SessionMaker) -> LinkRow:
    """A WooCommerce link with two valid secrets."""
    return await make_link(
        sessions,
        state.ring,
        slug="store",
        secrets=(SECRET, OLD_SECRET),
        shop_kind="woocommerce",
        sync=EVERYTHING,
        reverse_sync=False,
    )


def signed(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


async def deliver(
    client: httpx.AsyncClient,
    topic: str | None,
    body: Any,
    *,
    path: str = STORE,
    signature: str | None = None,
    **headers: str,
) -> httpx.Response:
    """As WooCommerce 9.9.5 posts; signed with the link's first secret unless a signature is given."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    sent = {
        "Content-Type": "application/json",
        "User-Agent": "WooCommerce/9.9.5 Hookshot (WordPress/6.8.8)",
        "X-WC-Webhook-Source": "http://shop.test/",
        "X-WC-Webhook-Signature": signed(raw) if signature is None else signature,
        "X-WC-Webhook-ID": "6",
        "X-WC-Webhook-Delivery-ID": "010dcd5af160f2f66f43995f45fe326c",
        **({} if topic is None else {"X-WC-Webhook-Topic": topic}),
        **headers,
    }
    return await client.post(path, content=raw, headers={name: value for name, value in sent.items() if value})


async def queued(sessions: SessionMaker) -> list[tuple[str, str, str]]:
    found = await rows(sessions, "SELECT entity_type, native_id, action FROM sync_queue ORDER BY entity_type DESC, id")
    return [tuple(row) for row in found]


async def refusals(sessions: SessionMaker, state: ApiState) -> dict[str, int]:
    await state.refusals.flush()
    return {row.reason: row.times for row in await rows(sessions, "SELECT reason, count AS times FROM refusals")}


async def test_a_delivery_becomes_a_job_per_record_in_one_commit(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker, rings: list[int]
) -> None:
    answer = await deliver(client, "customer.updated", CUSTOMER)

    assert (answer.status_code, answer.json()["notes"]) == (202, [])
    assert await queued(sessions) == [
        ("customer", "67", "updated"),
        ("address", "67:billing", "updated"),
        ("address", "67:shipping", "updated"),
    ]
    [stored] = await rows(sessions, "SELECT source, entity_type, native_id, body FROM deliveries")
    assert (stored.source, stored.entity_type, stored.native_id) == ("shop", "customer", "67")
    assert orjson.loads(stored.body) == CUSTOMER
    assert len(rings) == 1


async def test_the_same_body_again_is_looked_at_again_and_a_burst_costs_one_job(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker
) -> None:
    coupon = {"id": 5, "code": "TEN", "date_modified_gmt": "2026-11-21T01:19:36"}
    await deliver(client, "coupon.updated", coupon)
    await deliver(client, "coupon.updated", coupon)
    burst = await queued(sessions)
    await execute(sessions, "UPDATE sync_queue SET status = 'completed', outcome = 'unchanged', processed_at = now()")

    await deliver(client, "coupon.updated", coupon)

    assert burst == [("coupon", "5", "updated")]
    assert await queued(sessions) == [("coupon", "5", "updated")] * 2


async def test_two_events_of_one_delivery_id_are_two_events(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker
) -> None:
    await deliver(client, "order.created", {"id": 40})
    await deliver(client, "order.created", {"id": 41})

    assert await queued(sessions) == [("order", "40", "created"), ("order", "41", "created")]


async def test_only_what_goes_from_the_shop_to_odoo_becomes_a_job(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker
) -> None:
    product = {"id": 10, "type": "simple", "manage_stock": True, "images": [{"id": 55}]}

    taken = await deliver(client, "product.updated", product)
    left = await deliver(client, "product.updated", {"id": 31, "type": "variation", "parent_id": 12})

    assert (taken.status_code, left.status_code) == (202, 202)
    assert left.json()["notes"] == ["link store takes no variant out of the shop: nothing was queued"]
    assert await queued(sessions) == [("product", "10", "updated")]


async def test_the_older_secret_is_taken_while_it_is_valid(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker
) -> None:
    raw = orjson.dumps(CUSTOMER)

    answer = await deliver(client, "customer.updated", raw, signature=signed(raw, OLD_SECRET))

    assert answer.status_code == 202


@pytest.mark.parametrize(
    "signature",
    [signed(orjson.dumps(CUSTOMER), "another-secret"), signed(b"{}"), "not base64 at all", " "],
)
async def test_a_forged_delivery_is_refused_counted_and_stores_nothing(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker, state: ApiState, signature: str
) -> None:
    answer = await deliver(client, "customer.updated", CUSTOMER, signature=signature)

    assert (answer.status_code, answer.json()["code"]) == (403, "invalid_signature")
    assert await queued(sessions) == []
    assert await refusals(sessions, state) == {"invalid_signature": 1}
    await state.sightings.flush()
    assert await rows(sessions, "SELECT 1 FROM shop_webhooks") == []


async def test_a_delivery_without_a_signature_is_refused_though_the_secret_is_sent(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker
) -> None:
    answer = await client.post(
        STORE, json=CUSTOMER, headers={"X-WC-Webhook-Topic": "customer.updated", "X-Webhook-Secret": SECRET}
    )

    assert answer.status_code == 403
    assert "there is none" in answer.json()["error"]


async def test_the_test_delivery_of_a_new_webhook_is_answered_and_stores_nothing(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker, state: ApiState
) -> None:
    ping = await client.post(STORE, data={"webhook_id": "3"})
    other = await client.post(STORE, data={"id": "67"})
    unknown = await client.post("/webhooks/woocommerce/nowhere", data={"webhook_id": "3"})

    assert (ping.status_code, ping.json()) == (200, {"success": True, "message": "link store is listening"})
    assert (other.status_code, unknown.status_code) == (400, 404)
    assert await queued(sessions) == []
    assert await refusals(sessions, state) == {"bad_content_type": 1}


async def test_a_record_that_was_gone_meanwhile_is_noted_and_counted(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker, state: ApiState
) -> None:
    gone = {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID.", "data": {"status": 404}}

    answer = await deliver(client, "product.created", gone)

    assert answer.status_code == 202
    assert "was gone when the shop told of it" in answer.json()["notes"][0]
    assert await queued(sessions) == []
    assert await refusals(sessions, state) == {"gone_already": 1}


async def test_a_webhook_whose_owner_lost_his_rights_shows_as_its_problem(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker, state: ApiState
) -> None:
    lost = {"code": "woocommerce_rest_cannot_view", "message": "Sorry", "data": {"status": 403}}

    answer = await deliver(client, "product.updated", lost)
    await state.sightings.flush()
    problems = await rows(sessions, "SELECT topic, problem FROM shop_webhooks")
    await deliver(client, "product.updated", {"id": 10})
    await state.sightings.flush()

    assert answer.status_code == 202
    assert await queued(sessions) == [("product", "10", "updated")]
    assert [tuple(row) for row in problems] == [("product.updated", OWNER_WITHOUT_RIGHTS)]
    assert await refusals(sessions, state) == {"webhook_without_rights": 1}
    assert (await rows(sessions, "SELECT problem FROM shop_webhooks"))[0].problem is None


async def test_a_checkout_that_was_begun_is_no_order(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker
) -> None:
    answer = await deliver(client, "order.updated", {"id": 217, "status": "checkout-draft"})

    assert answer.status_code == 202
    assert await queued(sessions) == []


@pytest.mark.parametrize(
    ("topic", "body", "field"),
    [(None, CUSTOMER, "x-wc-webhook-topic"), ("customer.updated", b"{", None), ("customer.updated", {"id": "x"}, "id")],
)
async def test_a_body_that_cannot_be_read_is_refused_by_name(
    client: httpx.AsyncClient, store: LinkRow, topic: str | None, body: Any, field: str | None
) -> None:
    answer = await deliver(client, topic, body)

    assert (answer.status_code, answer.json().get("field")) == (400, field)


async def test_when_a_webhook_delivered_last_is_stored_in_a_moment_and_not_with_each(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker, state: ApiState
) -> None:
    for number in range(1, 4):
        await deliver(client, "order.updated", {"id": number})
    before = await rows(sessions, "SELECT 1 FROM shop_webhooks")

    await state.sightings.flush()

    assert before == []
    [row] = await rows(
        sessions, "SELECT topic, native_id, last_seen_at > now() - interval '1 minute' AS fresh FROM shop_webhooks"
    )
    assert tuple(row) == ("order.updated", None, True)


async def test_another_shops_link_has_another_address(
    client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker
) -> None:
    answer = await deliver(client, "customer.updated", CUSTOMER, path=f"/webhooks/woocommerce/{link.slug}")

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_shop")
    assert "it posts to /webhooks/prestashop/boutique" in answer.json()["error"]
    assert await queued(sessions) == []


async def test_a_link_that_is_switched_off_says_so(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker
) -> None:
    await execute(sessions, "UPDATE links SET enabled = false")

    answer = await deliver(client, "customer.updated", CUSTOMER)

    assert (answer.status_code, answer.json()["code"]) == (409, "switched_off")
