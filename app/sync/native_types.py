"""The peers' words for types of fields, and which converter of a mapping a type takes. Pure.

Odoo's are those of `fields_get`, PrestaShop's the checks that `?schema=synopsis` names; each port's `native_fields`
gives them, with `, read only` after those that cannot be written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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

_ODOO: Final[Mapping[str, tuple[frozenset[Converter], frozenset[Converter]]]] = {
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
"""What may be written into a field of the type, and what may be read from it."""
_PRESTASHOP: Final[Mapping[str, tuple[frozenset[Converter], frozenset[Converter]]]] = {
    "isBool": (_BOOLEAN, _BOOLEAN),
    **dict.fromkeys(("isNullOrUnsignedId", "isUnsignedId", "isInt", "isUnsignedInt"), (_INTEGER, _NUMBER_AS)),
    **dict.fromkeys(
        ("isFloat", "isNegativePrice", "isPercentage", "isPrice", "isUnsignedFloat"), (_DECIMAL, _NUMBER_AS)
    ),
    "isBirthDate": (_DAY, _DAY),
    **dict.fromkeys(("isDate", "isDateFormat"), (_NONE, _DAY)),
}
"""The same; any other check is one of texts."""

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
}  # fmt: skip
"""Fields that the records themselves are made of: mapped once more, they would have two owners."""


def fits(kind: str, native: str, converter: Converter, *, written: bool) -> bool:
    """`native` is a type in the words of that kind of connection."""
    word = plain_type(native)
    known = _ODOO.get(word, (_NONE, _NONE)) if kind == "odoo" else _PRESTASHOP.get(word, (_TEXT, _ANY))
    return converter in known[0 if written else 1]


def plain_type(native: str) -> str:
    return native.removesuffix(READ_ONLY).removesuffix(_PER_LANGUAGE)
