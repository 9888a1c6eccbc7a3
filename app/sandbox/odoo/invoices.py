"""Invoices: made by a wizard from an order, posted, paid by another wizard."""

from __future__ import annotations

from app.sandbox.odoo.call import Call, check_access, existing, id_of, linked
from app.sandbox.odoo.computed import children, number, target_rows
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import user_error
from app.sandbox.odoo.records import create_row, store
from app.sandbox.odoo.totals import taxes_field

ACTION: Row = {"type": "ir.actions.act_window", "view_mode": "form"}


def create_invoices(call: Call) -> object:
    """`sale.advance.payment.inv`: answers an action although it is done; the order's `invoice_ids` tell."""
    check_access(call, "write")
    made = [
        _invoice(call, order)
        for wizard in existing(call)
        for order in target_rows(call.db, "sale.order", linked(wizard, "sale_order_ids"))
    ]
    return {**ACTION, "name": "Invoices", "res_model": "account.move", "res_id": made[0] if len(made) == 1 else 0}


def _invoice(call: Call, order: Row) -> int:
    lines = [one for one in children(call.db, order, "sale.order.line", "order_id") if not one["display_type"]]
    if order["state"] != "sale" or not lines or order["invoice_ids"]:
        raise user_error("Cannot create an invoice. No items are available to invoice.")
    taxes = taxes_field(call.db, "sale.order.line")
    commands = [[0, 0, _line(line, taxes)] for line in lines]
    known = ("currency_id", "company_id")
    invoice = create_row(
        call.on("account.move", system=True),
        {
            "move_type": "out_invoice",
            "name": "/",
            "partner_id": order["partner_invoice_id"],
            "invoice_origin": order["name"],
            "ref": order["client_order_ref"],
            "invoice_line_ids": commands,
            **{name: order[name] for name in known},
        },
    )
    for line in lines:
        line["qty_invoiced"] = line["product_uom_qty"]
    changes: Row = {"invoice_ids": [[4, invoice, 0]], "invoice_status": "invoiced"}
    store(call.on("sale.order", system=True), order, changes)
    return invoice


def _line(line: Row, taxes: str) -> Row:
    copied = {name: line[name] for name in ("name", "product_id", "price_unit", "discount")}
    return {**copied, "quantity": line["product_uom_qty"], "tax_ids": [[6, 0, linked(line, taxes)]]}


def action_post(call: Call) -> object:
    """False is success (account_move_action_post)."""
    check_access(call, "write")
    for invoice in existing(call):
        if invoice["state"] != "draft":
            raise user_error(f"The entry {invoice['name']} (id {invoice['id']}) must be in draft.")
        today = call.db.stamp()[:10]
        posted = sum(1 for one in call.table.values() if one["state"] != "draft")
        prefix = "RINV" if invoice["move_type"] == "out_refund" else "INV"
        name = invoice["name"] if invoice["name"] not in (False, "/") else f"{prefix}/{today[:4]}/{posted + 1:05}"
        date = invoice["invoice_date"] or today
        changes: Row = {"state": "posted", "name": name, "payment_reference": name, "invoice_date": date, "date": date}
        store(call, invoice, changes)
    return False


def button_draft(call: Call) -> object:
    return _set_state(call, "draft")


def button_cancel(call: Call) -> object:
    return _set_state(call, "cancel")


def _set_state(call: Call, state: str) -> object:
    check_access(call, "write")
    for invoice in existing(call):
        store(call, invoice, {"state": state})
    return None


def action_create_payments(call: Call) -> object:
    """`account.payment.register`: pays the invoices of the context it was made with."""
    check_access(call, "write")
    for wizard in existing(call):
        for invoice in target_rows(call.db, "account.move", linked(wizard, "move_ids")):
            paid: Row = {"payment_state": "paid", "amount_residual": 0.0}
            store(call.on("account.move", system=True), invoice, paid)
    return {**ACTION, "name": "Payments", "res_model": "account.payment", "res_id": 1}


def of_context(call: Call, values: Row) -> Row:
    """A wizard works on the records it was opened on: context `active_model`, `active_ids`."""
    active = call.context.get("active_ids")
    if call.context.get("active_model") != "account.move" or not isinstance(active, list) or "move_ids" in values:
        return values
    rows = target_rows(call.db, "account.move", active)
    return {
        "amount": sum(number(row["amount_total"]) for row in rows),
        **values,
        "move_ids": [[6, 0, [id_of(r) for r in rows]]],
    }
