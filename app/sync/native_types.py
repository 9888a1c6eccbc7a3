"""The peers' words for types of fields, and which converter of a mapping a type takes. Pure.

Odoo's are those of `fields_get`, PrestaShop's the checks that `?schema=synopsis` names; of a WooCommerce they are what
its rows hold, and `meta` of any further name. Each port's `native_fields` gives them, with `, read only` after those
that cannot be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from app.connections.sync_settings import Converter
from app.entities.base import EntityType

READ_ONLY: Final = ", read only"
_PER_LANGUAGE: Final = ", one per language"

_TEXT = frozenset({Converter.TEXT, Converter.DECIMAL, Converter.DATE})
_INTEGER = frozenset({Converter.INTEGER})
_DECIMAL = frozenset({Converter.DECIMAL})
_BOOLEAN = frozenset({Converter.BOOLEAN})
_DAY = frozenset({Converter.DATE, Converter.TEXT})
_NONE: frozenset[Converter] = frozenset()
_ANY = frozenset(Converter)
_NUMBER_AS = frozenset({Converter.INTEGER, Converter.DECIMAL, Converter.TEXT})

_Able: TypeAlias = tuple[frozenset[Converter], frozenset[Converter]]
"""What may be written into a field of a type, and what may be read from it."""
_ODOO: Final[Mapping[str, _Able]] = {
    "char": (_TEXT, _ANY),
    "text": (_TEXT, _ANY),
    "html": (_TEXT, _ANY),
    "selection": (_TEXT, _ANY),
    "boolean": (_BOOLEAN, _BOOLEAN),
    "integer": (_INTEGER, _NUMBER_AS),
    "many2one": (_INTEGER, _NUMBER_AS),
    "float": (_DECIMAL, _NUMBER_AS),
    "monetary": (_DECIMAL, _NUMBER_AS),
    "date": (_DAY, _DAY),
    # A day is no moment, and a moment of one system is written otherwise in the other.
    "datetime": (_NONE, _DAY),
}
_PRESTASHOP: Final[Mapping[str, _Able]] = {
    "isBool": (_BOOLEAN, _BOOLEAN),
    **dict.fromkeys(("isNullOrUnsignedId", "isUnsignedId", "isInt", "isUnsignedInt"), (_INTEGER, _NUMBER_AS)),
    **dict.fromkeys(
        ("isFloat", "isNegativePrice", "isPercentage", "isPrice", "isUnsignedFloat"), (_DECIMAL, _NUMBER_AS)
    ),
    "isBirthDate": (_DAY, _DAY),
    **dict.fromkeys(("isDate", "isDateFormat"), (_NONE, _DAY)),
}
_WOOCOMMERCE: Final[Mapping[str, _Able]] = {
    # Meta data takes and gives whatever it is given.
    "meta": (_ANY, _ANY),
    "text": (_TEXT, _ANY),
    "html": (_TEXT, _ANY),
    "boolean": (_BOOLEAN, _BOOLEAN),
    "integer": (_INTEGER, _NUMBER_AS),
    "amount": (_DECIMAL, _NUMBER_AS),
    "moment": (_NONE, _DAY),
}
_TYPES: Final[Mapping[str, tuple[Mapping[str, _Able], _Able]]] = {
    "odoo": (_ODOO, (_NONE, _NONE)),
    # Any other check is one of texts.
    "prestashop": (_PRESTASHOP, (_TEXT, _ANY)),
    "woocommerce": (_WOOCOMMERCE, (_NONE, _NONE)),
}
"""By kind of connection: the types, and what any other type takes."""

OWN_FIELDS: Final[Mapping[tuple[str, EntityType], frozenset[str]]] = {
    ("odoo", EntityType.CUSTOMER): frozenset({"name", "email", "company_name", "website", "lang", "active"}),
    ("odoo", EntityType.ADDRESS): frozenset(
        {"name", "parent_id", "company_name", "street", "street2", "zip", "city", "state_id", "country_id", "phone",
         "mobile"}
    ),
    ("odoo", EntityType.CATEGORY): frozenset({"name", "parent_id"}),
    ("odoo", EntityType.PRODUCT): frozenset(
        {"name", "default_code", "barcode", "list_price", "active", "description_sale", "weight", "categ_id", "type",
         "detailed_type", "is_storable"}
    ),
    ("odoo", EntityType.VARIANT): frozenset({"product_tmpl_id", "default_code", "barcode", "active"}),
    ("odoo", EntityType.STOCK): frozenset({"product_tmpl_id", "qty_available"}),
    ("odoo", EntityType.ORDER): frozenset(
        {"client_order_ref", "partner_id", "partner_invoice_id", "partner_shipping_id", "date_order", "currency_id",
         "state", "order_line", "note"}
    ),
    ("odoo", EntityType.COUPON): frozenset(
        {"name", "active", "date_from", "date_to", "limit_usage", "max_usage", "currency_id"}
    ),
    ("prestashop", EntityType.CUSTOMER): frozenset(
        {"email", "firstname", "lastname", "company", "website", "id_lang", "active"}
    ),
    ("prestashop", EntityType.ADDRESS): frozenset(
        {"id_customer", "alias", "company", "firstname", "lastname", "address1", "address2", "postcode", "city",
         "id_state", "id_country", "phone", "phone_mobile"}
    ),
    ("prestashop", EntityType.CATEGORY): frozenset({"name", "id_parent", "active"}),
    ("prestashop", EntityType.PRODUCT): frozenset(
        {"name", "description", "reference", "ean13", "price", "weight", "active", "id_category_default", "type",
         "product_type", "is_virtual"}
    ),
    ("prestashop", EntityType.VARIANT): frozenset({"id_product", "reference", "ean13", "price"}),
    ("prestashop", EntityType.STOCK): frozenset({"id_product", "id_product_attribute", "quantity"}),
    ("prestashop", EntityType.ORDER): frozenset(
        {"reference", "id_customer", "id_address_delivery", "id_address_invoice", "id_currency", "current_state",
         "shipping_number", "note", "payment", "total_paid"}
    ),
    ("prestashop", EntityType.COUPON): frozenset(
        {"code", "name", "date_from", "date_to", "quantity", "minimum_amount", "reduction_percent", "reduction_amount",
         "reduction_currency", "active"}
    ),
    ("woocommerce", EntityType.CUSTOMER): frozenset({"email", "first_name", "last_name", "url"}),
    ("woocommerce", EntityType.ADDRESS): frozenset(
        {"first_name", "last_name", "company", "address_1", "address_2", "postcode", "city", "state", "country",
         "phone", "kind"}
    ),
    ("woocommerce", EntityType.CATEGORY): frozenset({"name", "parent"}),
    ("woocommerce", EntityType.PRODUCT): frozenset(
        {"name", "description", "sku", "global_unique_id", "regular_price", "tax_class", "weight", "status", "category",
         "categories", "virtual", "type"}
    ),
    ("woocommerce", EntityType.VARIANT): frozenset(
        {"parent_id", "attributes", "sku", "global_unique_id", "regular_price", "status"}
    ),
    ("woocommerce", EntityType.STOCK): frozenset({"stock_quantity"}),
    ("woocommerce", EntityType.ORDER): frozenset(
        {"status", "number", "currency", "customer_note", "payment_method_title", "total"}
    ),
    ("woocommerce", EntityType.REFUND): frozenset({"amount", "reason"}),
    ("woocommerce", EntityType.COUPON): frozenset(
        {"code", "discount_type", "amount", "minimum_amount", "date_expires", "usage_limit", "status"}
    ),
}  # fmt: skip
"""Fields that the records themselves are made of: mapped once more, they would have two owners."""


def fits(kind: str, native: str, converter: Converter, *, written: bool) -> bool:
    """`native` is a type in the words of that kind of connection."""
    types, any_other = _TYPES[kind]
    return converter in types.get(plain_type(native), any_other)[0 if written else 1]


def plain_type(native: str) -> str:
    return native.removesuffix(READ_ONLY).removesuffix(_PER_LANGUAGE)
