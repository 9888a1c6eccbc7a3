"""The modules there are, and the check of a link's `modules` setting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from app.connections.sync_settings import LinkSync
from app.connectors.base import Capability
from app.connectors.odoo import ports as odoo_ports
from app.connectors.prestashop.connector import CAPABILITIES as SHOP_CAPABILITIES
from app.entities.base import Direction, EntityType
from app.errors import BadPayload
from app.modules import prestashop
from app.modules.base import Module

MODULES: Mapping[str, Module] = {module.name: module for module in (prestashop.MODULE,)}


CAPABILITIES: Mapping[str, Sequence[Capability]] = {"odoo": odoo_ports.CAPABILITIES, "prestashop": SHOP_CAPABILITIES}
"""What each kind of connection can do, known without opening one."""


def check_modules(
    modules: Mapping[str, Any], *, shop_kind: str, sync: LinkSync | None = None
) -> dict[str, dict[str, Any]]:
    """A link's modules with their settings, as they are stored; `sync` is checked against them.

    Raises `BadPayload` naming module and setting.
    """
    checked = _checked_modules(modules, shop_kind=shop_kind)
    if sync is not None:
        check_sync(sync, checked, shop_kind=shop_kind)
    return checked


def check_sync(sync: LinkSync, modules: Mapping[str, Any], *, shop_kind: str) -> None:
    """Raises `BadPayload` for what no module of the link keeps, or neither side can do."""
    known = {kind for name in modules for kind in MODULES[name].entity_types}
    for entity_type, entity in sync.entities.items():
        where = f"sync.entities.{entity_type}"
        if entity_type not in known:
            there = ", ".join(sorted(known)) or "none; switch the shop's module on"
            raise BadPayload(f"{where}: no module of this link keeps it; there are: {there}", field=where)
        for direction in Direction:
            if entity.flows(direction) and not can_flow(entity_type, direction, shop_kind=shop_kind):
                other = next((one for one in Direction if can_flow(entity_type, one, shop_kind=shop_kind)), None)
                said = f"; set direction: {other}" if other else "; leave it out"
                raise BadPayload(f"{where}: {entity_type} cannot go {direction} here{said}", field=f"{where}.direction")
    for mapping in sync.mappings:
        if mapping.entity not in sync.entities:
            raise BadPayload(
                f"sync.mappings: {mapping.odoo_field} ⇄ {mapping.shop_field} is of {mapping.entity}, which is not in "
                "sync.entities",
                field="sync.mappings",
            )


def can_flow(entity_type: EntityType, direction: Direction, *, shop_kind: str) -> bool:
    """Whether both ends have this entity type, in this direction."""
    return all(
        any(cell.entity_type is entity_type and direction in cell.directions for cell in CAPABILITIES[kind])
        for kind in ("odoo", shop_kind)
    )


def _checked_modules(modules: Mapping[str, Any], *, shop_kind: str) -> dict[str, dict[str, Any]]:
    checked: dict[str, dict[str, Any]] = {}
    groups: dict[str, str] = {}
    for name, settings in modules.items():
        module = MODULES.get(name)
        if module is None:
            raise BadPayload(
                f"module {name!r} is not known; there are: {', '.join(sorted(MODULES))}", field=f"modules.{name}"
            )
        if module.shop_kind is not None and module.shop_kind != shop_kind:
            raise BadPayload(
                f"module {name} needs a {module.shop_kind} connection, the link's shop is {shop_kind}",
                field=f"modules.{name}",
            )
        if module.exclusive_group is not None:
            other = groups.setdefault(module.exclusive_group, name)
            if other != name:
                raise BadPayload(f"modules {other} and {name} exclude each other", field=f"modules.{name}")
        checked[name] = _settings(module, settings)
    return checked


def _settings(module: Module, settings: Any) -> dict[str, Any]:
    try:
        model = module.settings.model_validate(settings or {})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(("modules", module.name, *(str(part) for part in first["loc"])))
        raise BadPayload(f"{where}: {first['msg']}", field=where) from error
    return model.model_dump(mode="json", exclude_unset=True)
