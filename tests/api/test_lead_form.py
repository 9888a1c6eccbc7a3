"""The lead form: strangers post to it, and what they wrote is stored with its job or refused in plain words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.api.state import ApiState
from app.db.session import SessionMaker
from tests.api.builders import LinkRow

JANE = {"email": "Jane@Example.com", "name": "Jane Doe", "subject": "A table", "message": "Oak, please."}
OPEN = """UPDATE links SET module_sync = '{"entities": {"lead": {"direction": "both"}}}'"""


@pytest.fixture
async def form(link: LinkRow, sessions: SessionMaker) -> str:
    async with sessions.begin() as session:
        await session.execute(text(OPEN))
    return f"/forms/{link.slug}/lead"


async def leads(sessions: SessionMaker) -> list[Any]:
    async with sessions() as session:
        return list(await session.execute(text("SELECT * FROM leads ORDER BY id")))


async def jobs(sessions: SessionMaker) -> list[Any]:
    async with sessions() as session:
        return list(await session.execute(text("SELECT * FROM sync_queue ORDER BY id")))


async def test_a_lead_is_stored_with_the_job_that_takes_it_to_odoo(
    client: httpx.AsyncClient, sessions: SessionMaker, form: str, rings: list[int]
) -> None:
    answer = await client.post(form, json=JANE)

    assert answer.status_code == 202
    assert answer.json()["success"] is True
    [lead], [job] = await leads(sessions), await jobs(sessions)
    assert (lead.name, lead.email, lead.contact_name) == ("A table", "jane@example.com", "Jane Doe")
    assert (lead.description, lead.source) == ("Oak, please.", "form")
    assert (job.entity_type, job.direction, job.native_id) == ("lead", "shop_to_odoo", str(lead.id))
    assert rings == [1]


async def test_a_plain_html_form_is_taken_too(client: httpx.AsyncClient, sessions: SessionMaker, form: str) -> None:
    answer = await client.post(form, data={**JANE, "phone": ""})

    assert answer.status_code == 202
    [lead] = await leads(sessions)
    assert (lead.email, lead.phone) == ("jane@example.com", None)


async def test_who_gives_no_subject_still_has_a_lead_with_a_name(
    client: httpx.AsyncClient, sessions: SessionMaker, form: str
) -> None:
    await client.post(form, json={"email": "jane@example.com"})

    [lead] = await leads(sessions)
    assert lead.name == "Enquiry of jane@example.com"


async def test_who_fills_in_the_trap_is_thanked_and_forgotten(
    client: httpx.AsyncClient, sessions: SessionMaker, form: str
) -> None:
    answer = await client.post(form, json={**JANE, "website": "http://spam.example"})

    assert answer.status_code == 202
    assert await leads(sessions) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "email is missing"),
        ({"email": "no address"}, "email must be an e-mail address"),
        ({"email": ["jane@example.com"]}, "email"),
        ({**JANE, "subject": "x" * 201}, "subject"),
        ({**JANE, "message": "a\x00b"}, "NUL"),
    ],
)
async def test_what_cannot_be_a_lead_is_refused_by_name(
    client: httpx.AsyncClient, sessions: SessionMaker, form: str, body: dict[str, Any], said: str
) -> None:
    answer = await client.post(form, json=body)

    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert await leads(sessions) == []


@pytest.mark.parametrize(
    ("content", "kind"), [(b"{", "application/json"), (b"[1]", "application/json"), (b"x", "text/plain"), (b"", None)]
)
async def test_a_body_that_is_no_form_is_a_bad_request(
    client: httpx.AsyncClient, form: str, content: bytes, kind: str | None
) -> None:
    headers = {} if kind is None else {"Content-Type": kind}

    assert (await client.post(form, content=content, headers=headers)).status_code == 400


async def test_a_body_that_is_too_long_is_refused(client: httpx.AsyncClient, form: str) -> None:
    assert (await client.post(form, json={**JANE, "message": "x" * 70_000})).status_code == 413


async def test_a_link_without_leads_says_what_to_switch_on(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    answer = await client.post(f"/forms/{link.slug}/lead", json=JANE)

    assert answer.status_code == 409
    assert "lead_form_enabled" in answer.json()["detail"]
    assert await leads(sessions) == []


async def test_an_unknown_link_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.post("/forms/nothing/lead", json=JANE)).status_code == 404


async def test_a_page_of_another_origin_may_post(client: httpx.AsyncClient, form: str) -> None:
    asked = await client.options(form, headers={"Origin": "https://shop.example"})
    answer = await client.post(form, json=JANE, headers={"Origin": "https://shop.example"})

    assert asked.headers["access-control-allow-origin"] == answer.headers["access-control-allow-origin"] == "*"
    assert asked.status_code == 204


async def test_an_address_that_posts_without_end_is_slowed_down(
    client: httpx.AsyncClient, state: ApiState, form: str
) -> None:
    limit = state.settings.rate_limit_anonymous

    statuses = [(await client.post(form, json=JANE)).status_code for _ in range(limit + 1)]

    assert statuses[0] == 202
    assert statuses[-1] == 429
