"""The lines of a credit note, between Odoo's words and a record's `lines` and `shipping`. Pure.

In the state they are as an order's (`order_lines.py`), with the names that Odoo has for them here:

    {"product_id": 5, "product_tmpl_id": 5, "variant": false, "default_code": "TS-0", "name": "T-Shirt",
     "quantity": "1", "price_unit": "18.5", "discount": "0", "tax_ids": [1]}

A credit note's lines may stand under no product: what was given back of a deleted product is given back all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from app.connectors.odoo.client import Row
from app.connectors.odoo.order_taxes import CENT, Tax, priced, rate_of, without_tax
from app.connectors.odoo.values import amount_of, id_of, ids_of, text_of
from app.entities.base import Json, Record, State

Line: TypeAlias = dict[str, Json]
LINES: Final = "account.move.line"
ONE: Final = Decimal(1)


def line_of(row: Row, product: Row | None) -> Line:
    """One row of `account.move.line`; `product` is its `product.product`."""
    product = product or {}
    return {
        "product_id": id_of(row.get("product_id")),
        "product_tmpl_id": id_of(product.get("product_tmpl_id")),
        "variant": bool(ids_of(product.get("product_template_attribute_value_ids"))),
        "default_code": text_of(product.get("default_code")),
        "name": text_of(row.get("name")),
        "quantity": amount_of(row.get("quantity")),
        "price_unit": amount_of(row.get("price_unit")),
        "discount": amount_of(row.get("discount")),
        "tax_ids": list[Json](sorted(ids_of(row.get("tax_ids")))),
    }


def lines_in(state: State) -> list[Line]:
    listed = state.get("lines")
    return [line for line in listed if isinstance(line, dict)] if isinstance(listed, list) else []


def record_of(state: State, taxes: Mapping[int, Tax], *, shipping_sku: str) -> Record:
    """`lines` and `shipping`; several lines of shipping count as one."""
    lines = lines_in(state)
    shipping = [line for line in lines if line["default_code"] == shipping_sku]
    return {
        "lines": [_goods(line, taxes) for line in lines if line not in shipping],
        "shipping": _shipping(shipping, taxes),
    }


def new_line(line: Mapping[str, Json], product: Row | None, taxes: Sequence[Tax]) -> Line:
    """One of a record's `lines` as Odoo shall hold it.

    Odoo rounds a unit price to cents: three of 8.406667 would come to 25.23 instead of 25.22. Such a line goes as one
    piece of the whole amount, and says so in its name.
    """
    quantity, price = _decimal(line.get("quantity")), _decimal(line.get("price"))
    name = text_of(line.get("name")) or text_of(line.get("sku")) or "-"
    if quantity != ONE and price != price.quantize(CENT):
        quantity, price, name = ONE, quantity * price, f"{quantity:f} x {name}"
    own = ids_of((product or {}).get("taxes_id"))
    row: Row = {"product_id": (product or {}).get("id"), "name": name, "quantity": amount_of(str(quantity))}
    return line_of({**row, **_price(price, line.get("tax_rate"), taxes, own)}, product)


def new_shipping(shipping: Mapping[str, Json], taxes: Sequence[Tax], *, sku: str) -> Line:
    """Its product, the service of this SKU, is found or made when it is written."""
    named: Row = {"name": text_of(shipping.get("name")) or "Shipping", "quantity": 1}
    price = _price(_decimal(shipping.get("price")), shipping.get("tax_rate"), taxes, ())
    return line_of({**named, **price}, {"default_code": sku})


def as_sold(line: Line) -> Line:
    """In an order's words."""
    return {**line, "product_uom_qty": line["quantity"]}


def as_given_back(line: Line) -> Line:
    """An order's line in a credit note's words."""
    return line_of({**line, "quantity": line["product_uom_qty"]}, None)


def _price(price: Decimal, rate: Json, taxes: Sequence[Tax], own: Sequence[int]) -> Row:
    one = priced(price, _decimal(rate), taxes, own=own)
    return {"price_unit": amount_of(str(one.price_unit)), "tax_ids": list[Json](one.tax_ids)}


def _goods(line: Line, taxes: Mapping[int, Tax]) -> Line:
    product, template = line["product_id"], line["product_tmpl_id"]
    return {
        "product": None if template is None else str(template),
        "variant": str(product) if line["variant"] else None,
        "sku": line["default_code"],
        "name": line["name"],
        "quantity": line["quantity"],
        "price": amount_of(str(_unit(line, taxes))),
        "tax_rate": _rate(line, taxes),
    }


def _shipping(lines: Sequence[Line], taxes: Mapping[int, Tax]) -> Line | None:
    if not lines:
        return None
    price = sum((_unit(line, taxes) * _decimal(line["quantity"]) for line in lines), Decimal())
    return {"name": lines[0]["name"], "price": amount_of(str(price)), "tax_rate": _rate(lines[0], taxes)}


def _unit(line: Line, taxes: Mapping[int, Tax]) -> Decimal:
    """One piece without tax, after the line's own discount in percent."""
    net = without_tax(_decimal(line["price_unit"]), ids_of(line["tax_ids"]), taxes)
    return net * (1 - _decimal(line["discount"]) / 100)


def _rate(line: Line, taxes: Mapping[int, Tax]) -> str:
    return amount_of(str(rate_of(ids_of(line["tax_ids"]), taxes)))


def _decimal(value: Json) -> Decimal:
    return Decimal(amount_of(value))
