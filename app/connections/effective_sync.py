"""What is in force on a link: what its modules' settings amount to, and over it what the operator wrote under `sync`.

The modules lie above this layer. What their settings amount to is therefore worked out when a link is stored, and kept
with it (`links.module_sync`):

{"entities": {"product": {}, "stock": {"direction": "odoo_to_shop"}, "invoice": {"direction": "odoo_to_shop"}},
 "odoo": {"auto_confirm_orders": false}, "shop": {"default_country": "DE"}, "documents": ["invoice"],
 "portal": {"enabled": true, "orders_per_page": 10}}

A link that was stored before there was such a thing has `{}`, and is what its `sync` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from app.connections.sync_settings import EntitySync, LinkSync
from app.connectors.odoo.options import OdooOptions
from app.entities.base import EntityType


class PortalOptions(BaseModel):
    """What a customer is shown of the link's documents."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = Field(False, description="Whether there are pages.")
    orders_per_page: int = Field(10, description="How many documents one page lists.")


class ModuleSync(BaseModel):
    """`entities` and `odoo` hold single settings only; `shop` are options of the shop's connector."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entities: Mapping[EntityType, Mapping[str, Any]] = Field(default_factory=dict)
    odoo: Mapping[str, Any] = Field(default_factory=dict)
    shop: Mapping[str, Any] = Field(default_factory=dict)
    documents: frozenset[EntityType] = frozenset()
    portal: PortalOptions = PortalOptions()

    @property
    def stored(self) -> dict[str, Any]:
        """As `links.module_sync` holds it."""
        return _sorted(self.model_dump(mode="json", exclude_defaults=True))


class EffectiveSync(LinkSync):
    """A link's settings as they act. `documents`: entity types whose shop side are documents of our own."""

    documents: frozenset[EntityType] = frozenset()
    portal: PortalOptions = PortalOptions()

    @property
    def stored(self) -> dict[str, Any]:
        return _sorted(super().stored)


def effective(module_sync: Mapping[str, Any] | None, sync: Mapping[str, Any] | LinkSync | None) -> EffectiveSync:
    """By entity type and field: what the operator wrote goes before what the modules amount to. Takes the columns
    `module_sync` and `sync` as they are, or `sync` as it was read."""
    under = ModuleSync.model_validate(module_sync or {})
    written = _written(sync)
    entities = written.pop("entities", {})
    kinds = dict.fromkeys([*(kind.value for kind in under.entities), *entities])
    return EffectiveSync.model_validate(
        {
            **written,
            "entities": {kind: {**_of(under, kind), **entities.get(kind, {})} for kind in kinds},
            "odoo": {**under.odoo, **written.get("odoo", {})},
            "documents": under.documents,
            "portal": under.portal,
        }
    )


def stored_sync(sync: LinkSync, module_sync: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """As `links.sync` stores it: what the operator wrote and would be otherwise without."""
    under = ModuleSync.model_validate(module_sync or {})
    written = _written(sync)
    stored = {name: value for name, value in sync.stored.items() if name in ("conflict_rule", "mappings")}
    if entities := written.get("entities"):
        stored["entities"] = {
            kind: _differing(settings, {**_DEFAULTS, **_of(under, kind)}) for kind, settings in entities.items()
        }
    if odoo := _differing(written.get("odoo", {}), {**_ODOO_DEFAULTS, **under.odoo}):
        stored["odoo"] = odoo
    return stored


def shop_options(modules: Mapping[str, Any], module_sync: Mapping[str, Any] | None, kind: str) -> Mapping[str, Any]:
    """What the shop's connector is opened with; the shop module's own settings where nothing was worked out."""
    if not module_sync:
        return modules.get(kind) or {}
    options: Mapping[str, Any] = module_sync.get("shop") or {}
    return options


def _sorted(dumped: dict[str, Any]) -> dict[str, Any]:
    """A set has no order, and the same settings shall be the same JSON."""
    return {name: sorted(value) if name == "documents" else value for name, value in dumped.items()}


def _written(sync: Mapping[str, Any] | LinkSync | None) -> dict[str, Any]:
    """Only what was said: a default that was written out goes before a module's setting."""
    model = sync if isinstance(sync, LinkSync) else LinkSync.model_validate(sync or {})
    return model.model_dump(mode="json", exclude_unset=True)


def _of(under: ModuleSync, kind: str) -> Mapping[str, Any]:
    return under.entities.get(EntityType(kind), {})


def _differing(settings: Mapping[str, Any], otherwise: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if otherwise.get(name) != value}


_DEFAULTS: Final = EntitySync().model_dump(mode="json")
_ODOO_DEFAULTS: Final = OdooOptions().model_dump(mode="json")
