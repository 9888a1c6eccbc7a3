"""`products/attributes` and their terms: attributes of the whole shop. Not recorded: as the shop documents it."""

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import ApiError, trash_not_supported
from .params import INTEGER, STRING, Param
from .product_attributes import ATTRIBUTES
from .query import PAGING, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row, Store
from .term_rows import TERMS, add_term, free_term_slug, terms_of
from .texts import filtered, slug

_FIELDS: Mapping[str, Param] = {
    "slug": STRING, "type": Param(enum=("select",)), "has_archives": Param(kind="boolean"),
    "order_by": Param(enum=("menu_order", "name", "name_num", "id")),
}  # fmt: skip
_TERM: Mapping[str, Param] = {"slug": STRING, "description": STRING, "menu_order": INTEGER}


class Attributes(Resource):
    name = ATTRIBUTES
    route = "wc/v3/products/attributes"
    creates: Mapping[str, Param] = {**_FIELDS, "name": Param(required=True)}
    updates: Mapping[str, Param] = {**_FIELDS, "name": STRING}
    paged = False

    def list(self, ask: Ask) -> Sequence[Row]:
        return list(ask.store.table(ATTRIBUTES))

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(ATTRIBUTES, row_id) if isinstance(row_id, int) else None
        if row is None:
            raise ApiError(404, "woocommerce_rest_taxonomy_invalid", "Resource does not exist.")
        return row

    def create(self, ask: Ask) -> Row:
        name = str(ask.body.get("name") or "")
        row = {"id": 0, "name": filtered(name), "slug": "", "type": "select", "order_by": "menu_order",
               "has_archives": False}  # fmt: skip
        self._put(ask, row, _slug(str(ask.body.get("slug") or name)))
        row["id"] = ask.store.next_id("attributes")
        return ask.store.put(ATTRIBUTES, row)

    def update(self, ask: Ask, row_id: Any) -> Row:
        row = self.get(ask, row_id)
        before = row["slug"]
        self._put(ask, row, _slug(str(ask.body["slug"])) if ask.body.get("slug") else before)
        for term in terms_of(ask.store, before):
            term["taxonomy"] = row["slug"]
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        row = self.get(ask, row_id)
        if not ask.force:
            raise trash_not_supported("Resource")
        gone = self.shown(ask, row)
        for term in list(terms_of(ask.store, row["slug"])):
            ask.store.drop(TERMS, term["id"])
        ask.store.drop(ATTRIBUTES, row["id"])
        return gone

    def shown(self, ask: Ask, row: Row) -> Json:
        return dict(row)

    def _put(self, ask: Ask, row: Row, wanted: str) -> None:
        taken = {one["slug"] for one in ask.store.table(ATTRIBUTES) if one["id"] != row["id"]}
        if wanted in taken:
            said = f"Slug &quot;{wanted.removeprefix('pa_')}&quot; is already in use. Change it, please."
            raise ApiError(400, "woocommerce_rest_cannot_create", said)
        row.update({name: ask.body[name] for name in ("type", "order_by", "has_archives") if name in ask.body})
        row.update(name=filtered(str(ask.body.get("name") or row["name"])), slug=wanted)


class Terms(Resource):
    """The options of one attribute."""

    name = TERMS
    route = "wc/v3/products/attributes/{}/terms"
    lists: Mapping[str, Param] = {
        **PAGING, "orderby": Param(enum=("id", "include", "name", "slug", "menu_order", "count")), "slug": STRING,
        "hide_empty": Param(kind="boolean"), "product": INTEGER,
    }  # fmt: skip
    creates: Mapping[str, Param] = {**_TERM, "name": Param(required=True)}
    updates: Mapping[str, Param] = {**_TERM, "name": STRING}

    def list(self, ask: Ask) -> Sequence[Row]:
        asked = ask.params
        rows = [
            row for row in by_ids(ask, terms_of(ask.store, self._taxonomy(ask)))
            if str(asked.get("search") or "").lower() in row["name"].lower()
            and (not asked.get("slug") or row["slug"] == asked["slug"])
        ]  # fmt: skip
        keys = {
            "name": lambda row: row["name"].lower(), "id": lambda row: row["id"], "slug": lambda row: row["slug"],
            "menu_order": lambda row: row["menu_order"], "count": lambda row: 0,
        }  # fmt: skip
        return in_order(ask.having(params={"order": "asc", **asked}), rows, keys, "name")

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(TERMS, row_id) if isinstance(row_id, int) else None
        if row is None or row["taxonomy"] != self._taxonomy(ask):
            raise ApiError(404, "woocommerce_rest_term_invalid", "Resource does not exist.")
        return row

    def create(self, ask: Ask) -> Row:
        wanted = slug(str(ask.body.get("slug") or ""))
        row = add_term(ask.store, self._taxonomy(ask), str(ask.body.get("name") or ""), wanted_slug=wanted)
        self._put(ask, row)
        return row

    def update(self, ask: Ask, row_id: Any) -> Row:
        row = self.get(ask, row_id)
        self._put(ask, row)
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        row = self.get(ask, row_id)
        if not ask.force:
            raise trash_not_supported("Resource")
        gone = self.shown(ask, row)
        ask.store.drop(TERMS, row["id"])
        return gone

    def shown(self, ask: Ask, row: Row) -> Json:
        names = ("id", "name", "slug", "description", "menu_order")
        return {**{name: row[name] for name in names}, "count": 0}

    def parents_of(self, store: Store, row_id: Any) -> tuple[Any, ...]:
        row = store.row(TERMS, row_id)
        found = (one["id"] for one in store.table(ATTRIBUTES) if row is not None and one["slug"] == row["taxonomy"])
        return tuple(found)

    def _taxonomy(self, ask: Ask) -> str:
        row = ask.store.row(ATTRIBUTES, ask.parents[0]) if ask.parents else None
        if row is None:
            raise ApiError(404, "woocommerce_rest_taxonomy_invalid", "Resource does not exist.")
        return str(row["slug"])

    def _put(self, ask: Ask, row: Row) -> None:
        row["name"] = filtered(str(ask.body.get("name") or row["name"]))
        row.update({name: ask.body[name] for name in ("description", "menu_order") if name in ask.body})
        if ask.body.get("slug"):
            row["slug"] = free_term_slug(ask.store, row["taxonomy"], slug(str(ask.body["slug"])), but=row["id"])


def _slug(name: str) -> str:
    return f"pa_{slug(name.removeprefix('pa_'))}"
