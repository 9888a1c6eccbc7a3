"""An order's status changes: dates, stock, sales, coupons, a note, and the refund that `refunded` makes by itself."""

from .decimals import plain, to_decimal
from .lookup import sellable
from .order_coupons import count_use
from .order_fields import STATUSES
from .order_notes import add_note
from .order_stock import follow_status
from .state import Row, Store

REFUNDS = "refunds"
PAYABLE = ("on-hold", "pending", "failed", "cancelled")
EDITABLE = ("pending", "on-hold", "auto-draft")
NEEDS_PAYMENT = ("pending", "failed", "checkout-draft")


def move_to(store: Store, order: Row, status: str) -> None:
    """Nothing happens where it has that status already (whx-33). Nothing is told of the order from here."""
    before = order["status"]
    if status == before:
        return
    order["status"] = status
    _stamp(store, order)
    if status == "refunded":
        _refund_the_rest(store, order)
    follow_status(store, order)
    count_use(store, order)
    if before in STATUSES:
        said = f"Order status changed from {STATUSES[before]} to {STATUSES[status]}."
        add_note(store, order["id"], said)


def pay(store: Store, order: Row) -> None:
    """`set_paid`: only what waits for money moves on (ord-05)."""
    if order["status"] in PAYABLE:
        move_to(store, order, "processing" if needs_processing(store, order) else "completed")
    if order["date_paid"] is None:
        order["date_paid"] = store.now()


def needs_processing(store: Store, order: Row) -> bool:
    """Not where everything is a download, nor where nothing is sold here any more (ord-32, ord-34)."""
    rows = (sellable(store, line["variation_id"] or line["product_id"]) for line in order["line_items"])
    return any(row is not None and not (row["virtual"] and row["downloadable"]) for row in rows)


def refunds_of(store: Store, order_id: int) -> list[Row]:
    """The youngest first."""
    refunds = (row for row in store.table(REFUNDS) if row["parent_id"] == order_id)
    return sorted(refunds, key=lambda row: -int(row["id"]))


def not_yet_refunded(store: Store, order: Row) -> str:
    given = sum(to_decimal(row["amount"]) for row in refunds_of(store, order["id"]))
    return plain(to_decimal(order["total"]) - given)


def fresh_refund(store: Store, order: Row, *, amount: str, reason: str) -> Row:
    return {
        "id": store.next_id(), "parent_id": order["id"], "date_created": store.now(), "amount": amount,
        "reason": reason, "refunded_by": 1, "refunded_payment": False, "meta_data": [], "line_items": [],
        "shipping_lines": [], "tax_lines": [], "fee_lines": [],
    }  # fmt: skip


def _stamp(store: Store, order: Row) -> None:
    if order["status"] == "completed":
        order["date_completed"] = store.now()
    paid = "processing" if needs_processing(store, order) else "completed"
    if order["date_paid"] is None and order["status"] in (paid, "completed"):
        order["date_paid"] = store.now()


def _refund_the_rest(store: Store, order: Row) -> None:
    """Without lines, so without stock (ord-91)."""
    left = not_yet_refunded(store, order)
    if to_decimal(left) > 0:
        store.put(REFUNDS, fresh_refund(store, order, amount=left, reason="Order fully refunded."))
