"""Columns of the shop's rows that no record is made of: an operator may map them out of the shop, never into it.

What is written under such a name would be meta data beside the column, and the shop would go by the column. Read off
the rows of recordings cust-02, prod-02, var-02, ord-02 and coup-05; lists and objects have no one value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.connectors.native_types import READ_ONLY

_DATES: Final = ("date_created", "date_created_gmt", "date_modified", "date_modified_gmt")
_SALE: Final = ("date_on_sale_from", "date_on_sale_from_gmt", "date_on_sale_to", "date_on_sale_to_gmt")
_GOODS_FLAGS: Final = (
    "on_sale",
    "purchasable",
    "downloadable",
    "manage_stock",
    "backorders_allowed",
    "backordered",
)
_GOODS_TEXTS: Final = ("permalink", "tax_status", "stock_status", "backorders", "shipping_class")
_GOODS_NUMBERS: Final = (
    "id",
    "stock_quantity",
    "low_stock_amount",
    "shipping_class_id",
    "download_limit",
    "download_expiry",
    "menu_order",
)
_GOODS_AMOUNTS: Final = ("price", "sale_price")


def _of(kind: str, names: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(names, kind + READ_ONLY)


_GOODS: Final[Mapping[str, str]] = {
    **_of("text", _GOODS_TEXTS),
    **_of("boolean", _GOODS_FLAGS),
    **_of("integer", _GOODS_NUMBERS),
    **_of("amount", _GOODS_AMOUNTS),
    **_of("moment", (*_DATES, *_SALE)),
    **_of("object", ("dimensions", "downloads", "meta_data")),
}
CUSTOMER: Final[Mapping[str, str]] = {
    **_of("text", ("username", "role", "avatar_url")),
    **_of("boolean", ("is_paying_customer",)),
    **_of("integer", ("id",)),
    **_of("moment", _DATES),
    **_of("object", ("billing", "shipping", "meta_data")),
}
PRODUCT: Final[Mapping[str, str]] = {
    **_GOODS,
    **_of("text", ("slug", "catalog_visibility", "external_url", "button_text", "purchase_note", "average_rating")),
    **_of("html", ("short_description", "price_html")),
    **_of("boolean", ("featured", "sold_individually", "shipping_required", "shipping_taxable", "reviews_allowed")),
    **_of("integer", ("parent_id", "rating_count", "total_sales")),
    **_of("object", ("tags", "brands", "images", "attributes", "default_attributes", "variations", "grouped_products")),
    **_of("object", ("upsell_ids", "cross_sell_ids", "related_ids")),
}
VARIANT: Final[Mapping[str, str]] = {
    **_GOODS,
    **_of("html", ("description",)),
    **_of("boolean", ("virtual",)),
    **_of("text", ("tax_class", "type", "name")),
    **_of("amount", ("weight",)),
    **_of("object", ("image",)),
}
ORDER: Final[Mapping[str, str]] = {
    **_of("text", ("order_key", "created_via", "version", "customer_ip_address", "customer_user_agent")),
    **_of("text", ("payment_method", "transaction_id", "cart_hash", "payment_url", "currency_symbol")),
    **_of("boolean", ("prices_include_tax", "is_editable", "needs_payment", "needs_processing")),
    **_of("integer", ("id", "parent_id", "customer_id")),
    **_of("amount", ("discount_total", "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "total_tax")),
    **_of("moment", (*_DATES, "date_paid", "date_paid_gmt", "date_completed", "date_completed_gmt")),
    **_of("object", ("billing", "shipping", "line_items", "tax_lines", "shipping_lines", "fee_lines", "coupon_lines")),
    **_of("object", ("refunds", "meta_data")),
}
COUPON: Final[Mapping[str, str]] = {
    **_of("text", ("description",)),
    **_of("integer", ("id", "usage_count", "usage_limit_per_user", "limit_usage_to_x_items")),
    **_of("boolean", ("individual_use", "free_shipping", "exclude_sale_items")),
    **_of("amount", ("maximum_amount",)),
    **_of("moment", (*_DATES, "date_expires_gmt")),
    **_of("object", ("product_ids", "excluded_product_ids", "product_categories", "excluded_product_categories")),
    **_of("object", ("email_restrictions", "used_by", "meta_data")),
}
