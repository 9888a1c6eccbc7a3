"""Leads of a link for operators: a page of them, newest first, each with its Odoo id."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.db.session import SessionMaker
from app.portal.leads import add_lead
from tests.api.builders import LinkRow, execute

LEADS = "/links/boutique/leads"


@pytest.fixture
async def leads(link: LinkRow, sessions: SessionMaker) -> list[int]:
    """Of Jane, of Otto (in Odoo as 31), and an older one that was archived there."""
    wanted: list[dict[str, Any]] = [
        {"name": "A table", "email": "jane@example.com"},
        {"name": "A chair", "email": "otto@example.com"},
        {"name": "A lamp", "email": "jane@example.com", "active": False},
    ]
    async with sessions.begin() as session:
        numbers = [await add_lead(session, link_id=link.id, values=each, source="form") for each in wanted]
    await execute(
        sessions,
        "INSERT INTO entity_map (link_id, module, entity_type, odoo_id, shop_id)"
        " VALUES (:link_id, 'crm', 'lead', '31', :lead)",
        link_id=link.id,
        lead=str(numbers[1]),
    )
    return numbers


async def names(operator: httpx.AsyncClient, **filters: Any) -> list[str]:
    answer = await operator.get(LEADS, params=filters)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["items"]]


async def test_leads_are_listed_newest_first_with_the_id_that_odoo_gave_them(
    operator: httpx.AsyncClient, leads: list[int]
) -> None:
    page = (await operator.get(LEADS)).json()

    assert [each["id"] for each in page["items"]] == leads[::-1]
    assert {each["name"]: each["odoo_id"] for each in page["items"]} == {
        "A lamp": None,
        "A chair": "31",
        "A table": None,
    }
    assert page["next_cursor"] is None
    assert page["items"][0]["source"] == "form"


async def test_pages_follow_one_another_and_filters_narrow_them(operator: httpx.AsyncClient, leads: list[int]) -> None:
    first = (await operator.get(LEADS, params={"limit": 2})).json()

    assert first["next_cursor"] == leads[1]
    assert await names(operator, limit=2, cursor=first["next_cursor"]) == ["A table"]
    assert await names(operator, email="Jane@Example.com") == ["A lamp", "A table"]
    assert await names(operator, email="jane@example.com", active=True) == ["A table"]
    assert await names(operator, active=False) == ["A lamp"]


async def test_a_link_that_is_not_there_and_a_filter_that_is_none_are_refused_and_nobody_reads_without_a_token(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, leads: list[int]
) -> None:
    assert (await operator.get("/links/nowhere/leads")).status_code == 404
    assert (await operator.get(LEADS, params={"mail": "jane@example.com"})).status_code == 400
    assert (await client.get(f"/api/v1{LEADS}")).status_code == 401
