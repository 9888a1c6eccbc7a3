"""Open conflicts, blocked pairs and polling that does not get on show in health and metrics."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from app.db.session import SessionMaker
from tests.api.builders import LinkRow, execute, make_job

CUSTOMERS = {"entities": {"customer": {}, "order": {"direction": "shop_to_odoo", "poll_every_s": 0}}}


@pytest.fixture(autouse=True)
async def _a_worker(sessions: SessionMaker) -> None:
    await execute(sessions, "INSERT INTO workers (name) VALUES ('w1')")


@pytest.fixture
async def syncing(sessions: SessionMaker, link: LinkRow) -> LinkRow:
    """Customers both ways; orders from the shop, which are not polled."""
    await execute(sessions, "UPDATE links SET sync = CAST(:sync AS jsonb)", sync=json.dumps(CUSTOMERS))
    return link


async def cursor(
    sessions: SessionMaker, link: LinkRow, entity_type: str = "customer", *, due_ago: str, error: str | None = None
) -> None:
    await execute(
        sessions,
        "INSERT INTO poll_cursors (link_id, side, entity_type, next_at, polled_at, error_message)"
        " VALUES (:link_id, 'shop', :entity_type, now() - CAST(CAST(:due AS text) AS interval),"
        " now() - interval '1 hour', :error)",
        link_id=link.id,
        entity_type=entity_type,
        due=due_ago,
        error=error,
    )


async def of_link(client: httpx.AsyncClient) -> Any:
    report = (await client.get("/health")).json()
    [link] = report["links"]
    assert report["status"] == link["status"]
    return link


async def metric(client: httpx.AsyncClient, name: str) -> list[str]:
    return [line for line in (await client.get("/metrics")).text.splitlines() if line.startswith(f"shopsync_{name}{{")]


async def test_a_look_that_failed_shows_with_its_reason(
    client: httpx.AsyncClient, sessions: SessionMaker, syncing: LinkRow
) -> None:
    await cursor(sessions, syncing, due_ago="-1 minute", error="the shop answered with HTML")

    link = await of_link(client)

    assert (link["status"], link["detail"]) == (
        "degraded",
        "looking for changes of customer in shop: the shop answered with HTML",
    )
    assert [(each["side"], each["entity_type"]) for each in link["polling"]] == [("shop", "customer")]


async def test_a_look_that_nobody_comes_to_is_late_and_a_usual_one_is_not(
    client: httpx.AsyncClient, sessions: SessionMaker, syncing: LinkRow
) -> None:
    await cursor(sessions, syncing, due_ago="10 seconds")
    usual = await of_link(client)

    await execute(sessions, "UPDATE poll_cursors SET next_at = now() - interval '7 minutes'")
    late = await of_link(client)

    assert (usual["status"], usual["polling"]) == ("ok", [])
    assert (late["status"], late["detail"]) == ("degraded", "looking for changes of customer in shop is 7 minutes late")


async def test_a_cursor_of_what_is_not_polled_any_more_is_nobodys_trouble(
    client: httpx.AsyncClient, sessions: SessionMaker, syncing: LinkRow
) -> None:
    await cursor(sessions, syncing, "order", due_ago="1 day", error="long ago")
    await cursor(sessions, syncing, "product", due_ago="1 day", error="long ago")

    assert (await of_link(client))["status"] == "ok"
    assert await metric(client, "poll_age_seconds") == []


async def test_the_age_of_polling_is_measured(
    client: httpx.AsyncClient, sessions: SessionMaker, syncing: LinkRow
) -> None:
    await cursor(sessions, syncing, due_ago="-1 minute")

    [line] = await metric(client, "poll_age_seconds")

    assert line.startswith('shopsync_poll_age_seconds{entity_type="customer",link="boutique",side="shop"} 36')


async def test_open_conflicts_show_and_decided_ones_do_not(
    client: httpx.AsyncClient, sessions: SessionMaker, syncing: LinkRow
) -> None:
    for number, status in enumerate(("open", "open", "resolved")):
        await execute(
            sessions,
            "INSERT INTO conflicts (link_id, entity_type, odoo_id, shop_id, field, rule, status)"
            " VALUES (:link_id, 'customer', '7', :shop_id, 'name', 'manual', :status)",
            link_id=syncing.id,
            shop_id=str(number),
            status=status,
        )

    link = await of_link(client)

    assert (link["status"], link["open_conflicts"]) == ("degraded", 2)
    assert link["detail"].startswith("open conflicts: 2")
    assert await metric(client, "open_conflicts") == ['shopsync_open_conflicts{link="boutique"} 2.0']


async def test_a_blocked_pair_counts_once_however_many_of_its_jobs_are_parked(
    client: httpx.AsyncClient, sessions: SessionMaker, syncing: LinkRow
) -> None:
    await execute(
        sessions,
        "INSERT INTO entity_map (link_id, module, entity_type, odoo_id, shop_id, blocked_reason)"
        " VALUES (:link_id, 'prestashop', 'customer', '7', '67', 'name flips'),"
        " (:link_id, 'prestashop', 'customer', '8', '68', NULL)",
        link_id=syncing.id,
    )
    parked = {"status": "parked", "error_code": "flipping"}
    await make_job(sessions, syncing, "67", **parked, side="shop", direction="shop_to_odoo")
    await make_job(sessions, syncing, "7", **parked, side="odoo")
    await make_job(sessions, syncing, "68", **parked, side="shop", direction="shop_to_odoo")

    link = await of_link(client)

    assert (link["status"], link["blocked_pairs"]) == ("degraded", 1)
    assert link["detail"].startswith("blocked pairs: 1")
    assert await metric(client, "blocked_pairs") == ['shopsync_blocked_pairs{link="boutique"} 1.0']


async def test_a_link_that_is_switched_off_is_as_it_should_be(
    client: httpx.AsyncClient, sessions: SessionMaker, syncing: LinkRow
) -> None:
    await cursor(sessions, syncing, due_ago="1 day", error="no answer")
    await execute(sessions, "UPDATE links SET enabled = false")

    assert (await of_link(client))["status"] == "ok"
