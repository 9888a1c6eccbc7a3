"""`shopsync link check`: what a link is set to, and whether both ends let it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from app.cli.environment import database, out, run
from app.cli.peer_report import print_report
from app.connections.hearing import unheard
from app.connections.opening import Timing, Use, load_link_peers
from app.connections.store import LinkView, get_link_view
from app.connections.sync_changes import unsynced_references
from app.connectors.base import ConnectionReport
from app.connectors.peer import Peer
from app.entities.base import Side
from app.errors import NotFound
from app.modules.fitness import ask_report, narrowed, switched_on_cells
from app.modules.matrix import Noticing, Row, matrix
from app.modules.registry import entity_types
from app.security.crypto import open_key_ring
from app.settings import Settings
from app.sync.mapping_check import Checked, check_mappings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    link: LinkView
    peers: Mapping[Side, Peer]
    reports: tuple[ConnectionReport, ...]
    checked: Checked

    @property
    def fine(self) -> bool:
        return not self.checked.problems and all(report.ok for report in self.reports)


def check_link(slug: str, settings: Settings) -> bool:
    """Prints it; False if something has to be mended. Raises `NotFound`."""
    found = run(lambda: _ask(slug, settings))
    _print(found, settings.public_url or "")
    return found.fine


async def _ask(slug: str, settings: Settings) -> _Found:
    ring = open_key_ring(settings)
    async with database(settings) as session:
        link = await get_link_view(session, ring, slug=slug)
        if link is None:
            raise NotFound(f"there is no link {slug!r}; see `shopsync link list`", code="unknown_link")
        peers = await load_link_peers(session, ring, slug, Timing(timeout_s=settings.peer_timeout_s))
    reports = await asyncio.gather(*(ask_report(peers[side]) for side in Side))
    cells = switched_on_cells([Use(sync=link.sync, reverse_sync=link.reverse_sync)])
    return _Found(
        link=link,
        peers=peers,
        reports=tuple(narrowed(report, cells) for report in reports),
        checked=await check_mappings(link.sync.mappings, peers),
    )


def _print(found: _Found, base: str) -> None:
    """`base`: where peers reach this service; empty if nobody said."""
    link, kind = found.link, found.link.shop_kind
    ends = f"{found.peers[Side.ODOO].name} ⇄ {found.peers[Side.SHOP].name}"
    out.print(f"{link.slug}: {ends}, {'enabled' if link.enabled else 'switched off'}", markup=False)
    addresses = [f"{base.rstrip('/')}/webhooks/{each}/{link.slug}" for each in ("odoo", kind)]
    out.print(f"  webhooks: {', '.join(addresses)}", markup=False, soft_wrap=True)
    out.print(f"  reverse sync: {'on' if link.reverse_sync else 'off'}")
    _print_matrix(matrix(link.sync, entity_types(link.modules), shop_kind=kind))
    for mapping in link.sync.mappings:
        pair = f"{mapping.entity} {mapping.odoo_field} ⇄ {mapping.shop_field}"
        out.print(f"  mapped: {pair} ({mapping.converter}, {mapping.direction})", markup=False, soft_wrap=True)
    deaf = unheard(kind, link.sync, base or None)
    for said in (
        *unsynced_references(link.sync),
        *found.checked.warnings,
        *found.checked.problems,
        *filter(None, [deaf]),
    ):
        out.print(Text(f"  ! {said}", "yellow"), soft_wrap=True)
    for side, report in zip(Side, found.reports, strict=True):
        print_report(found.peers[side].name, report)


def _print_matrix(rows: list[Row]) -> None:
    table = Table("entity type", "direction", "a change in Odoo", "a change in the shop", "seen by neither")
    for row in rows:
        unseen = [f"{each.side}: {'; '.join(each.unseen)}" for each in row.noticing if each.taken and each.unseen]
        table.add_row(row.entity_type, row.settings.direction, *map(_noticed, row.noticing), "\n".join(unseen))
    out.print(table)


def _noticed(noticing: Noticing) -> str:
    if not noticing.taken:
        return "not taken"
    looks = f"polled every {noticing.polled_every_s} s" if noticing.polled_every_s else "not polled"
    return f"told when {', '.join(noticing.signals)}; {looks}" if noticing.signals else looks
