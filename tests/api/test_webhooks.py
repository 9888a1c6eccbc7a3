"""The doors over HTTP: codes and bodies of every answer, and that nothing is stored for what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from standardwebhooks import Webhook
from starlette.requests import Request
from starlette.types import Message

from app.api.limits import client_address
from app.api.state import ApiState
from app.db.session import SessionMaker
from app.settings import Settings
from tests.api.builders import WEBHOOK_SECRET as SECRET
from tests.api.builders import LinkRow, execute, make_link

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


async def test_a_sender_that_hangs_up_in_the_middle_of_its_body_is_refused_and_counted(
    app: FastAPI, link: LinkRow, state: ApiState, sessions: SessionMaker
) -> None:
    """Odoo gives a webhook a second; what breaks off is no fault of ours, to be shown as an error with a trace."""
    said: list[Message] = []
    received: list[Message] = [
        {"type": "http.request", "body": b'{"event_id": "1", "ent', "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Message:
        return received.pop(0)

    async def send(message: Message) -> None:
        said.append(message)

    headers = [(b"content-type", b"application/json"), (b"x-webhook-secret", SECRET.encode())]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": ODOO,
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 1),
    }
    await app(scope, receive, send)

    assert said[0]["status"] == 400
    await state.refusals.flush()
    async with sessions() as session:
        assert (await session.execute(text("SELECT reason FROM refusals"))).scalars().all() == ["cut_off"]
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


class TestHints:
    """Odoo's own webhook body, which names a record and comes with no header."""

    HOOK = f"{ODOO}/{SECRET}"

    @pytest.fixture
    async def link(self, link: LinkRow, sessions: SessionMaker) -> LinkRow:
        """It lets customers, addresses and orders out of Odoo."""
        entities = {"customer": {}, "address": {}, "order": {}, "coupon": {"direction": "shop_to_odoo"}}
        await execute(sessions, "UPDATE links SET sync = :sync", sync=orjson.dumps({"entities": entities}).decode())
        return link

    @staticmethod
    def partner(native_id: int = 25, **fields: Any) -> dict[str, Any]:
        named = {"_action": "Send Webhook Notification(#481)", "_id": native_id, "_model": "res.partner"}
        return {**named, "id": native_id, **fields}

    @staticmethod
    async def jobs(sessions: SessionMaker) -> list[Any]:
        async with sessions() as session:
            return list((await session.execute(text("SELECT * FROM sync_queue ORDER BY id"))).all())

    async def test_a_hint_becomes_a_job_for_each_record_it_may_mean(
        self, client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker
    ) -> None:
        answer = await client.post(self.HOOK, json=self.partner())

        assert answer.status_code == 202
        assert answer.json() == {"success": True, "operation_id": None, "message": "Accepted", "notes": []}
        assert "location" not in answer.headers
        jobs = await self.jobs(sessions)
        assert [(job.side, job.direction, job.entity_type, job.native_id, job.action) for job in jobs] == [
            ("odoo", "odoo_to_shop", "address", "25", "updated"),
            ("odoo", "odoo_to_shop", "customer", "25", "updated"),
        ]
        assert [job.payload for job in jobs] == [{"model": "res.partner"}] * 2
        async with sessions() as session:
            delivery = (await session.execute(text("SELECT * FROM deliveries"))).one()
        assert (delivery.source, delivery.entity_type, delivery.native_id) == ("odoo", "customer", "25")
        assert orjson.loads(delivery.body) == self.partner()
        assert await count(sessions, "reverse_operations") == 0

    async def test_the_posts_of_one_save_are_one_job_that_waits_until_odoo_has_settled(
        self, client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker
    ) -> None:
        body = self.partner(parent_id=7, type="delivery")
        answers = await asyncio.gather(*(client.post(self.HOOK, json=body) for _ in range(13)))

        assert {answer.status_code for answer in answers} == {202}
        assert await count(sessions, "deliveries") == 13
        [job] = await self.jobs(sessions)
        assert job.scheduled_at - job.created_at == timedelta(seconds=1)

    async def test_the_same_hint_again_later_is_news(
        self, client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker
    ) -> None:
        body = self.partner(parent_id=7, type="delivery")
        await client.post(self.HOOK, json=body)
        async with sessions.begin() as session:
            await session.execute(text("UPDATE sync_queue SET status = 'completed', processed_at = now()"))

        await client.post(self.HOOK, json=body)

        assert [job.status for job in await self.jobs(sessions)] == ["completed", "pending"]

    async def test_a_deletion_is_said_by_the_address(
        self, client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker
    ) -> None:
        await client.post(self.HOOK, json=self.partner())
        await client.post(f"{self.HOOK}?action=deleted", json=self.partner())

        assert {job.action for job in await self.jobs(sessions)} == {"deleted"}

    async def test_the_short_form_comes_with_the_secret_in_a_header(
        self, odoo: httpx.AsyncClient, sessions: SessionMaker
    ) -> None:
        body = {"module": "prestashop", "entity_type": "order", "odoo_id": 7, "action": "created"}

        answer = await odoo.post(ODOO, json=body, headers={"Prefer": "wait=5"})

        assert answer.status_code == 202
        [job] = await self.jobs(sessions)
        assert (job.entity_type, job.native_id, job.action, job.module) == ("order", "7", "created", "prestashop")

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            ({"_model": "crm.lead", "_id": 4, "id": 4}, "lets no lead out of Odoo"),
            ({"_model": "loyalty.program", "_id": 4, "id": 4}, "lets no coupon out of Odoo"),
            ({"module": "crm", "entity_type": "lead", "odoo_id": 4}, 'module "crm" is not switched on'),
            ({"_model": "stock.picking", "_id": 4, "sale_id": False}, "belongs to no record of a shop"),
        ],
    )
    async def test_what_the_link_does_not_keep_in_sync_is_answered_with_a_note_and_counted(
        self,
        client: httpx.AsyncClient,
        link: LinkRow,
        state: ApiState,
        sessions: SessionMaker,
        body: dict[str, Any],
        says: str,
    ) -> None:
        answer = await client.post(self.HOOK, json=body)

        assert answer.status_code == 202
        assert says in answer.json()["notes"][0]
        assert await count(sessions, "deliveries") == 0
        await state.refusals.flush()
        async with sessions() as session:
            assert (await session.execute(text("SELECT reason FROM refusals"))).scalars().all() == ["not_in_sync"]

    async def test_a_model_of_no_use_is_a_clear_400(
        self, client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker
    ) -> None:
        answer = await client.post(self.HOOK, json={"_model": "mail.message", "_id": 4})

        assert_problem(answer, 400, "rules belong on: res.partner")
        assert await count(sessions, "sync_queue") == 0

    @pytest.mark.parametrize("path", [f"{ODOO}/wrong-secret", ODOO])
    async def test_without_the_secret_in_the_address_a_hint_is_refused(
        self, client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker, path: str
    ) -> None:
        assert_problem(await client.post(path, json=self.partner()), 403, "webhook secret is missing or wrong")
        assert await count(sessions, "deliveries") == 0

    async def test_hints_are_taken_without_reverse_sync_and_not_by_a_disabled_link(
        self, client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker
    ) -> None:
        async with sessions.begin() as session:
            await session.execute(text("UPDATE links SET reverse_sync = false"))
        assert (await client.post(self.HOOK, json=self.partner())).status_code == 202

        async with sessions.begin() as session:
            await session.execute(text("UPDATE links SET enabled = false"))
        assert_problem(await client.post(self.HOOK, json=self.partner()), 409, "is disabled")

    async def test_hints_and_envelopes_in_one_burst_are_all_stored(
        self, odoo: httpx.AsyncClient, sessions: SessionMaker
    ) -> None:
        bodies = [body for n in range(1, 11) for body in (self.partner(n), {**CUSTOMER, "event_id": f"e{n}"})]

        answers = await asyncio.gather(*(odoo.post(ODOO, json=body) for body in bodies))

        assert [answer.json()["operation_id"] is None for answer in answers] == [True, False] * 10
        assert await count(sessions, "deliveries") == 20
        assert await count(sessions, "reverse_operations") == 10
        assert len(await self.jobs(sessions)) == 10 + 10 + 1


class TestSignedShopEvents:
    DOOR = "/webhooks/prestashop/boutique"
    EVENT = orjson.dumps({"event_id": "ps-1", "entity_type": "customer", "action_type": "updated", "data": {"id": 67}})

    @staticmethod
    def signed(
        body: bytes, *, secret: str = SECRET, age: timedelta = timedelta(), name: str = "ps-1"
    ) -> dict[str, str]:
        sent_at = datetime.now(UTC) - age
        signature = Webhook(secret.encode()).sign(name, sent_at, body.decode())
        return {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(sent_at.timestamp())),
            "webhook-signature": signature,
        }

    async def test_a_signature_is_as_good_as_the_secret(
        self, client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker
    ) -> None:
        answer = await client.post(self.DOOR, content=self.EVENT, headers=self.signed(self.EVENT))

        assert (answer.status_code, answer.json()["notes"]) == (202, [])
        assert await count(sessions, "sync_queue") == 1

    async def test_each_of_the_two_secrets_signs_while_one_replaces_the_other(
        self, client: httpx.AsyncClient, state: ApiState, sessions: SessionMaker
    ) -> None:
        await make_link(sessions, state.ring, secrets=("the-newer-secret", "the-older-secret"))

        for secret in ("the-newer-secret", "the-older-secret"):
            headers = self.signed(self.EVENT, secret=secret)
            assert (await client.post(self.DOOR, content=self.EVENT, headers=headers)).status_code == 202

    @pytest.mark.parametrize(
        "changed",
        [
            {"secret": "another-secret"},
            {"age": timedelta(minutes=6)},
            {"age": timedelta(minutes=-6)},
            {"body": EVENT.replace(b"67", b"68")},
        ],
    )
    async def test_a_wrong_old_or_foreign_signature_is_refused_and_counted(
        self,
        client: httpx.AsyncClient,
        link: LinkRow,
        state: ApiState,
        sessions: SessionMaker,
        changed: dict[str, Any],
    ) -> None:
        posted = changed.get("body", self.EVENT)
        headers = self.signed(self.EVENT, **{name: value for name, value in changed.items() if name != "body"})

        answer = await client.post(self.DOOR, content=posted, headers=headers)

        assert_problem(answer, 403, "webhook signature refused")
        assert await count(sessions, "deliveries") == 0
        await state.refusals.flush()
        async with sessions() as session:
            assert (await session.execute(text("SELECT reason FROM refusals"))).scalars().all() == ["invalid_signature"]

    async def test_the_body_says_the_events_id_where_the_header_says_another(
        self, client: httpx.AsyncClient, link: LinkRow, sessions: SessionMaker
    ) -> None:
        answer = await client.post(self.DOOR, content=self.EVENT, headers=self.signed(self.EVENT, name="msg_2"))

        assert "webhook-id differs from event_id" in answer.json()["notes"][0]
        async with sessions() as session:
            assert (await session.execute(text("SELECT event_id FROM deliveries"))).scalar_one() == "ps-1"

    async def test_an_event_of_what_no_module_keeps_in_sync_is_taken_with_a_note(
        self, odoo: httpx.AsyncClient, sessions: SessionMaker
    ) -> None:
        await execute(sessions, "UPDATE links SET modules = '{}'")
        answer = await odoo.post(self.DOOR, content=self.EVENT, headers={"Content-Type": "application/json"})

        assert answer.status_code == 202
        assert "no module of link boutique keeps customer in sync" in answer.json()["notes"][0]
        assert await count(sessions, "deliveries") == 0

    async def test_a_signed_event_that_is_too_large_is_413(self, client: httpx.AsyncClient, link: LinkRow) -> None:
        body = b'{"event_id": "' + b"x" * 2_000_000 + b'"}'

        assert_problem(await client.post(self.DOOR, content=body, headers=self.signed(body)), 413, "MAX_BODY_BYTES")


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
