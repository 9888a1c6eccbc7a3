"""The OpenAPI document and its page, as an operator in a closed network meets them."""

from __future__ import annotations

import re

import httpx


async def test_the_documentation_page_asks_nobody_else_for_anything(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs")).text

    needed = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert needed
    for address in needed:
        assert (await client.get(address)).is_success, address


async def test_every_event_of_the_document_is_one_that_the_door_takes(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    body = document["paths"]["/webhooks/odoo/{link}"]["post"]["requestBody"]["content"]["application/json"]
    assert set(body["examples"]) == {"customer", "order", "address", "coupon"}
    assert body["schema"]["$ref"].rpartition("/")[2] in document["components"]["schemas"]
    assert "Problem" in document["components"]["schemas"]
