"""The portal: a shop asks for the documents of one of its customers, and gets no one else's."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.db.session import SessionMaker
from app.entities.base import EntityType
from app.portal.documents import DocumentContent, store_documents
from tests.api.builders import LinkRow

OPEN = """UPDATE links SET module_sync = '{"portal": {"enabled": true, "orders_per_page": 2}}'"""
SECRET = {"X-Webhook-Secret": "test-webhook-secret"}


def order(number: int, **values: Any) -> DocumentContent:
    given: dict[str, Any] = {
        "number": f"S{number:05}",
        "partner_id": "11",
        "partner_email": "jane@example.com",
        "date": f"2026-11-{number:02}",
        "state": "sale",
        "total": "96.60",
        "currency": "EUR",
        "data": {},
    }
    return DocumentContent(odoo_id=str(number), **{**given, **values})


@pytest.fixture
async def portal(link: LinkRow, sessions: SessionMaker) -> str:
    """Three orders of Jane and one of Otto."""
    documents = [order(1), order(2), order(3), order(4, partner_id="12", partner_email="otto@example.com")]
    async with sessions.begin() as session:
        await session.execute(text(OPEN))
        await store_documents(session, link_id=link.id, entity_type=EntityType.ORDER, documents=documents)
    return f"/portal/{link.slug}/documents"


async def test_a_customer_is_shown_their_own_orders_newest_first_and_by_pages(
    client: httpx.AsyncClient, portal: str
) -> None:
    first = (await client.get(portal, params={"email": "Jane@Example.com"}, headers=SECRET)).json()
    second = (await client.get(portal, params={"email": "jane@example.com", "page": 2}, headers=SECRET)).json()

    assert [each["number"] for each in first["items"]] == ["S00003", "S00002"]
    assert [each["number"] for each in second["items"]] == ["S00001"]
    assert (first["page"], first["pages"], first["total"]) == (1, 2, 3)
    assert (first["items"][0]["total"], first["items"][0]["currency"]) == ("96.6", "EUR")


async def test_a_customer_is_known_by_the_shops_id_too(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, portal: str
) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO entity_map (link_id, module, entity_type, odoo_id, shop_id) "
                "VALUES (:link_id, 'prestashop', 'customer', '12', '67')"
            ),
            {"link_id": link.id},
        )

    page = (await client.get(portal, params={"customer": "67"}, headers=SECRET)).json()

    assert [each["number"] for each in page["items"]] == ["S00004"]


async def test_a_customer_whom_odoo_does_not_know_has_none(client: httpx.AsyncClient, portal: str) -> None:
    page = (await client.get(portal, params={"customer": "999"}, headers=SECRET)).json()

    assert (page["items"], page["total"], page["pages"]) == ([], 0, 1)


async def test_nobodys_documents_are_asked_for_by_a_bad_request(client: httpx.AsyncClient, portal: str) -> None:
    assert (await client.get(portal, headers=SECRET)).status_code == 400


@pytest.mark.parametrize("headers", [{}, {"X-Webhook-Secret": "guessed"}])
async def test_without_the_secret_nothing_is_shown(
    client: httpx.AsyncClient, portal: str, headers: dict[str, str]
) -> None:
    answer = await client.get(portal, params={"email": "jane@example.com"}, headers=headers)

    assert answer.status_code == 403
    assert "S0000" not in answer.text


async def test_a_link_without_a_portal_says_what_to_switch_on(client: httpx.AsyncClient, link: LinkRow) -> None:
    answer = await client.get(f"/portal/{link.slug}/documents", params={"email": "a@b.example"}, headers=SECRET)

    assert answer.status_code == 409
    assert "portal_enabled" in answer.json()["detail"]


async def test_an_operator_sees_everybodys(operator: httpx.AsyncClient, link: LinkRow, portal: str) -> None:
    page = (await operator.get(f"/links/{link.slug}/documents", params={"entity_type": "order"})).json()

    assert page["total"] == 4
    assert page["items"][0]["partner_email"] == "otto@example.com"
