"""Refunds: below their order, and all of them under `/refunds`. One is made by a POST and never changed."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from .decimals import plain, to_decimal
from .errors import ApiError, trash_not_supported
from .meta import put_meta
from .order_lines import ITEM_META, ITEMS
from .order_notes import ORDERS
from .order_status import REFUNDS, fresh_refund, move_to, not_yet_refunded, refunds_of
from .order_stock import give_back, reduced
from .order_view import shown_refund
from .orders import META_COUNTER
from .params import BOOLEAN, META, STRING, Param
from .query import DATED, PAGING, by_dates, by_ids, in_order
from .resources import Ask, Resource
from .state import Json, Row, Store

_KEYS = {"date": lambda row: row["date_created"], "id": lambda row: row["id"]}
_LISTS: Mapping[str, Param] = {**PAGING, **DATED, "orderby": Param(enum=("date", "id", "include", "modified"))}


class BrokenError(ApiError):
    """Refused with HTTP 500, and a number where the others have an object (ord-21, ord-22)."""

    def body(self) -> Json:
        return {"code": self.code, "message": self.message, "data": self.status}


class OrderRefunds(Resource):
    """By default money is to be given back through the gateway, which fails where there is none (ord-22)."""

    name = REFUNDS
    route = "wc/v3/orders/{}/refunds"
    verbs = ("list", "create", "get", "delete")
    lists = _LISTS
    creates: Mapping[str, Param] = {
        "amount": STRING, "reason": STRING, "api_refund": BOOLEAN, "api_restock": BOOLEAN, "meta_data": META,
        "line_items": Param(kind="array", items=Param(kind="object")),
    }  # fmt: skip

    def list(self, ask: Ask) -> Sequence[Row]:
        rows = refunds_of(ask.store, self._order(ask)["id"])
        return in_order(ask, by_dates(ask, by_ids(ask, rows)), _KEYS, "date")

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(REFUNDS, row_id)
        if row is None or row["parent_id"] != self._order(ask)["id"]:
            raise ApiError(404, "woocommerce_rest_invalid_order_refund_id", "Invalid order refund ID.")
        return row

    def create(self, ask: Ask) -> Row:
        """Pieces named in a line come back into the stock; the order's date moves (whx-37)."""
        store, body, order = ask.store, ask.body, self._order(ask)
        amount = _amount(body)
        if amount <= 0 or amount > to_decimal(not_yet_refunded(store, order)):
            raise _broken("Invalid refund amount.")
        lines = [_line(store, order, one) for one in body.get("line_items") or () if one.get("id")]
        if body.get("api_refund", True):
            raise _broken("The payment gateway for this order does not exist.")
        row = fresh_refund(store, order, amount=plain(amount), reason=str(body.get("reason") or ""))
        row.update(line_items=lines, refunded_by=ask.user["id"] if ask.user else 0)
        put_meta(store, row, body.get("meta_data") or (), counter=META_COUNTER)
        store.put(REFUNDS, row)
        if body.get("api_restock", True):
            _restock(store, order, body)
        order["date_modified"] = store.now()
        store.tell("order.updated", id=order["id"])
        if to_decimal(not_yet_refunded(store, order)) == 0:
            move_to(store, order, "refunded")
        return row

    def delete(self, ask: Ask, row_id: Any) -> Json:
        row = self.get(ask, row_id)
        if not ask.force:
            raise trash_not_supported("Order refunds")
        return self.shown(ask, ask.store.drop(REFUNDS, row["id"]))

    def shown(self, ask: Ask, row: Row) -> Json:
        return shown_refund(ask, row, parent=False)

    def links(self, ask: Ask, row: Row) -> Json:
        return {"up": [{"href": f"{ask.origin}/wp-json/wc/v3/orders/{self._order(ask)['id']}"}]}

    def parents_of(self, store: Store, row_id: Any) -> tuple[Any, ...]:
        row = store.row(REFUNDS, row_id)
        return (row["parent_id"],) if row is not None else ()

    def _order(self, ask: Ask) -> Row:
        order = ask.store.row(ORDERS, ask.parents[0]) if ask.parents else None
        if order is None:
            raise ApiError(404, "woocommerce_rest_invalid_order_id", "Invalid order ID.")
        return order


class AllRefunds(Resource):
    """Read only, with the order each belongs to (ord-23)."""

    name = "all_refunds"
    route = "wc/v3/refunds"
    verbs = ("list",)
    lists = _LISTS

    def list(self, ask: Ask) -> Sequence[Row]:
        return in_order(ask, by_dates(ask, by_ids(ask, ask.store.table(REFUNDS))), _KEYS, "date")

    def shown(self, ask: Ask, row: Row) -> Json:
        return shown_refund(ask, row, parent=True)

    def links(self, ask: Ask, row: Row) -> Json:
        """Those the refund has under its order."""
        order = f"{ask.origin}/wp-json/wc/v3/orders/{row['parent_id']}"
        own = {"href": f"{order}/refunds/{row['id']}", "targetHints": {"allow": ["GET", "DELETE"]}}
        return {"self": [own], "collection": [{"href": f"{order}/refunds"}], "up": [{"href": order}]}


def _amount(body: Json) -> Decimal:
    """Where it is not said, what the lines come to."""
    if body.get("amount") is not None:
        return to_decimal(body["amount"])
    lines = body.get("line_items") or ()
    taxes = (tax for line in lines for tax in line.get("refund_tax") or ())
    goods = sum((to_decimal(line.get("refund_total")) for line in lines), Decimal(0))
    return goods + sum((to_decimal(tax.get("refund_total")) for tax in taxes), Decimal(0))


def _line(store: Store, order: Row, given: Json) -> Row:
    """Quantities and sums are negative, the unit price is not (ord-18)."""
    sold = next((line for line in order["line_items"] if line["id"] == given["id"]), None)
    if sold is None:
        raise _broken("Invalid order item.")
    taxes = {int(one["id"]): to_decimal(one.get("refund_total")) for one in given.get("refund_tax") or ()}
    total, tax = plain(-to_decimal(given.get("refund_total"))), plain(-sum(taxes.values(), Decimal(0)))
    line: Row = {
        **{name: sold[name] for name in ("name", "product_id", "variation_id", "tax_class")}, "meta_data": [],
        "id": store.next_id(ITEMS), "quantity": -int(given.get("quantity") or 0), "subtotal": total, "total": total,
        "subtotal_tax": tax, "total_tax": tax,
        "taxes": [{"id": one, "total": plain(-part), "subtotal": plain(-part)} for one, part in taxes.items()],
    }  # fmt: skip
    put_meta(store, line, [{"key": "_refunded_item_id", "value": str(sold["id"])}], counter=ITEM_META)
    return line


def _restock(store: Store, order: Row, body: Json) -> None:
    for given in body.get("line_items") or ():
        line = next((one for one in order["line_items"] if one["id"] == given.get("id")), None)
        quantity = int(given.get("quantity") or 0)
        if line is None or not quantity or not order["stock_reduced"]:
            continue
        give_back(store, order, line, min(quantity, reduced(line)), "Item restocked")
        put_meta(store, line, [{"key": "_restock_refunded_items", "value": str(quantity)}], counter=ITEM_META)


def _broken(message: str) -> BrokenError:
    return BrokenError(500, "woocommerce_rest_cannot_create_order_refund", message)
