"""Automation rules in Odoo that post our hints: what they should be against what they are. Pure.

A rule is known again by its name, `[shopsync boutique] res.partner`: external ids (`ir.model.data`) are for
administrators only (17.0, 19.0), and an operator sees in Odoo whose rule it is.

Against our own writes a rule has the condition `('write_uid', '!=', our user)`. `context` cannot be used: it is not
there in a condition, and the error aborts every user's save (17.0, 19.0). A deletion has no such condition, as
`write_uid` is who wrote last and not who deletes. None of this is relied on: an echo costs one read.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias
from urllib.parse import quote

from app.connectors.odoo.automation_watches import WATCHES, Condition, Watch
from app.entities.base import Action, EntityType
from app.errors import ActionRequired, BadPayload

WEBHOOKS_SINCE: Final = 17
FieldIds: TypeAlias = Mapping[str, Mapping[str, int]]
"""{model: {field: id in ir.model.fields}}; a model that is not installed is not among them."""


class Trigger(StrEnum):
    """`base.automation.trigger`; the words are the same in 17 and 19."""

    SAVED = "on_create_or_write"
    DELETED = "on_unlink"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the rules of one link post to. `secrets`: the one to be used first, then those that are valid as well.

    `own_uid`: the user that we write as, for the guard; None where our writes are news to somebody (another link).
    """

    slug: str
    base_url: str
    secrets: tuple[str, ...]
    own_uid: int | None

    @property
    def prefix(self) -> str:
        return f"[shopsync {self.slug}] "


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A rule as it should be. `urls`: the right address first, then those that still work."""

    name: str
    model: str
    trigger: Trigger
    fields: frozenset[str]
    conditions: tuple[Condition, ...]
    sent: frozenset[str]
    urls: tuple[str, ...]

    @property
    def domain(self) -> str | None:
        """As Odoo stores it: the text of a list."""
        plain = [
            (field, operator, [*value] if isinstance(value, tuple) else value)
            for field, operator, value in self.conditions
        ]
        return repr(plain) if plain else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A rule as Odoo has it. `action_id`: its webhook action; None when it has none (any more)."""

    id: int
    name: str
    model: str
    active: bool
    trigger: str
    fields: frozenset[str]
    domain: str | None
    action_id: int | None
    url: str | None
    sent: frozenset[str]


class Verdict(StrEnum):
    RIGHT = "right"
    MISSING = "missing"
    DIFFERS = "differs"
    NOT_WANTED = "not wanted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One rule, wanted or found or both. `differences` are for a person and carry no secret."""

    name: str
    verdict: Verdict
    wanted: Wanted | None = None
    found: Found | None = None
    differences: tuple[str, ...] = ()


class Doing(StrEnum):
    """`install` makes what is missing and leaves what somebody changed; `repair` also mends that, and removes ours
    that nothing needs; `remove` removes all of ours."""

    SHOW = "show"
    INSTALL = "install"
    REPAIR = "repair"
    REMOVE = "remove"


class Act(StrEnum):
    MAKE = "make"
    MEND = "mend"
    REMOVE = "remove"


_ACTS: Final[Mapping[Doing, Mapping[Verdict, Act]]] = {
    Doing.SHOW: {},
    Doing.INSTALL: {Verdict.MISSING: Act.MAKE},
    Doing.REPAIR: {Verdict.MISSING: Act.MAKE, Verdict.DIFFERS: Act.MEND, Verdict.NOT_WANTED: Act.REMOVE},
    Doing.REMOVE: {Verdict.NOT_WANTED: Act.REMOVE},
}


def acts_of(compared: Sequence[Compared], doing: Doing) -> list[tuple[Act, Compared]]:
    return [(act, each) for each in compared if (act := _ACTS[doing].get(each.verdict))]


def check_version(major: int, *, peer: str) -> None:
    """Raises `ActionRequired` for an Odoo that has no webhook action."""
    if major < WEBHOOKS_SINCE:
        raise ActionRequired(
            f"{peer}: Odoo {major} has no webhook action, which came with {WEBHOOKS_SINCE}: its changes are found by "
            "polling; to have them sooner, integrations/odoo has an add-on for your own server",
            code="no_webhooks",
        )


def check_target(target: Target) -> None:
    """Raises `BadPayload` for an address that Odoo could not post to."""
    if not target.base_url.startswith(("https://", "http://")) or "?" in target.base_url:
        raise BadPayload(f"{target.base_url!r} is no address like https://sync.example.com", field="url")
    if not target.secrets or "/" in target.secrets[0]:
        raise BadPayload(
            f"link {target.slug}: its webhook_secret has a slash, and Odoo sends it as a part of the address; choose "
            "one of letters, digits, - and _",
            field="webhook_secret",
        )


def watched_models(
    entity_types: Collection[EntityType], *, extra: Mapping[EntityType, Sequence[str]]
) -> dict[str, set[str]]:
    """Every model to be asked about, and the fields that may matter there."""
    models: dict[str, set[str]] = {}
    for watch in _watches(entity_types):
        names = {name for kind, own in watch.fields.items() for name in (*own, *extra.get(kind, ()))}
        models.setdefault(watch.model, set()).update(names, watch.sent, watch.needed)
    return models


def wanted_rules(
    target: Target,
    entity_types: Collection[EntityType],
    known: FieldIds,
    *,
    extra: Mapping[EntityType, Sequence[str]],
) -> tuple[list[Wanted], list[str]]:
    """The rules, and notes on what cannot be watched in this database. `extra`: an operator's own fields."""
    rules: list[Wanted] = []
    notes: list[str] = []
    for watch in _watches(entity_types):
        lacking = [name for name in watch.needed if name not in known.get(watch.model, {})]
        if watch.model not in known or lacking:
            kinds = ", ".join(kind for kind in watch.fields if kind in entity_types)
            lacks = f"has no field {', '.join(lacking)}" if watch.model in known else "is not installed"
            notes.append(f"{watch.model} {lacks} in this Odoo: its changes ({kinds}) are not told")
            continue
        rules.append(_saved(target, watch, _trigger_fields(watch, entity_types, known, extra), known))
        if watch.deletions:
            rules.append(_deleted(target, watch, known))
    return rules, notes


def compare(wanted: Sequence[Wanted], found: Sequence[Found]) -> list[Compared]:
    """In the order of `wanted`, then what is there and not wanted: of a former setting, or a copy."""
    by_name: dict[str, Found] = {}
    copies: list[Found] = []
    for rule in sorted(found, key=lambda each: each.id):
        if by_name.setdefault(rule.name, rule) is not rule:
            copies.append(rule)
    compared = [_compared(rule, by_name.pop(rule.name, None)) for rule in wanted]
    leftover = [(rule, "nothing needs it") for rule in by_name.values()]
    return compared + [
        Compared(name=rule.name, verdict=Verdict.NOT_WANTED, found=rule, differences=(why,))
        for rule, why in [*leftover, *((copy, "a second rule of this name") for copy in copies)]
    ]


def _watches(entity_types: Collection[EntityType]) -> Iterator[Watch]:
    return (watch for watch in WATCHES if any(kind in entity_types for kind in watch.fields))


def _trigger_fields(
    watch: Watch,
    entity_types: Collection[EntityType],
    known: FieldIds,
    extra: Mapping[EntityType, Sequence[str]],
) -> frozenset[str]:
    names = {
        name
        for kind, own in watch.fields.items()
        if kind in entity_types
        for name in (*own, *(extra.get(kind, ()) if watch.only is None else ()))
    }
    return frozenset(names & known[watch.model].keys())


def _saved(target: Target, watch: Watch, fields: frozenset[str], known: FieldIds) -> Wanted:
    guard: tuple[Condition, ...] = ()
    if watch.guarded and target.own_uid is not None:
        guard = (("write_uid", "!=", target.own_uid),)
    return Wanted(
        name=target.prefix + watch.model + (f" {watch.only}" if watch.only else ""),
        model=watch.model,
        trigger=Trigger.SAVED,
        fields=fields,
        conditions=(*guard, *watch.conditions),
        sent=frozenset(watch.sent) & known[watch.model].keys(),
        urls=_urls(target, {"entity_type": watch.only} if watch.only else {}),
    )


def _deleted(target: Target, watch: Watch, known: FieldIds) -> Wanted:
    return Wanted(
        name=f"{target.prefix}{watch.model} deleted",
        model=watch.model,
        trigger=Trigger.DELETED,
        fields=frozenset(),
        conditions=watch.conditions,
        sent=frozenset(watch.sent) & known[watch.model].keys(),
        urls=_urls(target, {"action": Action.DELETED}),
    )


def _urls(target: Target, query: Mapping[str, str]) -> tuple[str, ...]:
    door = f"{target.base_url.rstrip('/')}/webhooks/odoo/{target.slug}"
    said = "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""
    return tuple(f"{door}/{quote(secret, safe='')}{said}" for secret in target.secrets)


def _compared(wanted: Wanted, found: Found | None) -> Compared:
    if found is None:
        return Compared(name=wanted.name, verdict=Verdict.MISSING, wanted=wanted)
    differences = tuple(_differences(wanted, found))
    verdict = Verdict.DIFFERS if differences else Verdict.RIGHT
    return Compared(name=wanted.name, verdict=verdict, wanted=wanted, found=found, differences=differences)


def _differences(wanted: Wanted, found: Found) -> Iterator[str]:
    if found.model != wanted.model:
        yield f"model: {found.model} instead of {wanted.model}"
    if not found.active:
        yield "it is switched off"
    if found.trigger != wanted.trigger:
        yield f"trigger: {found.trigger} instead of {wanted.trigger}"
    yield from _set_difference("trigger fields", wanted.fields, found.fields)
    yield from _domain_difference(wanted, found)
    if found.action_id is None:
        yield "action: none that sends a webhook"
        return
    if found.url in wanted.urls[1:]:
        yield "address: carries the older webhook secret"
    elif found.url != wanted.urls[0]:
        yield "address: another than this service's for the link, or with a secret that is not valid"
    yield from _set_difference("fields in the body", wanted.sent, found.sent)


def _set_difference(what: str, wanted: frozenset[str], found: frozenset[str]) -> Iterator[str]:
    if lacking := sorted(wanted - found):
        yield f"{what}: lacks {', '.join(lacking)}"
    if surplus := sorted(found - wanted):
        yield f"{what}: has {', '.join(surplus)} besides"


def _domain_difference(wanted: Wanted, found: Found) -> Iterator[str]:
    """Odoo's editor writes the same condition in its own way: lists for tuples, other quotes, `&` before them."""
    conditions = _conditions(found.domain)
    if conditions is not None and sorted(map(repr, conditions)) == sorted(repr(_listed(c)) for c in wanted.conditions):
        return
    guard = next((_listed(c) for c in wanted.conditions if c[0] == "write_uid"), None)
    if guard is not None and (conditions is None or guard not in conditions):
        yield "condition: lacks the guard against our own writes"
    yield f"condition: {found.domain or 'none'} instead of {wanted.domain or 'none'}"


def _conditions(domain: str | None) -> list[object] | None:
    """None for what is not a plain list of conditions that all have to hold."""
    try:
        parsed = ast.literal_eval(domain) if domain else []
    except (ValueError, SyntaxError):
        return None
    if not isinstance(parsed, list):
        return None
    listed = [_listed(part) for part in parsed if part != "&"]
    return listed if all(isinstance(part, list) for part in listed) else None


def _listed(value: object) -> object:
    return [_listed(part) for part in value] if isinstance(value, list | tuple) else value
