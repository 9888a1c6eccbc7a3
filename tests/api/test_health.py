"""Probes and the health report, also while what they look at is away or silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.api import vitals
from app.api.state import ApiState
from app.connections.store import pause
from app.db.session import SessionMaker
from app.entities.base import Direction
from app.security.crypto import new_key, open_key_ring
from app.settings import Settings
from tests.api.builders import LinkRow, execute, make_job, make_operation

A_WORKER = "INSERT INTO workers (name) VALUES ('w1')"


async def health(client: httpx.AsyncClient, *, expected: int = 200) -> Any:
    answer = await client.get("/health")
    assert answer.status_code == expected, answer.text
    return answer.json()


async def test_everything_is_well_when_a_worker_lives_and_nothing_waits(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await execute(sessions, A_WORKER)

    report = await health(client)

    parts = ("database", "redis", "migrations", "workers", "queue")
    assert {part: report[part]["status"] for part in parts} == dict.fromkeys(parts, "ok")
    assert report["status"] == "ok"
    assert report["workers"]["alive"] == 1
    assert report["migrations"]["database"] == report["migrations"]["code"]
    assert [(each["slug"], each["status"]) for each in report["links"]] == [("boutique", "ok")]
    assert [(each["name"], each["state"]) for each in report["connections"]] == [
        ("boutique", "unknown"),
        ("erp-boutique", "unknown"),
    ]
    assert (await client.get("/readyz")).status_code == 200


async def test_without_a_worker_it_is_degraded_and_still_takes_webhooks(
    client: httpx.AsyncClient, sessions: SessionMaker
) -> None:
    await execute(sessions, "INSERT INTO workers (name, seen_at) VALUES ('dead', now() - interval '31 seconds')")

    report = await health(client)

    assert (report["status"], report["workers"]["status"], report["workers"]["alive"]) == ("degraded", "degraded", 0)
    assert (await client.get("/readyz")).status_code == 200


async def test_a_job_that_nobody_takes_for_long_shows_and_a_held_one_does_not(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await execute(sessions, A_WORKER)
    await make_job(sessions, link, "1", held_reason="changed in the shop")
    await make_job(sessions, link, "2", status="failed")
    await execute(sessions, "UPDATE sync_queue SET scheduled_at = now() - interval '6 minutes'")

    before = await health(client)
    await make_job(sessions, link, "3")
    await execute(sessions, "UPDATE sync_queue SET scheduled_at = now() - interval '6 minutes'")
    after = await health(client)

    assert (before["status"], before["queue"]["oldest_due_s"], before["queue"]["held"]) == ("ok", None, 1)
    assert (after["status"], after["queue"]["status"]) == ("degraded", "degraded")
    assert after["queue"]["oldest_due_s"] >= 360
    assert after["queue"]["jobs"] == {"failed": 1, "pending": 1}


async def test_a_paused_link_shows_on_the_link_and_on_its_shop(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await execute(sessions, A_WORKER)
    async with sessions.begin() as session:
        await pause(
            session,
            link_id=link.id,
            direction=Direction.ODOO_TO_SHOP,
            reason="the key was refused",
            first=timedelta(hours=1),
            longest=timedelta(hours=1),
        )

    report = await health(client)

    [shown] = report["links"]
    assert (report["status"], shown["status"], shown["detail"]) == (
        "degraded",
        "degraded",
        "paused: the key was refused",
    )
    assert [(each["name"], each["state"], each["reason"]) for each in report["connections"]] == [
        ("boutique", "paused", "the key was refused"),
        ("erp-boutique", "unknown", None),
    ]


async def test_a_shop_that_took_something_is_working(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow
) -> None:
    await make_operation(sessions, link, await make_job(sessions, link), status="success")
    await make_operation(sessions, link, await make_job(sessions, link, "2"))
    await execute(sessions, "UPDATE reverse_operations SET finished_at = now() WHERE status = 'success'")

    report = await health(client)

    assert (report["connections"][0]["name"], report["connections"][0]["state"]) == ("boutique", "working")
    assert report["links"][0]["unanswered"] == 1


@pytest.mark.parametrize(
    ("accepted", "refused", "enabled", "status"),
    [
        (None, "5 minutes", True, "degraded"),
        ("2 hours", "5 minutes", True, "degraded"),
        ("30 minutes", "5 minutes", True, "ok"),
        (None, "2 hours", True, "ok"),
        (None, "5 minutes", False, "ok"),
    ],
)
async def test_a_link_whose_every_webhook_is_refused_shows(
    client: httpx.AsyncClient,
    sessions: SessionMaker,
    link: LinkRow,
    accepted: str | None,
    refused: str,
    enabled: bool,
    status: str,
) -> None:
    await execute(sessions, "UPDATE links SET enabled = :enabled", enabled=enabled)
    await execute(
        sessions,
        f"INSERT INTO refusals (link_id, reason, count, last_at)"  # noqa: S608 - a case of the table above
        f" VALUES (:link_id, 'forbidden', 7, now() - interval '{refused}')",
        link_id=link.id,
    )
    if accepted is not None:
        await make_operation(sessions, link, await make_job(sessions, link))
        await execute(sessions, f"UPDATE deliveries SET received_at = now() - interval '{accepted}'")  # noqa: S608

    [shown] = (await health(client))["links"]

    assert shown["status"] == status


async def test_missing_migrations_are_down_and_not_ready(client: httpx.AsyncClient, sessions: SessionMaker) -> None:
    await execute(sessions, "DELETE FROM alembic_version")

    report = await health(client, expected=503)
    ready = await client.get("/readyz")

    assert (report["status"], report["migrations"]["status"], report["database"]["status"]) == ("down", "down", "ok")
    assert "shopsync migrate" in report["migrations"]["detail"]
    assert (ready.status_code, ready.json()["code"]) == (503, "not_ready")


async def test_a_database_ahead_of_the_code_keeps_getting_traffic_while_the_new_version_is_rolled_out(
    client: httpx.AsyncClient, sessions: SessionMaker
) -> None:
    await execute(sessions, A_WORKER)
    await execute(sessions, "UPDATE alembic_version SET version_num = 'from_the_future'")

    report = await health(client)

    assert (report["status"], report["migrations"]["status"]) == ("ok", "ok")
    assert "ahead" in report["migrations"]["detail"]
    assert (await client.get("/readyz")).status_code == 200


@pytest.mark.parametrize(
    ("table", "column", "status", "code"),
    [("links", "sealed_secrets", "down", 503), ("connections", "sealed", "degraded", 200)],
)
async def test_what_this_process_has_no_key_for_shows(
    client: httpx.AsyncClient, sessions: SessionMaker, link: LinkRow, table: str, column: str, status: str, code: int
) -> None:
    await execute(sessions, A_WORKER)
    another = open_key_ring(Settings(secret_keys=new_key()))
    await execute(sessions, f"UPDATE {table} SET {column} = :sealed", sealed=another.seal(b"{}"))  # noqa: S608

    report = await health(client, expected=code)

    assert (report["status"], report["secrets"]["status"]) == (status, status)
    assert report["secrets"]["detail"].startswith("no key of SECRET_KEYS opens ")


async def test_a_process_that_stops_is_alive_and_not_ready(app: FastAPI, client: httpx.AsyncClient) -> None:
    app.state.stopping = True

    assert (await client.get("/livez")).status_code == 200
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["detail"]) == (503, "the process is shutting down")


class TestWithoutADatabase:
    @pytest.fixture
    def database_url(self) -> str:
        return "postgresql://nobody@127.0.0.1:1/nothing"

    async def test_it_is_down_and_not_ready_and_alive(self, client: httpx.AsyncClient) -> None:
        report = await health(client, expected=503)

        assert (report["status"], report["database"]["status"], report["redis"]["status"]) == ("down", "down", "ok")
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/livez")).status_code == 200


class TestWithADatabaseThatIsNotThere:
    """The server answers, and refuses."""

    @pytest.fixture
    def database_url(self, database_url: str) -> str:
        return database_url + "_gone"

    async def test_it_is_down_and_not_ready(self, client: httpx.AsyncClient) -> None:
        report = await health(client, expected=503)

        assert report["database"]["status"] == "down"
        assert (await client.get("/readyz")).status_code == 503


class TestWithADatabaseThatSaysNothing:
    """Connections are taken and never answered: a firewall, a frozen machine."""

    @pytest.fixture
    async def database_url(self) -> AsyncIterator[str]:
        async with silent_server() as port:
            yield f"postgresql://nobody@127.0.0.1:{port}/nothing"

    async def test_the_answer_comes_all_the_same(
        self, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(vitals, "DEADLINE_S", 0.05)

        report = await health(client, expected=503)

        assert report["database"]["detail"].startswith("no answer within")
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/metrics")).status_code == 200


class TestWithoutRedis:
    @pytest.fixture
    def redis_url(self) -> str:
        return "redis://127.0.0.1:1/0"

    async def test_it_is_degraded_and_ready(self, client: httpx.AsyncClient, sessions: SessionMaker) -> None:
        await execute(sessions, A_WORKER)

        report = await health(client)

        assert (report["status"], report["redis"]["status"], report["workers"]["status"]) == (
            "degraded",
            "degraded",
            "ok",
        )
        assert (await client.get("/readyz")).status_code == 200


async def test_what_is_shown_holds_no_secret(client: httpx.AsyncClient, state: ApiState, link: LinkRow) -> None:
    text = (await client.get("/health")).text

    assert "test-webhook-secret" not in text
    assert "SHOPTESTKEY" not in text


@asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """Takes connections and says nothing until it is closed."""
    open_ones: list[asyncio.StreamWriter] = []

    def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_ones.append(writer)

    server = await asyncio.start_server(taken, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in open_ones:
            writer.close()
        await server.wait_closed()
