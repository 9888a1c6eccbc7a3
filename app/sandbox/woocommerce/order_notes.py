"""`orders/{id}/notes`: not part of the order, and nobody is told of them (whx-35)."""

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import ApiError, trash_not_supported
from .params import BOOLEAN, Param
from .resources import Ask, Resource
from .state import Json, Row, Store

NOTES, ORDERS = "order_notes", "orders"


def add_note(store: Store, order_id: int, text: str, *, author: str = "WooCommerce", customer: bool = False) -> Row:
    return store.put(NOTES, {
        "id": store.next_id("comments"), "order_id": order_id, "author": author, "note": text,
        "customer_note": customer, "date_created": store.now(),
    })  # fmt: skip


class OrderNotes(Resource):
    name = NOTES
    route = "wc/v3/orders/{}/notes"
    verbs = ("list", "create", "get", "delete")
    creates: Mapping[str, Param] = {"note": Param(required=True), "customer_note": BOOLEAN}
    paged = False

    def list(self, ask: Ask) -> Sequence[Row]:
        """The youngest first; of one second in the order they were written (ord-16)."""
        order, kind = self._order(ask), ask.params.get("type") or "any"
        rows = [row for row in ask.store.table(NOTES) if row["order_id"] == order["id"]]
        rows = [row for row in rows if kind == "any" or row["customer_note"] is (kind == "customer")]
        return sorted(rows, key=lambda row: (-row["date_created"].timestamp(), row["id"]))

    def get(self, ask: Ask, row_id: Any) -> Row:
        row = ask.store.row(NOTES, row_id)
        if row is None or row["order_id"] != self._order(ask)["id"]:
            raise ApiError(404, "woocommerce_rest_invalid_id", "Invalid resource ID.")
        return row

    def create(self, ask: Ask) -> Row:
        order = self._order(ask)
        customer = bool(ask.body.get("customer_note"))
        return add_note(ask.store, order["id"], str(ask.body["note"]), customer=customer)

    def delete(self, ask: Ask, row_id: Any) -> Json:
        row = self.get(ask, row_id)
        if not ask.force:
            raise trash_not_supported("Webhooks")
        return self.shown(ask, ask.store.drop(NOTES, row["id"]))

    def shown(self, ask: Ask, row: Row) -> Json:
        return {
            "id": row["id"], "author": row["author"], **ask.store.dates(row, "date_created"), "note": row["note"],
            "customer_note": row["customer_note"],
        }  # fmt: skip

    def links(self, ask: Ask, row: Row) -> Json:
        return {"up": [{"href": f"{ask.origin}/wp-json/wc/v3/orders/{self._order(ask)['id']}"}]}

    def parents_of(self, store: Store, row_id: Any) -> tuple[Any, ...]:
        row = store.row(NOTES, row_id)
        return (row["order_id"],) if row is not None else ()

    def _order(self, ask: Ask) -> Row:
        order = ask.store.row(ORDERS, ask.parents[0]) if ask.parents else None
        if order is None:
            raise ApiError(404, "woocommerce_rest_order_invalid_id", "Invalid order ID.")
        return order
