"""A customer orders in the storefront: a cart, then the order made from it, paid with what the shop asks."""

from typing import TYPE_CHECKING

from .orders import total_of
from .state import Row

if TYPE_CHECKING:
    from .server import Sandbox

BANK_WIRE = {"module": "ps_wirepayment", "payment": "Bank wire", "conversion_rate": "1"}
CARRIER = "2"


def place_order(sandbox: "Sandbox", *, customer: int, address: int, product: int, quantity: int = 1) -> int:
    """Returns the id of the order. The carrier is the one that costs."""
    ends = {"id_customer": str(customer), "id_address_delivery": str(address), "id_address_invoice": str(address)}
    common: Row = {**ends, "id_currency": "1", "id_lang": "1", "id_carrier": CARRIER}
    cart = sandbox.add("carts", **common)
    line = {"id_product": str(product), "id_product_attribute": "0", "quantity": str(quantity)}
    sandbox.shop.table("carts").linked[cart, "cart_rows"] = [line]
    total = str(total_of(sandbox.shop, common, sandbox.row("carts", cart)))
    sums = {"total_paid": total, "total_products": total, "total_products_wt": total}
    return sandbox.add("orders", id_cart=str(cart), **common, **BANK_WIRE, **sums)
