"""Places, quantities, transfers."""

from __future__ import annotations

from app.sandbox.odoo.fields import (
    WRITES,
    Fields,
    Model,
    active,
    boolean,
    char,
    choice,
    many2many,
    many2one,
    moment,
    number,
    one2many,
)

MOVE_STATES = ("draft", "waiting", "confirmed", "partially_available", "assigned", "done", "cancel")
USAGES = ("supplier", "view", "internal", "customer", "inventory", "production", "transit")

LOCATION: Fields = {
    "name": char("Location Name", required=True),
    "complete_name": char("Full Location Name", computed=True, readonly=True),
    "active": active(),
    "usage": choice("Location Type", USAGES, default="internal"),
    "location_id": many2one("Parent Location", "stock.location"),
    "company_id": many2one("Company", "res.company"),
}
WAREHOUSE: Fields = {
    "name": char("Warehouse", required=True),
    "active": active(),
    "code": char("Short Name"),
    "company_id": many2one("Company", "res.company"),
    "lot_stock_id": many2one("Location Stock", "stock.location"),
    "view_location_id": many2one("View Location", "stock.location"),
}
QUANT: Fields = {
    "product_id": many2one("Product", "product.product", required=True),
    "product_tmpl_id": many2one("Product Template", "product.template", related="product_id.product_tmpl_id"),
    "location_id": many2one("Location", "stock.location", required=True),
    "company_id": many2one("Company", "res.company", related="location_id.company_id", readonly=True),
    "quantity": number("Quantity"),
    "reserved_quantity": number("Reserved Quantity"),
    "available_quantity": number("Available Quantity", computed=True, readonly=True),
    "inventory_quantity": number("Counted Quantity"),
    "inventory_quantity_auto_apply": number("Inventoried Quantity", computed=True),
    "inventory_diff_quantity": number("Difference", readonly=True),
    "inventory_quantity_set": boolean("Inventory Quantity Set"),
    "user_id": many2one("Assigned To", "res.users"),
}
PICKING: Fields = {
    "name": char("Reference"),
    "state": choice("Status", ("draft", "waiting", "confirmed", "assigned", "done", "cancel"), default="draft"),
    "origin": char("Source Document"),
    "sale_id": many2one("Sales Order", "sale.order"),
    "partner_id": many2one("Contact", "res.partner"),
    "company_id": many2one("Company", "res.company", default=1),
    "carrier_id": many2one("Carrier", "delivery.carrier"),
    "carrier_tracking_ref": char("Tracking Reference"),
    "carrier_tracking_url": char("Tracking URL", readonly=True),
    "scheduled_date": moment("Scheduled Date"),
    "date_done": moment("Date of Transfer"),
    "picking_type_code": choice("Type of Operation", ("incoming", "outgoing", "internal"), default="outgoing"),
    "location_id": many2one("Source Location", "stock.location"),
    "location_dest_id": many2one("Destination Location", "stock.location"),
    "move_ids": one2many("Stock Moves", "stock.move", "picking_id"),
    "backorder_id": many2one("Back Order of", "stock.picking"),
    "backorder_ids": one2many("Back Orders", "stock.picking", "backorder_id"),
    "weight": number("Weight"),
    "note": char("Notes"),
}
MOVE: Fields = {
    "name": char("Description", until=18),
    "reference": char("Reference"),
    "state": choice("Status", MOVE_STATES, default="draft"),
    "picking_id": many2one("Transfer", "stock.picking"),
    "product_id": many2one("Product", "product.product", required=True),
    "product_uom_qty": number("Demand"),
    "quantity": number("Quantity"),
    "picked": boolean("Picked"),
    "is_inventory": boolean("Inventory"),
    "sale_line_id": many2one("Sale Line", "sale.order.line"),
    "location_id": many2one("Source Location", "stock.location"),
    "location_dest_id": many2one("Destination Location", "stock.location"),
    "company_id": many2one("Company", "res.company", default=1),
    "date": moment("Date Scheduled"),
}
CARRIER: Fields = {
    "name": char("Delivery Method", required=True),
    "active": active(),
    "delivery_type": choice("Provider", ("fixed", "base_on_rule"), default="fixed"),
    "fixed_price": number("Fixed Price"),
    "product_id": many2one("Delivery Product", "product.product"),
    "company_id": many2one("Company", "res.company"),
    "country_ids": many2many("Countries", "res.country"),
}
WIZARD: Fields = {"pick_ids": many2many("Transfers", "stock.picking")}

STOCK: tuple[Model, ...] = (
    Model(name="stock.location", label="Inventory Locations", fields=LOCATION, admin_only=WRITES),
    Model(name="stock.warehouse", label="Warehouse", fields=WAREHOUSE, admin_only=WRITES),
    Model(name="stock.quant", label="Quants", fields=QUANT, admin_only=WRITES),
    Model(name="stock.picking", label="Transfer", fields=PICKING, order="id desc", admin_only=WRITES),
    Model(name="stock.move", label="Stock Move", fields=MOVE, admin_only=WRITES),
    Model(name="delivery.carrier", label="Shipping Methods", fields=CARRIER, admin_only=WRITES),
    Model(name="stock.backorder.confirmation", label="Backorder Confirmation", fields=WIZARD, admin_only=WRITES),
)
