"""What a link keeps the same, in which direction, and who is right when both sides changed the same field.

sync:
  conflict_rule: newest_wins
  entities:
    customer: {direction: both, on_delete: archive}
    order: {direction: shop_to_odoo}
    stock: {direction: odoo_to_shop, poll_every_s: 60}
  mappings:
    - {entity: customer, odoo_field: ref, shop_field: siret}
  odoo: {auto_confirm_orders: true}

An entity type that is not named is not touched (the reverse sync's envelopes go their own way).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from app.connectors.base import Removal
from app.connectors.odoo.options import OdooOptions
from app.entities.base import Direction, EntityType, Side
from app.entities.converter import Converter

DEFAULT_POLL_S: Final = 300
DEFAULT_RECONCILE_H: Final = 24
WITHOUT_END: Final = frozenset({EntityType.ORDER, EntityType.REFUND, EntityType.INVOICE, EntityType.IMAGE})
"""What grows for ever, or costs a download each."""
DEFAULT_REMOVALS_PER_DAY: Final = 50


class ConflictRule(StrEnum):
    """`newest_wins` goes by the peers' dates of change; where one has none, Odoo wins."""

    NEWEST_WINS = "newest_wins"
    ODOO_WINS = "odoo_wins"
    SHOP_WINS = "shop_wins"
    MANUAL = "manual"


class Flow(StrEnum):
    OFF = "off"
    BOTH = "both"
    ODOO_TO_SHOP = "odoo_to_shop"
    SHOP_TO_ODOO = "shop_to_odoo"


class OnDelete(StrEnum):
    """What becomes of the other side's record. `unlink` forgets the pair and touches nothing, `ignore` keeps it."""

    ARCHIVE = "archive"
    DELETE = "delete"
    UNLINK = "unlink"
    IGNORE = "ignore"

    @property
    def removal(self) -> Removal | None:
        return Removal(self.value) if self in (OnDelete.ARCHIVE, OnDelete.DELETE) else None


def _off_is_a_word(value: object) -> object:
    """YAML reads a bare `off` as false."""
    return Flow.OFF if value is False else value


def _unset_is_empty(value: object) -> object:
    """`entities: {customer:}` keeps customers the same with the defaults."""
    if not isinstance(value, Mapping):
        return value
    return {name: {} if settings is None else settings for name, settings in value.items()}


def _is_field_name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", value):
        raise ValueError("must be a field's own name in that system: small letters, digits and _, at most 63")
    return value


def _is_shop_field(value: str) -> str:
    """A shop's own fields may be keys that its plugins chose: `_alg_ean`, `wpml-language`, `OrderSource`."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,62}", value):
        raise ValueError("must be a field's own name in the shop: letters, digits, _ and -, at most 63")
    return value


Direct = Annotated[Flow, BeforeValidator(_off_is_a_word)]
FieldName = Annotated[str, AfterValidator(_is_field_name)]
ShopFieldName = Annotated[str, AfterValidator(_is_shop_field)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class EntitySync(_Settings):
    direction: Direct = Field(Flow.BOTH, description="Which way changes go.")
    conflict_rule: ConflictRule | None = Field(None, description="For this entity type; empty: the link's.")
    owners: Mapping[str, Side] = Field(
        default_factory=dict, description="Fields that one side owns: its value wins whatever the rule says."
    )
    on_delete: OnDelete = Field(OnDelete.ARCHIVE, description="What becomes of a record whose other side is gone.")
    create: Literal[True, False, "odoo", "shop"] = Field(
        True,
        description="Whether records that the other side lacks are created there: on both sides, on one (`odoo`, "
        "`shop`), or on none.",
    )
    removals_per_day: Annotated[int, Field(ge=0)] = Field(
        DEFAULT_REMOVALS_PER_DAY,
        description="How many may be archived or deleted within 24 hours because their other side is gone; more "
        "wait for a person, for then it is rather a lost right than a spring clean. 0: no limit.",
    )
    poll_every_s: Annotated[int, Field(ge=0, le=86_400)] = Field(
        DEFAULT_POLL_S, description="Seconds between looks for changes that no webhook told of; 0 switches it off."
    )
    reconcile_every_h: Annotated[int, Field(ge=0, le=8784)] | None = Field(
        None,
        description="Hours between comparisons of all that both sides have paired, for changes that neither a webhook "
        "nor polling shows; what differs is mended. 0 switches it off. Empty: 24, and never for orders, refunds and "
        "images, of which there is no end.",
    )

    def flows(self, direction: Direction) -> bool:
        return self.direction in (Flow.BOTH, direction.value)

    def creates(self, side: Side) -> bool:
        """Whether a record that this side lacks is made there."""
        return self.create is True or self.create == side.value


class FieldMapping(_Settings):
    """An operator's own pair of fields; `direction` both, or the one in which it is copied."""

    entity: EntityType
    odoo_field: FieldName = Field(examples=["ref"])
    shop_field: ShopFieldName = Field(examples=["siret"])
    converter: Converter = Field(Converter.TEXT, description="What both values are before they are compared.")
    direction: Direct = Field(Flow.BOTH, description="Which way it is copied.")

    @property
    def name(self) -> str:
        """In a record."""
        return f"x:{self.odoo_field}:{self.shop_field}"

    def native(self, side: Side) -> str:
        """In that side's state."""
        return f"extra:{self.odoo_field if side is Side.ODOO else self.shop_field}"


class LinkSync(_Settings):
    conflict_rule: ConflictRule = Field(
        ConflictRule.NEWEST_WINS, description="Who is right when both sides changed one field."
    )
    entities: Annotated[Mapping[EntityType, EntitySync], BeforeValidator(_unset_is_empty)] = Field(
        default_factory=dict, description="What is kept the same; an entity type that is not named is not touched."
    )
    mappings: tuple[FieldMapping, ...] = Field((), description="Pairs of fields besides the built-in ones.")
    odoo: OdooOptions = Field(default_factory=OdooOptions, description="How this link's Odoo is worked with.")

    @property
    def stored(self) -> dict[str, Any]:
        """What differs from the defaults."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def flows(self, entity_type: EntityType, direction: Direction) -> bool:
        entity = self.entities.get(entity_type)
        return entity is not None and entity.flows(direction)

    def entity(self, entity_type: EntityType) -> EntitySync:
        return self.entities.get(entity_type) or EntitySync(direction=Flow.OFF)

    def reconcile_every_h(self, entity_type: EntityType) -> int:
        """0: never by itself."""
        asked = self.entity(entity_type).reconcile_every_h
        if asked is not None:
            return asked
        return 0 if entity_type in WITHOUT_END else DEFAULT_RECONCILE_H

    def rule(self, entity_type: EntityType) -> ConflictRule:
        return self.entity(entity_type).conflict_rule or self.conflict_rule

    def mappings_of(self, entity_type: EntityType) -> tuple[FieldMapping, ...]:
        return tuple(mapping for mapping in self.mappings if mapping.entity is entity_type)

    def extra_fields(self, side: Side) -> dict[EntityType, tuple[str, ...]]:
        """The operator's own fields by entity type, as the ports of that side take them."""
        extra: dict[EntityType, list[str]] = {}
        for mapping in self.mappings:
            extra.setdefault(mapping.entity, []).append(mapping.native(side).removeprefix("extra:"))
        return {entity_type: tuple(dict.fromkeys(names)) for entity_type, names in extra.items()}
