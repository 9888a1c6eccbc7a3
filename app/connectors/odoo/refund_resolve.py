"""Refunds in neutral words as Odoo shall hold them: order, partner, invoice, products and taxes of a whole batch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.base import Desired, Resolved
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.order_products import Products
from app.connectors.odoo.order_reference import OrderReference
from app.connectors.odoo.order_rounding import rounding_lines
from app.connectors.odoo.order_taxes import Tax
from app.connectors.odoo.records import is_id
from app.connectors.odoo.refund_lines import LINES, Line, as_given_back, as_sold, new_line, new_shipping
from app.connectors.odoo.values import id_of, ids_of, text_of
from app.connectors.odoo.writing import as_known
from app.entities.base import EntityType, Json, Record
from app.entities.records import FIXED
from app.errors import AppError, BadPayload, Rejected

ORDER_FIELDS: Final = ("name", "partner_id", "partner_invoice_id", "invoice_ids")
_TOTALS: Final = {"total": "amount_total", "total_untaxed": "amount_untaxed"}
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


class RefundResolver:
    def __init__(self, client: OdooClient, options: OdooOptions, reference: OrderReference) -> None:
        self._client = client
        self._options = options
        self._reference = reference

    async def resolve(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        """Position by position; orders, invoices and products are looked for once for all."""
        new = [desired.fields for desired in wanted if desired.base is None]
        orders = await self._orders(new)
        invoices = await self._invoices(orders)
        lines = [line for fields in new for line in _listed(fields.get("lines"))]
        products = await Products.of(self._client, lines, fallback=None)
        return [await self._one(desired, orders, invoices, products) for desired in wanted]

    async def _one(
        self, desired: Desired, orders: Mapping[str, Row], invoices: Mapping[int, Row], products: Products
    ) -> Resolved | AppError:
        if desired.base is not None:
            fixed = ", ".join(sorted(FIXED[EntityType.REFUND] & desired.fields.keys()))
            return Resolved(state={}, notes=(f"left as they are: {fixed}",) if fixed else ())
        try:
            return await self._create(desired.fields, orders, invoices, products)
        except Exception as error:
            return as_known(error, "translating a refund")

    async def _create(
        self, fields: Record, orders: Mapping[str, Row], invoices: Mapping[int, Row], products: Products
    ) -> Resolved:
        order = orders.get(str(fields.get("order")))
        if order is None:
            raise Rejected("a credit note needs its order, which Odoo does not have", field="order", code="no_order")
        state: dict[str, Json] = {
            "ref": text_of(fields.get("reference")),
            "narration": text_of(fields.get("reason")),
            **{odoo: fields[name] for name, odoo in _TOTALS.items() if fields.get(name) is not None},
            **_of_order(order, invoices),
            "lines": list[Json](await self._lines(fields, products)),
        }
        if day := text_of(fields.get("date")):
            state["invoice_date"] = _day(day)
        if code := text_of(fields.get("currency")):
            state["currency_id"] = await self._reference.currency_id(code)
        return Resolved(state=state)

    async def _lines(self, fields: Record, products: Products) -> list[Line]:
        known = await self._client.fields(LINES)
        decimals = known["price_unit"].decimals if "price_unit" in known else None
        try:
            taxes = await self._reference.sale_taxes()
            lines = _new_lines(fields, products, taxes, shipping_sku=self._options.shipping_product_sku)
        except Rejected as error:
            if error.code != "no_tax":
                raise
            taxes = await self._reference.sale_taxes(anew=True)
            lines = _new_lines(fields, products, taxes, shipping_sku=self._options.shipping_product_sku)
        sold = [as_sold(line) for line in lines]
        return [*lines, *(as_given_back(one) for one in rounding_lines(sold, fields, taxes, decimals=decimals))]

    async def _orders(self, new: Sequence[Record]) -> Mapping[str, Row]:
        numbers = sorted({int(order) for fields in new if is_id(order := str(fields.get("order") or ""))})
        rows = await self._client.read("sale.order", numbers, ORDER_FIELDS)
        return {str(id_of(row.get("id"))): row for row in rows}

    async def _invoices(self, orders: Mapping[str, Row]) -> Mapping[int, Row]:
        """Those of the orders by id."""
        numbers = sorted({number for order in orders.values() for number in ids_of(order.get("invoice_ids"))})
        rows = await self._client.read("account.move", numbers, ["move_type", "state"])
        return {number: row for row in rows if (number := id_of(row.get("id")))}


def _of_order(order: Row, invoices: Mapping[int, Row]) -> dict[str, Json]:
    """The invoice it takes back is named where there is only one that can be meant."""
    posted = [
        number
        for number in ids_of(order.get("invoice_ids"))
        if (invoice := invoices.get(number))
        and invoice.get("move_type") == "out_invoice"
        and invoice.get("state") == "posted"
    ]
    return {
        "order": id_of(order.get("id")),
        "customer": id_of(order.get("partner_id")),
        "partner_id": id_of(order.get("partner_invoice_id")) or id_of(order.get("partner_id")),
        "invoice_origin": text_of(order.get("name")),
        "reversed_entry_id": posted[0] if len(posted) == 1 else None,
    }


def _new_lines(fields: Record, products: Products, taxes: Sequence[Tax], *, shipping_sku: str) -> list[Line]:
    shipping = fields.get("shipping")
    goods = [new_line(line, _product(products, line), taxes) for line in _listed(fields.get("lines"))]
    return [*goods, *([new_shipping(shipping, taxes, sku=shipping_sku)] if isinstance(shipping, dict) else [])]


def _product(products: Products, line: Mapping[str, Json]) -> Row | None:
    """A line whose product Odoo does not know, or knows twice, stands under none: its text and amount are enough."""
    try:
        return products.product(line)
    except Rejected:
        return None


def _day(text: str) -> str:
    """Of a day, or of a moment the day it names."""
    found = _DAY.match(text)
    if found is None:
        raise BadPayload(f"{text[:40]!r} is no day like 2026-11-21", field="date")
    return found[0]


def _listed(value: Json) -> list[Mapping[str, Json]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
