"""What no client means to send and somebody sends all the same: each is refused in words, and none is a crash."""

from __future__ import annotations

import httpx
import pytest

from tests.api.builders import LinkRow

ENVELOPE = b'{"event_id": "e", "entity_type": "customer", "action_type": "updated", "data": {"id": 67}}'


@pytest.mark.parametrize("length", [b"\xb2", b"9" * 5000, b"-1", b"1e9"])
async def test_a_content_length_that_is_no_number_is_not_believed(
    client: httpx.AsyncClient, link: LinkRow, length: bytes
) -> None:
    headers = [
        (b"Content-Type", b"application/json"),
        (b"X-Webhook-Secret", link.secret.encode()),
        (b"Content-Length", length),
    ]

    answer = await client.post("/webhooks/odoo/boutique", content=ENVELOPE, headers=headers)

    assert answer.status_code == (413 if length.isdigit() else 202), answer.text


async def test_an_address_with_a_slash_too_many_is_not_redirected_to_a_host_the_caller_named(
    operator: httpx.AsyncClient,
) -> None:
    answer = await operator.get("/links/", headers={"Host": "elsewhere.example"})

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert "location" not in answer.headers


@pytest.mark.parametrize("levels", [33, 300, 900])
async def test_settings_nested_deeper_than_anybody_reads_are_refused(
    operator: httpx.AsyncClient, link: LinkRow, levels: int
) -> None:
    body = b'{"entities":' * levels + b"1" + b"}" * levels

    answer = await operator.put("/links/boutique/sync", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["field"]) == (400, "sync"), answer.text


async def test_a_method_that_an_address_has_not_is_answered_with_all_that_it_has(
    operator: httpx.AsyncClient, link: LinkRow
) -> None:
    answer = await operator.delete("/links/boutique")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PATCH")
