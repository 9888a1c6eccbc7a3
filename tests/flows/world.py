"""A whole installation in one process: real PostgreSQL, the sandbox shop over ASGI, ingest, engine and drainer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connections.models import Connection, ConnectionKind, Link
from app.connections.store import LinkView, get_link_view, seal_json
from app.db.session import SessionMaker, open_sessions
from app.ingest.service import Accepted, Ingest
from app.sandbox.prestashop import Sandbox, create_sandbox
from app.security.crypto import KeyRing
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import JobEnd, RetryPolicy
from app.sync.engine import Engine
from app.sync.peers import Peers

SECRET = "a-webhook-secret-for-tests"


class SilentBell:
    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1


@dataclass(slots=True, kw_only=True)
class World:
    engine: AsyncEngine
    sessions: SessionMaker
    shop: Sandbox
    link: LinkView
    ingest: Ingest
    drainer: Drainer
    sync: Engine
    peers: Peers
    ended: list[JobEnd] = field(default_factory=list)
    numbers: int = 0

    async def odoo_sends(
        self, entity_type: str, action_type: str, data: dict[str, Any], *, event_id: str | None = None
    ) -> Accepted:
        self.numbers += 1
        envelope = {
            "event_id": event_id or f"odoo-{self.numbers}",
            "entity_type": entity_type,
            "action_type": action_type,
            "data": data,
        }
        return await self.ingest.accept_reverse(self.link, orjson.dumps(envelope))

    async def work(self) -> None:
        """Until nothing is left to do now: jobs, the webhooks they cause, and the jobs of those."""
        while await self.drainer.drain():
            await self.shop.settled()

    async def hurry(self) -> None:
        """Retries that wait for their time become due."""
        await self.execute("UPDATE sync_queue SET scheduled_at = now() WHERE status = 'pending'")
        await self.execute("UPDATE pauses SET until = now()")

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.sessions.begin() as session:
            await session.execute(text(statement), values)

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.sessions() as session:
            return list((await session.execute(text(query), values)).all())

    async def operation(self, accepted: Accepted) -> Any:
        [row] = await self.rows("SELECT * FROM reverse_operations WHERE operation_id = :id", id=accepted.operation_id)
        return row

    async def jobs(self, direction: str = "odoo_to_shop") -> list[Any]:
        return await self.rows("SELECT * FROM sync_queue WHERE direction = :direction ORDER BY id", direction=direction)

    def writes(self) -> list[str]:
        """What the shop was asked to change, in order."""
        return [f"{each.method} {each.path}" for each in self.shop.requests if each.method != "GET"]

    def reads(self) -> list[str]:
        return [f"{each.path}?{each.query}" for each in self.shop.requests if each.method == "GET"]


@asynccontextmanager
async def open_world(
    engine: AsyncEngine,
    *,
    options: dict[str, Any] | None = None,
    sync: dict[str, Any] | None = None,
    odoo: httpx.AsyncBaseTransport | None = None,
    odoo_credentials: dict[str, str] | None = None,
    batch_size: int = 50,
    timeout_s: float = 5.0,
    **sandbox: Any,
) -> AsyncIterator[World]:
    """`options`: settings of the prestashop module; `sync`: of the link; `sandbox`: of the sandbox shop."""
    sessions = open_sessions(engine)
    ring = KeyRing([b"k" * 32])
    holder: list[World] = []

    async def shop_posts(request: httpx.Request) -> httpx.Response:
        await holder[0].ingest.accept_shop(holder[0].link, request.content)
        return httpx.Response(202)

    hooks = httpx.AsyncClient(transport=httpx.MockTransport(shop_posts))
    shop = create_sandbox(webhook_url="http://api.test/webhooks/prestashop/boutique", webhook_client=hooks, **sandbox)
    link = await _make_link(
        sessions, ring, shop.key, options or {}, sync=sync or {}, odoo_credentials=odoo_credentials or {}
    )
    peers = Peers(
        sessions,
        ring,
        timeout_s=timeout_s,
        width=4,
        ttl_s=3600,
        transports={"boutique": httpx.ASGITransport(shop)} | ({"erp": odoo} if odoo else {}),
    )
    ended: list[JobEnd] = []
    syncing = Engine(
        sessions, peers, RetryPolicy(base_s=0.01, cap_s=0.02), on_end=lambda end, seconds: ended.append(end)
    )
    drainer = Drainer(
        sessions,
        syncing,
        DrainerOptions(name="test", slots=2, batch_size=batch_size, lease=timedelta(seconds=60), idle_scan_s=0.05),
    )
    world = World(
        engine=engine,
        sessions=sessions,
        shop=shop,
        link=link,
        ingest=Ingest(engine, SilentBell(), max_attempts=5, odoo_settle=timedelta()),
        drainer=drainer,
        sync=syncing,
        peers=peers,
        ended=ended,
    )
    holder.append(world)
    try:
        yield world
    finally:
        await shop.settled()
        await peers.aclose()
        await hooks.aclose()


async def _make_link(
    sessions: SessionMaker,
    ring: KeyRing,
    key: str,
    options: dict[str, Any],
    *,
    sync: dict[str, Any],
    odoo_credentials: dict[str, str],
) -> LinkView:
    async with sessions.begin() as session:
        odoo = Connection(
            name="erp", kind=ConnectionKind.ODOO, url="http://odoo.test", sealed=seal_json(ring, odoo_credentials)
        )
        shop = Connection(
            name="boutique",
            kind=ConnectionKind.PRESTASHOP,
            url="http://shop.test",
            sealed=seal_json(ring, {"api_key": key}),
        )
        session.add_all([odoo, shop])
        await session.flush()
        session.add(
            Link(
                slug="boutique",
                odoo_connection_id=odoo.id,
                shop_connection_id=shop.id,
                modules={"prestashop": options},
                sync=sync,
                reverse_sync=True,
                sealed_secrets=seal_json(ring, [SECRET]),
            )
        )
    async with sessions() as session:
        view = await get_link_view(session, ring, slug="boutique")
    assert view is not None
    return view
