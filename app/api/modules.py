"""The modules that a link can switch on: their settings, what they keep, and which exclude each other."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.entities.base import EntityType
from app.modules.base import Module
from app.modules.registry import BUILT_IN, MODULES

router = APIRouter(prefix="/modules", tags=["modules"])


class ModuleView(BaseModel):
    name: str = Field(examples=["crm"])
    plugin: bool = Field(description="Whether it comes from a plugin.")
    entity_types: list[EntityType] = Field(examples=[["customer", "lead"]], description="What it can keep.")
    shop_kinds: list[str] | None = Field(examples=[["woocommerce"]], description="The shops it is for; null: any.")
    exclusive_group: str | None = Field(
        examples=["shop documents"], description="Of the modules of one group a link can have one."
    )
    settings: dict[str, Any] = Field(
        examples=[{"type": "object", "properties": {"sync_stock": {"type": "boolean", "default": True}}}],
        description="JSON schema of its settings, with their defaults.",
    )


@router.get("", summary="The modules a link can switch on")
async def list_modules() -> list[ModuleView]:
    return [_view(MODULES[name]) for name in sorted(MODULES)]


def _view(module: Module[Any]) -> ModuleView:
    return ModuleView(
        name=module.name,
        plugin=module not in BUILT_IN,
        entity_types=[kind for kind in EntityType if kind in module.entity_types],
        shop_kinds=None if module.shop_kinds is None else sorted(module.shop_kinds),
        exclusive_group=module.exclusive_group,
        settings=module.settings.model_json_schema(),
    )
