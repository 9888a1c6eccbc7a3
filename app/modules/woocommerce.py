"""The WooCommerce module: its own switches, and the connector's options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import Field

from app.connectors.woocommerce.options import WoocommerceOptions
from app.entities.base import EntityType
from app.errors import BadPayload
from app.modules.base import SHOP_DOCUMENTS, Effect, Module, Place

_BOTH: Final = {"direction": "both"}
_INTO_ODOO: Final = {"direction": "shop_to_odoo"}
_OUT_OF_ODOO: Final = {"direction": "odoo_to_shop"}
_SWITCHED: Final[dict[str, dict[EntityType, dict[str, Any]]]] = {
    "sync_products": {EntityType.PRODUCT: _BOTH, EntityType.CATEGORY: _BOTH, EntityType.VARIANT: _BOTH},
    "sync_product_images": {EntityType.IMAGE: _BOTH},
    "sync_stock": {EntityType.STOCK: _OUT_OF_ODOO},
    "sync_orders": {
        EntityType.CUSTOMER: _INTO_ODOO,
        EntityType.ADDRESS: _INTO_ODOO,
        # Orders are made in the shop; their status and tracking come back.
        EntityType.ORDER: _BOTH,
        EntityType.REFUND: _INTO_ODOO,
        EntityType.COUPON: _BOTH,
        EntityType.INVOICE: _OUT_OF_ODOO,
    },
}
"""What each switch keeps the same."""
_NEED_PRODUCTS: Final = ("sync_product_images", "sync_stock")


class WoocommerceSettings(WoocommerceOptions):
    sync_products: bool = Field(
        True, description="Whether products, their variants and categories are kept the same, both ways."
    )
    sync_orders: bool = Field(
        True,
        description="Whether orders come into Odoo, with their customers, addresses and refunds, and their status goes "
        "back; coupons go both ways, and Odoo's invoices are kept as documents that the portal shows.",
    )
    sync_stock: bool = Field(True, description="Whether the shop is told Odoo's stock. Needs sync_products.")
    sync_product_images: bool = Field(
        True, description="Whether products' images are kept the same, both ways. Needs sync_products."
    )
    auto_confirm_orders: bool = Field(
        True,
        description="Whether orders that the shop calls confirmed, shipped or done are confirmed in Odoo. "
        "Otherwise they stay quotations.",
    )


def effect(settings: WoocommerceSettings, place: Place) -> Effect:
    on = dict(_switches(settings))
    return Effect(
        entities={kind: how for name, kinds in _SWITCHED.items() if on[name] is None for kind, how in kinds.items()},
        odoo={"auto_confirm_orders": settings.auto_confirm_orders},
        shop=_options(settings, counting=on["sync_stock"] is None),
        documents=frozenset({EntityType.INVOICE} if settings.sync_orders else ()),
        portal={"enabled": settings.sync_orders},
        off={kind: why for name, kinds in _SWITCHED.items() if (why := on[name]) is not None for kind in kinds},
    )


def _options(settings: WoocommerceSettings, *, counting: bool) -> dict[str, Any]:
    """What is counted and never told a number would be out of stock for ever."""
    named = settings.model_dump(mode="json", include=set(WoocommerceOptions.model_fields), exclude_unset=True)
    return named if counting else {"new_products_manage_stock": False, **named}


def _switches(settings: WoocommerceSettings) -> Iterator[tuple[str, str | None]]:
    """Each switch with the one that switches it off. Raises `BadPayload` for what was asked for and cannot be."""
    for name in _SWITCHED:
        if not getattr(settings, name):
            yield name, name
        elif name in _NEED_PRODUCTS and not settings.sync_products:
            if name in settings.model_fields_set:
                where = f"modules.woocommerce.{name}"
                raise BadPayload(f"{where} needs modules.woocommerce.sync_products, which is off", field=where)
            yield name, "sync_products"
        else:
            yield name, None


MODULE: Final = Module(
    name="woocommerce",
    entity_types=frozenset(kind for kinds in _SWITCHED.values() for kind in kinds),
    settings=WoocommerceSettings,
    effect=effect,
    shop_kinds=frozenset({"woocommerce"}),
    exclusive_group=SHOP_DOCUMENTS,
)
