"""The PrestaShop module: which entity types it keeps in sync; its settings are the connector's options."""

from app.connectors.prestashop.options import PrestashopOptions
from app.entities.base import EntityType
from app.modules.base import Module

MODULE = Module(
    name="prestashop",
    entity_types=frozenset(
        {
            EntityType.CUSTOMER,
            EntityType.ADDRESS,
            EntityType.CATEGORY,
            EntityType.PRODUCT,
            EntityType.VARIANT,
            EntityType.STOCK,
            EntityType.IMAGE,
            EntityType.ORDER,
            EntityType.COUPON,
        }
    ),
    settings=PrestashopOptions,
    shop_kind="prestashop",
    exclusive_group="shop documents",
)
