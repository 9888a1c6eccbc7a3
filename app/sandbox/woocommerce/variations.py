"""`products/{id}/variations`: read and written below their parent only, whose date moves with them."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from .errors import ApiError
from .images import addresses, put_images
from .lookup import PRODUCTS, VARIATIONS, index_row
from .params import STRING, Param
from .posts import trash, untrash
from .product_attributes import put_options
from .product_fields import STATUSES, STOCK_STATUSES, VARIATION, fresh_variation
from .product_view import shown_variation, title_of, variations_of
from .product_writes import put_fields
from .products import drop_variation, matches_common
from .query import DATED, PAGING, by_dates, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row, Store
from .texts import slug


class Variations(Resource):
    name = VARIATIONS
    route = "wc/v3/products/{}/variations"
    lists: Mapping[str, Param] = {
        **PAGING, **DATED, "orderby": Param(enum=("date", "id", "include", "title", "slug", "modified", "menu_order")),
        "sku": STRING, "status": Param(enum=("any", "future", "trash", *STATUSES)),
        "stock_status": Param(enum=STOCK_STATUSES),
    }  # fmt: skip
    creates = updates = VARIATION

    def list(self, ask: Ask) -> Sequence[Row]:
        rows = [row for row in variations_of(ask.store, self._parent(ask)) if matches_common(ask, row)]
        if ask.params.get("sku"):
            codes = {one.strip().lower() for one in str(ask.params["sku"]).split(",")}
            rows = [row for row in rows if row["sku"].lower() in codes]
        keys = {
            "date": lambda row: row["date_created"], "modified": lambda row: row["date_modified"],
            "id": lambda row: row["id"], "title": lambda row: row["id"], "slug": lambda row: row["id"],
            "menu_order": lambda row: row["menu_order"],
        }  # fmt: skip
        return in_order(ask, by_dates(ask, by_ids(ask, rows)), keys, "date")

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(VARIATIONS, row_id) if isinstance(row_id, int) else None
        if row is None or (ask.parents and row["parent_id"] != ask.parents[0]):
            raise ApiError(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
        return row

    def create(self, ask: Ask) -> Row:
        """The same attributes twice are accepted (var-04)."""
        store, parent = ask.store, self._parent(ask)
        if ask.body.get("id"):
            said = "Cannot create existing product variation."
            raise ApiError(400, "woocommerce_rest_product_variation_exists", said)
        row = fresh_variation(parent["id"])
        self._put(ask, row, parent)
        row["slug"] = slug(title_of(row, parent))
        row.update(id=store.next_id(), date_created=store.now(), date_modified=store.now())
        store.put(VARIATIONS, row)
        index_row(store, row)
        parent.setdefault("variation_ids", []).append(row["id"])
        touch_parent(store, row)
        store.tell("product.created", id=row["id"])
        return row

    def update(self, ask: Ask, row_id: Any) -> Row:
        row = self.get(ask, row_id)
        changed = deepcopy(row)
        self._put(ask, changed, self._parent(ask))
        if row["status"] == "trash" != changed["status"]:
            untrash(changed)
        row.update(changed, date_modified=ask.store.now())
        index_row(ask.store, row)
        touch_parent(ask.store, row)
        ask.store.tell("product.updated", id=row["id"])
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        """Without force into the trash, though the answer still says "publish" (var-14, -15)."""
        row = self.get(ask, row_id)
        gone = self.shown(ask, row)
        if ask.force:
            drop_variation(ask.store, row)
        else:
            trash(ask.store, row, kind="product_variation")
            touch_parent(ask.store, row)
        return gone

    def shown(self, ask: Ask, row: Row) -> Json:
        parent = ask.store.row(PRODUCTS, row["parent_id"])
        if parent is None:
            raise ApiError(404, "woocommerce_rest_product_variation_invalid_id", "Invalid ID.")
        return shown_variation(ask, row, parent)

    def links(self, ask: Ask, row: Row) -> Json:
        return {"up": [{"href": f"{ask.origin}/wp-json/wc/v3/products/{row['parent_id']}"}]}

    def parents_of(self, store: Store, row_id: Any) -> tuple[Any, ...]:
        row = store.row(VARIATIONS, row_id)
        return (row["parent_id"],) if row is not None else ()

    def sources(self, body: Json) -> Sequence[str]:
        return addresses(body.get("image") or ())

    def lost_id(self, ask: Ask, row_id: Any) -> Any:
        """An object where everything else has a number (var-12)."""
        return {"id": row_id, "product_id": ask.parents[0] if ask.parents else 0, "force": True}

    def _parent(self, ask: Ask) -> Row:
        parent = ask.store.row(PRODUCTS, ask.parents[0]) if ask.parents else None
        if parent is None:
            raise ApiError(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        return parent

    def _put(self, ask: Ask, row: Row, parent: Row) -> None:
        put_fields(ask.store, row, ask.body)
        if ask.body.get("attributes") is not None:
            row["attributes"] = put_options(ask.store, parent, ask.body["attributes"])
        if "image" in ask.body:
            row["image_ids"] = put_images(ask, [ask.body["image"]] if ask.body["image"] else [])


def touch_parent(store: Store, row: Row) -> None:
    """A poll of products sees that a variation changed; no webhook tells of the parent (list-20, whx-12)."""
    parent = store.row(PRODUCTS, row.get("parent_id") or 0)
    if parent is not None:
        parent["date_modified"] = store.now()
