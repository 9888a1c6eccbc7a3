"""The Sales module: Odoo's orders and invoices as documents that a customer can look at, without a shop that sells."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from app.entities.base import EntityType
from app.modules.base import SHOP_DOCUMENTS, Effect, Module, Place

_OUT_OF_ODOO: Final = {"direction": "odoo_to_shop"}


class SalesSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    import_products: bool = Field(True, description="Whether Odoo's products are kept as documents too.")
    portal_enabled: bool = Field(True, description="Whether customers can look at their documents.")
    orders_per_page: Annotated[int, Field(ge=1, le=100)] = Field(
        10, description="How many documents a page of the portal lists, 1 to 100."
    )


def effect(settings: SalesSettings, place: Place) -> Effect:
    documents = {EntityType.ORDER, EntityType.INVOICE}
    if settings.import_products:
        documents.add(EntityType.PRODUCT)
    return Effect(
        entities={kind: _OUT_OF_ODOO for kind in EntityType if kind in documents},
        documents=frozenset(documents),
        portal={"enabled": settings.portal_enabled, "orders_per_page": settings.orders_per_page},
        off={} if settings.import_products else {EntityType.PRODUCT: "import_products"},
    )


MODULE: Final = Module(
    name="sales",
    entity_types=frozenset({EntityType.ORDER, EntityType.INVOICE, EntityType.PRODUCT}),
    settings=SalesSettings,
    effect=effect,
    exclusive_group=SHOP_DOCUMENTS,
)
