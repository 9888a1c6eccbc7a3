"""Faults are met in order, once each, before the shop sees a request or after it has done what was asked."""

import httpx
import pytest

from app.sandbox.prestashop import Sandbox

RENAME = b"<prestashop><customer><id>67</id><firstname>Jane</firstname></customer></prestashop>"


async def test_a_fault_before_the_shop_changes_nothing(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail("PATCH", "/customers/", status=503, body="<html>gone</html>")

    answer = await shop.patch("/api/customers/67", content=RENAME)

    assert (answer.status_code, answer.text) == (503, "<html>gone</html>")
    assert sandbox.row("customers", 67)["firstname"] == "Jon"
    assert sandbox.hooks.log == []


async def test_commit_then_500_has_done_it(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail("PATCH", name="commit_then_500")

    answer = await shop.patch("/api/customers/67", content=RENAME)

    assert answer.status_code == 500
    assert sandbox.row("customers", 67)["firstname"] == "Jane"
    assert len(sandbox.hooks.log) == 1


async def test_commit_then_drop_has_done_it_and_never_says_so(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail("PATCH", name="commit_then_drop")

    with pytest.raises(httpx.RemoteProtocolError):
        await shop.patch("/api/customers/67", content=RENAME)

    assert sandbox.row("customers", 67)["firstname"] == "Jane"
    assert sandbox.requests[-1].status == 0


async def test_a_dropped_request_never_reached_the_shop(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail(name="drop")

    with pytest.raises(httpx.RemoteProtocolError):
        await shop.patch("/api/customers/67", content=RENAME)

    assert sandbox.row("customers", 67)["firstname"] == "Jon"


async def test_too_many_says_when_to_come_back(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail(name="too_many", headers={"Retry-After": "7"})

    answer = await shop.get("/api/customers")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


async def test_a_slow_answer_is_only_slow(sandbox: Sandbox, shop: httpx.AsyncClient, pauses: list[float]) -> None:
    sandbox.fail(delay_s=30)

    answer = await shop.get("/api/customers")

    assert answer.status_code == 200
    assert pauses == [30]


async def test_a_fault_is_met_as_often_as_it_says_and_only_where_it_matches(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    sandbox.fail("GET", r"/orders", status=502, times=2)

    statuses = [(await shop.get(path)).status_code for path in ("/api/customers", *["/api/orders"] * 3)]

    assert statuses == [200, 502, 502, 200]
    assert sandbox.faults.pending == []


async def test_faults_match_the_query_too(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail("GET", r"filter\[email\]", status=500)

    assert (await shop.get("/api/customers?limit=1")).status_code == 200
    assert (await shop.get("/api/customers?filter[email]=[x]")).status_code == 500


async def test_a_hook_that_kills_php_leaves_the_row_and_the_retry_meets_a_duplicate(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    """As recorded in 898 and 899."""
    body = (
        b"<prestashop><customer><firstname>Er</firstname><lastname>Ror</lastname>"
        b"<email>e@example.test</email><passwd>x</passwd></customer></prestashop>"
    )
    sandbox.fail("POST", "/customers", name="commit_then_500")

    first = await shop.post("/api/customers", content=body)
    second = await shop.post("/api/customers?output_format=JSON", content=body)

    assert (first.status_code, first.text) == (500, "")
    assert [error["code"] for error in second.json()["errors"]] == [140, 46]
