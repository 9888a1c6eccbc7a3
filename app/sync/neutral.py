"""A record as both sides are compared by: neutral words, the operator's own fields, and what plugins make of it."""

from __future__ import annotations

from app import hooks
from app.entities.base import EntityType, Json, Record, Side, State
from app.modules.registry import keeper
from app.sync.custom_fields import with_custom
from app.sync.peers import LinkTerms


def as_compared(
    record: Record, state: State, *, terms: LinkTerms, entity_type: EntityType, side: Side
) -> dict[str, Json]:
    """Of a state and its record as the port of `side` gave them. Raises `Retryable` naming the plugin that failed."""
    whole = with_custom(record, state, terms.sync.mappings_of(entity_type), side)
    module = keeper(terms.modules, entity_type) or terms.module
    tell = hooks.map_to_odoo if side is Side.SHOP else hooks.map_from_odoo
    return dict(tell(module, entity_type.value, whole))
