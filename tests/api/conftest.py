"""The API process as it runs, without a network: real database, real Redis, its lifespan, an in-process client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from asgi_lifespan import LifespanManager
from fastapi import FastAPI

from app.api.state import ApiState
from app.api.tokens import create_token
from app.db.session import SessionMaker
from app.main import create_app
from app.security.crypto import new_key
from app.settings import Settings
from tests.api.builders import LinkRow, make_link

BASE_URL = "http://api.test"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A test that needs others overrides this fixture, or changes a copy (`model_copy(update=…)`)."""
    return Settings(data_dir=tmp_path, secret_keys=new_key(), link_cache_s=0, log_level="WARNING")


@pytest.fixture
async def app(settings: Settings, database_url: str, redis_url: str) -> AsyncIterator[FastAPI]:
    """Started, and stopped after the test."""
    app = create_app(settings, database_url=database_url, redis_url=redis_url)
    async with LifespanManager(app):
        yield app


@pytest.fixture
def state(app: FastAPI) -> ApiState:
    state: ApiState = app.state.shopsync
    return state


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Carries no token and no secret; its address is 127.0.0.1."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL) as client:
        yield client


@pytest.fixture
async def token(state: ApiState) -> str:
    """May read and write."""
    async with state.sessions.begin() as session:
        return await create_token(session, name="operator", scopes=("write",))


@pytest.fixture
async def operator(app: FastAPI, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with `token` and the address `/api/v1`."""
    headers = {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=f"{BASE_URL}/api/v1", headers=headers) as client:
        yield client


@pytest.fixture
async def link(state: ApiState, sessions: SessionMaker) -> LinkRow:
    """`boutique`: an Odoo and a PrestaShop, reverse sync on, secret `test-webhook-secret`."""
    return await make_link(sessions, state.ring)


@pytest.fixture
def rings(state: ApiState, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time the workers' bell was rung."""
    rung: list[int] = []
    monkeypatch.setattr(state.bell, "ring", lambda: rung.append(1))
    return rung
