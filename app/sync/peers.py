"""Open connectors of a worker process, one per link and side, reopened when their settings change."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import httpx
from sqlalchemy import select

from app.connections.effective_sync import EffectiveSync, shop_options
from app.connections.models import Connection, Link
from app.connections.store import Sealer, connection_view
from app.connectors.base import Connector, RecordPort
from app.connectors.peer import Peer
from app.connectors.registry import open_connector
from app.db.session import SessionMaker
from app.entities.base import EntityType, Side
from app.errors import ActionRequired
from app.portal.capabilities import KEPT_HERE
from app.portal.lead_port import LeadPort


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTerms:
    """What the engine needs to know of a link. `module`: the shop's, stamped on jobs and pairs; `modules`: the names of
    those that are on."""

    id: int
    slug: str
    module: str
    sync: EffectiveSync
    modules: tuple[str, ...] = ()


@dataclass(slots=True)
class _Open:
    connector: Connector
    version: tuple[datetime, datetime]
    look_again_at: float


class Peers:
    """`transports` replaces the network per connection name, for tests."""

    def __init__(
        self,
        sessions: SessionMaker,
        ring: Sealer,
        *,
        timeout_s: float,
        width: int,
        ttl_s: float,
        transports: dict[str, httpx.AsyncBaseTransport] | None = None,
    ) -> None:
        self._sessions = sessions
        self._ring = ring
        self._timeout_s = timeout_s
        self._width = width
        self._ttl_s = ttl_s
        self._transports = transports or {}
        self._open: dict[tuple[int, Side], _Open] = {}
        self._terms: dict[int, tuple[float, LinkTerms]] = {}
        self._slugs: dict[int, str] = {}
        self._outdated: list[Connector] = []
        self._lock = asyncio.Lock()

    async def get(self, link_id: int, side: Side) -> Connector:
        """Raises `ActionRequired` when the link is gone or its settings do not fit."""
        kept = self._open.get((link_id, side))
        if kept is not None and kept.look_again_at > time.monotonic():
            return kept.connector
        async with self._lock:
            return await self._refresh(link_id, side)

    async def port(self, link_id: int, side: Side, entity_type: EntityType) -> RecordPort:
        """Of the peer, or of what is kept here in place of a shop. Raises `BadPayload` for an entity type that the side
        has not."""
        if side is Side.SHOP and entity_type in KEPT_HERE:
            return LeadPort(self._sessions, link_id)
        return cast(RecordPort, (await self.get(link_id, side)).port(entity_type))

    async def terms(self, link_id: int) -> LinkTerms:
        """Raises `ActionRequired` when the link is gone. A change of its settings acts within `ttl_s`."""
        kept = self._terms.get(link_id)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        link, shop = await self._load(link_id, Side.SHOP)
        terms = LinkTerms(
            id=link.id,
            slug=link.slug,
            module=shop.kind,
            sync=link.effective_sync,
            modules=tuple(link.modules),
        )
        self._terms[link_id] = (time.monotonic() + self._ttl_s, terms)
        return terms

    def slug_of(self, link_id: int) -> str:
        """For labels: without asking the database, so `unknown` until the link was looked at once."""
        return self._slugs.get(link_id, "unknown")

    async def _refresh(self, link_id: int, side: Side) -> Connector:
        link, row = await self._load(link_id, side)
        version = (link.updated_at, row.updated_at)
        kept = self._open.get((link_id, side))
        if kept is not None and kept.version == version:
            kept.look_again_at = time.monotonic() + self._ttl_s
            return kept.connector
        if kept is not None:
            # Calls may be under way on it; it is closed at shutdown.
            self._outdated.append(kept.connector)
        view = connection_view(row, self._ring)
        sync = link.effective_sync
        connector = open_connector(
            Peer(
                name=view.name,
                kind=view.kind,
                url=view.url,
                credentials=view.credentials,
                connection_options=view.options,
                options=shop_options(link.modules, link.module_sync, view.kind),
                odoo_options=sync.odoo,
                extra=sync.extra_fields(side),
                timeout_s=self._timeout_s,
                width=self._width,
                transport=self._transports.get(view.name),
            )
        )
        self._open[link_id, side] = _Open(connector, version, time.monotonic() + self._ttl_s)
        return connector

    async def _load(self, link_id: int, side: Side) -> tuple[Link, Connection]:
        column = Link.odoo_connection_id if side is Side.ODOO else Link.shop_connection_id
        query = select(Link, Connection).join(Connection, Connection.id == column).where(Link.id == link_id)
        async with self._sessions.autocommit() as session:
            row = (await session.execute(query)).one_or_none()
        if row is None:
            raise ActionRequired(f"link {link_id} does not exist any more", code="link_gone")
        link: Link = row[0]
        self._slugs[link_id] = link.slug
        return link, row[1]

    async def aclose(self) -> None:
        connectors = [*self._outdated, *(kept.connector for kept in self._open.values())]
        self._open.clear()
        self._outdated.clear()
        for connector in connectors:
            await connector.aclose()
