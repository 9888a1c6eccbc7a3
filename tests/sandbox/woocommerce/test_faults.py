"""Faults are met in order, once each, before the shop sees a request or after it has done what was asked."""

import httpx
import pytest

from app.sandbox.woocommerce import Sandbox

JANE = "/wc/v3/customers/3"
RENAME = {"first_name": "Janet"}


async def test_a_fault_before_the_shop_changes_nothing(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail("PUT", "/customers/", status=503, body="<html>gone</html>")

    answer = await shop.put(JANE, json=RENAME)

    assert (answer.status_code, answer.text) == (503, "<html>gone</html>")
    assert sandbox.row("customers", 3)["first_name"] == "Jane"


async def test_commit_then_500_has_done_it(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail("PUT", name="commit_then_500")

    answer = await shop.put(JANE, json=RENAME)

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_server_error")
    assert sandbox.row("customers", 3)["first_name"] == "Janet"


async def test_commit_then_drop_has_done_it_and_never_says_so(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail("PUT", name="commit_then_drop")

    with pytest.raises(httpx.RemoteProtocolError):
        await shop.put(JANE, json=RENAME)

    assert sandbox.row("customers", 3)["first_name"] == "Janet"
    assert sandbox.requests[-1].status == 0


async def test_a_dropped_request_never_reached_the_shop(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail(name="drop")

    with pytest.raises(httpx.RemoteProtocolError):
        await shop.put(JANE, json=RENAME)

    assert sandbox.row("customers", 3)["first_name"] == "Jane"


async def test_maintenance_is_json_and_503(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    """As recorded in err-01."""
    sandbox.fail(name="maintenance")

    answer = await shop.get("/wc/v3/customers")

    assert (answer.status_code, answer.json()["code"]) == (503, "wp_die")
    assert answer.json()["data"] == {"status": 503}


async def test_too_many_says_when_to_come_back(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail(name="too_many", headers={"Retry-After": "7"})

    answer = await shop.get("/wc/v3/customers")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


async def test_a_slow_answer_is_only_slow(sandbox: Sandbox, shop: httpx.AsyncClient, pauses: list[float]) -> None:
    sandbox.fail(delay_s=30)

    answer = await shop.get("/wc/v3/customers")

    assert answer.status_code == 200
    assert pauses == [30]


async def test_a_fault_is_met_as_often_as_it_says_and_only_where_it_matches(
    sandbox: Sandbox, shop: httpx.AsyncClient
) -> None:
    sandbox.fail("GET", r"/orders", status=502, times=2)

    paths = ("/wc/v3/customers", *["/wc/v3/orders"] * 3)
    statuses = [(await shop.get(path)).status_code for path in paths]

    assert statuses == [200, 502, 502, 200]
    assert sandbox.faults.pending == []


async def test_faults_match_the_query_too(sandbox: Sandbox, shop: httpx.AsyncClient) -> None:
    sandbox.fail("GET", r"email=", status=500)

    assert (await shop.get("/wc/v3/customers?per_page=1")).status_code == 200
    assert (await shop.get("/wc/v3/customers?email=x@example.test")).status_code == 500
