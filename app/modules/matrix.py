"""What can be kept the same between an Odoo and a kind of shop, and how a change is noticed on each side. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.connections.effective_sync import EffectiveSync
from app.connections.sync_settings import EntitySync
from app.connectors.base import Capability
from app.connectors.kind import ODOO
from app.connectors.registry import KINDS
from app.entities.base import Direction, EntityType, Side
from app.portal.capabilities import CAPABILITIES as PORTAL_CAPABILITIES
from app.portal.capabilities import KEPT_HERE
from app.portal.capabilities import KIND as PORTAL

DOCUMENTS: Final = "documents"
"""Odoo's records as we keep them for the portal: the other end of what no shop is told."""
_DOCUMENTS: Final = tuple(
    Capability(entity_type=kind, directions=frozenset({Direction.ODOO_TO_SHOP}))
    for kind in (EntityType.PRODUCT, EntityType.ORDER, EntityType.INVOICE)
)
CAPABILITIES: Final[Mapping[str, Sequence[Capability]]] = {
    **{name: kind.capabilities for name, kind in KINDS.items()},
    PORTAL: PORTAL_CAPABILITIES,
    DOCUMENTS: _DOCUMENTS,
}
"""What each kind of connection, and what stands here, can do, known without opening one."""
_OUT_OF: Final = {Side.ODOO: Direction.ODOO_TO_SHOP, Side.SHOP: Direction.SHOP_TO_ODOO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticing:
    """How a change made on one side is noticed. `taken`: it is taken to the other side, as the link is set.

    `polled_every_s` is None where it is not looked for: it is not taken, polling is switched off, or the peer shows no
    changes by date. `unseen`: what neither a signal nor a look shows.
    """

    side: Side
    taken: bool
    signals: tuple[str, ...]
    polled_every_s: int | None
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One entity type of a link: what could be, and what is."""

    entity_type: EntityType
    possible: tuple[Direction, ...]
    settings: EntitySync
    noticing: tuple[Noticing, Noticing]


def other_end_of(entity_type: EntityType, shop_kind: str, documents: Collection[EntityType] = ()) -> str:
    """The kind of what stands at the shop's end of an entity type: the shop, or we ourselves."""
    if entity_type in documents:
        return DOCUMENTS
    return PORTAL if entity_type in KEPT_HERE else shop_kind


def can_flow(entity_type: EntityType, direction: Direction, *, shop_kind: str) -> bool:
    """Whether both ends have this entity type, in this direction."""
    return all(
        (cell := find_cell(kind, entity_type)) is not None and direction in cell.directions
        for kind in (ODOO, shop_kind)
    )


def find_cell(kind: str, entity_type: EntityType) -> Capability | None:
    return next((cell for cell in CAPABILITIES[kind] if cell.entity_type is entity_type), None)


def matrix(sync: EffectiveSync, known: Collection[EntityType], *, shop_kind: str) -> list[Row]:
    """The entity types that the link's modules keep, those that are switched on first."""
    kept = [kind for kind in EntityType if kind in known]
    return [_row(kind, sync, shop_kind) for kind in sorted(kept, key=lambda kind: kind not in sync.entities)]


def _row(entity_type: EntityType, sync: EffectiveSync, shop_kind: str) -> Row:
    settings = sync.entity(entity_type)
    other_end = other_end_of(entity_type, shop_kind, sync.documents)
    return Row(
        entity_type=entity_type,
        possible=tuple(each for each in Direction if can_flow(entity_type, each, shop_kind=other_end)),
        settings=settings,
        noticing=(
            _noticing(Side.ODOO, find_cell(ODOO, entity_type), settings),
            _noticing(Side.SHOP, find_cell(other_end, entity_type), settings),
        ),
    )


def _noticing(side: Side, cell: Capability | None, settings: EntitySync) -> Noticing:
    taken = settings.flows(_OUT_OF[side])
    looked_for = taken and cell is not None and cell.polled and settings.poll_every_s
    return Noticing(
        side=side,
        taken=taken,
        signals=tuple(sorted(cell.signals)) if cell else (),
        polled_every_s=settings.poll_every_s if looked_for else None,
        unseen=cell.unseen if cell else (),
    )
