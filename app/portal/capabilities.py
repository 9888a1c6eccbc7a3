"""What this service keeps itself in place of a shop, and how a change of it is noticed."""

from __future__ import annotations

from typing import Final

from app.connectors.base import Capability
from app.entities.base import Direction, EntityType

KIND: Final = "portal"
CAPABILITIES: Final = (
    Capability(
        entity_type=EntityType.LEAD,
        directions=frozenset(Direction),
        signals=frozenset({"created", "updated"}),
        polled=True,
    ),
)
"""A lead and the job that takes it to Odoo are one transaction: there is nothing to miss."""
KEPT_HERE: Final = frozenset(cell.entity_type for cell in CAPABILITIES)
"""Entity types whose side `shop` is here, whatever kind of shop the link has."""
