"""What Odoo, the boutique (PrestaShop) and the atelier (WooCommerce) hold of a customer, a product, an order."""

from __future__ import annotations

from html import unescape
from typing import Final

from app.demo.links import LINK, SECOND
from app.demo.observer import Picture
from app.demo.pictures import EMAIL, LOCATION, first, line, money
from app.demo.store_window import StoreWindow
from app.demo.window import Row, Window

MUG: Final = "MUG-1"
"""The atelier's, 12.50 without tax."""
ODOO: Final = "Odoo"


class Trio:
    def __init__(self, window: Window, store: StoreWindow) -> None:
        self._window = window
        self._store = store

    async def customer(self) -> Picture:
        partner = first(await self._window.odoo_rows("res.partner", email=EMAIL))
        there = await self._window.shop_row("customers", "email", EMAIL)
        here = await self._store.row("customers", email=EMAIL)
        return {
            ODOO: line([partner.get("name")]),
            LINK: line([f"{there.get('firstname', '')} {there.get('lastname', '')}".strip()]),
            SECOND: line([f"{here.get('first_name', '')} {here.get('last_name', '')}".strip()]),
        }

    async def mug(self) -> Picture:
        template, product = await self.template(), await self.product()
        price = product.get("regular_price")
        return {
            ODOO: line([template.get("name"), template and f"{money(template['list_price'])}"]),
            SECOND: line([unescape(product.get("name") or ""), price and f"{money(price)}"]),
        }

    async def stock(self) -> Picture:
        quants = await self._window.odoo_rows("stock.quant", product_id=await self.variant(), location_id=LOCATION)
        counted = sum(money(quant["quantity"]) for quant in quants)
        reserved = sum(money(quant["reserved_quantity"]) for quant in quants)
        here = (await self.product()).get("stock_quantity")
        return {ODOO: f"{counted:.0f} mugs, {reserved:.0f} of them promised", SECOND: f"{here} mugs"}

    async def order(self, number: int) -> Picture:
        sale, order = await self.sale(number), await self._store.row("orders", id=number)
        return {
            ODOO: line([sale.get("name"), sale.get("state"), sale and f"{money(sale['amount_total'])}"]),
            SECOND: line([order.get("id"), order.get("status"), order and f"{money(order['total'])}"]),
        }

    async def sale(self, number: int) -> Row:
        """Odoo's order of that order of the atelier."""
        return first(await self._window.odoo_rows("sale.order", client_order_ref=str(number)))

    async def sale_lines(self, number: int) -> list[str]:
        sale = await self.sale(number)
        rows = await self._window.odoo_rows("sale.order.line", order_id=sale.get("id"))
        return [
            f"{money(row['product_uom_qty']):.0f} × {row['name']}, {money(row['price_unit'])}"
            + (f" less {row['discount']:g} %" if row.get("discount") else "")
            for row in rows
        ]

    async def unpaid(self) -> int:
        """Mugs in orders of the atelier that are on hold: off its shelf, and only quotations in Odoo."""
        mug = (await self.product()).get("id")
        orders = await self._store.rows("orders", status="on-hold")
        return sum(item["quantity"] for order in orders for item in order["line_items"] if item["product_id"] == mug)

    async def product(self) -> Row:
        return await self._store.row("products", sku=MUG)

    async def template(self) -> Row:
        found = first(await self._window.odoo_rows("product.product", default_code=MUG))
        return first(await self._window.odoo_rows("product.template", id=found.get("product_tmpl_id")))

    async def variant(self) -> int:
        return int(first(await self._window.odoo_rows("product.product", default_code=MUG)).get("id") or 0)
