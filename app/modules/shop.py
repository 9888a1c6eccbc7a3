"""A shop's module where none is written for it: its settings are the connector's options, its entity types all that the
connector has. Which of them are kept the same, and in which direction, a link says under `sync.entities`."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from app.connectors.kind import Kind
from app.modules.base import SHOP_DOCUMENTS, Effect, Module, Place


def shop_module(kind: Kind) -> Module[Any]:
    return Module(
        name=kind.name,
        entity_types=frozenset(cell.entity_type for cell in kind.capabilities),
        settings=kind.options,
        effect=effect,
        shop_kinds=frozenset({kind.name}),
        exclusive_group=SHOP_DOCUMENTS,
    )


def effect(settings: BaseModel, place: Place) -> Effect:
    return Effect(shop=settings.model_dump(mode="json", exclude_unset=True))
