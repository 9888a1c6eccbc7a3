"""The fields a product and a variation may be sent with, and what they are when nobody says anything."""

from collections.abc import Mapping
from typing import Any

from .params import ARRAY, BOOLEAN, IDS, INTEGER, META, OBJECT, STRING, Param

STATUSES = ("draft", "pending", "private", "publish")
STOCK_STATUSES = ("instock", "outofstock", "onbackorder")
BACKORDERS = ("no", "notify", "yes")
TYPES = ("simple", "grouped", "external", "variable")
OPTIONAL_DATE = Param(kind="date", nullable=True)
OPTIONAL_INTEGER = Param(kind="integer", nullable=True)
IMAGE = Param(kind="object", fields={"id": INTEGER, "src": STRING, "name": STRING, "alt": STRING})
DIMENSIONS = Param(kind="object", fields={"length": STRING, "width": STRING, "height": STRING})
TERMS = Param(kind="array", items=Param(kind="object", fields={"id": INTEGER}))

_SHARED: Mapping[str, Param] = {
    "description": STRING, "sku": STRING, "global_unique_id": STRING, "regular_price": STRING, "sale_price": STRING,
    "date_on_sale_from": OPTIONAL_DATE, "date_on_sale_from_gmt": OPTIONAL_DATE, "date_on_sale_to": OPTIONAL_DATE,
    "date_on_sale_to_gmt": OPTIONAL_DATE, "virtual": BOOLEAN, "downloadable": BOOLEAN, "downloads": ARRAY,
    "download_limit": INTEGER, "download_expiry": INTEGER, "tax_class": STRING, "stock_quantity": INTEGER,
    "tax_status": Param(enum=("taxable", "shipping", "none")), "stock_status": Param(enum=STOCK_STATUSES),
    "backorders": Param(enum=BACKORDERS), "low_stock_amount": OPTIONAL_INTEGER, "weight": STRING,
    "dimensions": DIMENSIONS, "shipping_class": STRING, "menu_order": INTEGER, "meta_data": META,
    "inventory_delta": INTEGER,
}  # fmt: skip
PRODUCT: Mapping[str, Param] = {
    **_SHARED, "name": STRING, "slug": STRING, "type": Param(enum=TYPES), "featured": BOOLEAN,
    "status": Param(enum=("auto-draft", "draft", "pending", "private", "publish", "future")),
    "images": Param(kind="array", items=IMAGE),
    "catalog_visibility": Param(enum=("visible", "catalog", "search", "hidden")), "short_description": STRING,
    "date_created": OPTIONAL_DATE, "date_created_gmt": OPTIONAL_DATE, "external_url": STRING, "button_text": STRING,
    "manage_stock": BOOLEAN, "sold_individually": BOOLEAN, "reviews_allowed": BOOLEAN, "upsell_ids": IDS,
    "cross_sell_ids": IDS, "parent_id": INTEGER, "purchase_note": STRING, "categories": TERMS, "tags": TERMS,
    "brands": TERMS, "attributes": Param(kind="array", items=OBJECT), "grouped_products": IDS,
    "default_attributes": Param(kind="array", items=OBJECT), "post_password": STRING,
}  # fmt: skip
VARIATION: Mapping[str, Param] = {
    **_SHARED, "status": Param(enum=STATUSES), "image": IMAGE, "attributes": Param(kind="array", items=OBJECT),
    "manage_stock": Param(kind="mixed"),
}  # fmt: skip

PLAIN = (
    "featured", "catalog_visibility", "virtual", "downloadable", "downloads", "download_limit", "download_expiry",
    "external_url", "button_text", "tax_status", "tax_class", "low_stock_amount", "sold_individually", "weight",
    "shipping_class", "reviews_allowed", "upsell_ids", "cross_sell_ids", "parent_id", "grouped_products", "menu_order",
    "post_password", "default_attributes",
)  # fmt: skip
"""Stored as they come."""
TEXTS = ("name", "description", "short_description", "purchase_note")
"""Filtered on the way in."""


def fresh_product() -> dict[str, Any]:
    return {
        **_fresh(), "type": "simple", "name": "Product", "slug": "", "featured": False, "catalog_visibility": "visible",
        "short_description": "", "external_url": "", "button_text": "", "tax_class": "", "sold_individually": False,
        "reviews_allowed": True, "upsell_ids": [], "cross_sell_ids": [], "parent_id": 0, "purchase_note": "",
        "category_ids": [], "image_ids": [], "attributes": [], "default_attributes": [], "grouped_products": [],
        "post_password": "",
    }  # fmt: skip


def fresh_variation(parent: int) -> dict[str, Any]:
    return {**_fresh(), "type": "variation", "parent_id": parent, "tax_class": "parent", "image_ids": [],
            "attributes": []}  # fmt: skip


def _fresh() -> dict[str, Any]:
    return {
        "status": "publish", "description": "", "sku": "", "global_unique_id": "", "regular_price": "",
        "sale_price": "", "date_on_sale_from": None, "date_on_sale_to": None, "total_sales": 0, "virtual": False,
        "downloadable": False, "downloads": [], "download_limit": -1, "download_expiry": -1, "tax_status": "taxable",
        "manage_stock": False, "stock_quantity": None, "stock_status": "instock", "backorders": "no",
        "low_stock_amount": None, "weight": "", "dimensions": {"length": "", "width": "", "height": ""},
        "shipping_class": "", "menu_order": 0, "meta_data": [],
    }  # fmt: skip
