"""What a file changes about the stored connections and links. Pure; says no secret, only that it changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal, Protocol

import orjson

from app.connections.effective_sync import effective
from app.connections.models import Connection, Link
from app.connections.schemas import SECRET_FIELDS, Config, LinkForm
from app.connections.sync_changes import sync_differences, unsynced_references
from app.connections.sync_settings import LinkSync
from app.connectors.form import ConnectionForm
from app.connectors.kind import ODOO
from app.connectors.registry import check_envelopes
from app.errors import BadPayload, Conflict
from app.security.crypto import CannotOpen, KeyRing

Modules = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedModules:
    """A link's modules with their settings, and what they amount to: the columns `modules` and `module_sync`."""

    settings: Modules = field(default_factory=dict)
    sync: dict[str, Any] = field(default_factory=dict)


class CheckModules(Protocol):
    """`modules.registry.check_modules` as it is needed here: the modules lie above the connections."""

    def __call__(
        self, modules: Mapping[str, Any], *, shop_kind: str, sync: LinkSync | None = None
    ) -> CheckedModules: ...


class Doing(StrEnum):
    CREATE = "create"
    CHANGE = "change"
    NOTHING = "unchanged"
    LEAVE = "left as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one connection or link. `details`: `url: http://a → http://b`, `api_key: changed`.

    `form` is None for what the file does not name. `modules` are a link's, checked, `shop_kind` is its shop's.
    """

    kind: Literal["connection", "link"]
    name: str
    doing: Doing
    details: tuple[str, ...] = ()
    form: ConnectionForm | LinkForm | None = field(default=None, repr=False)
    modules: CheckedModules = CheckedModules()
    shop_kind: str | None = None

    @property
    def changes_something(self) -> bool:
        return self.doing in {Doing.CREATE, Doing.CHANGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The rows by name and slug. `in_use`: ids of links that have synced anything."""

    connections: Mapping[str, Connection]
    links: Mapping[str, Link]
    in_use: frozenset[int]

    def ends(self, link: Link) -> dict[str, str]:
        """`{"odoo": "erp", "shop": "boutique"}`"""
        names = {row.id: name for name, row in self.connections.items()}
        return {"odoo": names[link.odoo_connection_id], "shop": names[link.shop_connection_id]}


def plan_changes(stored: Stored, desired: Config, ring: KeyRing, check_modules: CheckModules) -> list[Change]:
    """Raises `BadPayload` or `Conflict` for what cannot be."""
    changes = [_connection(form, stored.connections.get(form.name), ring) for form in desired.connections]
    kinds = {name: row.kind for name, row in stored.connections.items()}
    kinds |= {form.name: form.kind for form in desired.connections}
    for form in desired.links:
        _check_end(form, form.odoo, "odoo", kinds)
        _check_end(form, form.shop, "shop", kinds)
        change = _link(form, stored, ring, _modules(form, kinds[form.shop], check_modules))
        changes.append(replace(change, shop_kind=kinds[form.shop]))
    return changes + list(_left(stored, desired))


def unsynced(changes: Iterable[Change]) -> Iterator[str]:
    """What is allowed and still worth a word: records of a link that need others which are not kept the same."""
    for change in changes:
        if isinstance(change.form, LinkForm):
            for said in unsynced_references(effective(change.modules.sync, change.form.sync)):
                yield f"link {change.name}: {said}"


def _left(stored: Stored, desired: Config) -> Iterator[Change]:
    for name in sorted(stored.connections.keys() - {form.name for form in desired.connections}):
        yield Change(kind="connection", name=name, doing=Doing.LEAVE)
    for slug in sorted(stored.links.keys() - {form.slug for form in desired.links}):
        yield Change(kind="link", name=slug, doing=Doing.LEAVE)


def _connection(form: ConnectionForm, row: Connection | None, ring: KeyRing) -> Change:
    if row is None:
        doing, details = Doing.CREATE, [f"{form.kind} at {form.url}"]
    elif row.kind != form.kind:
        raise Conflict(
            f"connection {form.name} is of kind {row.kind}, which cannot change; give the {form.kind} another name",
            code="kind_changed",
        )
    else:
        details = list(_connection_differences(form, row, ring))
        doing = Doing.CHANGE if details else Doing.NOTHING
    return Change(kind="connection", name=form.name, doing=doing, details=tuple(details), form=form)


def _connection_differences(form: ConnectionForm, row: Connection, ring: KeyRing) -> Iterator[str]:
    defaults = {"verify_tls": True}
    yield from _differences({"url": row.url}, {"url": form.url})
    yield from _differences({**defaults, **row.options}, {**defaults, **form.options})
    stored = _opened(ring, row.sealed)
    if stored is None:
        yield "credentials: sealed anew (the stored ones open with none of SECRET_KEYS)"
    elif stored != form.credentials:
        yield from _differences(stored, form.credentials)
    elif not ring.is_current(row.sealed):
        yield "credentials: sealed anew with the first of SECRET_KEYS"


def _link(form: LinkForm, stored: Stored, ring: KeyRing, modules: CheckedModules) -> Change:
    row = stored.links.get(form.slug)
    if row is None:
        doing, details = Doing.CREATE, [f"{form.odoo} ⇄ {form.shop}", *_switches(form, modules)]
    else:
        _check_not_moved(form, row, stored)
        details = list(_link_differences(form, row, stored.ends(row), ring, modules))
        doing = Doing.CHANGE if details else Doing.NOTHING
    return Change(kind="link", name=form.slug, doing=doing, details=tuple(details), form=form, modules=modules)


def _link_differences(
    form: LinkForm, row: Link, ends: Mapping[str, str], ring: KeyRing, modules: CheckedModules
) -> Iterator[str]:
    yield from _differences(
        {**ends, "reverse_sync": row.reverse_sync, "enabled": row.enabled},
        {"odoo": form.odoo, "shop": form.shop, "reverse_sync": form.reverse_sync, "enabled": form.enabled},
    )
    told = list(sync_differences(row.effective_sync, effective(modules.sync, form.sync)))
    yield from told
    yield from _differences(
        {f"modules.{name}": settings for name, settings in row.modules.items()},
        {f"modules.{name}": settings for name, settings in modules.settings.items()},
    )
    if not told and row.module_sync != modules.sync and row.modules == modules.settings:
        yield "modules: what their settings amount to was worked out anew"
    if _opened(ring, row.sealed_secrets) != form.secrets:
        yield f"webhook_secret: changed; {len(form.secrets)} valid"
    elif not ring.is_current(row.sealed_secrets):
        yield "webhook_secret: sealed anew with the first of SECRET_KEYS"


def _switches(form: LinkForm, modules: CheckedModules) -> Iterator[str]:
    entities = effective(modules.sync, form.sync).entities
    yield f"modules: {', '.join(form.modules) or 'none'}"
    yield f"reverse_sync: {_shown(form.reverse_sync)}"
    yield f"sync: {', '.join(f'{kind} {one.direction}' for kind, one in entities.items()) or 'nothing'}"
    if not form.enabled:
        yield "enabled: no"


def _check_end(form: LinkForm, name: str, side: str, kinds: Mapping[str, str]) -> None:
    kind = kinds.get(name)
    if kind is None:
        known = ", ".join(sorted(kinds)) or "none"
        raise BadPayload(f"link {form.slug}: {side}: no connection is called {name}; there are: {known}", field=side)
    if (kind == ODOO) != (side == "odoo"):
        raise BadPayload(
            f"link {form.slug}: {side}: connection {name} is of kind {kind}; a link joins an odoo and a shop",
            field=side,
        )


def _check_not_moved(form: LinkForm, row: Link, stored: Stored) -> None:
    """The ids of one shop name other records in another."""
    ends = stored.ends(row)
    if row.id in stored.in_use and ends != {"odoo": form.odoo, "shop": form.shop}:
        raise Conflict(
            f"link {form.slug} has synced {ends['odoo']} and {ends['shop']}; it cannot be moved to {form.odoo} and "
            f"{form.shop}, where the same ids name other records. Make a new link and set enabled: false on this one",
            code="link_moved",
        )


def _modules(form: LinkForm, kind: str, check_modules: CheckModules) -> CheckedModules:
    try:
        modules = check_modules(form.modules, shop_kind=kind, sync=form.sync)
        if form.reverse_sync:
            check_envelopes(kind)
    except BadPayload as error:
        said = [f"link {form.slug}: {line}" for line in error.message.splitlines()]
        raise BadPayload("\n".join(said), field=error.field) from error
    if form.reverse_sync and kind not in modules.settings:
        wanted = f"modules: {{{kind}: {{}}}}"
        raise BadPayload(f"link {form.slug}: reverse_sync needs the shop's module: {wanted}", field="modules")
    return modules


def _opened(ring: KeyRing, sealed: bytes) -> Any:
    """None: sealed with a key that is gone."""
    try:
        return orjson.loads(ring.open(sealed))
    except CannotOpen:
        return None


def _differences(stored: Mapping[str, object], asked: Mapping[str, object]) -> Iterator[str]:
    for name in [*asked, *(name for name in stored if name not in asked)]:
        before, after = stored.get(name), asked.get(name)
        if before != after:
            yield f"{name}: changed" if name in SECRET_FIELDS else f"{name}: {_shown(before)} → {_shown(after)}"


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {None: "unset", True: "yes", False: "no"}[value]
    return orjson.dumps(value).decode()
