"""Quantities: counted in a quant and then applied, or moved by a transfer."""

from __future__ import annotations

from collections.abc import Mapping

from app.sandbox.odoo.behaviour import Behaviour, Inverse
from app.sandbox.odoo.call import Call, check_access, existing, id_of
from app.sandbox.odoo.computed import number, value_of
from app.sandbox.odoo.computed_fields import on_hand
from app.sandbox.odoo.database import Database, Row
from app.sandbox.odoo.faults import validation_error
from app.sandbox.odoo.records import create_row, store

QUANT = "stock.quant"
CONFLICT: Row = {
    "name": "Conflict in Inventory Adjustment",
    "type": "ir.actions.act_window",
    "res_model": "stock.inventory.conflict",
    "target": "new",
}


def is_storable(db: Database, product: Row) -> bool:
    if db.version > 17:
        return bool(value_of(db, "product.product", product, "is_storable"))
    return value_of(db, "product.product", product, "type") == "product"


def _same_place(call: Call, values: Row) -> int | None:
    """In inventory mode a second create for a product and place is a write (stock_quant_create_duplicate_merges)."""
    if not call.context.get("inventory_mode"):
        return None
    for row in list(call.table.values()):
        if (row["product_id"], row["location_id"]) == (values.get("product_id"), values.get("location_id")):
            counted: Row = {name: values[name] for name in ("inventory_quantity", "user_id") if name in values}
            store(call, row, counted)
            if "inventory_quantity_auto_apply" in values:
                _auto_apply(call, row, values["inventory_quantity_auto_apply"])
            return id_of(row)
    return None


def _created(call: Call, row: Row) -> None:
    product = call.db.tables["product.product"][int(str(row["product_id"]))]
    if not is_storable(call.db, product):
        raise validation_error("Quants cannot be created for consumables or services.")
    if row["inventory_quantity"]:
        _count(row)


def _written(call: Call, row: Row, values: Row) -> None:
    if "inventory_quantity" in values:
        _count(row)


def _count(row: Row) -> None:
    """The difference is kept as it was when somebody counted; that is how a conflict shows later."""
    difference = number(row["inventory_quantity"]) - number(row["quantity"])
    row.update({"inventory_quantity_set": True, "inventory_diff_quantity": difference})


def _auto_apply(call: Call, row: Row, value: object) -> None:
    """Without inventory_mode it answers true and does nothing (stock_quant_write_auto_apply, _inventory_mode)."""
    if call.context.get("inventory_mode"):
        _apply(call, row, number(value) - number(row["quantity"]))


def action_apply_inventory(call: Call) -> object:
    """None is success; a wizard says that the quantity changed since it was counted, and nothing is done."""
    check_access(call, "write")
    rows = [row for row in existing(call) if row["inventory_quantity_set"]]
    outdated = [
        row["id"]
        for row in rows
        if number(row["inventory_quantity"]) - number(row["inventory_diff_quantity"]) != number(row["quantity"])
    ]
    if outdated:
        return {**CONFLICT, "context": {"default_quant_ids": list(call.ids), "default_quant_to_fix_ids": outdated}}
    for row in rows:
        _apply(call, row, number(row["inventory_diff_quantity"]))
    return None


def _apply(call: Call, row: Row, difference: float) -> None:
    product, place = int(str(row["product_id"])), int(str(row["location_id"]))
    reset: Row = {"inventory_quantity_set": False, "inventory_diff_quantity": 0.0, "inventory_quantity": 0.0}
    row.update(reset)
    if not difference:
        return
    loss = _loss_place(call.db)
    places = (loss, place) if difference > 0 else (place, loss)
    user = call.db.tables["res.users"][call.account.uid]["name"]
    move: Row = {
        "product_id": product,
        "product_uom_qty": abs(difference),
        "quantity": abs(difference),
        "state": "done",
    }
    move |= {"location_id": places[0], "location_dest_id": places[1], "is_inventory": True, "picked": True}
    create_row(call.on("stock.move", system=True), {**move, "reference": f"Product Quantity Updated ({user})"})
    store(call.on(QUANT), row, {"quantity": number(row["quantity"]) + difference})
    change(call, product, loss, -difference)


def change(call: Call, product: int, place: int, difference: float) -> None:
    """The quant of a product and place, made where there is none; below zero is no error."""
    quants = call.on(QUANT, system=True)
    for row in list(quants.table.values()):
        if (row["product_id"], row["location_id"]) == (product, place):
            store(quants, row, {"quantity": number(row["quantity"]) + difference})
            return
    create_row(quants, {"product_id": product, "location_id": place, "quantity": difference})


def reserve(call: Call, product: int, place: int, difference: float) -> None:
    """What a delivery keeps for itself of the quant, or gives back (Odoo's source: not recorded)."""
    quants = call.on(QUANT, system=True)
    for row in list(quants.table.values()):
        if (row["product_id"], row["location_id"]) == (product, place):
            store(quants, row, {"reserved_quantity": max(0.0, number(row["reserved_quantity"]) + difference)})
            return


def set_on_hand(call: Call, product: Row, quantity: float) -> None:
    """19: a written `qty_available` becomes an inventory of the warehouse's place."""
    warehouse = next(iter(call.db.tables["stock.warehouse"].values()))
    place, difference = int(str(warehouse["lot_stock_id"])), quantity - on_hand(call.db, product)
    quants = call.on(QUANT, system=True, inventory_mode=True)
    for row in list(quants.table.values()):
        if (row["product_id"], row["location_id"]) == (product["id"], place):
            _apply(quants, row, difference)
            return
    create_row(quants, {"product_id": product["id"], "location_id": place, "inventory_quantity_auto_apply": difference})


def _loss_place(db: Database) -> int:
    return next(row_id for row_id, row in db.tables["stock.location"].items() if row["usage"] == "inventory")


BEHAVIOURS: Mapping[str, Behaviour] = {QUANT: Behaviour(instead=_same_place, created=_created, written=_written)}
INVERSES: Mapping[tuple[str, str], Inverse] = {(QUANT, "inventory_quantity_auto_apply"): _auto_apply}
