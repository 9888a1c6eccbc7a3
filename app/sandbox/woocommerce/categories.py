"""`products/categories`: a tree of terms. They have no dates and no webhooks: only a full read shows a change.

Not recorded in detail: as the shop documents it, with WordPress' `term_exists` for a name twice below one parent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import ApiError, trash_not_supported
from .images import addresses, put_images, shown_image
from .params import INTEGER, OBJECT, STRING, Param
from .query import PAGING, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row, Store
from .term_rows import CATEGORIES, TERMS, UNCATEGORIZED, add_term, free_term_slug, terms_of
from .texts import filtered, slug

_FIELDS: Mapping[str, Param] = {
    "slug": STRING, "parent": INTEGER, "description": STRING, "image": OBJECT, "menu_order": INTEGER,
    "display": Param(enum=("default", "products", "subcategories", "both")),
}  # fmt: skip
_LISTS: Mapping[str, Param] = {
    **PAGING, "orderby": Param(enum=("id", "include", "name", "slug", "term_group", "description", "count")),
    "hide_empty": Param(kind="boolean"), "parent": INTEGER, "product": INTEGER, "slug": STRING,
}  # fmt: skip


class Categories(Resource):
    name = "categories"
    route = "wc/v3/products/categories"
    lists = _LISTS
    creates: Mapping[str, Param] = {**_FIELDS, "name": Param(required=True)}
    updates: Mapping[str, Param] = {**_FIELDS, "name": STRING}

    def list(self, ask: Ask) -> Sequence[Row]:
        asked, used = ask.params, _used(ask.store)
        rows = [
            row for row in by_ids(ask, terms_of(ask.store, CATEGORIES))
            if str(asked.get("search") or "").lower() in row["name"].lower()
            and (asked.get("parent") is None or row["parent"] == asked["parent"])
            and (not asked.get("slug") or row["slug"] == asked["slug"])
            and (not asked.get("hide_empty") or used.get(row["id"]))
        ]  # fmt: skip
        keys = {
            "name": lambda row: row["name"].lower(), "id": lambda row: row["id"], "slug": lambda row: row["slug"],
            "count": lambda row: used.get(row["id"], 0), "term_group": lambda row: 0,
            "description": lambda row: row["description"],
        }  # fmt: skip
        return in_order(ask.having(params={"order": "asc", **asked}), rows, keys, "name")

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(TERMS, row_id) if isinstance(row_id, int) else None
        if row is None or row["taxonomy"] != CATEGORIES:
            raise ApiError(404, "woocommerce_rest_term_invalid", "Resource does not exist.")
        return row

    def create(self, ask: Ask) -> Row:
        body, parent = ask.body, int(ask.body.get("parent") or 0)
        if parent:
            self._check_parent(ask, parent)
        wanted = slug(str(body.get("slug") or ""))
        row = add_term(ask.store, CATEGORIES, str(body.get("name") or ""), parent=parent, wanted_slug=wanted)
        self._put(ask, row)
        return row

    def update(self, ask: Ask, row_id: Any) -> Row:
        row = self.get(ask, row_id)
        if ask.body.get("parent"):
            self._check_parent(ask, int(ask.body["parent"]))
        self._put(ask, row)
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        """Children move up; products that had no other go to "Uncategorized"."""
        row = self.get(ask, row_id)
        if not ask.force:
            raise trash_not_supported("Resource")
        gone = self.shown(ask, row)
        ask.store.drop(TERMS, row["id"])
        for child in terms_of(ask.store, CATEGORIES):
            child["parent"] = row["parent"] if child["parent"] == row["id"] else child["parent"]
        for product in ask.store.table("products"):
            kept = [one for one in product["category_ids"] if one != row["id"]]
            product["category_ids"] = kept or [UNCATEGORIZED]
        return gone

    def shown(self, ask: Ask, row: Row) -> Json:
        names = ("id", "name", "slug", "parent", "description", "display", "menu_order")
        image = shown_image(ask, row["image_id"]) if row["image_id"] else None
        return {**{name: row[name] for name in names}, "image": image, "count": _used(ask.store).get(row["id"], 0)}

    def links(self, ask: Ask, row: Row) -> Json:
        base = f"{ask.origin}/wp-json/{self.route}"
        return {"up": [{"href": f"{base}/{row['parent']}"}]} if row["parent"] else {}

    def sources(self, body: Json) -> Sequence[str]:
        return addresses(body.get("image") or ())

    def _check_parent(self, ask: Ask, parent: int) -> None:
        row = ask.store.row(TERMS, parent)
        if row is None or row["taxonomy"] != CATEGORIES:
            raise ApiError(400, "woocommerce_rest_term_invalid", "Parent resource does not exist.")

    def _put(self, ask: Ask, row: Row) -> None:
        store, body = ask.store, ask.body
        row["name"] = filtered(str(body.get("name") or row["name"]))
        row["description"] = filtered(str(body.get("description", row["description"])))
        row.update({name: body[name] for name in ("parent", "display", "menu_order") if name in body})
        if body.get("slug"):
            row["slug"] = free_term_slug(store, CATEGORIES, slug(str(body["slug"])), but=row["id"])
        if "image" in body:
            ids = put_images(ask, [body["image"]]) if body["image"] else []
            row["image_id"] = ids[0] if ids else 0


def _used(store: Store) -> Mapping[int, int]:
    """How many published products each category has."""
    counts: dict[int, int] = {}
    for product in store.table("products"):
        for one in product["category_ids"] if product["status"] == "publish" else ():
            counts[one] = counts.get(one, 0) + 1
    return counts
