"""Links and connections: how they are doing, and going on after a pause."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
import respx

from app.api.state import ApiState
from app.api.tokens import create_token
from app.connections.store import pause
from app.db.session import SessionMaker
from app.entities.base import Direction
from tests.api.builders import LinkRow, execute, make_job, make_link, make_operation, rows


@pytest.fixture
async def paused(sessions: SessionMaker, link: LinkRow) -> None:
    async with sessions.begin() as session:
        for entity_type in ("", "order"):
            await pause(
                session,
                link_id=link.id,
                direction=Direction.ODOO_TO_SHOP,
                entity_type=entity_type,
                reason="the key was refused",
                first=timedelta(hours=1),
                longest=timedelta(hours=1),
            )


async def test_links_are_listed_with_their_ends_and_whether_they_are_paused(
    operator: httpx.AsyncClient, sessions: SessionMaker, state: ApiState, paused: None
) -> None:
    await make_link(sessions, state.ring, slug="outlet")

    links = (await operator.get("/links")).json()

    assert [(each["slug"], each["odoo"], each["shop"], each["paused"]) for each in links] == [
        ("boutique", "erp-boutique", "boutique", True),
        ("outlet", "erp-outlet", "outlet", False),
    ]


async def test_a_link_shows_its_pauses_refusals_open_jobs_and_last_times(
    operator: httpx.AsyncClient, sessions: SessionMaker, state: ApiState, link: LinkRow, paused: None
) -> None:
    state.refusals.count(link_id=link.id, slug=link.slug, reason="forbidden")
    await state.refusals.flush()
    await make_job(sessions, link, "1", held_reason="changed in the shop")
    done = await make_job(sessions, link, "2", status="completed", outcome="written")
    await make_operation(sessions, link, done, status="success")
    await make_operation(sessions, link, await make_job(sessions, link, "3"))
    await execute(sessions, "UPDATE reverse_operations SET finished_at = now() WHERE status = 'success'")

    shown = (await operator.get("/links/boutique")).json()

    assert [(each["entity_type"], each["reason"]) for each in shown["pauses"]] == [
        ("", "the key was refused"),
        ("order", "the key was refused"),
    ]
    assert [(each["reason"], each["count"]) for each in shown["refusals"]] == [("forbidden", 1)]
    assert (shown["jobs"], shown["unanswered"]) == ({"held": 1, "pending": 1}, 1)
    assert shown["last_accepted_at"] is not None
    assert shown["last_success_at"] is not None
    assert (shown["sync"], shown["shop_webhooks"]) == ({}, "/webhooks/prestashop/boutique")
    assert {each["direction"] for each in shown["capabilities"]["cells"]} == {"off"}
    assert "secret" not in (await operator.get("/links/boutique")).text


async def test_resuming_a_link_removes_its_pauses_rings_the_bell_and_is_in_the_journal(
    operator: httpx.AsyncClient, sessions: SessionMaker, paused: None, rings: list[int]
) -> None:
    answer = await operator.post("/links/boutique/resume")

    assert answer.json() == {"success": True, "removed": 2}
    assert await rows(sessions, "SELECT 1 FROM pauses") == []
    [line] = await rows(sessions, "SELECT event, message FROM sync_logs")
    assert (line.event, line.message) == ("link.resumed", "resumed by operator")
    assert rings == [1]


async def test_resuming_a_link_that_is_not_paused_changes_nothing(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    assert (await operator.post("/links/boutique/resume")).json()["removed"] == 0
    assert await rows(sessions, "SELECT 1 FROM sync_logs") == []


async def test_what_does_not_exist_is_a_404(operator: httpx.AsyncClient) -> None:
    for method, path in (
        ("GET", "/links/nope"),
        ("POST", "/links/nope/resume"),
        ("POST", "/connections/nope/test"),
    ):
        answer = await operator.request(method, path)
        assert (answer.status_code, answer.json()["success"]) == (404, False)


async def test_connections_are_listed_with_the_links_that_use_them_and_without_credentials(
    operator: httpx.AsyncClient, link: LinkRow
) -> None:
    answer = await operator.get("/connections")

    assert [(each["name"], each["kind"], each["links"]) for each in answer.json()] == [
        ("boutique", "prestashop", ["boutique"]),
        ("erp-boutique", "odoo", ["boutique"]),
    ]
    assert "SHOPTESTKEY" not in answer.text
    assert "odoo-test-key" not in answer.text


@pytest.mark.parametrize("name", ["boutique", "erp-boutique"])
async def test_testing_a_connection_that_does_not_answer_is_a_report_that_says_so(
    operator: httpx.AsyncClient, link: LinkRow, name: str
) -> None:
    with respx.mock() as peers:
        peers.route().mock(side_effect=httpx.ConnectError("no route to host"))
        answer = await operator.post(f"/connections/{name}/test")

    report = answer.json()
    assert (answer.status_code, report["ok"], report["name"]) == (200, False, name)
    assert report["problems"]
    assert "SHOPTESTKEY" not in answer.text
    assert "odoo-test-key" not in answer.text


async def test_testing_a_connection_whose_key_the_ring_cannot_open_is_a_report_too(
    operator: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await execute(sessions, "UPDATE connections SET sealed = 'not sealed with our key'")

    report = (await operator.post("/connections/boutique/test")).json()

    assert report["ok"] is False
    assert "SECRET_KEYS" in report["problems"][0]


async def test_a_token_that_may_only_read_may_not_call_peers(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    async with sessions.begin() as session:
        reader = await create_token(session, "monitor", ("read",))

    answer = await client.post("/api/v1/connections/boutique/test", headers={"Authorization": f"Bearer {reader}"})

    assert answer.status_code == 403
