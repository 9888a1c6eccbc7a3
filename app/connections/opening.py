"""What a connector is opened with, from the stored rows: for a test of one connection, or for both ends of a link."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.effective_sync import EffectiveSync, shop_options
from app.connections.models import Connection, Link
from app.connections.store import Sealer, connection_view, find_connection, find_link
from app.connections.sync_settings import Flow
from app.connectors.kind import ODOO
from app.connectors.peer import Peer
from app.entities.base import EntityType, Side
from app.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """`settings.peer_timeout_s` and `settings.peer_width`."""

    timeout_s: float
    width: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What one link does with its connections."""

    sync: EffectiveSync
    reverse_sync: bool


async def load_peer(session: AsyncSession, ring: Sealer, name: str, timing: Timing) -> Peer:
    """A connection as the first link that uses it sets it up, and the entity types of all of them.

    Raises `NotFound`, and `CannotOpen` (an `ActionRequired`) for credentials that no key opens.
    """
    row = await find_connection(session, name=name)
    if row is None:
        raise NotFound(f"there is no connection {name}; see `shopsync connection list`", code="unknown_connection")
    links = await find_links_of(session, row)
    side = Side.ODOO if row.kind == ODOO else Side.SHOP
    return _peer(row, ring, links[0] if links else None, side, timing, synced_types(links))


async def load_link_peers(
    session: AsyncSession, ring: Sealer, slug: str, timing: Timing, *, sync: EffectiveSync | None = None
) -> Mapping[Side, Peer]:
    """Both ends of a link. `sync`: settings to open them with instead of the stored ones. Raises as `load_peer`."""
    link = await find_link(session, slug=slug)
    if link is None:
        raise NotFound(f"there is no link {slug!r}; see `shopsync link list`", code="unknown_link")
    odoo = await session.get_one(Connection, link.odoo_connection_id)
    shop = await session.get_one(Connection, link.shop_connection_id)
    types = _switched_on([sync or link.effective_sync])
    return {
        Side.ODOO: _peer(odoo, ring, link, Side.ODOO, timing, types, sync=sync),
        Side.SHOP: _peer(shop, ring, link, Side.SHOP, timing, types, sync=sync),
    }


async def load_uses(session: AsyncSession, name: str) -> list[Use]:
    """What the links that use a connection and are switched on want of it. Raises `NotFound`."""
    row = await find_connection(session, name=name)
    if row is None:
        raise NotFound(f"there is no connection {name}; see `shopsync connection list`", code="unknown_connection")
    return [
        Use(sync=link.effective_sync, reverse_sync=link.reverse_sync)
        for link in await find_links_of(session, row)
        if link.enabled
    ]


async def find_links_of(session: AsyncSession, connection: Connection) -> list[Link]:
    """The links that use it, oldest first."""
    ends = or_(Link.odoo_connection_id == connection.id, Link.shop_connection_id == connection.id)
    return list(await session.scalars(select(Link).where(ends).order_by(Link.id)))


def synced_types(links: Iterable[Link]) -> frozenset[EntityType] | None:
    """What the links keep the same; None where none says anything, which asks about all."""
    return _switched_on([link.effective_sync for link in links if link.enabled])


def _switched_on(settings: Iterable[EffectiveSync]) -> frozenset[EntityType] | None:
    kinds = {kind for sync in settings for kind, entity in sync.entities.items() if entity.direction is not Flow.OFF}
    return frozenset(kinds) or None


def _peer(
    row: Connection,
    ring: Sealer,
    link: Link | None,
    side: Side,
    timing: Timing,
    entity_types: Collection[EntityType] | None,
    *,
    sync: EffectiveSync | None = None,
) -> Peer:
    view = connection_view(row, ring)
    modules, module_sync = (link.modules, link.module_sync) if link is not None else ({}, {})
    settings = sync or (link.effective_sync if link is not None else EffectiveSync())
    return Peer(
        name=view.name,
        kind=view.kind,
        url=view.url,
        credentials=view.credentials,
        connection_options=view.options,
        options=shop_options(modules, module_sync, view.kind),
        odoo_options=settings.odoo,
        entity_types=entity_types,
        timeout_s=timing.timeout_s,
        width=timing.width,
    )
