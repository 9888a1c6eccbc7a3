"""Whether a connection is fit for the links that use it: the peer's own report, cut down to what they keep the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from app.connections.opening import Use
from app.connections.sync_settings import OnDelete
from app.connectors.base import HEARING, ConnectionReport
from app.connectors.peer import Peer
from app.connectors.registry import open_connector
from app.entities.base import Direction, EntityType
from app.errors import ActionRequired
from app.portal.capabilities import KEPT_HERE

LIMITS: Final = "not_allowed"
"""Of a report's details: what a shop's key does not let through, `{"order shop_to_odoo": "order_cart_rules: GET"}`."""
ENVELOPES: Final = "reverse_sync"
"""The cell of events in the shop's words."""
_DELETE: Final = "DELETE"

Cells = Mapping[str, bool]
"""What is switched on, `order shop_to_odoo`, `reverse_sync`, `webhooks`; and whether records are deleted on the way."""


async def ask_report(peer: Peer) -> ConnectionReport:
    """Never raises for a peer that is down, slow or refuses: that is what the report is for."""
    try:
        connector = open_connector(peer)
    except ActionRequired as error:
        return ConnectionReport(ok=False, kind=peer.kind, problems=(error.message,))
    try:
        async with asyncio.timeout(peer.timeout_s):
            return await connector.test()
    except TimeoutError:
        slow = f"{peer.name} did not answer within {peer.timeout_s:g} s (PEER_TIMEOUT_S)"
        return ConnectionReport(ok=False, kind=peer.kind, problems=(slow,))
    finally:
        await connector.aclose()


def switched_on_cells(uses: Iterable[Use]) -> Cells:
    """Without what is kept here in place of a shop: a document or a lead needs nothing of the shop's key."""
    cells: dict[str, bool] = {}
    for use in uses:
        if use.reverse_sync:
            cells[ENVELOPES] = True
        for kind, entity in use.sync.entities.items():
            if kind in KEPT_HERE or kind in use.sync.documents:
                continue
            for direction in Direction:
                if entity.flows(direction):
                    cell = f"{kind} {direction}"
                    # A picture is replaced by deleting the older one.
                    deletes = entity.on_delete is OnDelete.DELETE or kind is EntityType.IMAGE
                    cells[cell] = cells.get(cell, False) or deletes
            if entity.flows(Direction.SHOP_TO_ODOO):
                cells[HEARING] = False
    return cells


def narrowed(report: ConnectionReport, cells: Cells) -> ConnectionReport:
    """What the key does not let through is a problem where a link needs it, and else nobody's business."""
    limits = report.details.get(LIMITS)
    if not isinstance(limits, dict):
        return report
    lacking = {cell: _needed(str(words), deletes=cells[cell]) for cell, words in limits.items() if cell in cells}
    said = {cell: f"{cell}: the key lacks {words}" for cell, words in lacking.items() if words}
    if HEARING in said:
        said[HEARING] += "; changes are found by polling and reconciliation only"
    details = {name: value for name, value in report.details.items() if name != LIMITS}
    # Without webhooks a link works, late.
    stopped = said.keys() - {HEARING}
    return replace(report, ok=report.ok and not stopped, details=details, problems=(*report.problems, *said.values()))


def _needed(words: str, *, deletes: bool) -> str:
    """Of `customers: PATCH, DELETE; languages: GET`, without the right to delete where nothing is deleted."""
    kept = []
    for part in words.split("; "):
        resource, _, methods = part.partition(": ")
        wanted = [method for method in methods.split(", ") if deletes or method != _DELETE]
        if wanted:
            kept.append(f"{resource}: {', '.join(wanted)}")
    return "; ".join(kept)
