"""Calls over the wire: who they are signed as, pages, batches, and answers that are none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from app.connectors.http import PeerClient
from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.login import Login
from app.connectors.woocommerce.oauth1 import OneLegged, signature
from app.errors import ActionRequired, AppError, Conflict, NotFound, PeerDown, Rejected, Retryable, Snoozed
from app.sandbox.woocommerce import Sandbox, create_sandbox
from app.sandbox.woocommerce.access import signature as as_the_shop_reckons


def client_of(sandbox: Sandbox, *, scheme: str = "https", key: bool = True, user: bool = True) -> WooClient:
    login = Login(
        consumer_key=sandbox.key if key else None,
        consumer_secret=sandbox.secret if key else None,
        username=sandbox.app_user if user else None,
        application_password=sandbox.app_password if user else None,
        secure=scheme == "https",
    )
    transport = httpx.ASGITransport(sandbox)
    return WooClient(PeerClient(f"{scheme}://shop.test", name="store", auth=login, transport=transport), login)


@pytest.fixture
def sandbox() -> Sandbox:
    return create_sandbox()


@pytest.fixture
def client(sandbox: Sandbox) -> WooClient:
    return client_of(sandbox)


async def test_over_https_the_key_goes_as_basic(sandbox: Sandbox, client: WooClient) -> None:
    rows = await client.rows("customers")

    assert [row["id"] for row in rows] == [3, 4]
    assert "authorization" in sandbox.requests[-1].headers
    assert "oauth" not in sandbox.requests[-1].query


async def test_over_http_the_key_signs_and_its_secret_is_never_sent(sandbox: Sandbox) -> None:
    rows = await client_of(sandbox, scheme="http").rows("customers", {"search": "jane doe+ü&=~ /%", "role": "all"})

    sent = sandbox.requests[-1]
    assert rows == []
    assert sent.status == 200
    assert "authorization" not in sent.headers
    assert sandbox.secret not in sent.query


async def test_every_signed_request_has_a_nonce_of_its_own(sandbox: Sandbox) -> None:
    client = client_of(sandbox, scheme="http")

    await client.rows("customers")
    await client.post("customers", {"email": "new@example.test"})

    nonces = {parse_qs(one.query)["oauth_nonce"][0] for one in sandbox.requests}
    assert [one.status for one in sandbox.requests] == [200, 201]
    assert len(nonces) == 2


def test_a_signature_is_the_one_the_shop_reckons() -> None:
    params = {"search": "a b&c", "oauth_consumer_key": "ck", "oauth_signature_method": "HMAC-SHA256"}
    address = "http://shop.test/wp-json/wc/v3/orders"

    ours = signature("get", address, params.items(), secret="cs")

    assert ours == as_the_shop_reckons("GET", address, params, secret="cs")


def test_a_signed_request_keeps_its_query() -> None:
    request = httpx.Request("GET", "http://shop.test/blog/wp-json/wc/v3/orders?per_page=100")

    OneLegged("ck", "cs", clock=lambda: 1_795_223_464.9, nonce=lambda: "once").sign(request)

    asked = dict(request.url.params.multi_items())
    assert asked.pop("oauth_signature")
    assert asked == {
        "per_page": "100",
        "oauth_consumer_key": "ck",
        "oauth_nonce": "once",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": "1795223464",
    }


async def test_an_application_password_alone_opens_both_interfaces(sandbox: Sandbox) -> None:
    client = client_of(sandbox, key=False)

    assert len(await client.rows("customers", {"role": "all"})) == 4
    assert (await client.get("users/me", wp=True))["id"] == 1


async def test_wordpress_is_not_asked_without_an_application_password(sandbox: Sandbox) -> None:
    with pytest.raises(ActionRequired) as refused:
        await client_of(sandbox, user=False).rows("users", wp=True)

    assert refused.value.code == "no_application_password"
    assert not sandbox.requests


async def test_no_credentials_go_to_a_picture_or_to_the_index(sandbox: Sandbox, client: WooClient) -> None:
    await client.site()
    with pytest.raises(AppError):
        await client.download("https://cdn.example.test/picture.png")

    assert ["authorization" in one.headers for one in sandbox.requests] == [False, False]


async def test_a_list_is_read_in_pages_of_a_hundred_by_id(sandbox: Sandbox, client: WooClient) -> None:
    for number in range(203):
        sandbox.add("customers", email=f"p{number}@example.test")
    sandbox.requests.clear()

    rows = await client.rows("customers")

    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)  # type: ignore[type-var]
    assert len(rows) == 205
    assert len(sandbox.requests) == 3
    assert await client.count("customers") == 205


async def test_a_list_without_pages_is_read_once(sandbox: Sandbox, client: WooClient) -> None:
    rows = await client.rows("settings/general")

    assert "woocommerce_currency" in {row["id"] for row in rows}
    assert len(sandbox.requests) == 1


async def test_a_batch_answers_by_position_with_an_error_for_each_that_failed(client: WooClient) -> None:
    results = await client.batch(
        "customers",
        create=[{"email": "b1@example.test"}, {"email": "b1@example.test"}, {"email": "nonsense"}],
        update=[{"id": 3, "first_name": "Batch"}, {"id": 999_999, "first_name": "x"}],
        delete=[4, 888_888],
    )

    made, taken, invalid, changed, unknown, deleted, gone = results
    assert isinstance(made, dict)
    assert isinstance(taken, Conflict)
    assert isinstance(invalid, Rejected)
    assert isinstance(changed, dict)
    assert isinstance(deleted, dict)
    assert (made["email"], changed["first_name"], deleted["id"]) == ("b1@example.test", "Batch", 4)
    assert (taken.code, invalid.field) == ("duplicate_email", "email")
    assert [type(unknown), type(gone)] == [NotFound, NotFound]


async def test_a_batch_of_more_than_a_hundred_goes_in_several_calls(sandbox: Sandbox, client: WooClient) -> None:
    people = [{"email": f"p{number}@example.test"} for number in range(120)]

    results = await client.batch("customers", create=people, update=[{"id": 3, "first_name": "J"}])

    sent = [json.loads(one.body) for one in sandbox.requests]
    assert [{kind: len(items) for kind, items in body.items()} for body in sent] == [
        {"create": 100},
        {"create": 20, "update": 1},
    ]
    assert [row["email"] for row in results[:120] if isinstance(row, dict)] == [one["email"] for one in people]
    assert isinstance(results[120], dict)


async def test_a_call_of_a_batch_that_fails_is_the_failure_of_its_items_only(
    sandbox: Sandbox, client: WooClient
) -> None:
    await client.batch("customers", create=[{"email": "first@example.test"}])
    sandbox.fail("POST", "/customers/batch", name="critical_error")

    results = await client.batch(
        "customers", create=[{"email": f"p{number}@example.test"} for number in range(4)], most=2
    )

    assert [type(one) for one in results] == [Retryable, Retryable, dict, dict]


async def test_nothing_is_sent_for_an_empty_batch(sandbox: Sandbox, client: WooClient) -> None:
    assert await client.batch("customers") == []
    assert not sandbox.requests


async def test_what_is_gone_is_deleted(client: WooClient) -> None:
    assert await client.delete("customers/4", force=True) is not None
    assert await client.delete("customers/4", force=True) is None
    assert await client.one("customers/4") is None
    with pytest.raises(NotFound):
        await client.get("customers/4")


async def test_a_picture_is_uploaded_under_a_name_that_a_file_can_have(sandbox: Sandbox, client: WooClient) -> None:
    row = await client.upload('ü/"x".png', b"\x89PNG\r\n\x1a\n", "image/png")

    assert isinstance(row["id"], int)
    assert sandbox.requests[-1].headers["content-disposition"] == 'attachment; filename="x-.png"'


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("maintenance", PeerDown),
        ("unavailable", PeerDown),
        ("too_many", Snoozed),
        ("critical_error", Retryable),
        ("firewall", ActionRequired),
        ("html", Retryable),
        ("drop", Retryable),
    ],
)
async def test_what_a_shop_in_trouble_means(
    sandbox: Sandbox, client: WooClient, fault: str, expected: type[AppError]
) -> None:
    sandbox.fail(name=fault)

    with pytest.raises(expected) as raised:
        await client.get("customers/3")

    assert type(raised.value) is expected
    assert sandbox.secret not in str(raised.value)


async def test_a_write_whose_answer_is_lost_is_told_as_one_that_may_have_been_done(
    sandbox: Sandbox, client: WooClient
) -> None:
    sandbox.fail("POST", "/customers", name="commit_then_drop")

    with pytest.raises(Retryable):
        await client.post("customers", {"email": "twice@example.test"})

    assert len(await client.rows("customers", {"email": "twice@example.test"})) == 1
    assert len([one for one in sandbox.requests if one.method == "POST"]) == 1


async def test_what_a_plugin_prints_before_the_answer_does_no_harm() -> None:
    def shop(request: httpx.Request) -> httpx.Response:
        said: Any = b'[{"id":1}]' if request.url.path.endswith("customers") else b'{"id":7}'
        return httpx.Response(200, content=b"<b>Notice</b>: [x] is deprecated" + said)

    login = Login(consumer_key="ck", consumer_secret="cs")
    peer = PeerClient("https://shop.test", name="store", auth=login, transport=httpx.MockTransport(shop))
    client = WooClient(peer, login)

    assert await client.rows("customers") == [{"id": 1}]
    assert await client.get("orders/7") == {"id": 7}
    await client.aclose()


@pytest.mark.parametrize(
    "date", ["Sat, 21 Nov 2026 20:14:00 GMT", "Sat, 21 Nov 2026 20:14:00 -0000", "Sat, 21 Nov 2026 20:14:00 GMT, proxy"]
)
async def test_the_shops_clock_is_in_utc_however_the_answer_says_so(date: str) -> None:
    login = Login(consumer_key="ck", consumer_secret="cs")
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=[], headers={"Date": date}))
    client = WooClient(PeerClient("https://shop.test", name="store", auth=login, transport=transport), login)

    await client.rows("products")

    assert client.answered_at == datetime(2026, 11, 21, 20, 14, tzinfo=UTC)
