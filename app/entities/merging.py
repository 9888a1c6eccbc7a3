"""Several patches of one record as one, so that a record edited ten times is written once.

The merged patch means what applying them in order means: field by field the later wins, except where fields lean on
each other. Where no one patch can say it, there is none, and they are applied one after the other: always right, only
slower.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from app.entities import address, coupon, order
from app.entities.base import EntityType, Json, State

Merge: TypeAlias = Callable[[State, State], dict[str, Json] | None]
"""The earlier patch and the later one; None if they cannot be one."""

_RULES: Final[dict[EntityType, Merge]] = {
    EntityType.ADDRESS: address.merge,
    EntityType.ORDER: order.merge,
    EntityType.COUPON: coupon.merge,
}


def merge_patches(entity_type: EntityType, patches: Sequence[State]) -> dict[str, Json] | None:
    """None: they cannot be one write and have to be applied one after the other."""
    rule = _RULES.get(entity_type, _later_wins)
    merged: dict[str, Json] = {}
    for patch in patches:
        both = rule(merged, patch)
        if both is None:
            return None
        merged = both
    return merged


def _later_wins(earlier: State, later: State) -> dict[str, Json]:
    return {**earlier, **later}
