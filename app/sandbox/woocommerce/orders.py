"""`orders`: written by REST as by wp-admin. The same request twice makes two orders (ord-03, ord-74)."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from .errors import ApiError
from .meta import add_meta, put_meta
from .order_coupons import put_coupons
from .order_fields import FIELDS, LINES, LISTS, WRITABLE, fresh_order
from .order_lines import ITEMS, Edits, base_country, edit_lines
from .order_notes import ORDERS
from .order_status import REFUNDS, move_to, pay, refunds_of
from .order_stock import follow_edits
from .order_totals import settle_totals
from .order_view import shown_order
from .people import USERS, unslashed
from .query import by_dates, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row, Store
from .texts import filtered

META_COUNTER = "ordermeta"
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
_KEYS: Mapping[str, Callable[[Row], Any]] = {
    "date": lambda row: row["date_created"], "modified": lambda row: row["date_modified"],
    "id": lambda row: row["id"], "title": lambda row: row["id"], "slug": lambda row: row["id"],
}  # fmt: skip


_ECHOED = {"status[0]": "any", "dp": "2", "context": "view"}
"""Defaults that the addresses of further pages spell out (list-25)."""


class Orders(Resource):
    name = ORDERS
    route = "wc/v3/orders"
    lists = LISTS
    creates = updates = FIELDS
    dotted = True
    echoed: Mapping[str, str] = {"status[0]": "any", "dp": "2", "context": "view"}

    def list(self, ask: Ask) -> Sequence[Row]:
        rows = [row for row in by_ids(ask, ask.store.table(ORDERS)) if _matches(ask, row)]
        return in_order(ask, by_dates(ask, rows), _KEYS, "date")

    def get(self, ask: Ask, row_id: Any) -> Row:
        return self._found(ask, row_id, 404)

    def create(self, ask: Ask) -> Row:
        """An unknown coupon is a 400, and the order is there all the same, pending, and told of (ord-41, whx-43)."""
        store, body = ask.store, ask.body
        if body.get("id"):
            raise ApiError(400, "woocommerce_rest_shop_order_exists", "Cannot create existing shop_order.")
        order = new_order(store)
        _put(store, order, body)
        edit_lines(store, order, body)
        save_new(store, order)
        if body.get("coupon_lines"):
            put_coupons(store, order, body["coupon_lines"])
            settle(store, order)
        if body.get("status"):
            move_to(store, order, body["status"])
        if body.get("set_paid") is True:
            pay(store, order)
        return order

    def update(self, ask: Ask, row_id: Any) -> Row:
        """The date moves always (whx-33). Out of the trash nobody is told of it (whx-40)."""
        store, body = ask.store, ask.body
        row = self._found(ask, row_id, 400)
        changed = deepcopy(row)
        _put(store, changed, body)
        edits = edit_lines(store, changed, body)
        if body.get("coupon_lines") is not None:
            put_coupons(store, changed, body["coupon_lines"])
        if any(name in body for name in (*LINES, "billing", "shipping")):
            settle(store, changed)
        row.update(changed, date_modified=store.now())
        _after(store, row, body, edits)
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        """Neither way gives stock back; by force nobody is told (whx-39, whx-41)."""
        row = self._found(ask, row_id, 404)
        gone = self.shown(ask, row)
        if ask.force:
            for refund in refunds_of(ask.store, row["id"]):
                ask.store.drop(REFUNDS, refund["id"])
            ask.store.drop(ORDERS, row["id"])
        else:
            _trash(ask.store, row)
        return gone

    def shown(self, ask: Ask, row: Row) -> Json:
        return shown_order(ask, row)

    def links(self, ask: Ask, row: Row) -> Json:
        address = f"{ask.origin}/wp-json/{self.route}/{row['id']}/actions/email_templates"
        customer = f"{ask.origin}/wp-json/wc/v3/customers/{row['customer_id']}"
        more = {"customer": [{"href": customer}]} if row["customer_id"] else {}
        return {"email_templates": [{"embeddable": True, "href": address}], **more}

    def _found(self, ask: Ask, row_id: Any, status: int) -> Row:
        row = ask.store.row(ORDERS, row_id) if isinstance(row_id, int) else None
        if row is None:
            raise ApiError(status, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        return row


def new_order(store: Store) -> Row:
    """Not stored yet. The key is part of the address to pay at."""
    key = "".join(store.random.choice(_ALPHABET) for _ in range(13))
    return {
        **fresh_order(), "currency": store.setting("general", "woocommerce_currency"),
        "prices_include_tax": store.setting("tax", "woocommerce_prices_include_tax") == "yes",
        "order_key": f"wc_order_{key}",
    }  # fmt: skip


def save_new(store: Store, order: Row, *, told: tuple[str, ...] = ("order.created", "order.updated")) -> None:
    order.update(id=store.next_id(), date_created=store.now(), date_modified=store.now())
    settle(store, order)
    store.put(ORDERS, order)
    for topic in told:
        store.tell(topic, id=order["id"])


def settle(store: Store, order: Row) -> None:
    taxes = list(store.table("taxes"))
    settle_totals(order, taxes, base_country=base_country(store), next_id=lambda: store.next_id(ITEMS))


def _after(store: Store, row: Row, body: Json, edits: Edits) -> None:
    if row["status"] != "trash":
        store.tell("order.updated", id=row["id"])
    if body.get("status"):
        move_to(store, row, body["status"])
    if body.get("set_paid") is True and row["status"] in ("pending", "failed", "on-hold"):
        pay(store, row)
    follow_edits(store, row, edits)


def _put(store: Store, order: Row, body: Json) -> None:
    """Totals, number and dates in a body mean nothing (ord-42)."""
    order.update({name: unslashed(body[name]) for name in WRITABLE if body.get(name) is not None})
    order["customer_note"] = filtered(order["customer_note"])
    if body.get("customer_id") is not None:
        _put_customer(store, order, int(body["customer_id"]))
    for name in ("billing", "shipping"):
        given = {key: unslashed(value) for key, value in (body.get(name) or {}).items() if value is not None}
        order[name] = {**order[name], **{key: value for key, value in given.items() if key in order[name]}}
    put_meta(store, order, body.get("meta_data") or (), counter=META_COUNTER)


def _put_customer(store: Store, order: Row, customer_id: int) -> None:
    """Only his e-mail goes into the bill, no address (ord-30)."""
    customer = store.row(USERS, customer_id) if customer_id else None
    if customer_id and customer is None:
        raise ApiError(400, "woocommerce_rest_invalid_customer_id", "Customer ID is invalid.")
    order["customer_id"] = customer_id
    if customer is not None and not order["billing"]["email"]:
        order["billing"] = {**order["billing"], "email": customer["email"]}


def _trash(store: Store, row: Row) -> None:
    if row["status"] == "trash":
        raise ApiError(410, "woocommerce_rest_already_trashed", "The shop_order has already been deleted.")
    add_meta(store, row, "_wp_trash_meta_status", f"wc-{row['status']}", counter=META_COUNTER)
    add_meta(store, row, "_wp_trash_meta_time", str(int(store.now().timestamp())), counter=META_COUNTER)
    row.update(status="trash", date_modified=store.now())
    store.tell("order.deleted", id=row["id"])


def _matches(ask: Ask, row: Row) -> bool:
    """Filters by meta are none and let everything pass (ord-80)."""
    asked = ask.params
    goods = {one for line in row["line_items"] for one in (line["product_id"], line["variation_id"])}
    return (
        _has_status(row, list(asked.get("status") or ("any",)))
        and (asked.get("customer") is None or row["customer_id"] == asked["customer"])
        and (not asked.get("product") or asked["product"] in goods)
        and _found_by(row, str(asked.get("search") or "").lower())
    )


def _has_status(row: Row, wanted: Sequence[str]) -> bool:
    """Drafts of a checkout are among "any"; "any,trash" finds nothing (list-26 … -28, whx-94)."""
    if "any" in wanted:
        return len(wanted) == 1 and row["status"] not in ("trash", "auto-draft")
    return row["status"] in wanted


def _found_by(row: Row, words: str) -> bool:
    """Addresses, the transaction, the number and names of lines; neither meta nor note (ord-43, ord-81 … -83)."""
    if not words:
        return True
    addresses = (*row["billing"].values(), *row["shipping"].values())
    names = (line["name"] for line in row["line_items"])
    return any(words in str(one).lower() for one in (*addresses, row["transaction_id"], row["id"], *names))
