"""What the modules of a link amount to together. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from app.connections.effective_sync import ModuleSync
from app.entities.base import EntityType
from app.errors import BadPayload
from app.modules.base import Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """`off`: entity types that a setting switched off, with it: `{STOCK: "modules.woocommerce.sync_stock"}`."""

    sync: ModuleSync
    off: Mapping[EntityType, str]


def compose(effects: Sequence[tuple[str, Effect]]) -> Composed:
    """Module names with their effects, those that go before last. Raises `BadPayload` for an effect that cannot be,
    which only a plugin's can."""
    entities: dict[EntityType, Mapping[str, Any]] = {}
    shop: dict[str, Any] = {}
    odoo: dict[str, Any] = {}
    portal: dict[str, Any] = {}
    documents: set[EntityType] = set()
    for _, effect in effects:
        for kind, settings in effect.entities.items():
            entities[kind] = {**entities.get(kind, {}), **settings}
        shop, odoo, portal = {**shop, **effect.shop}, {**odoo, **effect.odoo}, {**portal, **effect.portal}
        documents |= effect.documents
    off = {
        kind: f"modules.{name}.{setting}"
        for name, effect in effects
        for kind, setting in effect.off.items()
        if kind not in entities
    }
    try:
        sync = ModuleSync.model_validate(
            {"entities": entities, "odoo": odoo, "shop": shop, "documents": documents, "portal": portal}
        )
    except ValidationError as error:
        names = ", ".join(name for name, _ in effects)
        said = error.errors(include_url=False)[0]["msg"]
        raise BadPayload(f"modules {names}: what they amount to cannot be: {said}", field="modules") from error
    return Composed(sync=sync, off=off)
