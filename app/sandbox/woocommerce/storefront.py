"""A customer's checkout: a draft while the form is filled in, then the order, told of in a strange order (whx-94).

The draft is told as `order.updated`; on submit `order.updated` comes again, and only then `order.created`.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .meta import put_meta
from .order_coupons import put_coupons
from .order_lines import edit_lines
from .order_status import move_to
from .orders import META_COUNTER, new_order, save_new, settle
from .people import USERS
from .state import Row

if TYPE_CHECKING:
    from .server import Sandbox

GUEST = {
    "first_name": "Sto", "last_name": "Re", "address_1": "Weg 1", "city": "Berlin", "postcode": "10115",
    "country": "DE", "state": "DE-BE", "phone": "1",
}  # fmt: skip
_HASHES = ("_shipping_hash", "_coupons_hash", "_fees_hash", "_taxes_hash")
_METHODS = {"on-hold": ("bacs", "Direct bank transfer")}


def place_order(
    sandbox: "Sandbox", *, email: str, lines: Sequence[Mapping[str, int]], customer_id: int = 0,
    coupon: str | None = None, shipping: Mapping[str, str] | None = None, status: str = "processing",
    billing: Mapping[str, str] | None = None,
) -> int:  # fmt: skip
    """Returns the order's id. `lines`: `[{"product_id": 12, "variation_id": 14, "quantity": 2}]`; `shipping`:
    `{"method_id": "flat_rate", "method_title": "Flat rate", "total": "4.90"}`, net. Errors: ApiError."""
    order = _draft(sandbox, lines)
    sandbox.tell()
    store = sandbox.store
    if coupon is not None:
        put_coupons(store, order, [{"code": coupon}])
    if shipping is not None:
        edit_lines(store, order, {"shipping_lines": [dict(shipping)]})
    _fill_in(sandbox, order, email=email, customer_id=customer_id, billing=billing or {})
    settle(store, order)
    order["payment_method"], order["payment_method_title"] = _METHODS.get(status, ("cod", "Cash on delivery"))
    order["date_modified"] = store.now()
    store.tell("order.updated", id=order["id"])
    store.tell("order.created", id=order["id"])
    move_to(store, order, status)
    sandbox.tell()
    return int(order["id"])


def sell(sandbox: "Sandbox", product_id: int, quantity: int = 1, *, variation_id: int = 0) -> int:
    """A guest buys one thing. Returns the order's id."""
    line = {"product_id": product_id, "variation_id": variation_id, "quantity": quantity}
    return place_order(sandbox, email="guest@example.test", lines=[line])


def _draft(sandbox: "Sandbox", lines: Sequence[Mapping[str, int]]) -> Row:
    """In the list of orders like any other (whx-94)."""
    store = sandbox.store
    order = new_order(store)
    order.update(status="checkout-draft", created_via="store-api", payment_method="cod",
                 customer_ip_address="127.0.0.1", customer_user_agent="Mozilla/5.0",
                 cart_hash=f"{store.random.getrandbits(128):032x}")  # fmt: skip
    edit_lines(store, order, {"line_items": [dict(line) for line in lines]})
    marks: list[dict[str, Any]] = [{"key": key, "value": f"{store.random.getrandbits(128):032x}"} for key in _HASHES]
    put_meta(store, order, [*marks, {"key": "is_vat_exempt", "value": "no"}], counter=META_COUNTER)
    save_new(store, order, told=("order.updated",))
    return order


def _fill_in(sandbox: "Sandbox", order: Row, *, email: str, customer_id: int, billing: Mapping[str, str]) -> None:
    """A customer's address is the one he has saved, a guest types one in."""
    customer = sandbox.store.row(USERS, customer_id) if customer_id else None
    saved = customer["billing"] if customer is not None and customer["billing"]["country"] else GUEST
    order["customer_id"] = customer_id if customer is not None else 0
    order["billing"] = {**order["billing"], **saved, "email": email, **billing}
    order["shipping"] = {name: order["billing"].get(name, "") for name in order["shipping"]}
