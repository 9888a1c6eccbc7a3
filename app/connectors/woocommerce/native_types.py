"""What the fields of a WooCommerce's rows hold, `meta` any further name; and the fields that records are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.connectors.native_types import ANY, BOOLEAN, DAY, DECIMAL, INTEGER, NONE, NUMBER_AS, TEXT, NativeTypes
from app.entities.base import EntityType

_OWN: Final[Mapping[EntityType, frozenset[str]]] = {
    EntityType.CUSTOMER: frozenset({"email", "first_name", "last_name", "url"}),
    EntityType.ADDRESS: frozenset(
        {"first_name", "last_name", "company", "address_1", "address_2", "postcode", "city", "state", "country",
         "phone", "kind"}
    ),
    EntityType.CATEGORY: frozenset({"name", "parent"}),
    EntityType.PRODUCT: frozenset(
        {"name", "description", "sku", "global_unique_id", "regular_price", "tax_class", "weight", "status", "category",
         "categories", "virtual", "type"}
    ),
    EntityType.VARIANT: frozenset(
        {"parent_id", "attributes", "sku", "global_unique_id", "regular_price", "status"}
    ),
    EntityType.STOCK: frozenset({"stock_quantity"}),
    EntityType.ORDER: frozenset(
        {"status", "number", "currency", "customer_note", "payment_method_title", "total"}
    ),
    EntityType.REFUND: frozenset({"amount", "reason"}),
    EntityType.COUPON: frozenset(
        {"code", "discount_type", "amount", "minimum_amount", "date_expires", "usage_limit", "status"}
    ),
}  # fmt: skip

NATIVE_TYPES: Final = NativeTypes(
    types={
        # Meta data takes and gives whatever it is given.
        "meta": (ANY, ANY),
        "text": (TEXT, ANY),
        "html": (TEXT, ANY),
        "boolean": (BOOLEAN, BOOLEAN),
        "integer": (INTEGER, NUMBER_AS),
        "amount": (DECIMAL, NUMBER_AS),
        "moment": (NONE, DAY),
    },
    any_other=(NONE, NONE),
    own=_OWN,
)
