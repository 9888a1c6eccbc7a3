"""What a new order state brings with it: invoice, payment, delivery slip, stock, history and a mail."""

from decimal import Decimal

from .computed import first_parcel
from .errors import PhpFatalError
from .resources import Value
from .state import Mail, Row, Shop
from .stock import move_stock
from .validators import is_valid

CANCELED, PAYMENT_ERROR = "6", "8"
_RETURNS_STOCK = (CANCELED, PAYMENT_ERROR)


def set_current_state(shop: Shop, memory: Row, text: str) -> None:
    """PATCH or PUT of `orders.current_state`: at once, before the other fields, always with a mail."""
    if memory.get("id") and text not in ("", "0", memory.get("current_state")):
        change_state(shop, memory, text)
        note_state(shop, memory, text, mail=True)


def set_shipping_number(shop: Shop, memory: Row, text: str) -> None:
    """`orders.shipping_number` is a view of the first order_carrier and writes through to it."""
    parcel = first_parcel(shop, memory.get("id")) if memory.get("id") else None
    if parcel is not None:
        if text and not is_valid("isTrackingNumber", text):
            raise PhpFatalError
        shop.save("order_carriers", parcel | {"tracking_number": text})


def add_history(shop: Shop, memory: Row, *, mail: bool) -> int:
    """POST order_histories: never compares, so the same state again is another row and another mail."""
    order = shop.load("orders", _id(memory.get("id_order")))
    state = str(memory["id_order_state"])
    if order is None:
        raise PhpFatalError
    change_state(shop, order, state)
    return note_state(shop, order, state, mail=mail, history=memory)


def change_state(shop: Shop, order: Row, state_id: str) -> None:
    """Moves `order` (an object in memory) to the state and saves it. A state that is not there kills PHP."""
    state = shop.row("order_states", state_id)
    if state is None:
        raise PhpFatalError
    before = shop.row("order_states", order.get("current_state"))
    _move_stock(shop, order, str(order.get("current_state")), state_id)
    order["current_state"] = state_id
    order["valid"] = state["logable"]
    if state["invoice"] == "1" and order.get("invoice_number") in (None, "", "0"):
        _invoice(shop, order)
    if state["paid"] == "1" and (before is None or before["paid"] != "1"):
        _settle(shop, order)
    if state["delivery"] == "1":
        if order.get("delivery_number") in (None, "", "0"):
            order["delivery_number"] = shop.next_number("delivery")
        order["delivery_date"] = shop.now()
    shop.save("orders", order)


def note_state(shop: Shop, order: Row, state_id: str, *, mail: bool, history: Row | None = None) -> int:
    memory: Row = history if history is not None else {"id_order": str(order["id"]), "id_order_state": state_id}
    row_id = shop.insert("order_histories", memory)
    if mail and shop.text("order_states", state_id, "send_email") == "1":
        send_state_mail(shop, order, state_id)
    return row_id


def send_state_mail(shop: Shop, order: Row, state_id: str) -> None:
    name = shop.row("order_states", state_id)
    titles = name["name"] if name is not None and isinstance(name["name"], dict) else {}
    send_mail(shop, order, titles.get(_id(order.get("id_lang")), titles.get(1, "")))


def send_mail(shop: Shop, order: Row, title: str) -> None:
    to = shop.text("customers", order.get("id_customer"), "email")
    shop.mails.append(Mail(to=to, subject=f"[{shop.name}] {title}", order=str(order["id"])))


def _invoice(shop: Shop, order: Row) -> None:
    order["invoice_number"] = shop.next_number("invoice")
    order["invoice_date"] = shop.now()
    copied = ("total_paid_tax_excl", "total_paid_tax_incl", "total_products", "total_products_wt",
              "total_shipping_tax_excl", "total_shipping_tax_incl")  # fmt: skip
    invoice: Row = {name: order.get(name) for name in copied}
    number: Row = {"id_order": str(order["id"]), "number": order["invoice_number"]}
    row_id = shop.insert("order_invoices", invoice | number)
    for parcel in list(shop.table("order_carriers").where("id_order", [str(order["id"])])):
        shop.save("order_carriers", parcel | {"id_order_invoice": str(row_id)})


def _settle(shop: Shop, order: Row) -> None:
    """Entering a paid state writes the payment that was missing."""
    due = _money(order.get("total_paid_tax_incl")) - _money(order.get("total_paid_real"))
    if due > 0:
        add_payment(shop, order, due)
        order["total_paid_real"] = f"{_money(order.get('total_paid_tax_incl')).normalize():f}"


def add_payment(shop: Shop, order: Row, amount: Decimal) -> None:
    shop.insert("order_payments", {
        "order_reference": order["reference"], "id_currency": order["id_currency"], "amount": str(amount),
        "payment_method": order["payment"], "conversion_rate": order["conversion_rate"],
    })  # fmt: skip


def _move_stock(shop: Shop, order: Row, before: str, after: str) -> None:
    if (before in _RETURNS_STOCK) == (after in _RETURNS_STOCK):
        return
    sign = 1 if after in _RETURNS_STOCK else -1
    for line in list(shop.table("order_details").where("id_order", [str(order["id"])])):
        quantity = sign * int(str(line["product_quantity"]))
        move_stock(shop, line["product_id"], line["product_attribute_id"], quantity)


def _money(value: Value) -> Decimal:
    return Decimal(str(value or "0"))


def _id(value: Value) -> int:
    text = str(value)
    return int(text) if text.isdecimal() else 0
