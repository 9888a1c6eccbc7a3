"""What both sides hold of the customer, of her order and of the stock, for comparing and for showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from app.demo.observer import Picture
from app.demo.window import Row, Window

EMAIL: Final = "ada@example.com"
PRODUCT: Final = 8
"""The mug of the sandbox shop, 11.90."""
LOCATION: Final = 8
"""`WH/Stock` of the sandbox Odoo."""


class Pictures:
    def __init__(self, window: Window) -> None:
        self._window = window

    async def customer(self) -> Picture:
        partner, row = await self.partner(), await self.shop_customer()
        odoo = [partner.get(name) for name in ("name", "company_name", "website")]
        shop = [f"{row.get('firstname', '')} {row.get('lastname', '')}".strip(), row.get("company"), row.get("website")]
        return {"Odoo": line(odoo), "the shop": line(shop)}

    async def order(self) -> Picture:
        sale, order = await self.sale_order(), await self.shop_order()
        odoo = [sale.get("name"), sale and str(money(sale["amount_total"]))]
        shop = [order.get("reference"), order and str(money(order["total_paid"]))]
        return {"Odoo": line(odoo), "the shop": line(shop)}

    async def stock(self) -> Picture:
        here = await self._window.shop_row("stock_availables", "id_product", str(PRODUCT))
        quants = await self._window.odoo_rows("stock.quant", product_id=await self.variant(), location_id=LOCATION)
        counted = sum((money(quant["quantity"]) for quant in quants), Decimal())
        return {"Odoo": f"{counted:.0f} mugs", "the shop": f"{here['quantity']} mugs"}

    async def mugs_of(self, order: str) -> int:
        rows = await self._window.shop_rows("order_details")
        mine = [row for row in rows if (str(row["id_order"]), str(row["product_id"])) == (order, str(PRODUCT))]
        return sum(int(row["product_quantity"]) for row in mine)

    async def partner(self) -> Row:
        return first(await self._window.odoo_rows("res.partner", email=EMAIL))

    async def shop_customer(self) -> Mapping[str, str]:
        return await self._window.shop_row("customers", "email", EMAIL)

    async def sale_order(self) -> Row:
        partner = await self.partner()
        return first(await self._window.odoo_rows("sale.order", partner_id=partner.get("id")))

    async def sale_lines(self) -> list[str]:
        sale = await self.sale_order()
        lines = await self._window.odoo_rows("sale.order.line", order_id=sale.get("id"))
        return [f"{money(line['product_uom_qty']):.0f} × {line['name']}, {money(line['price_unit'])}" for line in lines]

    async def shop_order(self) -> Mapping[str, str]:
        customer = await self.shop_customer()
        return await self._window.shop_row("orders", "id_customer", customer.get("id", ""))

    async def variant(self) -> int:
        """Odoo's `product.product` that is the mug; 0 while there is none."""
        sku = (await self._window.shop_row("products", "id", str(PRODUCT)))["reference"]
        return int(first(await self._window.odoo_rows("product.product", default_code=sku)).get("id") or 0)


def money(value: object) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def line(values: Sequence[Any]) -> str:
    return " · ".join(str(value) for value in values if value) or "(nothing)"


def first(rows: Sequence[Row]) -> Row:
    return next(iter(rows), {})
