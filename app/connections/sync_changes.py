"""What a change of a link's sync settings means, in words and in what has to follow. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from app.connections.effective_sync import EffectiveSync
from app.connections.sync_settings import FieldMapping, Flow, LinkSync
from app.entities.base import Direction, EntityType
from app.entities.records import REFERENCES

_OPTIONAL: Final = frozenset({"parent", "category", "variant", "invoice_address", "delivery_address"})
"""References that a record does without where the other record is not kept the same."""


def sync_differences(before: LinkSync, after: LinkSync) -> Iterator[str]:
    """`sync.entities.customer.direction: both → odoo_to_shop`, one line per setting."""
    old, new = _flat(before, after), _flat(after, before)
    for name in [*new, *(name for name in old if name not in new)]:
        if old.get(name) != new.get(name):
            yield f"sync.{name}: {_shown(old.get(name))} → {_shown(new.get(name))}"


def switched_on(before: LinkSync, after: LinkSync) -> frozenset[tuple[EntityType, Direction]]:
    """What is taken from now on and was not before."""
    return frozenset(
        (kind, direction)
        for kind in after.entities
        for direction in Direction
        if after.flows(kind, direction) and not before.flows(kind, direction)
    )


def new_mappings(before: LinkSync, after: LinkSync) -> tuple[FieldMapping, ...]:
    """Those that have not been checked against the peers' fields yet."""
    return tuple(mapping for mapping in after.mappings if mapping not in before.mappings)


def unsynced_references(sync: LinkSync) -> Iterator[str]:
    """An entity type that is kept the same, of which every record needs one of a type that is not."""
    for kind, entity in sync.entities.items():
        if entity.direction is Flow.OFF or kind in _documents(sync):
            continue
        needed = [other for name, other in REFERENCES.get(kind, {}).items() if name not in _OPTIONAL]
        for other in dict.fromkeys(needed):
            if sync.entity(other).direction is Flow.OFF:
                yield (
                    f"sync.entities.{kind}: every {kind} belongs to a {other}, and {other} is not synced: only those "
                    f"whose {other} is linked already can be kept the same; add {other} to sync.entities"
                )


def _documents(sync: LinkSync) -> frozenset[EntityType]:
    """They hold what they say of other records, and need none."""
    return sync.documents if isinstance(sync, EffectiveSync) else frozenset()


def _flat(sync: LinkSync, other: LinkSync) -> dict[str, object]:
    """Every setting by its place. An entity type that only `other` names is off here."""
    flat: dict[str, object] = {"conflict_rule": sync.conflict_rule.value}
    for kind in [*sync.entities, *(kind for kind in other.entities if kind not in sync.entities)]:
        for name, value in sync.entity(kind).model_dump(mode="json").items():
            flat[f"entities.{kind}.{name}"] = value
    for mapping in sync.mappings:
        place = f"mappings.{mapping.entity}.{mapping.odoo_field}⇄{mapping.shop_field}"
        flat[place] = f"{mapping.converter}, {mapping.direction}"
    if isinstance(sync, EffectiveSync):
        flat["documents"] = ", ".join(sorted(_documents(sync))) or "none"
        flat |= {f"portal.{name}": value for name, value in sync.portal.model_dump().items()}
    return flat | {f"odoo.{name}": value for name, value in sync.odoo.model_dump(mode="json").items()}


def _shown(value: object) -> str:
    match value:
        case None:
            return "unset"
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case Mapping() if not value:
            return "none"
        case _:
            return orjson.dumps(value).decode()
