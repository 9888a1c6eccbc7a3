"""Natural keys by entity type: the one place that knows which module has the rule."""

from __future__ import annotations

from collections.abc import Callable

from app.entities import address, coupon, customer, order
from app.entities.base import EntityType, NaturalKey, State

_NATURAL_KEYS: dict[EntityType, Callable[[State], NaturalKey | None]] = {
    EntityType.CUSTOMER: customer.natural_key,
    EntityType.ADDRESS: address.natural_key,
    EntityType.ORDER: order.natural_key,
    EntityType.COUPON: coupon.natural_key,
}


def natural_key(entity_type: EntityType, fields: State) -> NaturalKey | None:
    """None when the fields do not name the record."""
    rule = _NATURAL_KEYS.get(entity_type)
    return rule(fields) if rule else None


def parse_key(entity_type: EntityType, text: str) -> NaturalKey:
    """The inverse of `str(key)`."""
    name, _, value = text.partition(":")
    return NaturalKey(entity_type=entity_type, name=name, value=value)
