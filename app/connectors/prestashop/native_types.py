"""A PrestaShop's words for types of fields (the checks that `?schema=synopsis` names), and the fields that records are
made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.connectors.native_types import ANY, BOOLEAN, DAY, DECIMAL, INTEGER, NONE, NUMBER_AS, TEXT, NativeTypes
from app.entities.base import EntityType

_OWN: Final[Mapping[EntityType, frozenset[str]]] = {
    EntityType.CUSTOMER: frozenset(
        {"email", "firstname", "lastname", "company", "website", "id_lang", "active"}
    ),
    EntityType.ADDRESS: frozenset(
        {"id_customer", "alias", "company", "firstname", "lastname", "address1", "address2", "postcode", "city",
         "id_state", "id_country", "phone", "phone_mobile"}
    ),
    EntityType.CATEGORY: frozenset({"name", "id_parent", "active"}),
    EntityType.PRODUCT: frozenset(
        {"name", "description", "reference", "ean13", "price", "weight", "active", "id_category_default", "type",
         "product_type", "is_virtual"}
    ),
    EntityType.VARIANT: frozenset({"id_product", "reference", "ean13", "price"}),
    EntityType.STOCK: frozenset({"id_product", "id_product_attribute", "quantity"}),
    EntityType.ORDER: frozenset(
        {"reference", "id_customer", "id_address_delivery", "id_address_invoice", "id_currency", "current_state",
         "shipping_number", "note", "payment", "total_paid"}
    ),
    EntityType.COUPON: frozenset(
        {"code", "name", "date_from", "date_to", "quantity", "minimum_amount", "reduction_percent", "reduction_amount",
         "reduction_currency", "active"}
    ),
}  # fmt: skip

NATIVE_TYPES: Final = NativeTypes(
    types={
        "isBool": (BOOLEAN, BOOLEAN),
        **dict.fromkeys(("isNullOrUnsignedId", "isUnsignedId", "isInt", "isUnsignedInt"), (INTEGER, NUMBER_AS)),
        **dict.fromkeys(
            ("isFloat", "isNegativePrice", "isPercentage", "isPrice", "isUnsignedFloat"), (DECIMAL, NUMBER_AS)
        ),
        "isBirthDate": (DAY, DAY),
        **dict.fromkeys(("isDate", "isDateFormat"), (NONE, DAY)),
    },
    # Any other check is one of texts.
    any_other=(TEXT, ANY),
    own=_OWN,
)
