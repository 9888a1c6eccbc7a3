"""A WooCommerce and an Odoo with a link between them and a runner, for imports of many products; calls are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx
import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connections.models import Connection, Link
from app.connections.store import seal_json
from app.db.session import SessionMaker, open_sessions
from app.entities.base import EntityType
from app.sandbox.woocommerce.server import DEFAULT_KEY, DEFAULT_SECRET
from app.security.crypto import KeyRing
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import RetryPolicy
from app.sync.engine import Engine
from app.sync.models import RunKind
from app.sync.peers import Peers
from app.sync.runner import Runner
from app.sync.runs import LEASE, RunView, find_run, open_run

CATEGORIES: Final = 20
SYNC: Final[dict[str, Any]] = {"entities": {"product": {"poll_every_s": 0}, "category": {"poll_every_s": 0}}}


class Counted(httpx.AsyncBaseTransport):
    """The way to a peer; `calls` by what was asked for."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.calls: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls[_name(request)] += 1
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()

    @property
    def total(self) -> int:
        return sum(self.calls.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkWorld:
    sessions: SessionMaker
    runner: Runner
    drainer: Drainer
    shop: Counted
    odoo: Counted

    async def carried_out(self, kind: RunKind, entity_type: EntityType) -> RunView:
        """A new run to its end; what was put back is done beside it."""
        async with self.sessions.begin() as session:
            run = await open_run(session, link_id=1, kind=kind, entity_type=entity_type, options={})
        while await self.runner.run_one(run.id):
            now = await self._look(run)
            if now.status.value != "running":
                return now
            await self.drainer.drain()
            async with self.sessions.begin() as session:
                await session.execute(text("UPDATE runs SET leased_until = now()"))
        return await self._look(run)

    async def _look(self, run: RunView) -> RunView:
        async with self.sessions() as session:
            return await find_run(session, link_id=run.link_id, run_id=run.id) or run


@asynccontextmanager
async def open_bulk_world(
    engine: AsyncEngine,
    *,
    shop: httpx.AsyncBaseTransport,
    odoo: httpx.AsyncBaseTransport,
    odoo_credentials: Mapping[str, str],
    shop_url: str = "https://shop.test",
    odoo_url: str = "http://odoo.test",
) -> AsyncIterator[BulkWorld]:
    sessions, ring = open_sessions(engine), KeyRing([b"k" * 32])
    keys = {"consumer_key": DEFAULT_KEY, "consumer_secret": DEFAULT_SECRET}
    async with sessions.begin() as session:
        erp = Connection(name="erp", kind="odoo", url=odoo_url, sealed=seal_json(ring, dict(odoo_credentials)))
        woo = Connection(name="shop", kind="woocommerce", url=shop_url, sealed=seal_json(ring, keys))
        session.add_all([erp, woo])
        await session.flush()
        secrets = seal_json(ring, ["a-webhook-secret"])
        link = Link(slug="shop", odoo_connection_id=erp.id, shop_connection_id=woo.id, sync=SYNC)
        link.sealed_secrets = secrets
        session.add(link)
    counted = {"shop": Counted(shop), "erp": Counted(odoo)}
    peers = Peers(sessions, ring, timeout_s=60.0, width=4, ttl_s=3600, transports=dict(counted))
    syncing = Engine(sessions, peers, RetryPolicy(base_s=0.01, cap_s=0.02))
    options = DrainerOptions(name="bench", slots=2, batch_size=50, lease=LEASE, idle_scan_s=0.05)
    try:
        yield BulkWorld(
            sessions=sessions,
            runner=Runner(sessions, peers, syncing, holder="bench", max_attempts=5),
            drainer=Drainer(sessions, syncing, options),
            shop=counted["shop"],
            odoo=counted["erp"],
        )
    finally:
        await peers.aclose()


def products(count: int, categories: Sequence[int]) -> list[dict[str, Any]]:
    """Simple ones, as `POST /products` takes them."""
    return [
        {
            "name": f"Product {n}",
            "type": "simple",
            "sku": f"SKU-{n:05}",
            "regular_price": f"{10 + n % 90}.50",
            "categories": [{"id": categories[n % len(categories)]}],
        }
        for n in range(count)
    ]


def _name(request: httpx.Request) -> str:
    """`GET products` of a shop, `product.template.load` of an Odoo."""
    if "/wp-json/" in request.url.path:
        return f"{request.method} {request.url.path.partition('/wc/v3/')[2] or request.url.path}"
    body = orjson.loads(request.content or b"{}")
    given = body.get("params", {}).get("args") if isinstance(body, dict) else None
    return ".".join(str(each) for each in given[3:5]) if given and len(given) > 4 else request.url.path
