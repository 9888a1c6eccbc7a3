"""The operator API in front of a link whose Odoo and shop are sandboxes with people at work."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from asgi_lifespan import LifespanManager
from sqlalchemy.ext.asyncio import AsyncEngine

from app.api.state import ApiState
from app.api.tokens import create_token
from app.main import create_app
from app.settings import Settings
from tests.flows.two_sides import TwoSides, open_two_sides

KEY = base64.b64encode(b"k" * 32).decode()
"""With which `tests/flows/world.py` seals the link's credentials."""
CUSTOMERS: dict[str, Any] = {"entities": {"customer": {"direction": "both"}}}
MANUAL: dict[str, Any] = {"conflict_rule": "manual", **CUSTOMERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`api` is an operator's client with the address `/api/v1`."""

    both: TwoSides
    api: httpx.AsyncClient
    state: ApiState

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.api.get(path, params=query)
        assert answer.is_success, answer.text
        return answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.api.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    async def a_customer(self) -> tuple[int, int]:
        """(Odoo's id, the shop's): Ada Lovelace, whom both sides know; what was called so far is forgotten."""
        number = await self.both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await self.both.work()
        pairs = await self.both.pairs()
        self.forget_calls()
        return number, int(pairs[-1].shop_id)

    async def a_conflict(self) -> tuple[int, int]:
        """A customer whose name both sides changed: Ada King in Odoo, Ada Byron in the shop."""
        number, shop_id = await self.a_customer()
        await self.both.edit_odoo("res.partner", number, name="Ada King")
        await self.both.edit_shop("customers", shop_id, lastname="Byron")
        await self.both.work()
        self.forget_calls()
        return number, shop_id

    def forget_calls(self) -> None:
        self.both.line.calls.clear()
        self.both.world.shop.requests.clear()

    def names(self, number: int, shop_id: int) -> tuple[Any, str]:
        row = self.both.world.shop.row("customers", shop_id)
        return self.both.partner(number)["name"], f"{row['firstname']} {row['lastname']}"


@asynccontextmanager
async def open_desk(
    engine: AsyncEngine, database_url: str, redis_url: str, *, sync: dict[str, Any] | None = None, **more: Any
) -> AsyncIterator[Desk]:
    settings = Settings(secret_keys=KEY, link_cache_s=0, log_level="WARNING")
    async with open_two_sides(engine, sync=CUSTOMERS if sync is None else sync, **more) as both:
        app = create_app(settings, database_url=database_url, redis_url=redis_url)
        async with LifespanManager(app):
            state: ApiState = app.state.shopsync
            state.peers = both.world.peers
            async with state.sessions.begin() as session:
                token = await create_token(session, name="operator", scopes=("write",))
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(app),
                base_url="http://api.test/api/v1",
                headers={"Authorization": f"Bearer {token}"},
            ) as api:
                yield Desk(both=both, api=api, state=state)
