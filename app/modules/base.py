"""A module: a switchable set of entity types with its own settings, and what those settings amount to on a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel

from app.entities.base import EntityType

SHOP_DOCUMENTS: Final = "shop documents"
"""The group of modules that write the same records of Odoo: products, orders, invoices."""

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a module is switched on: the kind of shop, and the names of all modules of the link."""

    shop_kind: str
    modules: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a module's settings amount to.

    `entities`: settings of an entity type (`EntitySync`) that differ from its defaults, `{STOCK: {"direction":
    "odoo_to_shop"}}`; what is not named is not switched on. `odoo`: of `OdooOptions`. `shop`: options of the shop's
    connector. `documents`: those of `entities` whose shop side are our own documents. `portal`: of `PortalOptions`.
    `off`: the setting that switched an entity type of the module off, for saying so where an operator names the type.
    """

    entities: Mapping[EntityType, Mapping[str, Any]] = field(default_factory=dict)
    odoo: Mapping[str, Any] = field(default_factory=dict)
    shop: Mapping[str, Any] = field(default_factory=dict)
    documents: frozenset[EntityType] = frozenset()
    portal: Mapping[str, Any] = field(default_factory=dict)
    off: Mapping[EntityType, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module(Generic[S]):
    """`settings` are frozen, take no unknown names and describe each field. `shop_kinds`: the kinds of connection it
    can be switched on for, None for any. Of one `exclusive_group` only one module may be on.

    `effect` is pure; it raises `BadPayload` naming the setting for settings that do not go together at that place.
    Where two modules of a link keep the same entity type, the one with the higher `rank` goes before, setting by
    setting.
    """

    name: str
    entity_types: frozenset[EntityType]
    settings: type[S]
    effect: Callable[[S, Place], Effect]
    shop_kinds: frozenset[str] | None = None
    exclusive_group: str | None = None
    rank: int = 0
