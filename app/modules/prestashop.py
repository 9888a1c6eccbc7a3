"""The PrestaShop module: its settings are the connector's options. Which of its entity types are kept the same, and in
which direction, a link says under `sync.entities`."""

from typing import Final

from app.connectors.prestashop.options import PrestashopOptions
from app.entities.base import EntityType
from app.modules.base import SHOP_DOCUMENTS, Effect, Module, Place


def effect(settings: PrestashopOptions, place: Place) -> Effect:
    return Effect(shop=settings.model_dump(mode="json", exclude_unset=True))


MODULE: Final = Module(
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
    effect=effect,
    shop_kinds=frozenset({"prestashop"}),
    exclusive_group=SHOP_DOCUMENTS,
)
