"""Tokens: who may ask, who may act."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from app.api.tokens import create_token, list_tokens, revoke_token
from app.db.session import SessionMaker
from app.errors import BadPayload, Conflict
from app.security.tokens import hash_token
from app.settings import Settings
from tests.api.builders import execute, rows

WRONG = {"Authorization": "Bearer sst_wrong"}


async def a_token(sessions: SessionMaker, name: str, *scopes: str) -> dict[str, str]:
    async with sessions.begin() as session:
        return {"Authorization": f"Bearer {await create_token(session, name, scopes)}"}


@pytest.mark.parametrize("headers", [{}, WRONG, {"Authorization": "Basic b3BlcmF0b3I6eA=="}])
async def test_without_a_valid_token_the_answer_is_a_401_problem_that_says_how(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.get("/api/v1/links", headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["success"] is False


async def test_only_the_hash_of_a_token_is_stored(token: str, sessions: SessionMaker) -> None:
    [row] = await rows(sessions, "SELECT name, token_hash, scopes FROM api_tokens")

    assert (row.name, row.token_hash, row.scopes) == ("operator", hash_token(token), ["write"])
    assert token not in row.token_hash


async def test_a_token_that_may_read_may_not_act(client: httpx.AsyncClient, sessions: SessionMaker) -> None:
    reader = await a_token(sessions, "monitor", "read")

    seen = await client.get("/api/v1/links", headers=reader)
    acted = await client.post("/api/v1/links/boutique/resume", headers=reader)

    assert seen.status_code == 200
    assert acted.status_code == 403
    assert acted.json()["code"] == "scope_missing"


async def test_a_token_that_may_write_may_read(operator: httpx.AsyncClient) -> None:
    assert (await operator.get("/links")).status_code == 200


async def test_a_revoked_token_opens_nothing_from_the_next_request_on(
    operator: httpx.AsyncClient, sessions: SessionMaker
) -> None:
    assert (await operator.get("/links")).status_code == 200

    async with sessions.begin() as session:
        assert await revoke_token(session, "operator")

    assert (await operator.get("/links")).status_code == 401


async def test_the_use_of_a_token_is_noted_at_most_once_a_minute(
    operator: httpx.AsyncClient, sessions: SessionMaker
) -> None:
    await operator.get("/links")
    [first] = await rows(sessions, "SELECT last_used_at FROM api_tokens")
    await operator.get("/links")
    [second] = await rows(sessions, "SELECT last_used_at FROM api_tokens")
    await execute(sessions, "UPDATE api_tokens SET last_used_at = now() - interval '61 seconds'")
    [old] = await rows(sessions, "SELECT last_used_at FROM api_tokens")
    await operator.get("/links")
    [third] = await rows(sessions, "SELECT last_used_at FROM api_tokens")

    assert first.last_used_at == second.last_used_at
    assert third.last_used_at > old.last_used_at


async def test_the_name_of_a_revoked_token_may_be_taken_anew_and_one_in_use_may_not(
    sessions: SessionMaker,
) -> None:
    old = await a_token(sessions, "monitor", "read")
    with pytest.raises(Conflict):
        await a_token(sessions, "monitor", "read")
    async with sessions.begin() as session:
        assert await revoke_token(session, "monitor")
        assert not await revoke_token(session, "monitor")

    new = await a_token(sessions, "monitor", "write")

    async with sessions() as session:
        [kept] = await list_tokens(session)
    assert old != new
    assert (kept.scopes, kept.revoked_at, kept.last_used_at) == (["write"], None, None)


@pytest.mark.parametrize(
    ("name", "scopes"), [("monitor", ()), ("monitor", ("admin",)), (" ", ("read",)), ("a\0", ("read",))]
)
async def test_a_token_without_a_name_or_a_known_scope_is_not_made(
    sessions: SessionMaker, name: str, scopes: tuple[str, ...]
) -> None:
    with pytest.raises(BadPayload):
        await a_token(sessions, name, *scopes)

    assert await rows(sessions, "SELECT 1 FROM api_tokens") == []


class TestGuessing:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"rate_limit_anonymous": 3})

    async def test_an_address_that_keeps_guessing_is_told_to_wait_and_a_valid_token_is_not(
        self, client: httpx.AsyncClient, operator: httpx.AsyncClient
    ) -> None:
        answers = [(await client.get("/api/v1/links", headers=WRONG)).status_code for _ in range(4)]

        assert answers == [401, 401, 401, 429]
        assert (await operator.get("/links")).status_code == 200


async def test_the_docs_page_offers_to_authorize_for_every_operator_route(app: FastAPI) -> None:
    document = app.openapi()

    assert document["components"]["securitySchemes"]["ApiToken"]["scheme"] == "bearer"
    routes = [
        (path, route)
        for path, routes in document["paths"].items()
        if path.startswith("/api/v1/")
        for route in routes.values()
    ]
    assert len(routes) >= 19
    assert [path for path, route in routes if route.get("security") != [{"ApiToken": []}]] == []
    assert [path for path, route in routes if not {"401", "403"} <= route["responses"].keys()] == []
