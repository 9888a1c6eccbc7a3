"""A link's webhooks in a shop: found by their names, made, woken, put right, removed; nobody else's touched."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.connectors.hooked import Act, Hook, HookTarget, Step
from app.connectors.http import PeerClient
from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.login import Login
from app.connectors.woocommerce.webhooks import WoocommerceWebhooks, plan_steps
from app.entities.base import EntityType
from app.errors import AppError
from app.sandbox.woocommerce.server import Sandbox, create_sandbox

URL = "https://sync.test/webhooks/woocommerce/store"
UPDATED = "product.updated"
ALL = frozenset({EntityType.CUSTOMER, EntityType.PRODUCT, EntityType.ORDER, EntityType.COUPON})


def target(**changes: Any) -> HookTarget:
    wanted: dict[str, Any] = {"slug": "store", "url": URL, "secret": "new-secret", "entity_types": ALL, **changes}
    return HookTarget(**wanted)


def hook(number: int = 3, topic: str = UPDATED, **changes: Any) -> Hook:
    found: dict[str, Any] = {
        "native_id": str(number),
        "name": f"shopsync store: {topic}",
        "topic": topic,
        "status": "active",
        "url": URL,
        **changes,
    }
    return Hook(**found)


def planned(*found: Hook, topics: tuple[str, ...] = (UPDATED,), **changes: Any) -> list[tuple[str, Act | None, str]]:
    steps = plan_steps(target(**changes), topics, found)
    return [(step.found.native_id if step.found else "", step.act, "; ".join(step.why)) for step in steps]


@pytest.mark.parametrize(
    ("found", "changes", "expected"),
    [
        ([], {}, [("", Act.MAKE, "there is none")]),
        ([hook()], {}, [("3", None, "")]),
        ([hook(status="paused")], {}, [("3", Act.WAKE, "somebody paused it")]),
        (
            [hook(status="disabled", url="http://old")],
            {},
            [
                (
                    "3",
                    Act.WAKE,
                    "the shop switched it off, as seven deliveries in a row were not taken; it posts to http://old",
                )
            ],
        ),
        ([hook(url="http://old")], {}, [("3", Act.MEND, "it posts to http://old")]),
        (
            [hook(topic="product.created", name="shopsync store: product.updated")],
            {},
            [("3", Act.MEND, "its topic is product.created")],
        ),
        ([hook()], {"renew": frozenset({UPDATED})}, [("3", Act.RENEW, "it may have an older secret")]),
        (
            [hook()],
            {"renew": frozenset({UPDATED}), "remake": frozenset({UPDATED})},
            [("3", Act.REMAKE, "its owner may not read what it tells of")],
        ),
        (
            [hook(1, status="disabled"), hook(2), hook(3)],
            {},
            [
                ("2", None, ""),
                ("1", Act.REMOVE, "there is another of the same"),
                ("3", Act.REMOVE, "there is another of the same"),
            ],
        ),
        (
            [hook(), hook(4, "coupon.updated")],
            {},
            [("3", None, ""), ("4", Act.REMOVE, "nothing that goes to Odoo needs it")],
        ),
    ],
)
def test_what_is_there_is_held_against_what_should_be(
    found: list[Hook], changes: dict[str, Any], expected: list[tuple[str, Act | None, str]]
) -> None:
    assert planned(*found, **changes) == expected


@pytest.mark.parametrize(
    ("kind", "resource"),
    [("address", "customer"), ("image", "product"), ("variant", "product"), ("refund", "order"), ("coupon", "coupon")],
)
def test_each_entity_type_has_the_topics_that_tell_of_it(kind: str, resource: str) -> None:
    topics = WoocommerceWebhooks(shop_client(create_sandbox())).topics(frozenset({EntityType(kind)}))

    assert topics == tuple(f"{resource}.{event}" for event in ("created", "updated", "deleted", "restored"))


def test_of_what_the_shop_does_not_tell_there_are_no_topics() -> None:
    webhooks = WoocommerceWebhooks(shop_client(create_sandbox()))

    assert webhooks.topics(frozenset({EntityType.CATEGORY, EntityType.INVOICE})) == ()


def shop_client(sandbox: Sandbox) -> WooClient:
    login = Login(consumer_key=sandbox.key, consumer_secret=sandbox.secret)
    peer = PeerClient("https://shop.test", name="store", auth=login, transport=httpx.ASGITransport(sandbox))
    return WooClient(peer, login)


@pytest.fixture
def sandbox() -> Sandbox:
    """Pings go nowhere."""
    return create_sandbox(
        webhook_client=httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    )


@pytest.fixture
def webhooks(sandbox: Sandbox) -> WoocommerceWebhooks:
    return WoocommerceWebhooks(shop_client(sandbox))


async def kept(webhooks: WoocommerceWebhooks, **changes: Any) -> tuple[list[Step], list[Hook | AppError | None]]:
    wanted = target(**changes)
    steps = await webhooks.plan(wanted)
    return steps, await webhooks.carry_out(wanted, steps)


def names(sandbox: Sandbox) -> list[str]:
    return sorted(row["name"] for row in sandbox.rows("webhooks"))


async def test_they_are_made_once_with_the_links_secret(sandbox: Sandbox, webhooks: WoocommerceWebhooks) -> None:
    _, made = await kept(webhooks)
    before = len(sandbox.requests)

    steps, _ = await kept(webhooks)

    assert len(made) == len(sandbox.rows("webhooks")) == 16
    assert all(isinstance(each, Hook) and each.status == "active" for each in made)
    assert {row["secret"] for row in sandbox.rows("webhooks")} == {"new-secret"}
    assert {row["delivery_url"] for row in sandbox.rows("webhooks")} == {URL}
    assert [step.act for step in steps] == [None] * 16
    assert [(each.method, each.path) for each in list(sandbox.requests)[before:]] == [
        ("GET", "/wp-json/wc/v3/webhooks")
    ]


async def test_one_that_was_switched_off_is_woken_with_all_that_it_needs(
    sandbox: Sandbox, webhooks: WoocommerceWebhooks
) -> None:
    await kept(webhooks, secret="older-secret")
    row = next(row for row in sandbox.rows("webhooks") if row["topic"] == "order.updated")
    row.update(status="disabled", delivery_url="http://elsewhere", topic="order.created")

    steps, answers = await kept(webhooks)

    [woken] = [answer for step, answer in zip(steps, answers, strict=True) if step.act is Act.WAKE]
    assert isinstance(woken, Hook)
    assert (woken.status, woken.topic, woken.url) == ("active", "order.updated", URL)
    assert row["secret"] == "new-secret"


async def test_one_whose_owner_lost_his_rights_is_made_anew_by_ours(
    sandbox: Sandbox, webhooks: WoocommerceWebhooks
) -> None:
    _, before = await kept(webhooks, entity_types=frozenset({EntityType.COUPON}))

    steps, after = await kept(
        webhooks, entity_types=frozenset({EntityType.COUPON}), remake=frozenset({"coupon.created"})
    )

    assert [step.act for step in steps] == [Act.REMAKE, None, None, None]
    assert isinstance(before[0], Hook)
    assert isinstance(after[0], Hook)
    assert after[0].native_id != before[0].native_id
    assert len(sandbox.rows("webhooks")) == 4


async def test_all_of_ours_are_removed_and_nobody_elses(sandbox: Sandbox, webhooks: WoocommerceWebhooks) -> None:
    others = ["shopsync store2: product.updated", "my own", "shopsync"]
    for name in others:
        await shop_client(sandbox).post("webhooks", {"name": name, "topic": UPDATED, "delivery_url": "http://x.test"})
    await kept(webhooks)

    _, answers = await kept(webhooks, entity_types=frozenset())

    assert answers == [None] * 16
    assert names(sandbox) == sorted(others)


async def test_one_that_cannot_be_mended_does_not_keep_the_others_from_it(
    sandbox: Sandbox, webhooks: WoocommerceWebhooks
) -> None:
    await kept(webhooks, entity_types=frozenset({EntityType.COUPON}))
    for row in sandbox.rows("webhooks"):
        row["status"] = "paused"
    broken = sandbox.rows("webhooks")[1]["id"]
    sandbox.fail("PUT", f"/wp-json/wc/v3/webhooks/{broken}", status=403)

    _, answers = await kept(webhooks, entity_types=frozenset({EntityType.COUPON}))

    assert [isinstance(each, AppError) for each in answers] == [False, True, False, False]
    assert [row["status"] for row in sandbox.rows("webhooks")] == ["active", "paused", "active", "active"]
