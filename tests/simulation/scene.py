"""The two sandboxes without their examples: only what the people of a run make counts, and there is little of it."""

from __future__ import annotations

from typing import Any, Final

from app.sandbox.prestashop import Sandbox as Prestashop
from tests.flows.two_sides import TwoSides

OWN_PARTNERS: Final = 6
"""Up to here: the company and its users."""
PRESTASHOP_EXAMPLES: Final = (
    "customers", "addresses", "carts", "orders", "order_details", "order_histories", "order_carriers", "combinations",
    "stock_availables", "cart_rules", "images",
)  # fmt: skip
TOP_CATEGORIES: Final = 2


def clear_out(both: TwoSides) -> None:
    """Before anything was synced. The shop keeps its mug, so that a guest has something to buy."""
    _clear_odoo(both)
    if isinstance(both.world.shop, Prestashop):
        _clear_prestashop(both.world.shop, int(both.office.mug))
    else:
        _clear_woocommerce(both.world.shop, int(both.office.mug))


def _clear_odoo(both: TwoSides) -> None:
    tables = both.odoo.tables
    for number in [number for number in tables["res.partner"] if OWN_PARTNERS < number <= 1000]:
        del tables["res.partner"][number]
    for number in tables["res.partner"]:
        tables["res.partner"][number] |= {"email": False, "email_normalized": False}
    for model in ("product.template", "product.product", "stock.quant"):
        for number in list(tables[model]):
            del tables[model][number]


def _clear_prestashop(shop: Prestashop, mug: int) -> None:
    kept = [row for row in shop.rows("stock_availables") if str(row["id_product"]) == str(mug)]
    for name in PRESTASHOP_EXAMPLES:
        for number in list(shop.shop.table(name).rows):
            shop.shop.table(name).drop(number)
    for row in kept:
        shop.shop.table("stock_availables").put(int(str(row["id"])), row)
    for number in [one for one in shop.shop.table("products").rows if one != mug]:
        shop.shop.table("products").drop(number)
    for number in [one for one in shop.shop.table("categories").rows if one > TOP_CATEGORIES]:
        shop.shop.table("categories").drop(number)
    shop.row("products", mug)["id_category_default"] = str(TOP_CATEGORIES)


def _clear_woocommerce(shop: Any, mug: int) -> None:
    store = shop.store
    for name in ("orders", "coupons", "variations", "refunds"):
        store.table(name).rows.clear()
    for number in [row["id"] for row in store.table("products") if row["id"] != mug]:
        store.drop("products", number)
    for number in [row["id"] for row in shop.rows("customers") if "customer" in row.get("roles", [row.get("role")])]:
        shop.remove("customers", number, force=True)
