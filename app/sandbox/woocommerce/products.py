"""`products`: simple and variable ones, and by id or SKU the variations too."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from .decimals import to_decimal
from .errors import ApiError
from .images import addresses, put_images
from .lookup import PRODUCTS, VARIATIONS, Slugs, index_row, rows_with, sellable
from .meta import drop_meta, value_of
from .params import INTEGER, STRING, Param
from .posts import trash, untrash
from .product_attributes import put_attributes
from .product_fields import PRODUCT, STATUSES, STOCK_STATUSES, fresh_product
from .product_view import min_price, shown_product, variation_as_product, variation_prices, variations_of
from .product_writes import price_of, put_fields
from .query import DATED, PAGING, by_dates, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row, Store
from .term_rows import category_ids
from .texts import free_slug, slug

_ORDERS = ("date", "id", "include", "title", "slug", "modified", "price", "popularity", "rating", "menu_order")


class Products(Resource):
    name = PRODUCTS
    route = "wc/v3/products"
    lists: Mapping[str, Param] = {
        **PAGING, **DATED, "orderby": Param(enum=_ORDERS), "sku": STRING, "slug": STRING, "category": STRING,
        "status": Param(enum=("any", "future", "trash", *STATUSES)), "parent": Param(kind="array", items=INTEGER),
        "type": Param(enum=("simple", "grouped", "external", "variable", "variation")),
        "stock_status": Param(enum=STOCK_STATUSES), "featured": Param(kind="boolean"),
    }  # fmt: skip
    creates = updates = PRODUCT

    def list(self, ask: Ask) -> Sequence[Row]:
        rows: Iterable[Row] = ask.store.table(PRODUCTS)
        if ask.params.get("sku"):
            rows = [row for code in _codes(ask.params["sku"]) for row in rows_with(ask.store, "sku", code)]
        rows = [row for row in rows if _matches(ask, row)]
        return in_order(ask, by_dates(ask, by_ids(ask, rows)), _keys(ask.store), "date")

    def get(self, ask: Ask, row_id: Any) -> Row:
        return self._found(ask, row_id, 404)

    def create(self, ask: Ask) -> Row:
        store, body = ask.store, ask.body
        if body.get("id"):
            raise ApiError(400, "woocommerce_rest_product_exists", "Cannot create existing product.")
        row = {**fresh_product(), "category_ids": category_ids(store, ())}
        self._put(ask, row)
        now = store.now()
        row.update(date_created=self._created(ask) or now, date_modified=now, id=store.next_id())
        row["slug"] = free_slug(str(body.get("slug") or slug(row["name"]) or "product"), Slugs(store))
        store.put(PRODUCTS, row)
        index_row(store, row)
        store.tell("product.created", id=row["id"])
        return row

    def update(self, ask: Ask, row_id: Any) -> Row:
        """Works on a copy: what is refused leaves nothing behind (prod-65, -66). The date moves always (whx-04)."""
        row = self._found(ask, row_id, 400)
        if row["type"] == "variation":
            said = ("To manipulate product variations you should use the "
                    "/products/&lt;product_id&gt;/variations/&lt;id&gt; endpoint.")  # fmt: skip
            raise ApiError(404, "woocommerce_rest_invalid_product_id", said)
        changed = deepcopy(row)
        self._put(ask, changed)
        if row["status"] == "trash" != changed["status"]:
            untrash(changed)
        if "slug" in ask.body:
            changed["slug"] = free_slug(slug(str(ask.body["slug"])), Slugs(ask.store, but=row["id"]))
        row.update(changed, date_modified=ask.store.now())
        index_row(ask.store, row)
        ask.store.tell("product.updated", id=row["id"])
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        """By force: no webhook (whx-18). Into the trash: two, one of them false (whx-16)."""
        row = self._found(ask, row_id, 404)
        gone = self.shown(ask, row)
        if ask.force:
            drop_product(ask.store, row)
        else:
            trash(ask.store, row, kind="product")
            trash_variations(ask.store, row)
        return gone

    def shown(self, ask: Ask, row: Row) -> Json:
        parent = ask.store.row(PRODUCTS, row["parent_id"]) if row["type"] == "variation" else None
        return variation_as_product(ask, row, parent) if parent is not None else shown_product(ask, row)

    def links(self, ask: Ask, row: Row) -> Json:
        """A variation names its product (var-10)."""
        return {"up": [{"href": f"{ask.origin}/wp-json/{self.route}/{row['parent_id']}"}]} if row["parent_id"] else {}

    def sources(self, body: Json) -> Sequence[str]:
        return addresses(body.get("images") or ())

    def _found(self, ask: Ask, row_id: Any, status: int) -> Row:
        row = sellable(ask.store, row_id) if isinstance(row_id, int) else None
        if row is None:
            raise ApiError(status, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        return row

    def _put(self, ask: Ask, row: Row) -> None:
        store, body = ask.store, ask.body
        row["type"] = body.get("type", row["type"])
        put_fields(store, row, body)
        if row["type"] == "variable":
            row.update(regular_price="", sale_price="")  # set on the parent it is ignored (var-13)
        if body.get("attributes") is not None:
            row["attributes"] = put_attributes(store, body["attributes"])
        if body.get("categories") is not None:
            row["category_ids"] = category_ids(store, body["categories"])
        if body.get("images") is not None:
            row["image_ids"] = put_images(ask, body["images"])

    def _created(self, ask: Ask) -> Any:
        local, gmt = ask.body.get("date_created"), ask.body.get("date_created_gmt")
        return ask.store.moment(gmt, gmt=True) if gmt else ask.store.moment(local) if local else None


def trash_variations(store: Store, product: Row) -> None:
    """They go into the trash with their product, each told as a post of its own. What writing another status over the
    API takes out of it is the product alone (`WC_Post_Data::trash_post` and `untrash_post`, 9.9; not recorded)."""
    for one in variations_of(store, product):
        if one["status"] != "trash":
            trash(store, one, kind="product_variation")


def restore_product(store: Store, row: Row) -> None:
    """A person takes it out of the trash: its variations come along, each as it was before."""
    for one in [row, *variations_of(store, row)]:
        if one["status"] == "trash":
            one["status"] = value_of(one, "_wp_trash_meta_status") or "draft"
            drop_meta(one, "_wp_trash_meta_status", "_wp_trash_meta_time")
            untrash(one)
            one["date_modified"] = store.now()
            store.tell("product.restored", "coupon.restored", id=one["id"])


def drop_product(store: Store, row: Row) -> None:
    """With its variations, without a word."""
    for one in variations_of(store, row):
        store.drop(VARIATIONS, one["id"])
    if row["type"] == "variation":
        drop_variation(store, row)
    else:
        store.drop(PRODUCTS, row["id"])


def drop_variation(store: Store, row: Row) -> None:
    store.drop(VARIATIONS, row["id"])
    parent = store.row(PRODUCTS, row["parent_id"])
    if parent is not None:
        parent["variation_ids"] = [one for one in parent.get("variation_ids", ()) if one != row["id"]]
        parent["date_modified"] = store.now()


def matches_common(ask: Ask, row: Row) -> bool:
    """Status, stock and text: trash is shown only to who asks for it (trash-03, -04)."""
    asked = ask.params
    status = asked.get("status") or "any"
    if row["status"] != status and (status != "any" or row["status"] == "trash"):
        return False
    words = str(asked.get("search") or "").lower()
    text = f"{row.get('name', '')} {row['description']} {row['sku']}".lower()
    return words in text and row["stock_status"] == (asked.get("stock_status") or row["stock_status"])


def _codes(asked: Any) -> list[str]:
    """A list, and the text as a whole: an SKU may have a comma (`WC_REST_Products_V2_Controller`, 9.9)."""
    text = str(asked)
    return list(dict.fromkeys([*(code.strip() for code in text.split(",")), text.strip()]))


def _matches(ask: Ask, row: Row) -> bool:
    asked = ask.params
    categories = {int(one) for one in str(asked.get("category") or "").split(",") if one.strip().isdecimal()}
    return (
        matches_common(ask, row)
        and (not asked.get("type") or row["type"] == asked["type"])
        and (not asked.get("slug") or row.get("slug") == asked["slug"])
        and (asked.get("featured") is None or row.get("featured") is asked["featured"])
        and (not asked.get("parent") or row["parent_id"] in asked["parent"])
        and (not categories or bool(categories & set(row.get("category_ids", ()))))
    )


def _keys(store: Store) -> Mapping[str, Callable[[Row], Any]]:
    def price(row: Row) -> Any:
        prices = (
            variation_prices(store, row, store.now()) if row["type"] == "variable" else [price_of(row, store.now())]
        )
        return to_decimal(min_price(prices))

    return {
        "date": lambda row: row["date_created"], "modified": lambda row: row["date_modified"],
        "id": lambda row: row["id"], "title": lambda row: str(row.get("name", "")).lower(),
        "slug": lambda row: row.get("slug", ""), "price": price, "popularity": lambda row: int(row["total_sales"]),
        "rating": lambda row: 0, "menu_order": lambda row: row["menu_order"],
    }  # fmt: skip
