"""POST and DELETE of orders: the shop computes the order from the cart, whatever amounts were sent.

The sent `total_paid` is taken as what was really paid: if it is not the cart's total, the order starts in
state 8 "Payment error" (recorded); if it is, in 11 "Remote payment accepted" (`PS_OS_WS_PAYMENT`, from
the source).
"""

from decimal import Decimal
from string import ascii_uppercase

from .errors import PhpFatalError
from .order_states import PAYMENT_ERROR, add_payment, change_state, note_state, send_mail
from .state import Links, Row, Shop
from .stock import move_stock

REMOTE_PAYMENT = "11"
PAYMENT_MODULES = ("ps_wirepayment", "ps_checkpayment", "ps_cashondelivery")
CARRIER_PRICE = {"2": Decimal(7)}
_CENT = Decimal("0.01")
_NO_CART = "Cart cannot be loaded or an order has already been placed using this cart"


def add_order(shop: Shop, memory: Row) -> int:
    """`memory`, which the answer shows, gets no more than its id; the order itself is made beside it."""
    if memory.get("module") not in PAYMENT_MODULES:
        raise PhpFatalError
    cart = shop.row("carts", memory.get("id_cart"))
    if cart is None or any(shop.table("orders").where("id_cart", [str(memory["id_cart"])])):
        raise PhpFatalError(_NO_CART)
    order = _priced(shop, memory, cart)
    paid = Decimal(str(memory["total_paid"]))
    state = REMOTE_PAYMENT if paid.quantize(_CENT) == order.total.quantize(_CENT) else PAYMENT_ERROR
    memory["id"] = shop.insert("orders", order.row)
    _add_lines(shop, order)
    shop.insert(
        "order_carriers",
        {
            "id_order": str(memory["id"]),
            "id_carrier": order.row["id_carrier"],
            "shipping_cost_tax_excl": str(order.shipping),
            "shipping_cost_tax_incl": str(order.shipping * order.rate),
        },
    )
    if paid > 0:
        add_payment(shop, order.row, paid)
    _start(shop, order, state)
    return int(str(memory["id"]))


def total_of(shop: Shop, order: Row, cart: Row) -> Decimal:
    """What the shop asks for an order of that cart, to that address, by that carrier."""
    return _priced(shop, {**order, "total_paid": "0"}, cart).total


class _Order:
    def __init__(self, row: Row, lines: Links, products: Decimal, shipping: Decimal, rate: Decimal) -> None:
        self.row, self.lines, self.products, self.shipping, self.rate = row, lines, products, shipping, rate
        self.total = (products + shipping) * rate


def _priced(shop: Shop, memory: Row, cart: Row) -> _Order:
    lines = shop.table("carts").linked.get((int(str(cart["id"])), "cart_rows"), [])
    products = sum((_price(shop, line) * int(line["quantity"] or 0) for line in lines), Decimal())
    carrier = str(memory["id_carrier"])
    shipping = (
        Decimal(0) if shop.text("carriers", carrier, "is_free") == "1" else CARRIER_PRICE.get(carrier, Decimal(7))
    )
    rate = _tax_rate(shop, memory)
    order = _Order(dict(memory), lines, products, shipping, rate)
    sums = {
        "total_paid": order.total,
        "total_paid_tax_incl": order.total,
        "total_paid_tax_excl": products + shipping,
        "total_paid_real": Decimal(str(memory["total_paid"])),
        "total_products": products,
        "total_products_wt": products * rate,
        "total_shipping": shipping * rate,
        "total_shipping_tax_incl": shipping * rate,
        "total_shipping_tax_excl": shipping,
    }
    order.row.update({name: str(value) for name, value in sums.items()})
    order.row.update(
        reference="".join(shop.random.choices(ascii_uppercase, k=9)),
        round_mode="2",
        round_type="2",
        secure_key=shop.text("customers", memory["id_customer"], "secure_key"),
        id_shop=memory.get("id_shop") or "1",
        id_shop_group=memory.get("id_shop_group") or "1",
    )
    return order


def _price(shop: Shop, line: dict[str, str]) -> Decimal:
    impact = shop.text("combinations", line.get("id_product_attribute", "0"), "price")
    return Decimal(shop.text("products", line["id_product"], "price") or "0") + Decimal(impact or "0")


def _tax_rate(shop: Shop, memory: Row) -> Decimal:
    """The demo shop taxes deliveries inside France at 20 %, and no others."""
    return Decimal("1.2") if shop.text("addresses", memory["id_address_delivery"], "id_country") == "8" else Decimal(1)


def _add_lines(shop: Shop, order: _Order) -> None:
    for line in order.lines:
        price, quantity = _price(shop, line), int(line["quantity"] or 0)
        product = shop.row("products", line["id_product"]) or {}
        names = product.get("name")
        shop.insert(
            "order_details",
            {
                "id_order": str(order.row["id"]),
                "product_id": line["id_product"],
                "id_shop": "1",
                "product_attribute_id": line.get("id_product_attribute", "0"),
                "product_quantity": str(quantity),
                "product_name": names.get(1, "") if isinstance(names, dict) else "",
                "product_reference": product.get("reference"),
                "product_price": str(price),
                "unit_price_tax_excl": str(price),
                "unit_price_tax_incl": str(price * order.rate),
                "total_price_tax_excl": str(price * quantity),
                "total_price_tax_incl": str(price * quantity * order.rate),
            },
        )


def _start(shop: Shop, order: _Order, state: str) -> None:
    """The first state. Stock leaves only if the order stands; a failed payment is not confirmed by mail."""
    if state != PAYMENT_ERROR:
        for line in order.lines:
            move_stock(shop, line["id_product"], line.get("id_product_attribute", "0"), -int(line["quantity"] or 0))
        send_mail(shop, order.row, "Order confirmation")
    order.row["current_state"] = state
    change_state(shop, order.row, state)
    note_state(shop, order.row, state, mail=True)
