"""A link of a sandbox Odoo and a sandbox shop, with people who work on both, and both telling of every change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connectors.http import PeerClient
from app.connectors.odoo.client import OdooClient
from app.connectors.odoo.transport import NoCookies
from app.sandbox.odoo.app import create_app
from app.sandbox.odoo.database import Account, Database
from app.sandbox.odoo.seed import seeded
from tests.flows.world import World, open_world

SYNC_UID = 77
SYNC_KEY = "key-of-the-sync-user"
EVERYTHING: dict[str, Any] = {
    "entities": {
        "customer": {"direction": "both"},
        "address": {"direction": "both"},
        "product": {"direction": "both"},
        "order": {"direction": "both"},
    }
}


class Line(httpx.AsyncBaseTransport):
    """The way to Odoo: counts what is called, loses answers on demand, and hears of every write as Odoo's rules do."""

    def __init__(self, app: Any) -> None:
        self._inner = httpx.ASGITransport(app)
        self.calls: list[tuple[str, str]] = []
        self.lose: set[tuple[str, str]] = set()
        self.tell_of_writes: Callable[[str, int], Awaitable[None]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        params = orjson.loads(request.content or b"{}").get("params") or {}
        args = params.get("args") or []
        call = (str(args[3]), str(args[4])) if params.get("service") == "object" else ("", "")
        response = await self._inner.handle_async_request(request)
        if call != ("", ""):
            self.calls.append(call)
        await response.aread()
        await self._tell(call, args, response)
        if call in self.lose:
            self.lose.discard(call)
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return response

    async def _tell(self, call: tuple[str, str], args: Sequence[Any], response: httpx.Response) -> None:
        """Odoo's rules fire before the caller has its answer."""
        if self.tell_of_writes is None or call[1] not in ("write", "create", "load"):
            return
        answer = orjson.loads(response.content).get("result")
        made = answer.get("ids") if isinstance(answer, dict) else answer
        for number in args[5][0] if call[1] == "write" else made or []:
            await self.tell_of_writes(call[0], number)


@dataclass(slots=True, kw_only=True)
class TwoSides:
    """`world` is the service; `people` is a person's own session in Odoo."""

    world: World
    odoo: Database
    line: Line
    people: OdooClient

    async def edit_odoo(self, model: str, number: int, **values: Any) -> None:
        await self.people.write(model, [number], values)
        await self.tell(model, number)

    async def add_to_odoo(self, model: str, **values: Any) -> int:
        [number] = await self.people.create(model, [values])
        await self.tell(model, number)
        return number

    async def remove_from_odoo(self, model: str, number: int) -> None:
        await self.people.unlink(model, [number])
        await self.tell(model, number, action="deleted")

    async def tell(self, model: str, number: int, *, action: str | None = None) -> None:
        """What a rule in Odoo posts."""
        row = self.odoo.tables[model].get(number, {})
        more = {name: row[name] for name in ("parent_id", "type", "product_id") if name in row}
        body = orjson.dumps({"_model": model, "_id": number, "_action": "rule", "id": number, **more})
        await self.world.ingest.accept_odoo(self.world.link, body, action=action)

    async def edit_shop(self, resource: str, number: int, **values: Any) -> None:
        self.world.shop.edit(resource, number, **values)
        await self.world.shop.settled()

    async def work(self) -> None:
        """Until nothing is left to do, waits included; Odoo's events of our own writes come back as well."""
        for _ in range(12):
            seen = len(self.line.calls)
            while await self.world.drainer.drain():
                await self.world.shop.settled()
            waiting = await self.world.rows("SELECT 1 FROM sync_queue WHERE status = 'pending' AND held_reason IS NULL")
            if not waiting and seen == len(self.line.calls):
                return
            await self.world.hurry()

    def partner(self, number: int) -> Mapping[str, Any]:
        return self.odoo.tables["res.partner"][number]

    def partners(self, **values: Any) -> list[Mapping[str, Any]]:
        rows = self.odoo.tables["res.partner"].values()
        return [row for row in rows if all(row.get(name) == value for name, value in values.items())]

    def odoo_writes(self) -> list[tuple[str, str]]:
        return [call for call in self.line.calls if call[1] in ("write", "create", "load", "unlink")]

    async def pairs(self) -> list[Any]:
        return await self.world.rows("SELECT * FROM entity_map WHERE odoo_id IS NOT NULL ORDER BY id")

    async def outcomes(self) -> list[tuple[str, str, str | None]]:
        rows = await self.world.rows("SELECT side, entity_type, status, outcome FROM sync_queue ORDER BY id")
        return [(f"{row.side} {row.entity_type}", row.status, row.outcome) for row in rows]


@asynccontextmanager
async def open_two_sides(
    engine: AsyncEngine, *, sync: dict[str, Any] | None = None, version: int = 17, **more: Any
) -> AsyncIterator[TwoSides]:
    db = seeded(version=version)
    db.add("res.users", {"name": "Sync", "login": "sync", "company_id": 1, "company_ids": [1]}, row_id=SYNC_UID)
    db.accounts.append(Account(uid=SYNC_UID, login="sync", password="sync", api_key=SYNC_KEY))
    app = create_app(db)
    line = Line(app)
    peer = PeerClient(
        "http://odoo.test", name="people", auth=NoCookies(), timeout_s=5.0, width=4, transport=httpx.ASGITransport(app)
    )
    people = OdooClient(peer, database="odoo", username="admin", api_key="sandbox-key")
    credentials = {"database": "odoo", "username": "sync", "api_key": SYNC_KEY}
    async with open_world(
        engine, sync=EVERYTHING if sync is None else sync, odoo=line, odoo_credentials=credentials, **more
    ) as world:
        try:
            yield TwoSides(world=world, odoo=db, line=line, people=people)
        finally:
            await peer.aclose()
