"""The words every layer shares: sides, entity types, refs, natural keys, canonical values. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

# Canonical form of a stored value: booleans as bool, ids and counts as int, decimals as a plain string without
# trailing zeros ("10", "12.5"), dates as ISO text, empty as None, a multilingual text as one value per language
# under keys of its own ("name:1", "name:2"), so that a change in one language leaves the others alone.
Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
State: TypeAlias = Mapping[str, Json]
# The fields that both sides of a pair share, in neutral words (`entities/records.py`), canonical values as above.
Record: TypeAlias = Mapping[str, Json]


class Side(StrEnum):
    ODOO = "odoo"
    SHOP = "shop"

    @property
    def other(self) -> Side:
        return Side.SHOP if self is Side.ODOO else Side.ODOO

    @property
    def outward(self) -> Direction:
        """The direction in which a change of this side goes."""
        return Direction.ODOO_TO_SHOP if self is Side.ODOO else Direction.SHOP_TO_ODOO


class Direction(StrEnum):
    ODOO_TO_SHOP = "odoo_to_shop"
    SHOP_TO_ODOO = "shop_to_odoo"


class EntityType(StrEnum):
    CUSTOMER = "customer"
    ADDRESS = "address"
    LEAD = "lead"
    PRODUCT = "product"
    VARIANT = "variant"
    STOCK = "stock"
    IMAGE = "image"
    CATEGORY = "category"
    ORDER = "order"
    INVOICE = "invoice"
    REFUND = "refund"
    COUPON = "coupon"


class Action(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """Which record, and on which side: an Odoo id and a shop id must not be confusable."""

    side: Side
    entity_type: EntityType
    native_id: str

    def __str__(self) -> str:
        return f"{self.side}:{self.entity_type}:{self.native_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NaturalKey:
    """What makes a record the same record before it has an id, e.g. `email` / `john@example.com`.

    `value` is normalised (lower-cased, stripped) so that two spellings of one key are equal.
    """

    entity_type: EntityType
    name: str
    value: str

    def __str__(self) -> str:
        return f"{self.name}:{self.value}"
