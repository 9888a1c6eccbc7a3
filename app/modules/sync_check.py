"""Whether a link's sync settings can be: against its modules, what both ends can do, and the records' fields. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Final, TypeAlias

from app.connections.effective_sync import EffectiveSync
from app.connections.explain import closest
from app.connections.sync_settings import EntitySync, FieldMapping, Flow, LinkSync
from app.entities.base import Direction, EntityType, Side
from app.entities.records import FIELDS
from app.errors import BadPayload
from app.modules.matrix import can_flow, other_end_of

Problem: TypeAlias = tuple[str, str]
"""The place, and what is wrong there."""

WITHOUT_OWN_FIELDS: Final = frozenset({EntityType.IMAGE})
"""An image is its bytes; there is nothing to map."""


def check_sync(
    sync: EffectiveSync,
    known: Collection[EntityType],
    *,
    shop_kind: str,
    written: LinkSync,
    off: Mapping[EntityType, str],
) -> None:
    """Raises `BadPayload` with a line for everything that is wrong. `known`: what the link's modules keep; `written`:
    what the operator wrote of `sync`; `off`: entity types that a module's setting switches off, with that setting."""
    problems = [*_switched_off(written, off)]
    problems += [
        problem
        for entity_type, entity in sync.entities.items()
        for problem in _entity(entity_type, entity, sync, known, shop_kind)
    ]
    problems += [problem for place, mapping in enumerate(sync.mappings) for problem in _mapping(place, mapping, sync)]
    if problems:
        raise BadPayload("\n".join(f"{where}: {words}" for where, words in problems), field=problems[0][0])


def _switched_off(written: LinkSync, off: Mapping[EntityType, str]) -> Iterator[Problem]:
    for entity_type, entity in written.entities.items():
        if entity_type in off and entity.direction is not Flow.OFF:
            where = f"sync.entities.{entity_type}"
            yield where, f"{off[entity_type]} switches {entity_type} off; take one of the two out"


def _entity(
    entity_type: EntityType, entity: EntitySync, sync: EffectiveSync, known: Collection[EntityType], shop_kind: str
) -> Iterator[Problem]:
    where = f"sync.entities.{entity_type}"
    if entity_type not in known:
        there = ", ".join(sorted(known)) or "none; switch the shop's module on"
        yield where, f"no module of this link keeps it; there are: {there}"
        return
    other_end = other_end_of(entity_type, shop_kind, sync.documents)
    for direction in Direction:
        if entity.flows(direction) and not can_flow(entity_type, direction, shop_kind=other_end):
            other = next((one for one in Direction if can_flow(entity_type, one, shop_kind=other_end)), None)
            said = f"; set direction: {other}" if other else "; leave it out"
            yield f"{where}.direction", f"{entity_type} cannot go {direction} here{said}"
    fields = sorted(FIELDS[entity_type]) + [mapping.name for mapping in sync.mappings_of(entity_type)]
    for name in entity.owners:
        if name not in fields:
            yield f"{where}.owners.{name}", f"{entity_type} has no such field; {closest(name, fields)}"


def _mapping(place: int, mapping: FieldMapping, sync: LinkSync) -> Iterator[Problem]:
    where = f"sync.mappings.{place}"
    said = f"{mapping.odoo_field} ⇄ {mapping.shop_field} is of {mapping.entity}"
    if mapping.entity not in sync.entities:
        yield where, f"{said}, which is not in sync.entities"
    elif mapping.entity in WITHOUT_OWN_FIELDS:
        yield where, f"{said}, which has no fields to map"
    for side, named in ((Side.ODOO, "odoo_field"), (Side.SHOP, "shop_field")):
        others = Counter(getattr(each, named) for each in sync.mappings[:place] if each.entity is mapping.entity)
        if getattr(mapping, named) in others:
            yield f"{where}.{named}", f"{getattr(mapping, named)} of {side} is mapped already; a field has one partner"
