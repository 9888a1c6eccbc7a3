"""The webhooks of a link's shop over the API: how they are, put right at once, removed; what health says of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.api.state import ApiState
from app.db.session import SessionMaker
from app.sandbox.woocommerce.server import Sandbox, create_sandbox
from app.settings import Settings
from app.sync.peers import Peers
from tests.api.builders import SHOP_CREDENTIALS, LinkRow, execute, make_link, rows
from tests.api.test_shop_webhooks import deliver

HOOKS = "/links/store/webhooks"
COUPONS: dict[str, Any] = {"entities": {"coupon": {"direction": "shop_to_odoo"}}}
ADDRESS = "https://sync.test/webhooks/woocommerce/store"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": "https://sync.test/"})


@pytest.fixture
async def store(state: ApiState, sessions: SessionMaker) -> LinkRow:
    return await make_link(
        sessions,
        state.ring,
        slug="store",
        shop_kind="woocommerce",
        shop_url="https://shop.test",
        sync=COUPONS,
    )


@pytest.fixture
async def shop(state: ApiState, sessions: SessionMaker, store: LinkRow) -> AsyncIterator[Sandbox]:
    """The sandbox behind the link's connection."""
    keys = SHOP_CREDENTIALS["woocommerce"]
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as out:
        sandbox = create_sandbox(key=keys["consumer_key"], secret=keys["consumer_secret"], webhook_client=out)
        transports: dict[str, httpx.AsyncBaseTransport] = {"store": httpx.ASGITransport(sandbox)}
        state.peers = Peers(sessions, state.ring, timeout_s=5, width=4, ttl_s=0, transports=transports)
        yield sandbox
        await sandbox.settled()


async def test_they_are_made_at_once_and_shown_with_when_they_last_delivered(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, shop: Sandbox, state: ApiState
) -> None:
    made = await operator.post(HOOKS, json={})
    await deliver(client, "coupon.updated", {"id": 5, "code": "TEN"})
    await state.sightings.flush()

    shown = (await operator.get(HOOKS)).json()

    assert made.status_code == 200
    assert made.json()["right"] is True
    assert [(each["topic"], each["act"], each["status"]) for each in made.json()["webhooks"]] == [
        (f"coupon.{event}", "make", "active") for event in ("created", "updated", "deleted", "restored")
    ]
    assert (shown["shop"], shown["address"]) == ("store", ADDRESS)
    by_topic = {each["topic"]: each for each in shown["webhooks"]}
    assert 0 <= by_topic["coupon.updated"]["last_seen_age_s"] < 60
    assert by_topic["coupon.created"]["last_seen_age_s"] is None
    assert {each["problem"] for each in shown["webhooks"]} == {None}
    assert {each["delivery_url"] for each in shop.rows("webhooks")} == {ADDRESS}


async def test_a_dry_run_says_what_would_be_done_and_stores_nothing(
    operator: httpx.AsyncClient, shop: Sandbox, sessions: SessionMaker
) -> None:
    answer = await operator.post(HOOKS, json={"dry_run": True, "url": "https://other.test"})

    assert answer.json()["right"] is False
    assert answer.json()["address"] == "https://other.test/webhooks/woocommerce/store"
    assert [each["act"] for each in answer.json()["webhooks"]] == ["make"] * 4
    assert shop.rows("webhooks") == []
    assert await rows(sessions, "SELECT 1 FROM shop_webhooks") == []


async def test_they_are_removed_and_the_journal_says_by_whom(
    operator: httpx.AsyncClient, shop: Sandbox, sessions: SessionMaker
) -> None:
    await operator.post(HOOKS, json={})

    removed = await operator.delete(HOOKS)

    assert removed.json()["right"] is True
    assert [each["act"] for each in removed.json()["webhooks"]] == ["remove"] * 4
    assert shop.rows("webhooks") == []
    assert await rows(sessions, "SELECT 1 FROM shop_webhooks") == []
    logs = await rows(sessions, "SELECT context FROM sync_logs WHERE event = 'webhooks.kept' ORDER BY id")
    assert [entry.context["by"] for entry in logs] == ["operator", "operator"]


async def test_a_shop_that_is_away_is_503_and_changes_nothing_that_is_known(
    operator: httpx.AsyncClient, shop: Sandbox, sessions: SessionMaker
) -> None:
    shop.fail(name="unavailable")

    answer = await operator.post(HOOKS, json={})

    assert answer.status_code == 503
    assert await rows(sessions, "SELECT 1 FROM shop_webhooks") == []


async def test_a_prestashop_has_none_to_be_made_from_here(operator: httpx.AsyncClient, link: LinkRow) -> None:
    answer = await operator.get(f"/links/{link.slug}/webhooks")

    assert answer.status_code == 400
    assert "is with a prestashop" in answer.json()["error"]


async def test_who_may_only_read_may_not_install(client: httpx.AsyncClient, store: LinkRow) -> None:
    assert (await client.post(f"/api/v1{HOOKS}", json={})).status_code == 401


async def test_one_that_does_not_work_and_cannot_be_mended_degrades_health(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, shop: Sandbox, sessions: SessionMaker
) -> None:
    await operator.post(HOOKS, json={})
    well = (await client.get("/health")).json()["links"][0]
    await execute(sessions, "UPDATE shop_webhooks SET problem = 'it is off' WHERE topic LIKE '%d'")

    ill = (await client.get("/health")).json()["links"][0]
    metrics = (await client.get("/metrics")).text

    assert (well["status"], well["webhooks"]) == ("ok", [])
    assert ill["status"] == "degraded"
    assert ill["detail"] == "webhook coupon.created (and 3 more): it is off"
    assert ill["webhooks"][0] == {"topic": "coupon.created", "problem": "it is off"}
    assert 'shopsync_webhook_problems{link="store"} 4.0' in metrics


async def test_a_webhook_that_has_gone_quiet_shows_in_the_metrics(
    client: httpx.AsyncClient, store: LinkRow, sessions: SessionMaker
) -> None:
    await execute(
        sessions,
        "INSERT INTO shop_webhooks (link_id, topic, last_seen_at)"
        " VALUES (:id, 'order.updated', now() - interval '2 hours'), (:id, 'order.created', NULL)",
        id=store.id,
    )

    metrics = (await client.get("/metrics")).text

    lines = [line for line in metrics.splitlines() if line.startswith("shopsync_webhook_last_seen_age_seconds{")]
    assert len(lines) == 1
    assert lines[0].startswith('shopsync_webhook_last_seen_age_seconds{link="store",topic="order.updated"} 720')


async def test_without_an_address_health_says_once_that_nobody_tells_of_the_shops_changes(
    client: httpx.AsyncClient, sessions: SessionMaker, store: LinkRow, state: ApiState
) -> None:
    async def said() -> str:
        [link] = (await client.get("/health")).json()["links"]
        return str(link["detail"])

    with_address = await said()
    state.settings = state.settings.model_copy(update={"public_url": None})
    without = await said()
    await execute(sessions, "INSERT INTO shop_webhooks (link_id, topic) VALUES (:id, 'coupon.updated')", id=store.id)
    made_by_hand = await said()

    assert "PUBLIC_URL" not in with_address
    assert without.count("PUBLIC_URL is not set, so the shop's webhooks cannot be made: changes of coupon") == 1
    assert "PUBLIC_URL" not in made_by_hand
