"""The modules there are, and the check of a link's `modules` setting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from app.connections.sync_settings import LinkSync
from app.entities.base import EntityType
from app.errors import BadPayload
from app.modules import prestashop
from app.modules.base import Module
from app.modules.sync_check import check_sync

MODULES: Mapping[str, Module] = {module.name: module for module in (prestashop.MODULE,)}


def check_modules(
    modules: Mapping[str, Any], *, shop_kind: str, sync: LinkSync | None = None
) -> dict[str, dict[str, Any]]:
    """A link's modules with their settings, as they are stored; `sync` is checked against them.

    Raises `BadPayload` naming module and setting.
    """
    checked = _checked_modules(modules, shop_kind=shop_kind)
    if sync is not None:
        check_sync(sync, entity_types(checked), shop_kind=shop_kind)
    return checked


def entity_types(modules: Iterable[str]) -> frozenset[EntityType]:
    """What modules of these names keep."""
    return frozenset(kind for name in modules if name in MODULES for kind in MODULES[name].entity_types)


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
