"""Pickings: what a confirmed order sends out, and what validating one does to stock and order."""

from __future__ import annotations

from app.sandbox.odoo.call import Call, check_access, existing
from app.sandbox.odoo.computed import children, number, target_of, value_of
from app.sandbox.odoo.computed_fields import free
from app.sandbox.odoo.database import Row
from app.sandbox.odoo.records import create_row, store
from app.sandbox.odoo.stock import change, is_storable, reserve

BACKORDER: Row = {
    "name": "Create Backorder?",
    "type": "ir.actions.act_window",
    "view_mode": "form",
    "res_model": "stock.backorder.confirmation",
    "target": "new",
}


def deliver(call: Call, order: Row) -> None:
    """One picking for all goods of a confirmed order; without stock it waits as `confirmed`."""
    lines = [line for line in children(call.db, order, "sale.order.line", "order_id") if _is_goods(call, line)]
    if not lines:
        return
    warehouse = call.db.tables["stock.warehouse"][int(str(order["warehouse_id"] or 1))]
    places = {"location_id": warehouse["lot_stock_id"], "location_dest_id": _customers(call)}
    pickings = call.on("stock.picking", system=True)
    number_ = len(pickings.table) + 1
    described = {"name": f"{warehouse['code']}/OUT/{number_:05}", "origin": order["name"], "sale_id": order["id"]}
    given = {"partner_id": order["partner_shipping_id"], "scheduled_date": call.db.stamp().split(".")[0]}
    picking = create_row(pickings, {**described, **given, **places, "carrier_id": order["carrier_id"]})
    states = [_send(call, picking, line, places) for line in lines]
    state = "assigned" if "assigned" in states else "confirmed"
    store(pickings, pickings.table[picking], {"state": state})


def _send(call: Call, picking: int, line: Row, places: Row) -> str:
    product = call.db.tables["product.product"][int(str(line["product_id"]))]
    wanted = number(line["product_uom_qty"])
    there = max(0.0, min(wanted, free(call.db, product))) if is_storable(call.db, product) else wanted
    state = "assigned" if there == wanted else "confirmed"
    move: Row = {"picking_id": picking, "product_id": line["product_id"], "sale_line_id": line["id"], **places}
    moves = call.on("stock.move", system=True)
    create_row(moves, {**move, "product_uom_qty": wanted, "quantity": there, "state": state})
    if is_storable(call.db, product):
        reserve(call, int(str(product["id"])), int(str(places["location_id"])), there)
    return state


def action_assign(call: Call) -> object:
    check_access(call, "write")
    for picking in existing(call):
        store(call, picking, {"state": "assigned"})
    return True


def button_validate(call: Call) -> object:
    """True is done. A wizard asks what to do with the rest, and nothing is done before it is answered.

    Recorded: stock_picking_button_validate_returns_backorder_wizard, ..._skip_backorder.
    """
    check_access(call, "write")
    pickings = existing(call)
    partial = [picking["id"] for picking in pickings if _is_partial(call, picking)]
    if partial and not call.context.get("skip_backorder"):
        context = {"button_validate_picking_ids": list(call.ids), "default_show_transfers": False}
        return {**BACKORDER, "context": {**context, "default_pick_ids": [[4, one] for one in partial]}}
    for picking in pickings:
        _finish(call, picking)
    return True


def cancel_pickings(call: Call, order: Row) -> None:
    pickings = call.on("stock.picking", system=True)
    for picking in children(call.db, order, "stock.picking", "sale_id"):
        if picking["state"] != "done":
            for move in children(call.db, picking, "stock.move", "picking_id"):
                _give_back(call, move)
                move["state"] = "cancel"
            store(pickings, picking, {"state": "cancel"})


def _is_partial(call: Call, picking: Row) -> bool:
    moves = children(call.db, picking, "stock.move", "picking_id")
    chosen = any(move["picked"] for move in moves)
    return chosen and any(number(move["quantity"]) < number(move["product_uom_qty"]) for move in moves)


def _finish(call: Call, picking: Row) -> None:
    moves = children(call.db, picking, "stock.move", "picking_id")
    chosen = any(move["picked"] for move in moves)
    rest = []
    for move in moves:
        done = number(move["quantity"]) if chosen else number(move["product_uom_qty"])
        _give_back(call, move)
        if done < number(move["product_uom_qty"]):
            rest.append((dict(move), number(move["product_uom_qty"]) - done))
        move.update({"state": "done", "quantity": done, "product_uom_qty": done, "picked": True})
        _carry(call, move, done)
    store(call, picking, {"state": "done", "date_done": call.db.stamp().split(".")[0]})
    if rest:
        _back_order(call, picking, rest)
    _tell_the_order(call, picking)


def _give_back(call: Call, move: Row) -> None:
    product = call.db.tables["product.product"][int(str(move["product_id"]))]
    if is_storable(call.db, product):
        reserve(call, int(str(product["id"])), int(str(move["location_id"])), -number(move["quantity"]))


def _carry(call: Call, move: Row, done: float) -> None:
    product = call.db.tables["product.product"][int(str(move["product_id"]))]
    if is_storable(call.db, product):
        change(call, int(str(product["id"])), int(str(move["location_id"])), -done)
        change(call, int(str(product["id"])), int(str(move["location_dest_id"])), done)
    line = target_of(call.db, "stock.move", move, "sale_line_id")
    if line:
        delivered = number(line["qty_delivered"]) + done
        store(call.on("sale.order.line", system=True), line, {"qty_delivered": delivered})


def _back_order(call: Call, picking: Row, rest: list[tuple[Row, float]]) -> None:
    copied = {name: picking[name] for name in ("origin", "sale_id", "partner_id", "location_id", "location_dest_id")}
    name = f"WH/OUT/{len(call.table) + 1:05}"
    later = create_row(call, {**copied, "name": name, "backorder_id": picking["id"], "state": "confirmed"})
    for move, quantity in rest:
        kept = {name: move[name] for name in ("product_id", "sale_line_id", "location_id", "location_dest_id")}
        moves = call.on("stock.move", system=True)
        create_row(moves, {**kept, "picking_id": later, "product_uom_qty": quantity, "state": "confirmed"})


def _tell_the_order(call: Call, picking: Row) -> None:
    order = target_of(call.db, "stock.picking", picking, "sale_id")
    if order is None:
        return
    states = [one["state"] for one in children(call.db, order, "stock.picking", "sale_id") if one["state"] != "cancel"]
    status = "full" if all(one == "done" for one in states) else "partial"
    changes: Row = {"effective_date": picking["date_done"]}
    if call.db.version >= 17:
        changes["delivery_status"] = status
    store(call.on("sale.order", system=True), order, changes)


def _is_goods(call: Call, line: Row) -> bool:
    product = target_of(call.db, "sale.order.line", line, "product_id")
    kind = value_of(call.db, "product.product", product, "type") if product else "service"
    return kind != "service" and number(line["product_uom_qty"]) > 0


def _customers(call: Call) -> int:
    places = call.db.tables["stock.location"].items()
    return next(row_id for row_id, row in places if row["usage"] == "customer")
