"""What an order does to the stock and the sales of its products.

Taken when the order is on hold, processing or completed; given back when it is cancelled or pending again, and not
when it is refunded, failed after that, trashed or deleted (ord-90, whx-30 … -41).
"""

from .lookup import sellable
from .meta import drop_meta, put_meta
from .order_lines import ITEM_META, Edits
from .order_notes import add_note
from .product_writes import set_quantity
from .state import Row, Store
from .variations import touch_parent

TAKES = ("processing", "completed", "on-hold")
GIVES_BACK = ("cancelled", "pending")
SOLD = ("completed", "processing", "on-hold")
REDUCED = "_reduced_stock"


def follow_status(store: Store, order: Row) -> None:
    """After the status changed. Tells of every product whose stock moved."""
    if order["status"] in TAKES and not order["stock_reduced"]:
        order["stock_reduced"] = True
        for line in order["line_items"]:
            _take(store, order, line, "Stock levels reduced")
    elif order["status"] in GIVES_BACK and order["stock_reduced"]:
        order["stock_reduced"] = False
        for line in order["line_items"]:
            if reduced(line):
                give_back(store, order, line, reduced(line), "Stock levels increased")
                drop_meta(line, REDUCED)
    _count_sales(store, order)


def follow_edits(store: Store, order: Row, edits: Edits) -> None:
    """Lines of an order that holds stock were edited (ord-08 … ord-11)."""
    if not order["stock_reduced"]:
        return
    for line in edits.kept:
        before = reduced(line)
        moved = move_stock(store, line, before - line["quantity"]) if before != line["quantity"] else None
        if moved is not None:
            _remember(store, line, line["quantity"])
            add_note(store, order["id"], f"Adjusted stock: {line['name']} ({moved})", author="shopadmin")
    for line in edits.removed:
        move_stock(store, line, reduced(line))


def give_back(store: Store, order: Row, line: Row, quantity: int, why: str) -> None:
    moved = move_stock(store, line, quantity) if quantity else None
    if moved is not None:
        _remember(store, line, reduced(line) - quantity)
        add_note(store, order["id"], f"{why}: {line['name']} {moved}")


def move_stock(store: Store, line: Row, by: int) -> str | None:
    """`20&rarr;18`; None: its stock is not counted. The date moves and webhooks tell, for a variation of itself
    only, though its parent's date moves too (list-23)."""
    product = counted(store, line)
    if product is None:
        return None
    before = product["stock_quantity"] or 0
    set_quantity(product, before + by)
    product["date_modified"] = store.now()
    touch_parent(store, product)
    store.tell("product.updated", id=product["id"])
    return f"{before}&rarr;{before + by}"


def counted(store: Store, line: Row) -> Row | None:
    """The row whose stock a line moves: the variation's, else the product's, where it is counted."""
    rows = (sellable(store, line[name]) for name in ("variation_id", "product_id") if line[name])
    return next((row for row in rows if row is not None and row["manage_stock"] is True), None)


def reduced(line: Row) -> int:
    return next((int(one["value"]) for one in line["meta_data"] if one["key"] == REDUCED), 0)


def _take(store: Store, order: Row, line: Row, why: str) -> None:
    quantity = line["quantity"] - reduced(line)
    product, moved = counted(store, line), move_stock(store, line, -quantity) if quantity else None
    if moved is not None and product is not None:
        _remember(store, line, line["quantity"])
        add_note(store, order["id"], f"{why}: {line['name']} ({product['sku'] or '#' + str(product['id'])}) {moved}")


def _remember(store: Store, line: Row, quantity: int) -> None:
    put_meta(store, line, [{"key": REDUCED, "value": str(quantity)}], counter=ITEM_META)


def _count_sales(store: Store, order: Row) -> None:
    """Written past the product: no date, no webhook."""
    sold, undone = order["status"] in SOLD, order["status"] == "cancelled"
    if order["sales_counted"] == sold or not (sold or undone):
        return
    order["sales_counted"] = sold
    for line in order["line_items"]:
        product = sellable(store, line["product_id"])
        if product is not None:
            product["total_sales"] += line["quantity"] if sold else -line["quantity"]
