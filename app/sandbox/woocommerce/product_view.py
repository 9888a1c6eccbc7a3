"""Products and variations as answers have them. `view` (reads, webhooks) and `edit` (answers to writes) differ."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from .decimals import money, to_decimal
from .images import shown_image, shown_images
from .lookup import VARIATIONS, Slugs
from .meta import shown_meta
from .product_writes import on_sale, price_of
from .resources import Ask
from .state import Json, Row, Store
from .term_rows import shown_terms
from .texts import free_slug, paragraphs, slug

_COMMON = (
    "sku", "global_unique_id", "regular_price", "sale_price", "status", "virtual", "downloadable", "downloads",
    "download_limit", "download_expiry", "tax_status", "stock_status", "backorders", "low_stock_amount", "weight",
    "dimensions", "shipping_class", "menu_order",
)  # fmt: skip
_PRODUCT = (
    "name", "slug", "type", "featured", "catalog_visibility", "short_description", "total_sales", "external_url",
    "button_text", "tax_class", "sold_individually", "reviews_allowed", "upsell_ids", "cross_sell_ids", "parent_id",
    "purchase_note", "default_attributes", "grouped_products", "post_password",
)  # fmt: skip
_INHERITED = (
    "sku", "tax_class", "weight", "dimensions", "permalink", "attributes", "manage_stock", "stock_quantity",
    "purchasable",
)  # fmt: skip
_SYMBOL = '<span class="woocommerce-Price-currencySymbol">&euro;</span>'
_DATES = ("date_created", "date_modified")
_SALES = ("date_on_sale_from", "date_on_sale_to")


def shown_product(ask: Ask, row: Row) -> Json:
    now = ask.store.now()
    prices = variation_prices(ask.store, row, now) if row["type"] == "variable" else [price_of(row, now)]
    shown: Json = {
        "id": row["id"], **{name: row[name] for name in _PRODUCT}, **_common(ask, row, now, min_price(prices)),
        "permalink": permalink(ask.origin, row), "manage_stock": row["manage_stock"],
        "stock_quantity": row["stock_quantity"], "shipping_required": not row["virtual"],
        "shipping_taxable": not row["virtual"], "average_rating": "0" if ask.context == "edit" else "0.00",
        "rating_count": 0, "categories": shown_terms(ask.store, row["category_ids"]), "brands": [],
        "tags": [], "images": shown_images(ask, row["image_ids"]),
        "attributes": [{**one, "options": list(one["options"])} for one in row["attributes"]],
        "variations": variation_ids(ask.store, row), "price_html": price_html(row, prices, now),
        "related_ids": _related(ask.store, row),
        "has_options": row["type"] == "variable" and any(one["variation"] for one in row["attributes"]),
    }  # fmt: skip
    if row["type"] == "variable" and row["manage_stock"] is not True:
        shown["stock_status"] = _stock_of_all(ask.store, row)
    if ask.context == "edit":
        shown["permalink_template"] = f"{ask.origin}/product/%pagename%/"
        shown["generated_slug"] = free_slug(slug(row["name"]), Slugs(ask.store, but=row["id"]))
    return shown


def shown_variation(ask: Ask, row: Row, parent: Row) -> Json:
    """Below its parent. What it does not have itself it shows of the parent (var-12)."""
    now = ask.store.now()
    shown: Json = {
        "id": row["id"], "type": "variation", **_common(ask, row, now, price_of(row, now)), "parent_id": parent["id"],
        "permalink": variation_link(ask.origin, row, parent), "name": options_of(row), "tax_class": row["tax_class"],
        "image": shown_image(ask, row["image_ids"][0]) if row["image_ids"] else None,
        "attributes": [dict(one) for one in row["attributes"]], "sku": row["sku"] or parent["sku"],
        "purchasable": row["status"] == "publish" and price_of(row, now) != "", **shown_stock(row, parent),
    }  # fmt: skip
    if ask.context != "edit":
        shown["tax_class"] = parent["tax_class"] if row["tax_class"] == "parent" else row["tax_class"]
    shown["weight"] = row["weight"] or parent["weight"]
    shown["dimensions"] = {key: row["dimensions"][key] or parent["dimensions"][key] for key in row["dimensions"]}
    return shown


def variation_as_product(ask: Ask, row: Row, parent: Row) -> Json:
    """What `/products/{id of a variation}` and webhooks show: all that a product has (var-10, whx-12)."""
    as_product = {
        **parent, **row, "name": title_of(row, parent), "slug": slug(title_of(row, parent)), "featured": False,
        "catalog_visibility": "visible", "short_description": "", "category_ids": [], "reviews_allowed": False,
        "purchase_note": "", "upsell_ids": [], "cross_sell_ids": [], "default_attributes": [], "attributes": [],
        "grouped_products": [], "variation_ids": [],
        "external_url": "", "button_text": "", "total_sales": str(row["total_sales"]),
    }  # fmt: skip
    own = shown_variation(ask, row, parent)
    return {**shown_product(ask, as_product), **{name: own[name] for name in _INHERITED}, "related_ids": []}


def title_of(row: Row, parent: Row) -> str:
    return f"{parent['name']} - {options_of(row)}" if row["attributes"] else str(parent["name"])


def options_of(row: Row) -> str:
    return ", ".join(str(one["option"]) for one in row["attributes"])


def shown_stock(row: Row, parent: Row) -> Json:
    """A variation that does not count its stock takes part in the parent's."""
    if row["manage_stock"] is not True and parent["manage_stock"] is True:
        return {"manage_stock": "parent", **{name: parent[name] for name in ("stock_quantity", "stock_status")}}
    return {name: row[name] for name in ("manage_stock", "stock_quantity", "stock_status")}


def variation_ids(store: Store, parent: Row) -> list[int]:
    """Trashed ones are not among them."""
    return [one["id"] for one in variations_of(store, parent) if one["status"] != "trash"]


def variations_of(store: Store, parent: Row) -> list[Row]:
    rows = (store.row(VARIATIONS, one) for one in parent.get("variation_ids", ()))
    return [row for row in rows if row is not None]


def variation_prices(store: Store, parent: Row, now: datetime) -> list[str]:
    prices = [price_of(one, now) for one in variations_of(store, parent) if one["status"] == "publish"]
    return sorted((price for price in prices if price), key=to_decimal)


def min_price(prices: Sequence[str]) -> str:
    return prices[0] if prices else ""


def price_html(row: Row, prices: Sequence[str], now: datetime) -> str:
    if not min_price(prices):
        return ""
    if row["type"] != "variable" and on_sale(row, now):
        was, now_is = (f"&euro;{_amount(row[name])}" for name in ("regular_price", "sale_price"))
        return (
            f'<del aria-hidden="true">{_price(row["regular_price"])}</del> <span class="screen-reader-text">'
            f'Original price was: {was}.</span><ins aria-hidden="true">{_price(row["sale_price"])}</ins>'
            f'<span class="screen-reader-text">Current price is: {now_is}.</span>'
        )
    if to_decimal(prices[0]) != to_decimal(prices[-1]):
        return f"{_price(prices[0])} &ndash; {_price(prices[-1])}"
    return _price(prices[0])


def permalink(origin: str, row: Row) -> str:
    if row["status"] not in ("publish", "private"):
        return f"{origin}/?post_type=product&p={row['id']}"
    return f"{origin}/product/{row['slug']}/"


def variation_link(origin: str, row: Row, parent: Row) -> str:
    chosen = "&".join(f"attribute_{one['slug']}={one['option']}" for one in row["attributes"])
    return f"{origin}/product/{parent['slug']}/?{chosen}" if chosen else f"{origin}/product/{parent['slug']}/"


def _common(ask: Ask, row: Row, now: datetime, price: str) -> Json:
    edit = ask.context == "edit"
    return {
        **{name: row[name] for name in _COMMON}, **ask.store.dates(row, *_DATES), **ask.store.dates(row, *_SALES),
        "description": row["description"] if edit else paragraphs(row["description"]), "price": price,
        "on_sale": on_sale(row, now), "purchasable": price != "" and row["status"] != "trash",
        "backorders_allowed": row["backorders"] != "no", "backordered": row["stock_status"] == "onbackorder",
        "shipping_class_id": 0, "meta_data": shown_meta(row),
    }  # fmt: skip


def _stock_of_all(store: Store, parent: Row) -> str:
    """A parent has what one of its variations has (var-01, var-07)."""
    stocks = {one["stock_status"] for one in variations_of(store, parent) if one["status"] == "publish"}
    return next((one for one in ("instock", "onbackorder") if one in stocks), "outofstock")


def _related(store: Store, row: Row) -> list[int]:
    """Drawn anew each time: an unchanged product shows other ones (whx-06)."""
    others = list(store.table("products").rows)
    drawn = store.random.sample(others, min(6, len(others)))
    return [one for one in drawn if one != row["id"]][:5]


def _price(value: str) -> str:
    return f'<span class="woocommerce-Price-amount amount"><bdi>{_SYMBOL}{_amount(value)}</bdi></span>'


def _amount(value: str) -> str:
    return f"{max(Decimal(money(value)), Decimal(0)):,.2f}"
