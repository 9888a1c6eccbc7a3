"""What an order's lines come to: tax per line, rounded to cents, then summed."""

from __future__ import annotations

from app.sandbox.odoo.call import Call, linked
from app.sandbox.odoo.computed import children, number, target_rows
from app.sandbox.odoo.database import Database, Row
from app.sandbox.odoo.records import store
from app.sandbox.odoo.values import rounded

AMOUNTS = ("amount_untaxed", "amount_tax", "amount_total")


def taxes_field(db: Database, model: str) -> str:
    return "tax_id" if "tax_id" in db.models[model].fields else "tax_ids"


def line_amounts(db: Database, model: str, line: Row, quantity: object) -> Row:
    """Subtotal, tax and total of a line. Recorded: sale_order_line_rounding, sale_order_rounding_price_include."""
    price = number(line["price_unit"]) * (1 - number(line["discount"]) / 100)
    base = price * number(quantity)
    taxes = target_rows(db, "account.tax", linked(line, taxes_field(db, model)))
    included = sum(number(tax["amount"]) for tax in taxes if tax["price_include"])
    untaxed = base / (1 + included / 100)
    amounts = [(tax, rounded(_tax(tax, untaxed, quantity), 2)) for tax in taxes]
    subtotal = rounded(base - sum(amount for tax, amount in amounts if tax["price_include"]), 2)
    tax = rounded(sum(amount for _, amount in amounts), 2)
    return {"price_subtotal": subtotal, "price_tax": tax, "price_total": rounded(subtotal + tax, 2)}


def _tax(tax: Row, base: float, quantity: object) -> float:
    if tax["amount_type"] == "fixed":
        return number(tax["amount"]) * number(quantity)
    return base * number(tax["amount"]) / 100


def add_up(call: Call, order: Row) -> None:
    """The order's amounts. Only a change of one of them touches the order: a line's text does not."""
    lines = children(call.db, order, "sale.order.line", "order_id")
    untaxed = rounded(sum(number(line["price_subtotal"]) for line in lines), 2)
    tax = rounded(sum(number(line["price_tax"]) for line in lines), 2)
    amounts: Row = {"amount_untaxed": untaxed, "amount_tax": tax, "amount_total": rounded(untaxed + tax, 2)}
    if amounts != {name: order[name] for name in AMOUNTS}:
        store(call.on("sale.order", system=True), order, amounts)
