"""Connections, links and pauses as rows, and links as the hot path wants them: unsealed, cached for a moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import orjson
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.effective_sync import EffectiveSync
from app.connections.models import Connection, Link
from app.db.session import SessionMaker
from app.entities.base import Direction
from app.redact import register_secret

UNKNOWN_SLUGS_KEPT = 1000
NOT_SECRET = frozenset({"database", "username"})


class Sealer(Protocol):
    """`security.crypto.KeyRing` as this module needs it."""

    def seal(self, plain: bytes) -> bytes: ...
    def open(self, sealed: bytes) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionView:
    id: int
    name: str
    kind: str
    url: str
    options: Mapping[str, Any]
    credentials: Mapping[str, str] = field(repr=False)
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """`sync` is what is in force. `secrets`: one, or two while the newer replaces the older."""

    id: int
    slug: str
    modules: Mapping[str, Mapping[str, Any]]
    reverse_sync: bool
    sync: EffectiveSync
    enabled: bool
    odoo_connection_id: int
    shop_connection_id: int
    shop_kind: str
    secrets: tuple[str, ...] = field(repr=False)
    updated_at: datetime


def seal_json(ring: Sealer, value: object) -> bytes:
    return ring.seal(orjson.dumps(value))


def connection_view(row: Connection, ring: Sealer) -> ConnectionView:
    """Unsealed; from here on its secrets are struck out of every log line."""
    credentials: dict[str, str] = orjson.loads(ring.open(row.sealed))
    for name, value in credentials.items():
        if name not in NOT_SECRET:
            register_secret(value)
    return ConnectionView(
        id=row.id,
        name=row.name,
        kind=row.kind,
        url=row.url,
        options=row.options,
        credentials=credentials,
        updated_at=row.updated_at,
    )


def link_view(row: Link, shop_kind: str, ring: Sealer) -> LinkView:
    """Unsealed; from here on its secrets are struck out of every log line."""
    secrets: tuple[str, ...] = tuple(orjson.loads(ring.open(row.sealed_secrets)))
    for secret in secrets:
        register_secret(secret)
    return LinkView(
        id=row.id,
        slug=row.slug,
        modules=row.modules,
        reverse_sync=row.reverse_sync,
        sync=row.effective_sync,
        enabled=row.enabled,
        odoo_connection_id=row.odoo_connection_id,
        shop_connection_id=row.shop_connection_id,
        shop_kind=shop_kind,
        secrets=secrets,
        updated_at=row.updated_at,
    )


async def find_connection(session: AsyncSession, *, name: str) -> Connection | None:
    return (await session.execute(select(Connection).where(Connection.name == name))).scalar_one_or_none()


async def find_link(session: AsyncSession, *, slug: str) -> Link | None:
    return (await session.execute(select(Link).where(Link.slug == slug))).scalar_one_or_none()


async def get_link_view(session: AsyncSession, ring: Sealer, *, slug: str) -> LinkView | None:
    query = (
        select(Link, Connection.kind)
        .join(Connection, Connection.id == Link.shop_connection_id)
        .where(Link.slug == slug)
    )
    row = (await session.execute(query)).one_or_none()
    return None if row is None else link_view(row[0], row[1], ring)


class LinkCache:
    """Links by slug for `ttl_s`: two thousand webhooks a second must not be two thousand look-ups.

    A change of a link therefore acts within `ttl_s` in every process. One request looks anew, the others that come
    meanwhile wait for its answer. Unknown slugs are remembered too, a bounded number of them, so that a scanner costs
    one query per name and not one per request.
    """

    def __init__(self, sessions: SessionMaker, ring: Sealer, *, ttl_s: float) -> None:
        self._sessions = sessions
        self._ring = ring
        self._ttl_s = ttl_s
        self._kept: dict[str, tuple[float, LinkView | None]] = {}
        self._looking: dict[str, asyncio.Task[LinkView | None]] = {}

    async def get(self, slug: str) -> LinkView | None:
        kept = self._kept.get(slug)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        looking = self._looking.get(slug)
        if looking is None:
            looking = asyncio.create_task(self._look(slug), name="link")
            self._looking[slug] = looking
            looking.add_done_callback(lambda _: self._looking.pop(slug, None))
        # Shielded: a client that goes away must not cancel the look of the others.
        return await asyncio.shield(looking)

    async def _look(self, slug: str) -> LinkView | None:
        async with self._sessions() as session:
            view = await get_link_view(session, self._ring, slug=slug)
        if len(self._kept) >= UNKNOWN_SLUGS_KEPT:
            self._kept.clear()
        self._kept[slug] = (time.monotonic() + self._ttl_s, view)
        return view


_PAUSE = text(
    """
    INSERT INTO pauses AS p (link_id, direction, entity_type, reason, until)
    VALUES (:link_id, :direction, :entity_type, :reason, now() + CAST(:first AS interval))
    ON CONFLICT (link_id, direction, entity_type) DO UPDATE SET
        reason = excluded.reason,
        strikes = CASE WHEN p.until > now() THEN p.strikes ELSE p.strikes + 1 END,
        until = CASE WHEN p.until > now() THEN p.until
                     ELSE now() + LEAST(CAST(:first AS interval) * power(2, LEAST(p.strikes, 10)),
                                        CAST(:longest AS interval)) END
    """
)


async def pause(
    session: AsyncSession,
    *,
    link_id: int,
    direction: Direction,
    entity_type: str = "",
    reason: str,
    first: timedelta,
    longest: timedelta,
) -> None:
    """Stop a direction (or one entity type of it) for a while; each further strike doubles the wait."""
    await session.execute(
        _PAUSE,
        {
            "link_id": link_id,
            "direction": direction.value,
            "entity_type": entity_type,
            "reason": reason,
            "first": first,
            "longest": longest,
        },
    )


async def unpause(
    session: AsyncSession, *, link_id: int, direction: Direction | None = None, entity_type: str | None = None
) -> int:
    """Remove pauses; returns how many there were. None means any."""
    result = await session.execute(
        text(
            "DELETE FROM pauses WHERE link_id = :link_id"
            " AND (CAST(:direction AS text) IS NULL OR direction = :direction)"
            " AND (CAST(:entity_type AS text) IS NULL OR entity_type IN ('', :entity_type))"
            " RETURNING 1"
        ),
        {"link_id": link_id, "direction": direction.value if direction else None, "entity_type": entity_type},
    )
    return len(result.all())
