"""`taxes` and `taxes/classes`: the rates orders are taxed by. They have no dates and no webhooks."""

from collections.abc import Mapping, Sequence
from typing import Any

from .decimals import money
from .errors import ApiError, trash_not_supported
from .params import BOOLEAN, INTEGER, STRING, Param
from .query import PAGING, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row
from .tax_rates import STANDARD

TAXES = "taxes"
CLASSES = {"standard": "Standard rate", "reduced-rate": "Reduced rate", "zero-rate": "Zero rate"}
_FRESH = {"country": "", "state": "", "postcode": "", "city": "", "rate": "0.0000", "name": "Tax", "priority": 1,
          "compound": False, "shipping": True, "order": 0, "class": STANDARD}  # fmt: skip
_FIELDS: Mapping[str, Param] = {
    **dict.fromkeys(("country", "state", "postcode", "city", "rate", "name"), STRING), "priority": INTEGER,
    "compound": BOOLEAN, "shipping": BOOLEAN, "order": INTEGER, "class": Param(enum=tuple(CLASSES)),
}  # fmt: skip


class Taxes(Resource):
    """The same rate may be there twice (tax-03)."""

    name = TAXES
    route = "wc/v3/taxes"
    lists: Mapping[str, Param] = {
        **PAGING, "orderby": Param(enum=("id", "order", "priority")), "class": Param(enum=tuple(CLASSES)),
    }  # fmt: skip
    creates = updates = _FIELDS

    def list(self, ask: Ask) -> Sequence[Row]:
        rows = [row for row in by_ids(ask, ask.store.table(TAXES))
                if row["class"] == (ask.params.get("class") or row["class"])]  # fmt: skip
        keys = {name: (lambda row, name=name: row[name]) for name in ("id", "order", "priority")}
        return in_order(ask.having(params={"order": "asc", **ask.params}), rows, keys, "order")

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(TAXES, row_id) if isinstance(row_id, int) else None
        if row is None:
            raise ApiError(404, "woocommerce_rest_invalid_id", "Invalid resource ID.")
        return row

    def create(self, ask: Ask) -> Row:
        if ask.body.get("id"):
            raise ApiError(400, "woocommerce_rest_tax_exists", "Cannot create existing resource.")
        row = {**_FRESH, "id": ask.store.next_id(TAXES)}
        _put(row, ask.body)
        return ask.store.put(TAXES, row)

    def update(self, ask: Ask, row_id: Any) -> Row:
        row = self.get(ask, row_id)
        _put(row, ask.body)
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        row = self.get(ask, row_id)
        if not ask.force:
            raise trash_not_supported("Taxes")
        return self.shown(ask, ask.store.drop(TAXES, row["id"]))

    def shown(self, ask: Ask, row: Row) -> Json:
        lists = {
            "postcodes": [row["postcode"]] if row["postcode"] else [],
            "cities": [row["city"]] if row["city"] else [],
        }
        return {"id": row["id"], **row, **lists}


class TaxClasses(Resource):
    name = "tax_classes"
    route = "wc/v3/taxes/classes"
    id_pattern = r"[\w-]+"
    verbs = ("list",)
    links_itself = False

    def list(self, ask: Ask) -> Sequence[Row]:
        return [{"id": slug, "slug": slug, "name": name} for slug, name in CLASSES.items()]

    def shown(self, ask: Ask, row: Row) -> Json:
        return {"slug": row["slug"], "name": row["name"]}


def _put(row: Row, body: Json) -> None:
    """Four digits are kept: "7" is "7.0000" (tax-02)."""
    row.update({name: body[name] for name in _FIELDS if name in body and name != "rate"})
    if "rate" in body:
        row["rate"] = money(body["rate"], 4)
    row.update(country=str(row["country"]).upper(), state=str(row["state"]).upper())
