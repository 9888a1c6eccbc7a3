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


async def test_the_document_names_no_status_that_is_never_sent(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert "422" not in operation["responses"], path
    assert "HTTPValidationError" not in document["components"]["schemas"]


async def test_a_time_at_the_edge_of_the_calendar_is_a_bad_request(operator: httpx.AsyncClient) -> None:
    for moment in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        for path in ("/operations", "/operations/stats", "/logs"):
            answer = await operator.get(path, params={"since": moment})

            assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), answer.text


EVERYBODY = {"400", "401", "403", "429", "500", "503"}
"""What any of the operators' calls may answer."""


async def test_every_call_is_told_with_a_summary_its_answers_and_what_can_go_wrong(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method.upper()} {path}"
            statuses = operation["responses"].keys()
            assert operation.get("summary"), where
            assert any(status.startswith("2") for status in statuses), where
            assert all(each.get("description") for each in operation["responses"].values()), where
            if path.startswith("/api/v1"):
                assert statuses >= EVERYBODY, where
            if "{" in path:
                assert "404" in statuses, where


async def test_what_a_woocommerce_sends_and_is_set_to_is_shown_by_example(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    body = document["paths"]["/webhooks/woocommerce/{link}"]["post"]["requestBody"]["content"]["application/json"]
    shown = str(document["components"]["schemas"])
    assert set(body["examples"]) >= {"product", "variation", "deleted"}
    assert "product.updated" in shown
    assert "'woocommerce'" in shown
