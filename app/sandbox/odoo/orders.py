"""What orders and their lines fill in by themselves, and what may no longer be changed."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.behaviour import Behaviour
from app.sandbox.odoo.call import Call, id_of
from app.sandbox.odoo.computed import number, target_of, value_of
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import user_error, validation_error
from app.sandbox.odoo.records import store, unlink_rows
from app.sandbox.odoo.totals import add_up, line_amounts, taxes_field

PROTECTED = (
    "product_id",
    "name",
    "price_unit",
    "product_uom",
    "product_uom_id",
    "product_uom_qty",
    "tax_id",
    "tax_ids",
)
LOCKED = "It is forbidden to modify the following fields in a locked order:\n"
CONFIRMED = (
    "Once a sales order is confirmed, you can't remove one of its lines (we need to track if something gets invoiced "
    "or delivered).\n                Set the quantity to 0 instead."
)


def _prepare_order(call: Call, values: Row) -> Row:
    partner = values.get("partner_id")
    company = call.db.tables["res.company"].get(int(str(values.get("company_id") or 1)))
    given: Row = {
        "name": f"S{len(call.table) + 1:05}",
        "date_order": call.db.stamp().split(".")[0],
        "currency_id": company["currency_id"] if company else False,
        "user_id": call.account.uid,
    }
    if isinstance(partner, int) and partner in call.db.tables["res.partner"]:
        given["partner_invoice_id"] = _address(call, partner, "invoice")
        given["partner_shipping_id"] = _address(call, partner, "delivery")
    prepared = {**given, **{name: value for name, value in values.items() if name != "currency_id"}}
    pricelist = call.db.tables["product.pricelist"].get(_int(prepared.get("pricelist_id")))
    if pricelist:
        prepared["currency_id"] = pricelist["currency_id"]
    return prepared


def _address(call: Call, partner: int, kind: str) -> int:
    """The first address of that kind, or the customer itself."""
    rows = call.db.tables["res.partner"].values()
    mine = [one for one in rows if one["parent_id"] == partner and one["type"] == kind and one["active"]]
    return id_of(mine[0]) if mine else partner


def _order_written(call: Call, row: Row, values: Row) -> None:
    if "pricelist_id" in values:
        pricelist = target_of(call.db, "sale.order", row, "pricelist_id")
        row["currency_id"] = pricelist["currency_id"] if pricelist else row["currency_id"]
    if "state" in values:
        # `to invoice` follows the state also when somebody writes it directly (sale_order_after_direct_state_write).
        row["invoice_status"] = "to invoice" if values["state"] == "sale" and not row["invoice_ids"] else _invoiced(row)


def _invoiced(row: Row) -> str:
    return "invoiced" if row["invoice_ids"] and row["state"] == "sale" else "no"


def _order_gone(call: Call, row: Row) -> None:
    lines = call.on("sale.order.line", system=True)
    for line in [line for line in lines.table.values() if line["order_id"] == row["id"]]:
        # Rules for `on_unlink` do not see the lines: the database deletes them.
        lines.table.pop(id_of(line))


def _prepare_line(call: Call, values: Row) -> Row:
    product = call.db.tables["product.product"].get(_int(values.get("product_id")))
    if product is None:
        note = values.get("display_type")
        _check_accountable(values)
        return {**values, "product_uom_qty": 0.0, "price_unit": 0.0} if note else values
    taxes = taxes_field(call.db, "sale.order.line")
    uom = "product_uom" if "product_uom" in call.model.fields else "product_uom_id"
    given: Row = {
        "name": _description(call, product),
        "price_unit": value_of(call.db, "product.product", product, "lst_price"),
        taxes: [[6, 0, value_of(call.db, "product.product", product, "taxes_id")]],
        uom: value_of(call.db, "product.product", product, "uom_id"),
    }
    return {**given, **values}


def _check_accountable(values: Row) -> None:
    """Recorded: sale_order_err_line_without_product; a product as text is refused by PostgreSQL later."""
    if not values.get("display_type") and not values.get("product_id"):
        raise validation_error(
            "The operation cannot be completed: Missing required fields on accountable sale order line."
        )


def _description(call: Call, product: Row) -> str:
    lang = str(call.context.get("lang") or "") or None
    name = str(value_of(call.db, "product.product", product, "display_name"))
    more = value_of(call.db, "product.product", product, "description_sale", lang)
    return f"{name}\n{more}" if more else name


def _allow_line(call: Call, rows: list[Row], values: Row) -> Row:
    locked = [row for row in rows if (order := _order_of(call, row)) and order["locked"]]
    protected = [name for name in PROTECTED if name in values]
    if locked and protected:
        raise user_error(LOCKED + "\n".join(call.model.fields[name].string for name in protected))
    return values


def _line_changed(call: Call, row: Row) -> None:
    row.update(line_amounts(call.db, "sale.order.line", row, row["product_uom_qty"]))
    order = _order_of(call, row)
    if order:
        add_up(call, order)


def _line_leaving(call: Call, row: Row) -> None:
    order = _order_of(call, row)
    if order and order["state"] == "sale" and not row["display_type"]:
        raise user_error(CONFIRMED)


def _line_gone(call: Call, row: Row) -> None:
    order = _order_of(call, row)
    if order:
        add_up(call, order)


def _order_of(call: Call, line: Row) -> Row | None:
    return call.db.tables["sale.order"].get(_int(line["order_id"]))


def _int(value: object) -> int:
    return int(number(value)) if isinstance(value, int) else 0


def _invoice_line_changed(call: Call, row: Row) -> None:
    amounts = line_amounts(call.db, "account.move.line", row, row["quantity"])
    row.update({name: amounts[name] for name in ("price_subtotal", "price_total")})
    invoice = call.db.tables["account.move"][_int(row["move_id"])]
    lines = [one for one in call.table.values() if one["move_id"] == invoice["id"]]
    total = round(sum(number(one["price_total"]) for one in lines), 2)
    untaxed = round(sum(number(one["price_subtotal"]) for one in lines), 2)
    sums: Row = {"amount_untaxed": untaxed, "amount_tax": round(total - untaxed, 2), "amount_total": total}
    if invoice["payment_state"] == "not_paid":
        sums["amount_residual"] = total
    store(call.on("account.move", system=True), invoice, sums)


def _unlink_invoice(call: Call, row: Row) -> None:
    if row["state"] == "posted":
        raise user_error(
            "You can't delete a posted journal item. Don't play games with your accounting records; reset the journal "
            "entry to draft before deleting it."
        )
    lines = call.on("account.move.line", system=True)
    mine = [line["id"] for line in lines.table.values() if line["move_id"] == row["id"]]
    unlink_rows(lines.on("account.move.line", mine))


BEHAVIOURS: Mapping[str, Behaviour] = {
    "sale.order": Behaviour(prepare=_prepare_order, written=_order_written, deleting=_order_gone),
    "sale.order.line": Behaviour(
        prepare=_prepare_line,
        created=_line_changed,
        allow=_allow_line,
        written=lambda call, row, values: _line_changed(call, row),
        deleting=_line_leaving,
        deleted=_line_gone,
    ),
    "account.move": Behaviour(deleting=_unlink_invoice),
    "account.move.line": Behaviour(
        created=_invoice_line_changed, written=lambda call, row, values: _invoice_line_changed(call, row)
    ),
}
