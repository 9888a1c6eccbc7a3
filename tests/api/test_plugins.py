"""Plugins in an API process: their modules are shown, they hear of leads, and one that is broken stops the start."""

from __future__ import annotations

import sys

import httpx
import pytest
from asgi_lifespan import LifespanManager

from app.api.state import ApiState
from app.db.session import SessionMaker
from app.errors import ActionRequired
from app.main import create_app
from app.settings import Settings
from tests.api.builders import make_link
from tests.plugins.installing import Install, install

__all__ = ["install"]
LEAD = {"name": "A pallet of jam", "email": "ada@example.com", "description": "How much is it?"}


async def test_a_plugins_module_is_shown_as_one(operator: httpx.AsyncClient, install: Install) -> None:
    install()

    shown = {each["name"]: each for each in (await operator.get("/modules")).json()}

    assert [name for name, each in shown.items() if each["plugin"]] == ["visitors"]
    assert "keep_deleted" in shown["visitors"]["settings"]["properties"]


async def test_a_lead_is_told_once_when_it_is_stored(
    client: httpx.AsyncClient,
    operator: httpx.AsyncClient,
    state: ApiState,
    sessions: SessionMaker,
    rings: list[int],
    install: Install,
) -> None:
    install()
    await make_link(sessions, state.ring, modules={"crm": {}})
    await operator.put("/links/boutique/sync", json={})

    first = await client.post("/forms/boutique/lead", json=LEAD)
    again = await client.post("/forms/boutique/lead", json=LEAD)

    assert (first.status_code, again.status_code) == (202, 202)
    assert sys.modules["shopsync_visitors"].leads == ["ada@example.com"]


async def test_a_process_does_not_start_without_a_plugin_that_is_installed(
    settings: Settings, database_url: str, redis_url: str, install: Install
) -> None:
    install("broken", "raise RuntimeError('no licence')\n")
    app = create_app(settings, database_url=database_url, redis_url=redis_url)

    with pytest.raises(ActionRequired, match=r"plugin broken .* cannot be loaded: RuntimeError: no licence"):
        async with LifespanManager(app):
            pass
