"""Each connection as it is: both ends of a link, from the workers' last jobs and looks."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.connections.store import pause
from app.db.session import SessionMaker
from app.entities.base import Direction
from tests.api.builders import LinkRow, execute, make_job

CUSTOMERS: dict[str, Any] = {"entities": {"customer": {}}}


@pytest.fixture(autouse=True)
async def syncing(sessions: SessionMaker, link: LinkRow) -> LinkRow:
    await execute(sessions, "UPDATE links SET sync = CAST(:sync AS jsonb)", sync=json.dumps(CUSTOMERS))
    return link


async def states(client: httpx.AsyncClient) -> dict[str, tuple[Any, ...]]:
    connections = (await client.get("/health")).json()["connections"]
    return {each["kind"]: (each["state"], each["reason"]) for each in connections}


async def look(sessions: SessionMaker, link: LinkRow, *, error: str | None = None) -> None:
    """Of the Odoo for customers: it ended well an hour ago, and since then as `error` says."""
    await execute(
        sessions,
        "INSERT INTO poll_cursors (link_id, side, entity_type, next_at, polled_at, error_message)"
        " VALUES (:link_id, 'odoo', 'customer', now(), now() - interval '1 hour', :error)",
        link_id=link.id,
        error=error,
    )


@pytest.mark.parametrize(
    ("side", "direction", "outcome", "working"),
    [
        ("odoo", "odoo_to_shop", "written", {"odoo", "prestashop"}),
        ("odoo", "odoo_to_shop", "unchanged", {"odoo"}),
        ("shop", "shop_to_odoo", "created", {"odoo", "prestashop"}),
        ("shop", "shop_to_odoo", "unchanged", {"prestashop"}),
        ("shop", "odoo_to_shop", "written", {"prestashop"}),
        ("shop", "odoo_to_shop", "rejected", set()),
        ("odoo", "odoo_to_shop", "merged", set()),
    ],
)
async def test_a_job_says_which_of_its_ends_works(
    client: httpx.AsyncClient,
    sessions: SessionMaker,
    link: LinkRow,
    side: str,
    direction: str,
    outcome: str,
    working: set[str],
) -> None:
    await make_job(sessions, link, status="completed", side=side, direction=direction, outcome=outcome)
    await execute(sessions, "UPDATE sync_queue SET processed_at = now()")

    found = await states(client)

    assert {kind for kind, (state, _) in found.items() if state == "working"} == working
    [shown] = (await client.get("/health")).json()["links"]
    assert (shown["last_success_at"] is not None) is bool(working)


async def test_a_look_that_ended_well_says_that_an_odoo_works_and_a_failed_one_why_not(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await look(sessions, link)
    well = await states(client)
    await execute(sessions, "UPDATE poll_cursors SET error_message = 'erp-boutique: the login was refused'")
    failed = await states(client)
    await execute(sessions, "UPDATE links SET enabled = false")
    off = await states(client)

    assert well == {"odoo": ("working", None), "prestashop": ("unknown", None)}
    assert failed["odoo"] == ("failing", "erp-boutique: the login was refused")
    assert off["odoo"] == ("working", None)


@pytest.mark.parametrize(
    ("direction", "reason", "blamed"),
    [
        (Direction.ODOO_TO_SHOP, "erp-boutique: the login was refused", "odoo"),
        (Direction.SHOP_TO_ODOO, "boutique: nobody answers at its address", "prestashop"),
        (Direction.ODOO_TO_SHOP, "more than 50 records were removed", "prestashop"),
        (Direction.SHOP_TO_ODOO, "more than 50 records were removed", "odoo"),
    ],
)
async def test_a_pause_shows_on_the_connection_that_is_its_reason(
    client: httpx.AsyncClient,
    sessions: SessionMaker,
    link: LinkRow,
    direction: Direction,
    reason: str,
    blamed: str,
) -> None:
    hour = timedelta(hours=1)
    async with sessions.begin() as session:
        await pause(session, link_id=link.id, direction=direction, reason=reason, first=hour, longest=hour)

    found = await states(client)

    assert {kind: state for kind, (state, _) in found.items()} == {
        "odoo": "unknown",
        "prestashop": "unknown",
        blamed: "paused",
    }
    assert found[blamed][1] == reason
