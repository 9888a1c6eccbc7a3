"""`coupons`. An update does not move `date_modified`, so no poll by date sees it (coup-20, -21)."""

from collections.abc import Mapping, Sequence
from typing import Any

from .decimals import money, to_decimal
from .errors import ApiError
from .meta import put_meta, shown_meta
from .params import BOOLEAN, IDS, META, STRING, Param
from .posts import META_COUNTER, trash, untrash
from .query import DATED, PAGING, by_dates, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row, Store
from .texts import filtered, slug

COUPONS = "coupons"
_TYPES = ("percent", "fixed_cart", "fixed_product")
_OPTIONAL_INTEGER = Param(kind="integer", nullable=True)
_OPTIONAL_DATE = Param(kind="date", nullable=True)
_PLAIN: Mapping[str, Param] = {
    "individual_use": BOOLEAN, "product_ids": IDS, "excluded_product_ids": IDS, "usage_limit": _OPTIONAL_INTEGER,
    "usage_limit_per_user": _OPTIONAL_INTEGER, "limit_usage_to_x_items": _OPTIONAL_INTEGER, "free_shipping": BOOLEAN,
    "product_categories": IDS, "excluded_product_categories": IDS, "exclude_sale_items": BOOLEAN,
    "email_restrictions": Param(kind="array", items=STRING), "discount_type": Param(enum=_TYPES),
}  # fmt: skip
_FIELDS: Mapping[str, Param] = {
    **_PLAIN, "amount": STRING, "description": STRING, "date_expires": _OPTIONAL_DATE,
    "date_expires_gmt": _OPTIONAL_DATE, "minimum_amount": STRING, "maximum_amount": STRING,
    "meta_data": META, "status": STRING,
}  # fmt: skip
_FRESH: Mapping[str, Any] = {
    "amount": "0.00", "status": "publish", "discount_type": "fixed_cart", "description": "", "date_expires": None,
    "usage_count": 0, "individual_use": False, "usage_limit": None, "usage_limit_per_user": None,
    "limit_usage_to_x_items": None, "free_shipping": False, "exclude_sale_items": False, "minimum_amount": "0.00",
    "maximum_amount": "0.00",
}  # fmt: skip
_LISTED = ("product_ids", "excluded_product_ids", "product_categories", "excluded_product_categories",
           "email_restrictions", "used_by", "meta_data")  # fmt: skip
_SHOWN = ("code", "amount", "status", "discount_type", "description", "usage_count", "individual_use", "product_ids",
          "excluded_product_ids", "usage_limit", "usage_limit_per_user", "limit_usage_to_x_items", "free_shipping",
          "product_categories", "excluded_product_categories", "exclude_sale_items", "minimum_amount",
          "maximum_amount", "email_restrictions", "used_by")  # fmt: skip


class Coupons(Resource):
    name = COUPONS
    route = "wc/v3/coupons"
    lists: Mapping[str, Param] = {
        **PAGING, **DATED, "orderby": Param(enum=("date", "id", "include", "title", "slug", "modified")),
        "code": STRING, "status": STRING,
    }  # fmt: skip
    creates: Mapping[str, Param] = {**_FIELDS, "code": Param(required=True)}
    updates: Mapping[str, Param] = {**_FIELDS, "code": STRING}

    def list(self, ask: Ask) -> Sequence[Row]:
        rows = [row for row in ask.store.table(COUPONS) if _matches(ask, row)]
        keys = {
            "date": lambda row: row["date_created"], "modified": lambda row: row["date_modified"],
            "id": lambda row: row["id"], "title": lambda row: row["code"], "slug": lambda row: row["code"],
        }  # fmt: skip
        return in_order(ask, by_dates(ask, by_ids(ask, rows)), keys, "date")

    def get(self, ask: Ask, row_id: Any) -> Row:
        return self._found(ask, row_id, 404)

    def create(self, ask: Ask) -> Row:
        store = ask.store
        if ask.body.get("id"):
            raise ApiError(400, "woocommerce_rest_shop_coupon_exists", "Cannot create existing shop_coupon.")
        if not ask.body.get("code"):
            raise ApiError(400, "woocommerce_rest_empty_coupon_code", "The coupon code cannot be empty.")
        row: Row = {**_FRESH, **{name: [] for name in _LISTED}, "code": ""}
        _put(store, row, ask.body)
        row.update(id=store.next_id(), date_created=store.now(), date_modified=store.now())
        store.put(COUPONS, row)
        store.tell("coupon.created", id=row["id"])
        return row

    def update(self, ask: Ask, row_id: Any) -> Row:
        row = self._found(ask, row_id, 400)
        changed = {**row, "meta_data": [dict(one) for one in row["meta_data"]]}
        _put(ask.store, changed, ask.body)
        if row["status"] == "trash" != changed["status"]:
            untrash(changed)
        row.update(changed)
        ask.store.tell("coupon.updated", id=row["id"])
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        row = self._found(ask, row_id, 404)
        gone = self.shown(ask, row)
        if ask.force:
            ask.store.drop(COUPONS, row["id"])
        else:
            trash(ask.store, row, kind="shop_coupon")
        return gone

    def shown(self, ask: Ask, row: Row) -> Json:
        dates = ask.store.dates(row, "date_created", "date_modified", "date_expires")
        return {"id": row["id"], **{name: row[name] for name in _SHOWN}, **dates, "meta_data": shown_meta(row)}

    def _found(self, ask: Ask, row_id: Any, status: int) -> Row:
        row = ask.store.row(COUPONS, row_id) if isinstance(row_id, int) else None
        if row is None:
            raise ApiError(status, "woocommerce_rest_shop_coupon_invalid_id", "Invalid ID.")
        return row


def coupon_of_code(store: Store, code: str, *, but: int | None = None) -> Row | None:
    """Without regard to case (coup-03); one in the trash has given its code back (coup-12)."""
    wanted = code.lower()
    alive = (row for row in store.table(COUPONS) if row["status"] != "trash" and row["id"] != but)
    return next((row for row in alive if row["code"].lower() == wanted), None)


def _matches(ask: Ask, row: Row) -> bool:
    asked, status = ask.params, ask.params.get("status") or "any"
    return (
        (row["status"] == status or (status == "any" and row["status"] != "trash"))
        and (not asked.get("code") or row["code"].lower() == asked["code"].lower())
        and str(asked.get("search") or "").lower() in f"{row['code']} {row['description']}".lower()
    )


def _put(store: Store, row: Row, body: Json) -> None:
    if body.get("code"):
        if coupon_of_code(store, str(body["code"]), but=row.get("id")):
            said = "The coupon code already exists"
            raise ApiError(400, "woocommerce_rest_coupon_code_already_exists", said)
        row["code"] = filtered(str(body["code"]))
        row["slug"] = slug(row["code"])
    row.update({name: body[name] for name in (*_PLAIN, "status") if name in body})
    row.update({name: money(body[name]) for name in ("amount", "minimum_amount", "maximum_amount") if name in body})
    row["description"] = filtered(str(body.get("description", row["description"])))
    _check_amount(row)
    for name, gmt in (("date_expires", False), ("date_expires_gmt", True)):
        if name in body:
            row["date_expires"] = store.moment(str(body[name]), gmt=gmt) if body[name] else None
    put_meta(store, row, body.get("meta_data") or (), counter=META_COUNTER)


def _check_amount(row: Row) -> None:
    """Text is 0.00 without a word (coup-07); more than a hundred percent is refused (coup-06)."""
    value = to_decimal(row["amount"])
    if value < 0 or (row["discount_type"] == "percent" and value > 100):
        raise ApiError(400, "coupon_invalid_amount", "Invalid discount amount")
