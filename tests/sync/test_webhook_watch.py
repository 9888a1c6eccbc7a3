"""The webhooks of a WooCommerce are made, woken and put right by themselves, and what they do not do is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.connections.models import OWNER_WITHOUT_RIGHTS
from app.connections.store import seal_json
from app.db.advisory import Space, only_here
from app.db.session import SessionMaker
from app.sandbox.woocommerce.server import Sandbox, create_sandbox
from app.security.crypto import KeyRing
from app.sync.peers import Peers
from app.sync.webhook_watch import WebhookWatch
from tests.api.builders import SHOP_CREDENTIALS, LinkRow, execute, make_link, rows

RING = KeyRing([b"k" * 32])
PUBLIC_URL = "https://sync.test"
COUPONS: dict[str, Any] = {"entities": {"coupon": {"direction": "shop_to_odoo"}}}
PRODUCTS: dict[str, Any] = {"entities": {"product": {"direction": "shop_to_odoo"}}}


@dataclass(slots=True)
class Shop:
    """The sandbox, and what answers its deliveries: `taken` False refuses them."""

    sandbox: Sandbox
    sessions: SessionMaker
    peers: Peers
    taken: bool = True
    delivered: list[httpx.Request] = field(default_factory=list)

    def watch(self, *, every_s: float = 300) -> WebhookWatch:
        return WebhookWatch(self.sessions, self.peers, RING, public_url=PUBLIC_URL, every_s=every_s)

    async def link(self, **fields: Any) -> LinkRow:
        link = await make_link(
            self.sessions,
            RING,
            **{
                "slug": "store",
                "shop_url": "https://shop.test",
                "shop_kind": "woocommerce",
                "sync": COUPONS,
                **fields,
            },
        )
        await execute(self.sessions, "UPDATE links SET updated_at = now() - interval '1 hour'")
        return link

    async def due(self) -> None:
        """Some time goes by since the last look."""
        await execute(self.sessions, "UPDATE shop_webhooks SET checked_at = now() - interval '10 minutes'")

    async def kept(self) -> int:
        await self.due()
        return await self.watch().check_due()

    def webhooks(self, topic: str = "") -> list[dict[str, Any]]:
        return [row for row in self.sandbox.rows("webhooks") if topic in row["topic"]]

    def called(self) -> list[str]:
        calls = [f"{each.method} {each.path.removeprefix('/wp-json/wc/v3/')}" for each in self.sandbox.requests]
        self.sandbox.requests.clear()
        return calls

    async def stored(self, topic: str) -> Any:
        [row] = await rows(self.sessions, "SELECT * FROM shop_webhooks WHERE topic = :topic", topic=topic)
        return row

    async def problems(self) -> dict[str, str | None]:
        found = await rows(self.sessions, "SELECT topic, problem FROM shop_webhooks ORDER BY topic")
        return {row.topic: row.problem for row in found}

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.delivered.append(request)
        return httpx.Response(202 if self.taken else 500)


@pytest.fixture
async def shop(sessions: SessionMaker) -> AsyncIterator[Shop]:
    holder: list[Shop] = []
    keys = SHOP_CREDENTIALS["woocommerce"]
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: holder[0].answer(request))) as out:
        sandbox = create_sandbox(key=keys["consumer_key"], secret=keys["consumer_secret"], webhook_client=out)
        peers = Peers(sessions, RING, timeout_s=5, width=4, ttl_s=0, transports={"store": httpx.ASGITransport(sandbox)})
        holder.append(Shop(sandbox, sessions, peers))
        yield holder[0]
        await sandbox.settled()
        await peers.aclose()


async def test_a_new_link_gets_its_webhooks_without_anybody_asking(shop: Shop) -> None:
    await shop.link()

    seen = await shop.watch().check_due()
    calls = shop.called()
    again = await shop.watch().check_due()

    assert (seen, again) == (1, 0)
    assert calls == ["GET webhooks", *["POST webhooks"] * 4]
    assert shop.called() == []
    assert {row["name"] for row in shop.webhooks()} == {
        f"shopsync store: coupon.{event}" for event in ("created", "updated", "deleted", "restored")
    }
    assert {row["delivery_url"] for row in shop.webhooks()} == {"https://sync.test/webhooks/woocommerce/store"}
    row = await shop.stored("coupon.updated")
    assert (row.status, row.problem, row.mended) == ("active", None, 0)
    assert row.native_id == str(shop.webhooks("coupon.updated")[0]["id"])


async def test_what_is_as_it_should_be_costs_one_call(shop: Shop) -> None:
    await shop.link()
    await shop.watch().check_due()
    shop.called()

    await shop.kept()

    assert shop.called() == ["GET webhooks"]


async def test_one_that_the_shop_switched_off_after_failures_works_again(shop: Shop) -> None:
    await shop.link(sync=PRODUCTS)
    await shop.watch().check_due()
    product = shop.sandbox.add("products", name="Mug", regular_price="9")
    shop.taken = False
    for number in range(7):
        shop.sandbox.edit("products", product, regular_price=str(number + 10))
        await shop.sandbox.settled()
    [disabled] = [row["status"] for row in shop.webhooks("product.updated")]

    await shop.kept()
    shop.taken, shop.delivered = True, []
    shop.sandbox.edit("products", product, regular_price="30")
    await shop.sandbox.settled()

    assert disabled == "disabled"
    assert (await shop.stored("product.updated")).mended == 1
    assert [request.headers["X-WC-Webhook-Topic"] for request in shop.delivered] == ["product.updated"]
    assert shop.webhooks("product.updated")[0]["failure_count"] == 0


async def test_what_was_missed_meanwhile_is_looked_for_and_said(shop: Shop) -> None:
    link = await shop.link(sync={"entities": {"product": {}, "coupon": {}}})
    await shop.watch().check_due()
    for side in ("shop", "odoo"):
        await execute(
            shop.sessions,
            "INSERT INTO poll_cursors (link_id, side, entity_type, next_at)"
            " VALUES (:link_id, :side, 'product', now() + interval '1 hour')",
            link_id=link.id,
            side=side,
        )
    shop.webhooks("coupon.updated")[0]["status"] = "paused"

    await shop.kept()

    due = await rows(shop.sessions, "SELECT side FROM poll_cursors WHERE next_at <= now()")
    assert [row.side for row in due] == ["shop"]
    [entry] = await rows(shop.sessions, "SELECT * FROM sync_logs WHERE event = 'webhooks.kept' AND level = 'warning'")
    assert "what was missed is looked for now" in entry.message
    assert "coupon: the shop shows no changes of these by date; the next reconciliation finds them" in entry.message
    assert entry.context["acts"] == ["wake coupon.updated"]
    assert entry.context["why"] == {"coupon.updated": ["somebody paused it"]}


async def test_one_that_somebody_deleted_or_bent_is_put_right(shop: Shop) -> None:
    await shop.link()
    await shop.watch().check_due()
    created, updated, deleted, restored = shop.webhooks()
    shop.sandbox.store.drop("webhooks", created["id"])
    updated["delivery_url"] = "https://elsewhere.test"
    deleted["topic"] = "order.deleted"
    shop.sandbox.add("webhooks", name=restored["name"], topic=restored["topic"], delivery_url=restored["delivery_url"])

    await shop.kept()

    assert sorted(row["topic"] for row in shop.webhooks()) == [
        "coupon.created",
        "coupon.deleted",
        "coupon.restored",
        "coupon.updated",
    ]
    assert {row["delivery_url"] for row in shop.webhooks()} == {"https://sync.test/webhooks/woocommerce/store"}
    assert [
        (await shop.stored(f"coupon.{event}")).mended for event in ("created", "updated", "deleted", "restored")
    ] == [
        1,
        1,
        1,
        0,
    ]


async def test_a_new_secret_of_the_link_is_given_to_them_once(shop: Shop) -> None:
    link = await shop.link()
    await shop.watch().check_due()
    await shop.due()
    async with shop.sessions.begin() as session:
        await session.execute(
            text("UPDATE links SET sealed_secrets = :sealed, updated_at = now() - interval '5 minutes' WHERE id = :id"),
            {"sealed": seal_json(RING, ["the-newest-secret", link.secret]), "id": link.id},
        )
    shop.called()

    await shop.watch().check_due()
    first = shop.called()
    await execute(shop.sessions, "UPDATE shop_webhooks SET checked_at = now() - interval '290 seconds'")
    await shop.watch(every_s=10).check_due()

    assert {row["secret"] for row in shop.webhooks()} == {"the-newest-secret"}
    assert [call.split()[0] for call in first] == ["GET", "PUT", "PUT", "PUT", "PUT"]
    assert shop.called() == ["GET webhooks"]
    assert (await shop.stored("coupon.updated")).mended == 0


async def test_a_shop_that_is_down_is_a_problem_in_plain_words_until_it_is_back(shop: Shop) -> None:
    await shop.link()
    await shop.watch().check_due()
    shop.sandbox.fail(name="unavailable")

    await shop.kept()
    down = await shop.problems()
    await shop.kept()

    assert set(down) == {"coupon.created", "coupon.deleted", "coupon.restored", "coupon.updated"}
    assert all(
        said and said.startswith("the shop's webhooks could not be looked at: store: ") for said in down.values()
    )
    assert (await shop.stored("coupon.updated")).status == "active"
    assert set((await shop.problems()).values()) == {None}


async def test_a_key_without_the_right_is_a_problem_before_there_is_any_webhook(shop: Shop) -> None:
    await shop.link()
    shop.sandbox.fail("GET", "webhooks", status=403, body='{"code":"woocommerce_rest_cannot_view","message":"Sorry"}')

    await shop.watch().check_due()
    refused = await shop.problems()
    await shop.kept()

    assert list(refused) == ["*"]
    assert "could not be looked at" in (refused["*"] or "")
    assert set((await shop.problems()).values()) == {None}
    assert "*" not in await shop.problems()


async def test_one_that_cannot_be_mended_says_why_and_the_others_are(shop: Shop) -> None:
    await shop.link()
    await shop.watch().check_due()
    for row in shop.webhooks():
        row["status"] = "disabled"
    broken = shop.webhooks("coupon.updated")[0]["id"]
    shop.sandbox.fail("PUT", f"webhooks/{broken}", status=403)

    await shop.kept()

    problems = await shop.problems()
    assert "the shop switched it off" in (problems.pop("coupon.updated") or "")
    assert set(problems.values()) == {None}
    row = await shop.stored("coupon.updated")
    assert (row.status, row.mended) == ("disabled", 0)


async def test_one_whose_owner_lost_his_rights_is_made_anew(shop: Shop) -> None:
    await shop.link()
    await shop.watch().check_due()
    before = (await shop.stored("coupon.updated")).native_id
    await execute(
        shop.sessions,
        "UPDATE shop_webhooks SET problem = :problem WHERE topic = 'coupon.updated'",
        problem=OWNER_WITHOUT_RIGHTS,
    )

    await shop.kept()

    row = await shop.stored("coupon.updated")
    assert row.native_id != before
    assert (row.problem, row.mended) == (None, 1)
    assert [str(each["id"]) for each in shop.webhooks("coupon.updated")] == [row.native_id]


async def test_one_that_is_switched_off_again_though_nothing_arrived_asks_whether_we_are_reached(shop: Shop) -> None:
    await shop.link()
    await shop.watch().check_due()
    for _ in range(2):
        shop.webhooks("coupon.updated")[0]["status"] = "disabled"
        await shop.kept()

    said = (await shop.problems())["coupon.updated"] or ""

    assert "switched it off again" in said
    assert "can the shop's server reach https://sync.test/webhooks/woocommerce/store?" in said
    assert shop.webhooks("coupon.updated")[0]["status"] == "active"


async def test_only_one_process_sees_to_a_link(shop: Shop) -> None:
    link = await shop.link()
    async with only_here(shop.sessions, Space.WEBHOOKS_OF_LINK, link.id) as held:
        while_held = await shop.watch().check_due()
    seen = await asyncio.gather(*(shop.watch().check_due() for _ in range(3)))

    assert (held, while_held) == (True, 0)
    assert sum(seen) == 1
    assert len(shop.webhooks()) == 4


async def test_what_nobody_needs_any_more_is_removed(shop: Shop) -> None:
    await shop.link()
    await shop.watch().check_due()
    await execute(shop.sessions, "UPDATE links SET sync = '{}'")

    await shop.kept()

    assert shop.webhooks() == []
    assert await shop.problems() == {}


async def test_links_that_are_off_say_nothing_or_have_another_shop_are_left_alone(shop: Shop) -> None:
    await shop.link(slug="off", enabled=False)
    await shop.link(slug="silent", sync={"entities": {"coupon": {"direction": "odoo_to_shop"}}})
    await shop.link(slug="boutique", shop_kind="prestashop")

    assert await shop.watch().check_due() == 0
    assert shop.called() == []
