"""What a shop sells at first: taxes and "Uncategorized" in every shop, and examples of each kind of thing."""

from typing import TYPE_CHECKING, Any

from .people import person_with
from .state import Store
from .storefront import GUEST, place_order
from .tax_rates import STANDARD
from .taxes import TAXES
from .term_rows import CATEGORIES, TERMS, UNCATEGORIZED

if TYPE_CHECKING:
    from .server import Sandbox

_GERMAN = {
    "country": "DE", "state": "", "postcode": "", "city": "", "priority": 1, "compound": False, "shipping": True,
    "order": 0,
}  # fmt: skip
MUG: dict[str, Any] = {
    "name": "Mug", "sku": "MUG-1", "regular_price": "12.50", "manage_stock": True, "stock_quantity": 40,
    "weight": "0.35", "description": "<p>A mug.</p>",
}  # fmt: skip
POSTER: dict[str, Any] = {"name": "Poster", "sku": "POSTER-1", "regular_price": "9.00"}
COURSE: dict[str, Any] = {
    "name": "Online course", "sku": "COURSE-1", "regular_price": "49.00", "virtual": True, "manage_stock": True,
    "stock_quantity": 10,
}  # fmt: skip
SHIRT: dict[str, Any] = {"name": "Shirt", "sku": "SHIRT", "type": "variable"}
COLOURS, SIZES = ("Red", "Blue"), ("S", "M")


def plant_trade(store: Store) -> None:
    """Rate 1 is the full German one, rate 2 the reduced one; category 15 takes what has no other."""
    for name, percent, tax_class in (("MwSt", "19.0000", STANDARD), ("MwSt red", "7.0000", "reduced-rate")):
        row = {"id": store.next_id(TAXES), **_GERMAN, "rate": percent, "name": name, "class": tax_class}
        store.put(TAXES, row)
    store.use_id("terms", UNCATEGORIZED)
    store.use_id("comments", 1)  # WordPress greets the world
    store.put(TERMS, {
        "id": UNCATEGORIZED, "taxonomy": CATEGORIES, "name": "Uncategorized", "parent": 0, "slug": "uncategorized",
        "description": "", "menu_order": 0, "display": "default", "image_id": 0,
    })  # fmt: skip


def plant_goods(sandbox: "Sandbox") -> None:
    """Four products, two of them with counted stock, one with four variations; a coupon; an order of a customer and
    one of a guest."""
    clothes = sandbox.add("categories", name="Clothes")
    shirts = sandbox.add("categories", name="Shirts", parent=clothes)
    mug = sandbox.add("products", **MUG)
    sandbox.add("products", **POSTER)
    sandbox.add("products", **COURSE)
    shirt = _plant_shirt(sandbox, category=shirts)
    sandbox.add("coupons", code="WELCOME10", discount_type="percent", amount="10")
    _plant_orders(sandbox, mug, shirt)


def _plant_shirt(sandbox: "Sandbox", *, category: int) -> int:
    """The colour is an attribute of the whole shop, the size one of this product."""
    colour = sandbox.add("attributes", name="Colour")
    attributes = [
        {"id": colour, "visible": True, "variation": True, "options": list(COLOURS)},
        {"name": "Size", "visible": True, "variation": True, "options": list(SIZES), "position": 1},
    ]
    shirt = sandbox.add("products", **SHIRT, attributes=attributes, categories=[{"id": category}])
    for chosen, size in ((chosen, size) for chosen in COLOURS for size in SIZES):
        sandbox.add(
            "variations", parents=(shirt,), sku=f"SHIRT-{chosen[0]}{size}".upper(), regular_price="19.90",
            manage_stock=True, stock_quantity=5,
            attributes=[{"id": colour, "option": chosen}, {"name": "Size", "option": size}],
        )  # fmt: skip
    return shirt


def _plant_orders(sandbox: "Sandbox", mug: int, shirt: int) -> None:
    variation = sandbox.row("products", shirt)["variation_ids"][0]
    jane = person_with(sandbox.store, "username", "jane")
    way = {"method_id": "flat_rate", "method_title": "Flat rate", "total": "4.90"}
    goods = [{"product_id": shirt, "variation_id": variation, "quantity": 1}, {"product_id": mug, "quantity": 2}]
    place_order(
        sandbox, email="jane@example.test", customer_id=jane["id"] if jane is not None else 0, lines=goods,
        shipping=way,
    )  # fmt: skip
    guest = {**GUEST, "first_name": "Gustav", "last_name": "Gast"}
    line = {"product_id": mug, "quantity": 1}
    place_order(sandbox, email="gustav@example.test", lines=[line], status="on-hold", billing=guest)
