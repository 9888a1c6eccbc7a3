"""The modules there are, and the check of a link's `modules` setting."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from app import hooks
from app.connections.effective_sync import effective
from app.connections.explain import dotted, explain
from app.connections.plan import CheckedModules
from app.connections.sync_settings import LinkSync
from app.connectors.registry import SHOPS
from app.entities.base import EntityType
from app.errors import ActionRequired, BadPayload
from app.modules import crm, sales, woocommerce
from app.modules.base import Module, Place
from app.modules.composing import Composed, compose
from app.modules.shop import shop_module
from app.modules.sync_check import check_sync

_WRITTEN: Final[Sequence[Module[Any]]] = (crm.MODULE, sales.MODULE, woocommerce.MODULE)
_PLAIN: Final[Sequence[Module[Any]]] = tuple(
    shop_module(kind) for name, kind in SHOPS.items() if name not in {module.name for module in _WRITTEN}
)
BUILT_IN: Final[Sequence[Module[Any]]] = (*_WRITTEN, *_PLAIN)
"""A shop that has no module of its own gets a plain one."""


class _Known(Mapping[str, Module[Any]]):
    """By name: those of this service, and those of plugins, which are loaded when they are first asked for."""

    def __getitem__(self, name: str) -> Module[Any]:
        return _all(hooks.load())[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_all(hooks.load()))

    def __len__(self) -> int:
        return len(_all(hooks.load()))


MODULES: Final[Mapping[str, Module[Any]]] = _Known()


def check_modules(modules: Mapping[str, Any], *, shop_kind: str, sync: LinkSync | None = None) -> CheckedModules:
    """A link's modules with their settings, as they are stored, and what they amount to; `sync`, laid over that, is
    checked against them.

    Raises `BadPayload` naming module and setting.
    """
    checked = {name: _settings(module, modules[name]) for name, module in _allowed(modules, shop_kind).items()}
    composed = amount(checked, shop_kind=shop_kind)
    if sync is not None:
        module_sync = composed.sync.stored
        check_sync(
            effective(module_sync, sync), entity_types(checked), shop_kind=shop_kind, written=sync, off=composed.off
        )
    return CheckedModules(settings=checked, sync=composed.sync.stored)


def amount(modules: Mapping[str, Mapping[str, Any]], *, shop_kind: str) -> Composed:
    """What modules with settings that were checked amount to together on a link with such a shop."""
    place = Place(shop_kind=shop_kind, modules=frozenset(modules))
    ranked = sorted((MODULES[name] for name in modules), key=_rank)
    return compose(
        [(each.name, each.effect(each.settings.model_validate(modules[each.name]), place)) for each in ranked]
    )


def entity_types(modules: Iterable[str]) -> frozenset[EntityType]:
    """What modules of these names keep."""
    return frozenset(kind for name in modules if name in MODULES for kind in MODULES[name].entity_types)


def keeper(modules: Iterable[str], entity_type: EntityType) -> str | None:
    """Of a link's modules, the one that has most to say of an entity type."""
    keeping = [MODULES[name] for name in modules if name in MODULES and entity_type in MODULES[name].entity_types]
    return max(keeping, key=_rank).name if keeping else None


def _rank(module: Module[Any]) -> tuple[int, str]:
    return module.rank, module.name


@functools.lru_cache(maxsize=1)
def _all(plugins: object) -> dict[str, Module[Any]]:
    """Raises `ActionRequired` naming the plugin whose module is none, or has a name that is taken."""
    known = {module.name: module for module in BUILT_IN}
    for plugin, module in hooks.register_modules():
        if not isinstance(module, Module):
            said = f"registers a {type(module).__name__}, which is no module"
        elif module.name in known:
            said = f"registers a module {module.name}, and there is one"
        else:
            known[module.name] = module
            continue
        raise ActionRequired(f"plugin {plugin} {said}; mend it or uninstall it", code="bad_plugin")
    return known


def _allowed(modules: Mapping[str, Any], shop_kind: str) -> dict[str, Module[Any]]:
    allowed: dict[str, Module[Any]] = {}
    groups: dict[str, str] = {}
    for name in modules:
        module = MODULES.get(name)
        if module is None:
            raise BadPayload(
                f"module {name!r} is not known; there are: {', '.join(sorted(MODULES))}", field=f"modules.{name}"
            )
        if module.shop_kinds is not None and shop_kind not in module.shop_kinds:
            raise BadPayload(
                f"module {name} needs a {' or '.join(sorted(module.shop_kinds))} connection, the link's shop is "
                f"{shop_kind}",
                field=f"modules.{name}",
            )
        if module.exclusive_group is not None:
            other = groups.setdefault(module.exclusive_group, name)
            if other != name:
                raise BadPayload(f"modules {other} and {name} exclude each other", field=f"modules.{name}")
        allowed[name] = module
    return allowed


def _settings(module: Module[Any], settings: Any) -> dict[str, Any]:
    try:
        model = module.settings.model_validate(settings or {})
    except ValidationError as error:
        path, words = next(explain(error, module.settings, settings))
        where = dotted(("modules", module.name, *path))
        raise BadPayload(f"{where} {words}", field=where) from error
    stored: dict[str, Any] = model.model_dump(mode="json", exclude_unset=True)
    return stored
