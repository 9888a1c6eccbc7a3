"""The doors over HTTP: codes and bodies of every answer, and that nothing is stored for what is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from starlette.requests import Request

from app.api.limits import client_address
from app.api.state import ApiState
from app.db.session import SessionMaker
from app.settings import Settings
from tests.api.builders import WEBHOOK_SECRET as SECRET
from tests.api.builders import LinkRow

CUSTOMER: dict[str, Any] = {
    "event_id": "odoo-customer-123-1699365000",
    "entity_type": "customer",
    "action_type": "updated",
    "data": {"id": 67, "email": "john@example.com", "firstname": "John", "lastname": "Doe", "newsletter": True},
}
ODOO = "/webhooks/odoo/boutique"


@pytest.fixture
async def odoo(client: httpx.AsyncClient, link: LinkRow) -> httpx.AsyncClient:
    """A sender that knows the secret."""
    client.headers["X-Webhook-Secret"] = SECRET
    return client


async def count(sessions: SessionMaker, table: str) -> int:
    async with sessions() as session:
        return int((await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())  # noqa: S608


def assert_problem(answer: httpx.Response, status: int, says: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["success"] is False
    assert body["status"] == status
    assert says in body["error"]
    assert body["detail"] == body["error"]


async def test_an_event_is_stored_before_the_answer(odoo: httpx.AsyncClient, sessions: SessionMaker) -> None:
    answer = await odoo.post(ODOO, json=CUSTOMER)

    assert answer.status_code == 202
    body = answer.json()
    assert body["success"] is True
    assert answer.headers["location"] == f"/api/v1/operations/{body['operation_id']}"
    async with sessions() as session:
        row = (await session.execute(text("SELECT * FROM reverse_operations"))).one()
        job = (await session.execute(text("SELECT * FROM sync_queue"))).one()
        delivery = (await session.execute(text("SELECT * FROM deliveries"))).one()
    assert str(row.operation_id) == body["operation_id"]
    assert (row.status, row.job_id) == ("processing", job.id)
    assert (job.status, job.native_id) == ("pending", "67")
    assert orjson.loads(delivery.body) == CUSTOMER


@pytest.mark.parametrize(
    ("headers", "path"),
    [
        ({"X-Webhook-Secret": SECRET}, ODOO),
        ({"X-Odoo-Token": SECRET}, ODOO),
        ({}, f"{ODOO}/{SECRET}"),
    ],
)
async def test_the_secret_comes_in_a_header_or_in_the_path(
    client: httpx.AsyncClient, link: LinkRow, headers: dict[str, str], path: str
) -> None:
    assert (await client.post(path, json=CUSTOMER, headers=headers)).status_code == 202


@pytest.mark.parametrize("headers", [{}, {"X-Webhook-Secret": "wrong"}, {"X-Webhook-Secret": ""}])
async def test_a_wrong_secret_is_refused_counted_and_stores_nothing(
    client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker, state: ApiState, headers: dict[str, str]
) -> None:
    answer = await client.post(ODOO, json=CUSTOMER, headers=headers)

    assert_problem(answer, 403, "webhook secret is missing or wrong")
    assert await count(sessions, "deliveries") == 0
    await state.refusals.flush()
    async with sessions() as session:
        refusal = (await session.execute(text("SELECT reason, count AS times FROM refusals"))).one()
    assert (refusal.reason, refusal.times) == ("forbidden", 1)


async def test_an_unknown_link_is_404_and_says_how_to_make_one(client: httpx.AsyncClient, link: LinkRow) -> None:
    answer = await client.post("/webhooks/odoo/nowhere", json=CUSTOMER, headers={"X-Webhook-Secret": SECRET})

    assert_problem(answer, 404, "shopsync apply")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "JSON"),
        (b"{not json", "JSON"),
        (b"[1, 2]", "object"),
        (b"\xff\xfe", "UTF-8"),
        (orjson.dumps({**CUSTOMER, "entity_type": "spaceship"}), "customer"),
        (orjson.dumps({**CUSTOMER, "action_type": "exploded"}), "updated"),
        (orjson.dumps({**CUSTOMER, "action_type": "deleted"}), "deletes nothing"),
        (orjson.dumps({**CUSTOMER, "event_id": None}), "event_id"),
        (orjson.dumps({**CUSTOMER, "event_id": "x" * 201}), "event_id"),
        (orjson.dumps({key: value for key, value in CUSTOMER.items() if key != "data"}), "data"),
        (orjson.dumps({**CUSTOMER, "data": []}), "data"),
        (orjson.dumps({**CUSTOMER, "data": {"id": "sixty-seven"}}), "data.id"),
        (orjson.dumps({**CUSTOMER, "data": {"id": 67, "newsletter": "perhaps"}}), "data.newsletter"),
        (orjson.dumps({**CUSTOMER, "data": {"firstname": "John"}}), "email"),
        (
            b'{"event_id":"e","entity_type":"customer","action_type":"updated","data":{"id":67,"company":"a\\u0000b"}}',
            "NUL",
        ),
        (b"\x00" + orjson.dumps(CUSTOMER), "JSON"),
    ],
)
async def test_a_bad_body_gets_a_clear_400_and_stores_nothing(
    odoo: httpx.AsyncClient, sessions: SessionMaker, body: bytes, says: str
) -> None:
    answer = await odoo.post(ODOO, content=body, headers={"Content-Type": "application/json"})

    assert_problem(answer, 400, says)
    assert await count(sessions, "deliveries") == 0
    assert await count(sessions, "sync_queue") == 0


async def test_a_body_that_is_not_declared_as_json_is_refused(odoo: httpx.AsyncClient) -> None:
    answer = await odoo.post(ODOO, content=orjson.dumps(CUSTOMER), headers={"Content-Type": "text/plain"})

    assert_problem(answer, 400, "application/json")


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_of_two_megabytes_is_refused_with_413(
    odoo: httpx.AsyncClient, sessions: SessionMaker, declared: bool
) -> None:
    large = orjson.dumps({**CUSTOMER, "data": {"id": 67, "company": "x" * 2_000_000}})

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65536):
            yield large[start : start + 65536]

    content = large if declared else in_pieces()
    answer = await odoo.post(ODOO, content=content, headers={"Content-Type": "application/json"})

    assert_problem(answer, 413, "1048576 bytes")
    assert await count(sessions, "deliveries") == 0


async def test_reverse_sync_that_is_switched_off_is_refused_and_not_swallowed(
    odoo: httpx.AsyncClient, sessions: SessionMaker
) -> None:
    async with sessions.begin() as session:
        await session.execute(text("UPDATE links SET reverse_sync = false"))

    answer = await odoo.post(ODOO, json=CUSTOMER)

    assert_problem(answer, 409, "reverse sync is switched off")
    assert await count(sessions, "deliveries") == 0


async def test_the_same_event_again_gets_the_first_answer(odoo: httpx.AsyncClient, sessions: SessionMaker) -> None:
    first = await odoo.post(ODOO, json=CUSTOMER)

    again = await odoo.post(
        ODOO, content=orjson.dumps(CUSTOMER, option=orjson.OPT_INDENT_2), headers={"Content-Type": "application/json"}
    )

    assert again.status_code == first.status_code
    assert again.json() == first.json()
    assert await count(sessions, "reverse_operations") == 1


async def test_waiting_without_a_worker_ends_in_a_202_and_the_operation_goes_on(odoo: httpx.AsyncClient) -> None:
    answer = await odoo.post(ODOO, json=CUSTOMER, headers={"Prefer": "wait=1"})

    assert answer.status_code == 202


@pytest.mark.parametrize(
    ("ended", "status", "body"),
    [
        (
            "status = 'success', outcome = 'written', entity_id = '67', message = 'Customer updated successfully'",
            200,
            {"success": True, "entity_id": 67, "message": "Customer updated successfully"},
        ),
        (
            "status = 'failed', error_status = 404, error_code = 'not_found', error_message = 'Customer not found'",
            404,
            {"success": False, "error": "Customer not found", "code": "not_found"},
        ),
        (
            "status = 'failed', error_status = 409, error_code = 'duplicate_email', error_message = 'taken'",
            409,
            {"success": False, "error": "taken"},
        ),
        (
            "status = 'failed', error_status = 500, error_code = 'unreachable', error_message = 'given up'",
            500,
            {"success": False, "error": "given up"},
        ),
    ],
)
async def test_a_sender_that_waits_gets_the_outcome(
    odoo: httpx.AsyncClient, sessions: SessionMaker, ended: str, status: int, body: dict[str, Any]
) -> None:
    await odoo.post(ODOO, json=CUSTOMER)
    async with sessions.begin() as session:
        await session.execute(text(f"UPDATE reverse_operations SET {ended}, finished_at = now()"))  # noqa: S608

    answer = await odoo.post(ODOO, json=CUSTOMER, headers={"Prefer": "respond-async, wait=5"})

    assert answer.status_code == status
    assert body.items() <= answer.json().items()


async def test_the_shops_own_event_is_stored_and_queued_to_be_judged(
    odoo: httpx.AsyncClient, sessions: SessionMaker
) -> None:
    event = {"event_id": "ps-1", "entity_type": "customer", "action_type": "updated", "data": {"id": 67}}

    answer = await odoo.post("/webhooks/prestashop/boutique", json=event)

    assert answer.status_code == 202
    async with sessions() as session:
        job = (await session.execute(text("SELECT direction, native_id, status FROM sync_queue"))).one()
    assert tuple(job) == ("shop_to_odoo", "67", "pending")
    assert await count(sessions, "reverse_operations") == 0


class TestLimits:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"rate_limit_anonymous": 5, "rate_limit_link": 60})

    async def test_forgers_are_slowed_down_and_told_when_to_come_back(
        self, client: httpx.AsyncClient, link: LinkRow
    ) -> None:
        answers = [await client.post(ODOO, json=CUSTOMER) for _ in range(7)]

        assert [answer.status_code for answer in answers] == [403] * 5 + [429] * 2
        assert_problem(answers[-1], 429, "too many requests")
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60

    async def test_a_link_has_its_own_limit(self, odoo: httpx.AsyncClient) -> None:
        answers = [await odoo.post(ODOO, json={**CUSTOMER, "event_id": f"e{n}"}) for n in range(62)]

        assert sorted({answer.status_code for answer in answers}) == [202, 429]
        assert [answer.status_code for answer in answers].count(202) == 60
        assert_problem(answers[-1], 429, "RATE_LIMIT_LINK")


class TestAllowedAddresses:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"allowed_ips": ("192.0.2.0/24",), "trusted_proxies": ("127.0.0.1",)})

    async def test_only_allowed_addresses_may_post_and_only_a_trusted_proxy_may_name_one(
        self, app: FastAPI, link: LinkRow
    ) -> None:
        async def post(peer: str, forwarded: str) -> int:
            transport = httpx.ASGITransport(app, client=(peer, 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
                headers = {"X-Webhook-Secret": SECRET, "X-Forwarded-For": forwarded}
                return (await client.post(ODOO, json=CUSTOMER, headers=headers)).status_code

        assert await post("127.0.0.1", "192.0.2.7") == 202
        assert await post("127.0.0.1", "198.51.100.7") == 403
        assert await post("127.0.0.1", "192.0.2.7, 198.51.100.7") == 403
        assert await post("198.51.100.9", "192.0.2.7") == 403


async def test_anyone_may_try_the_address(client: httpx.AsyncClient) -> None:
    answer = await client.get("/webhooks/test")

    assert (answer.status_code, answer.json()["success"]) == (200, True)


async def test_a_link_that_cannot_be_is_not_looked_up(client: httpx.AsyncClient) -> None:
    assert_problem(await client.post("/webhooks/odoo/a%00b", json=CUSTOMER), 404, "there is no link")


def test_every_forwarded_header_counts() -> None:
    request = Request(
        {
            "type": "http",
            "client": ("127.0.0.1", 1),
            "headers": [(b"x-forwarded-for", b"203.0.113.5"), (b"x-forwarded-for", b"198.51.100.9")],
        }
    )

    behind = Settings(trusted_proxies=("127.0.0.1",))
    assert client_address(request, behind) == "198.51.100.9"


async def test_a_slash_too_many_loses_no_event(odoo: httpx.AsyncClient, sessions: SessionMaker) -> None:
    for path in (f"{ODOO}/", f"{ODOO}/{SECRET}/"):
        assert (await odoo.post(path, json={**CUSTOMER, "event_id": path})).status_code == 202

    assert await count(sessions, "reverse_operations") == 2


async def test_a_secret_at_the_wrong_door_is_not_said_again(client: httpx.AsyncClient, link: LinkRow) -> None:
    answer = await client.post(f"/webhooks/prestashop/boutique/{SECRET}", json=CUSTOMER)

    assert_problem(answer, 404, "there is nothing at this address")
    assert SECRET not in answer.text
