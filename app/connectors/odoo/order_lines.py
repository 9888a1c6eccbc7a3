"""The lines of an order, between Odoo's words and a record's `lines`, `shipping` and `discounts`. Pure.

Odoo has one list: goods, the delivery (`is_delivery`), rewards and discounts (below zero), sections and notes. In the
state it is without the last two, in Odoo's order:

    {"product_id": 5, "product_tmpl_id": 5, "variant": true, "default_code": "TS-0", "name": "T-Shirt (S, Red)",
     "product_uom_qty": "2", "price_unit": "18.5", "discount": "0", "tax_ids": [1], "is_delivery": false}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from app.connectors.odoo.client import Row
from app.connectors.odoo.order_taxes import Tax, priced, rate_of, without_tax
from app.connectors.odoo.values import amount_of, flag_of, id_of, ids_of, text_of
from app.entities.base import Json, Record, State

Line: TypeAlias = dict[str, Json]
TAX_NAMES: Final = ("tax_ids", "tax_id")
"""From 19 on, and before."""


def line_of(row: Row, product: Row | None) -> Line:
    """One row of `sale.order.line`; `product` is its `product.product`."""
    product = product or {}
    taxes = next((row[name] for name in TAX_NAMES if name in row), [])
    return {
        "product_id": id_of(row.get("product_id")),
        "product_tmpl_id": id_of(product.get("product_tmpl_id")),
        "variant": bool(ids_of(product.get("product_template_attribute_value_ids"))),
        "default_code": text_of(product.get("default_code")),
        "name": text_of(row.get("name")),
        "product_uom_qty": amount_of(row.get("product_uom_qty")),
        "price_unit": amount_of(row.get("price_unit")),
        "discount": amount_of(row.get("discount")),
        "tax_ids": list[Json](sorted(ids_of(taxes))),
        "is_delivery": flag_of(row.get("is_delivery")),
    }


def lines_in(state: State) -> list[Line]:
    listed = state.get("order_line")
    return [line for line in listed if isinstance(line, dict)] if isinstance(listed, list) else []


def record_of(state: State, taxes: Mapping[int, Tax]) -> Record:
    """`lines`, `shipping` and `discounts`. A line whose quantity was set to 0 is how Odoo takes it off an order."""
    lines = [line for line in lines_in(state) if _decimal(line["product_uom_qty"]) != 0]
    delivery = [line for line in lines if line["is_delivery"]]
    others = [line for line in lines if not line["is_delivery"]]
    return {
        "lines": [_goods(line, taxes) for line in others if _net(line, taxes) >= 0],
        "shipping": _shipping(delivery, taxes),
        "discounts": [_discount(line, taxes) for line in others if _net(line, taxes) < 0],
    }


def new_line(line: Mapping[str, Json], product: Row, taxes: Sequence[Tax]) -> Line:
    """One of a record's `lines` as Odoo shall hold it."""
    own = ids_of(product.get("taxes_id"))
    row: Row = {"product_id": product.get("id"), "product_uom_qty": line.get("quantity")}
    made = line_of({**row, **_price(line.get("price"), line.get("tax_rate"), taxes, own)}, product)
    return {**made, "name": text_of(line.get("name")) or text_of(line.get("sku")) or "-"}


def new_shipping(shipping: Mapping[str, Json], taxes: Sequence[Tax]) -> Line:
    """Its product is found or made when it is written."""
    price = _price(shipping.get("price"), shipping.get("tax_rate"), taxes)
    named: Row = {"name": text_of(shipping.get("name")) or "Shipping", "product_uom_qty": 1, "is_delivery": True}
    return line_of({**named, **price}, None)


def new_discount(discount: Mapping[str, Json], taxes: Sequence[Tax]) -> Line:
    price = _price(amount_of(str(-_decimal(discount.get("amount")))), discount.get("tax_rate"), taxes)
    return line_of({"name": text_of(discount.get("name")) or "Discount", "product_uom_qty": 1, **price}, None)


def new_rounding(price: Decimal, rate: Decimal, taxes: Sequence[Tax]) -> Line:
    """A few cents, above or below zero (`order_rounding.py`)."""
    row = _price(amount_of(str(price)), amount_of(str(rate)), taxes)
    return line_of({"name": "Rounding", "product_uom_qty": 1, **row}, None)


def is_discount(line: Line) -> bool:
    return _decimal(line["price_unit"]) < 0


def _price(price: Json, rate: Json, taxes: Sequence[Tax], own: Sequence[int] = ()) -> Row:
    one = priced(_decimal(price), _decimal(rate), taxes, own=own)
    return {"price_unit": amount_of(str(one.price_unit)), "tax_ids": list[Json](one.tax_ids)}


def _goods(line: Line, taxes: Mapping[int, Tax]) -> Line:
    product = line["product_id"]
    return {
        "product": _ref(line["product_tmpl_id"]),
        "variant": _ref(product) if line["variant"] else None,
        "sku": line["default_code"],
        "name": line["name"],
        "quantity": line["product_uom_qty"],
        "price": amount_of(str(_unit(line, taxes))),
        "tax_rate": _rate(line, taxes),
    }


def _shipping(lines: Sequence[Line], taxes: Mapping[int, Tax]) -> Line | None:
    if not lines:
        return None
    price = sum((_net(line, taxes) for line in lines), Decimal())
    return {"name": lines[0]["name"], "price": amount_of(str(price)), "tax_rate": _rate(lines[0], taxes)}


def _discount(line: Line, taxes: Mapping[int, Tax]) -> Line:
    return {"name": line["name"], "amount": amount_of(str(-_net(line, taxes))), "tax_rate": _rate(line, taxes)}


def _net(line: Line, taxes: Mapping[int, Tax]) -> Decimal:
    """The whole line without tax."""
    return _unit(line, taxes) * _decimal(line["product_uom_qty"])


def _unit(line: Line, taxes: Mapping[int, Tax]) -> Decimal:
    """One piece without tax, after the line's own discount in percent."""
    net = without_tax(_decimal(line["price_unit"]), ids_of(line["tax_ids"]), taxes)
    return net * (1 - _decimal(line["discount"]) / 100)


def _rate(line: Line, taxes: Mapping[int, Tax]) -> str:
    return amount_of(str(rate_of(ids_of(line["tax_ids"]), taxes)))


def _ref(value: Json) -> str | None:
    return None if value is None else str(value)


def _decimal(value: Json) -> Decimal:
    return Decimal(amount_of(value))
