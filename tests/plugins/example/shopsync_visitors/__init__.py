"""An example of a plugin: a module that takes a shop's people into Odoo, a filter of their names, and two ears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from app.entities.base import EntityType
from app.hooks import hookimpl
from app.modules.base import Effect, Module, Place

leads: list[str] = []
"""Who left a lead since this process began."""
calls: list[str] = []
"""What was asked of which system."""


class VisitorsSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    keep_deleted: bool = Field(True, description="Whether people whom the shop deleted stay as they are in Odoo.")


def effect(settings: VisitorsSettings, place: Place) -> Effect:
    on_delete = "unlink" if settings.keep_deleted else "archive"
    return Effect(entities={EntityType.CUSTOMER: {"direction": "shop_to_odoo", "on_delete": on_delete}})


MODULE = Module(
    name="visitors", entity_types=frozenset({EntityType.CUSTOMER}), settings=VisitorsSettings, effect=effect
)


@hookimpl
def register_modules() -> Sequence[Module[VisitorsSettings]]:
    return (MODULE,)


@hookimpl
def map_to_odoo(module: str, entity_type: str, record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return _as_a_name(entity_type, record)


@hookimpl
def map_from_odoo(module: str, entity_type: str, record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return _as_a_name(entity_type, record)


@hookimpl
def lead_created(lead: Mapping[str, Any]) -> None:
    leads.append(str(lead["email"]))


@hookimpl
def api_call(peer: str, method: str, path: str, status: int | str) -> None:
    calls.append(f"{peer} {method} {path} {status}")


def _as_a_name(entity_type: str, record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """ADA LOVELACE is Ada Lovelace, on whichever side it was typed; what is a name already is left alone."""
    name = record.get("name")
    if entity_type != "customer" or not isinstance(name, str) or not name.isupper():
        return None
    return {**record, "name": name.title()}
