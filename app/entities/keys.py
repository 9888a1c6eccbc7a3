"""Natural keys and merging by entity type: the one place that knows which module has the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.entities import address, coupon, customer, order
from app.entities.base import EntityType, Json, NaturalKey, State

_NATURAL_KEYS: dict[EntityType, Callable[[State], NaturalKey | None]] = {
    EntityType.CUSTOMER: customer.natural_key,
    EntityType.ADDRESS: address.natural_key,
    EntityType.ORDER: order.natural_key,
    EntityType.COUPON: coupon.natural_key,
}
# What adds to a record instead of replacing a value: two of them are two, and must not become the later one.
_APPENDED = {EntityType.ORDER: "message"}


def natural_key(entity_type: EntityType, fields: State) -> NaturalKey | None:
    """None when the fields do not name the record."""
    rule = _NATURAL_KEYS.get(entity_type)
    return rule(fields) if rule else None


def parse_key(entity_type: EntityType, text: str) -> NaturalKey:
    """The inverse of `str(key)`."""
    name, _, value = text.partition(":")
    return NaturalKey(entity_type=entity_type, name=name, value=value)


def merge_patches(entity_type: EntityType, patches: Sequence[State]) -> dict[str, Json] | None:
    """Field by field, the later wins. None: they cannot be one write and have to be applied one after the other."""
    appended = _APPENDED.get(entity_type)
    if appended and sum(appended in patch for patch in patches) > 1:
        return None
    merged: dict[str, Json] = {}
    for patch in patches:
        merged.update(patch)
    return merged
