"""A whole installation in one process: real PostgreSQL, a sandbox shop over ASGI, ingest, engine and drainer."""

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

from app.connections.models import Connection, Link
from app.connections.store import LinkView, get_link_view, seal_json
from app.db.session import SessionMaker, open_sessions
from app.ingest.service import Accepted, Ingest
from app.modules.registry import check_modules
from app.sandbox.prestashop import Sandbox
from app.security.crypto import KeyRing
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import JobEnd, RetryPolicy
from app.sync.engine import Engine
from app.sync.peers import Peers
from tests.flows.offices.office import Office
from tests.flows.offices.premises import SECRET, Premises, open_premises


class SilentBell:
    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1


@dataclass(slots=True, kw_only=True)
class World:
    """`shop` is a PrestaShop unless the world was opened with another kind; `office` is any shop's back office."""

    engine: AsyncEngine
    sessions: SessionMaker
    shop: Sandbox
    office: Office
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
            await self.office.settled()

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
    kind: str = "prestashop",
    options: dict[str, Any] | None = None,
    modules: dict[str, Any] | None = None,
    sync: dict[str, Any] | None = None,
    odoo: httpx.AsyncBaseTransport | None = None,
    odoo_credentials: dict[str, str] | None = None,
    batch_size: int = 50,
    timeout_s: float = 5.0,
    **sandbox: Any,
) -> AsyncIterator[World]:
    """`kind` of shop; `options`: settings of its module; `modules`: further ones; `sync`: of the link; `sandbox`: of
    the sandbox shop."""
    sessions = open_sessions(engine)
    ring = KeyRing([b"k" * 32])
    holder: list[World] = []

    premises = await open_premises(kind, lambda: (holder[0].ingest, holder[0].link), **sandbox)
    link = await make_link(
        sessions,
        ring,
        premises,
        {kind: options or {}, **(modules or {})},
        sync=sync or {},
        odoo_credentials=odoo_credentials or {},
    )
    peers = Peers(
        sessions,
        ring,
        timeout_s=timeout_s,
        width=4,
        ttl_s=3600,
        transports={"boutique": httpx.ASGITransport(premises.shop)} | ({"erp": odoo} if odoo else {}),
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
        shop=premises.shop,
        office=premises.office,
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
        await premises.office.settled()
        await peers.aclose()
        await premises.aclose()


async def make_link(
    sessions: SessionMaker,
    ring: KeyRing,
    premises: Premises,
    modules: dict[str, Any],
    *,
    sync: dict[str, Any],
    odoo_credentials: dict[str, str],
) -> LinkView:
    checked = check_modules(modules, shop_kind=premises.office.kind)
    async with sessions.begin() as session:
        odoo = Connection(name="erp", kind="odoo", url="http://odoo.test", sealed=seal_json(ring, odoo_credentials))
        shop = Connection(
            name="boutique",
            kind=premises.office.kind,
            url=premises.url,
            sealed=seal_json(ring, premises.credentials),
        )
        session.add_all([odoo, shop])
        await session.flush()
        session.add(
            Link(
                slug="boutique",
                odoo_connection_id=odoo.id,
                shop_connection_id=shop.id,
                modules=dict(checked.settings),
                module_sync=dict(checked.sync),
                sync=sync,
                reverse_sync=premises.office.kind == "prestashop",
                sealed_secrets=seal_json(ring, [SECRET]),
            )
        )
    async with sessions() as session:
        view = await get_link_view(session, ring, slug="boutique")
    assert view is not None
    return view
