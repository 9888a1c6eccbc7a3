"""What a plugin can add: modules, changes to records as they are read, and an ear for leads and calls.

A plugin is a package with an entry point in the group `shopsync` (docs/plugins.md). Its functions carry `@hookimpl`:

    from app.hooks import hookimpl

    @hookimpl
    def map_to_odoo(module, entity_type, record): ...

They are called within the event loop: what they do has to be quick.
"""

from __future__ import annotations

import copy
import functools
import importlib.metadata
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar, cast

import pluggy
import structlog

from app import metrics
from app.errors import ActionRequired, Retryable

GROUP: Final = "shopsync"
"""Of the entry points, and of the marks."""
hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)

Record: TypeAlias = Mapping[str, Any]
R = TypeVar("R", bound=Record)
log = structlog.get_logger(__name__)


class Specs:
    @hookspec
    def register_modules(self) -> Sequence[Any]:
        """Modules (`app.modules.base.Module`) that a link can switch on. Their names are nobody else's."""
        raise NotImplementedError

    @hookspec
    def map_to_odoo(self, module: str, entity_type: str, record: Record) -> Record | None:
        """A record that was read from the shop, as it shall be compared and taken to Odoo; None leaves it as it is.

        The same record always gives the same answer, and the answer given again gives itself.
        """

    @hookspec
    def map_from_odoo(self, module: str, entity_type: str, record: Record) -> Record | None:
        """A record that was read from Odoo, as it shall be compared and taken to the shop; otherwise the same."""

    @hookspec
    def lead_created(self, link: str, lead: Record) -> None:
        """Somebody left a lead in the form of the link with this slug."""

    @hookspec
    def api_call(self, peer: str, method: str, path: str, status: int | str, ms: float) -> None:
        """A call to an Odoo or a shop has ended; `status` is a word where no answer came."""


@functools.cache
def load() -> pluggy.PluginManager:
    """Every installed plugin, once per process. Raises `ActionRequired` naming the one that cannot be loaded: to go on
    without it would write other values than it was installed for."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(Specs)
    for entry in importlib.metadata.entry_points(group=GROUP):
        try:
            manager.register(entry.load(), name=entry.name)
            manager.check_pending()
        except Exception as error:
            raise ActionRequired(
                f"plugin {entry.name} ({entry.value}) cannot be loaded: {_said(error)}; mend it or uninstall it",
                code="bad_plugin",
            ) from error
    return manager


def names() -> tuple[str, ...]:
    return tuple(sorted(name for name, _ in load().list_name_plugin()))


def register_modules() -> list[tuple[str, Any]]:
    """Plugin by plugin, each module with its plugin's name."""
    return [
        (each.plugin_name, module)
        for each in load().hook.register_modules.get_hookimpls()
        for module in cast("Sequence[Any] | None", each.function()) or ()
    ]


def map_to_odoo(module: str, entity_type: str, record: R) -> R | dict[str, Any]:
    """Raises `Retryable` with the plugin's name where one fails."""
    return _filtered("map_to_odoo", module, entity_type, record)


def map_from_odoo(module: str, entity_type: str, record: R) -> R | dict[str, Any]:
    """Raises `Retryable` with the plugin's name where one fails."""
    return _filtered("map_from_odoo", module, entity_type, record)


def lead_created(link: str, lead: Record) -> None:
    _tell("lead_created", link=link, lead=lead)


def api_call(peer: str, method: str, path: str, status: int | str, ms: float) -> None:
    _tell("api_call", peer=peer, method=method, path=path, status=status, ms=ms)


def _filtered(hook: str, module: str, entity_type: str, record: R) -> R | dict[str, Any]:
    """Each sees what the one before it made, in the order of pluggy: `tryfirst` first, then who registered last."""
    filtered: R | dict[str, Any] = record
    for each in reversed(getattr(load().hook, hook).get_hookimpls()):
        given = {"module": module, "entity_type": entity_type, "record": copy.deepcopy(dict(filtered))}
        try:
            made = each.function(**{name: given[name] for name in each.argnames})
            if made is not None and not isinstance(made, Mapping):
                raise TypeError(f"it answered {type(made).__name__}, which is no record")
        except Exception as error:
            metrics.PLUGIN_FAILURES.labels(each.plugin_name, hook).inc()
            raise Retryable(
                f"plugin {each.plugin_name}: {hook} of a {entity_type} failed: {_said(error)}", code="plugin"
            ) from error
        filtered = filtered if made is None else dict(made)
    return filtered


def _tell(hook: str, **facts: Any) -> None:
    """A listener that fails breaks nothing."""
    for each in reversed(getattr(load().hook, hook).get_hookimpls()):
        try:
            each.function(**{name: copy.deepcopy(facts[name]) for name in each.argnames})
        except Exception:
            metrics.PLUGIN_FAILURES.labels(each.plugin_name, hook).inc()
            log.exception("plugin.failed", plugin=each.plugin_name, hook=hook)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
