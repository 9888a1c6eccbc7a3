"""Both ends of a link as a file would have them, before anything of it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.effective_sync import EffectiveSync, effective, shop_options
from app.connections.opening import Timing
from app.connections.plan import Change, CheckedModules
from app.connections.schemas import Config
from app.connections.store import Sealer, connection_view, find_connection, find_link
from app.connections.sync_changes import new_mappings
from app.connections.sync_settings import FieldMapping, LinkSync
from app.connectors.peer import Peer
from app.entities.base import Side
from app.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A link of the file with mappings that are new or changed, and what to ask about them."""

    slug: str
    mappings: tuple[FieldMapping, ...]
    peers: Mapping[Side, Peer]


async def load_mapped(
    session: AsyncSession, ring: Sealer, desired: Config, planned: Sequence[Change], timing: Timing
) -> list[Mapped]:
    """Only reads. `planned`: what the file changes; so its links have both connections, in it or stored."""
    modules = {change.name: change.modules for change in planned if change.kind == "link"}
    found = []
    for form in desired.links:
        row = await find_link(session, slug=form.slug)
        before = row.effective_sync if row is not None else EffectiveSync()
        amount = modules[form.slug]
        if mappings := new_mappings(before, form.sync):
            peers = {
                Side.ODOO: await _peer(session, ring, desired, form.odoo, amount, form.sync, timing),
                Side.SHOP: await _peer(session, ring, desired, form.shop, amount, form.sync, timing),
            }
            found.append(Mapped(slug=form.slug, mappings=mappings, peers=peers))
    return found


async def _peer(
    session: AsyncSession,
    ring: Sealer,
    desired: Config,
    name: str,
    modules: CheckedModules,
    sync: LinkSync,
    timing: Timing,
) -> Peer:
    form = next((each for each in desired.connections if each.name == name), None)
    if form is not None:
        kind, url, credentials, options = form.kind, form.url, form.credentials, form.options
    else:
        row = await find_connection(session, name=name)
        if row is None:
            raise NotFound(f"there is no connection {name!r}", code="unknown_connection")
        view = connection_view(row, ring)
        kind, url, credentials, options = view.kind, view.url, dict(view.credentials), dict(view.options)
    return Peer(
        name=name,
        kind=kind,
        url=url,
        credentials=credentials,
        connection_options=options,
        options=shop_options(modules.settings, modules.sync, kind),
        odoo_options=effective(modules.sync, sync).odoo,
        timeout_s=timing.timeout_s,
        width=timing.width,
    )
