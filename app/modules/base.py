"""A module: a switchable set of entity types with its own settings."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel

from app.entities.base import EntityType


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """`shop_kind`: the kind of connection it needs; `exclusive_group`: of one group only one may be on."""

    name: str
    entity_types: frozenset[EntityType]
    settings: type[BaseModel]
    shop_kind: str | None = None
    exclusive_group: str | None = None
