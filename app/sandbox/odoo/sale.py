"""What an order's buttons do: the returned value says less than the state does, so callers read back."""

from __future__ import annotations

from app.sandbox.odoo.call import Call, check_access, existing
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.faults import user_error
from app.sandbox.odoo.records import store
from app.sandbox.odoo.transfers import cancel_pickings, deliver


def action_confirm(call: Call) -> object:
    check_access(call, "write")
    orders = existing(call)
    wrong = [str(order["name"]) for order in orders if order["state"] not in ("draft", "sent")]
    if wrong:
        if call.db.version >= 19:
            raise user_error("Some orders are not in a state requiring confirmation.")
        names = ", ".join(wrong)
        raise user_error(f"The following orders are not in a state requiring confirmation: {names}")
    for order in orders:
        # The date that was given is overwritten.
        changes: Row = {"state": "sale", "date_order": call.db.stamp().split(".")[0]}
        store(call, order, changes)
        deliver(call, order)
        if call.db.version >= 17 and any(one["sale_id"] == order["id"] for one in _pickings(call)):
            store(call, order, {"delivery_status": "pending"})
    return True


def action_cancel(call: Call) -> object:
    """17 answers a wizard for a confirmed order and leaves it as it is; 19 cancels."""
    check_access(call, "write")
    orders = existing(call)
    if any(order["locked"] for order in orders):
        raise user_error("You cannot cancel a locked order. Please unlock it first.")
    asks = any(order["state"] != "draft" for order in orders) and call.db.version < 19
    if asks and not call.context.get("disable_cancel_warning"):
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order.cancel",
            "name": "Cancel Sales Order",
        }
    for order in orders:
        cancel_pickings(call, order)
        store(call, order, {"state": "cancel"})
    return True


def action_draft(call: Call) -> object:
    check_access(call, "write")
    for order in existing(call):
        store(call, order, {"state": "draft"})
    return True


def action_quotation_sent(call: Call) -> object:
    check_access(call, "write")
    for order in existing(call):
        if order["state"] != "draft":
            raise user_error("Only draft orders can be marked as sent directly.")
        store(call, order, {"state": "sent"})
    return None


def action_lock(call: Call) -> object:
    return _lock(call, locked=True)


def action_unlock(call: Call) -> object:
    return _lock(call, locked=False)


def _lock(call: Call, *, locked: bool) -> object:
    check_access(call, "write")
    for order in existing(call):
        store(call, order, {"locked": locked})
    return None


def _pickings(call: Call) -> list[Row]:
    return list(call.db.tables["stock.picking"].values())
