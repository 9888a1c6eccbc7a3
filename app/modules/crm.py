"""The CRM module: people of the shop are Odoo's contacts, and what they ask in a form is a lead."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from app.connections.sync_settings import OnDelete
from app.connectors.registry import SHOPS
from app.entities.base import Direction, EntityType, Side
from app.errors import BadPayload
from app.modules.base import Effect, Module, Place
from app.modules.matrix import can_flow


class CrmSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sync_users_as_contacts: bool = Field(
        True,
        description="Whether people of the shop and contacts of Odoo are kept the same, both ways; with their "
        "addresses where the shop's own module is on.",
    )
    archive_on_delete: bool = Field(
        True,
        description="Whether the other side's record is archived when one is deleted. Otherwise it is left as it is "
        "and the pair is forgotten.",
    )
    sync_role: str | None = Field(
        None,
        min_length=1,
        description="Only people with this role (WooCommerce). Empty: customers, and of WordPress users all.",
    )
    create_users_on_pull: bool = Field(
        True, description="Whether contacts of Odoo that the shop lacks are made there. Those of the shop always come."
    )
    default_user_role: str | None = Field(
        None, min_length=1, description="Role of people who are made in WordPress. Empty: sync_role, else customer."
    )
    lead_form_enabled: bool = Field(
        True, description="Whether the link's lead form answers, and leads are kept the same with Odoo, both ways."
    )


def effect(settings: CrmSettings, place: Place) -> Effect:
    """Where the shop's accounts have roles and it is no shop here (its module is off), its people are all its users."""
    _check_roles(settings, place)
    entities: dict[EntityType, dict[str, Any]] = {}
    off: dict[EntityType, str] = {}
    if settings.sync_users_as_contacts:
        create = True if settings.create_users_on_pull else Side.ODOO.value
        entities[EntityType.CUSTOMER] = {
            "direction": "both",
            "on_delete": (OnDelete.ARCHIVE if settings.archive_on_delete else OnDelete.UNLINK).value,
            "create": create,
        }
        if _has_addresses(place):
            entities[EntityType.ADDRESS] = {"direction": "both", "create": create}
    else:
        off[EntityType.CUSTOMER] = "sync_users_as_contacts"
    if settings.lead_form_enabled:
        entities[EntityType.LEAD] = {"direction": "both"}
    else:
        off[EntityType.LEAD] = "lead_form_enabled"
    return Effect(entities=entities, shop=_options(settings, place), off=off)


def _options(settings: CrmSettings, place: Place) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if _has_roles(place) and place.shop_kind not in place.modules:
        options["people"] = "users"
    if settings.sync_role is not None:
        options["role"] = settings.sync_role
    if settings.default_user_role is not None:
        options["new_user_role"] = settings.default_user_role
    return options


def _check_roles(settings: CrmSettings, place: Place) -> None:
    for name in ("sync_role", "default_user_role"):
        if getattr(settings, name) is not None and not _has_roles(place):
            where = f"modules.crm.{name}"
            raise BadPayload(f"{where}: a {place.shop_kind} has no roles; take it out", field=where)


def _has_roles(place: Place) -> bool:
    """Whether the connector of the link's shop has the options that roles are set by."""
    return "role" in SHOPS[place.shop_kind].options.model_fields


def _has_addresses(place: Place) -> bool:
    """People who are no customers of the shop here have none."""
    return place.shop_kind in place.modules and all(
        can_flow(EntityType.ADDRESS, each, shop_kind=place.shop_kind) for each in Direction
    )


MODULE: Final = Module(
    name="crm",
    entity_types=frozenset({EntityType.CUSTOMER, EntityType.LEAD}),
    settings=CrmSettings,
    effect=effect,
    rank=10,
)
