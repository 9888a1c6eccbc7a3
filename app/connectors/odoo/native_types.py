"""An Odoo's words for types of fields (`fields_get`), and the fields that records are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.connectors.native_types import ANY, BOOLEAN, DAY, DECIMAL, INTEGER, NONE, NUMBER_AS, TEXT, NativeTypes
from app.entities.base import EntityType

_OWN: Final[Mapping[EntityType, frozenset[str]]] = {
    EntityType.CUSTOMER: frozenset({"name", "email", "company_name", "website", "lang", "active"}),
    EntityType.ADDRESS: frozenset(
        {"name", "parent_id", "company_name", "street", "street2", "zip", "city", "state_id", "country_id", "phone",
         "mobile"}
    ),
    EntityType.CATEGORY: frozenset({"name", "parent_id"}),
    EntityType.PRODUCT: frozenset(
        {"name", "default_code", "barcode", "list_price", "active", "description_sale", "weight", "categ_id", "type",
         "detailed_type", "is_storable"}
    ),
    EntityType.VARIANT: frozenset({"product_tmpl_id", "default_code", "barcode", "active"}),
    EntityType.STOCK: frozenset({"product_tmpl_id", "qty_available"}),
    EntityType.ORDER: frozenset(
        {"client_order_ref", "partner_id", "partner_invoice_id", "partner_shipping_id", "date_order", "currency_id",
         "state", "order_line", "note"}
    ),
    EntityType.COUPON: frozenset(
        {"name", "active", "date_from", "date_to", "limit_usage", "max_usage", "currency_id"}
    ),
}  # fmt: skip

NATIVE_TYPES: Final = NativeTypes(
    types={
        "char": (TEXT, ANY),
        "text": (TEXT, ANY),
        "html": (TEXT, ANY),
        "selection": (TEXT, ANY),
        "boolean": (BOOLEAN, BOOLEAN),
        "integer": (INTEGER, NUMBER_AS),
        "many2one": (INTEGER, NUMBER_AS),
        "float": (DECIMAL, NUMBER_AS),
        "monetary": (DECIMAL, NUMBER_AS),
        "date": (DAY, DAY),
        # A day is no moment, and a moment of one system is written otherwise in the other.
        "datetime": (NONE, DAY),
    },
    any_other=(NONE, NONE),
    own=_OWN,
)
