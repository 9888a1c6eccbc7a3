"""Quantities: counted, applied, written directly, moved by transfers; the names in brackets are recordings."""

from __future__ import annotations

from tests.sandbox.odoo.conftest import Client

STOCK = 8
COUNTING = {"inventory_mode": True}


async def stocked(odoo: Client, quantity: float) -> tuple[int, int]:
    """A product with a counted and applied quantity; its id and the quant's."""
    product = (await odoo.variants(await odoo.product()))[0]
    values = {"product_id": product, "location_id": STOCK, "inventory_quantity": quantity}
    quant = await odoo.do("stock.quant", "create", values, context=COUNTING)
    await odoo.do("stock.quant", "action_apply_inventory", [quant])
    return product, quant


async def test_a_count_changes_nothing_before_it_is_applied(odoo: Client) -> None:
    """[stock_quant_create_inventory_mode, stock_quant_read_before_apply, stock_quant_action_apply_inventory]"""
    product = (await odoo.variants(await odoo.product()))[0]
    values = {"product_id": product, "location_id": STOCK, "inventory_quantity": 50}
    quant = await odoo.do("stock.quant", "create", values, context=COUNTING)
    shown = ("quantity", "inventory_quantity", "inventory_diff_quantity", "inventory_quantity_set")
    assert await odoo.get("stock.quant", quant, *shown) == [0.0, 50.0, 50.0, True]

    # None: neither `result` nor `error`.
    assert await odoo.ask("stock.quant", "action_apply_inventory", [quant]) == {"jsonrpc": "2.0", "id": 1}

    assert await odoo.get("stock.quant", quant, *shown) == [50.0, 0.0, 0.0, False]
    assert await odoo.get("product.product", product, "qty_available") == 50.0
    places = await odoo.do("stock.quant", "search_read", [["product_id", "=", product]], ["location_id", "quantity"])
    assert [(row["location_id"][1], row["quantity"]) for row in places] == [
        ("WH/Stock", 50.0),
        ("Inventory adjustment", -50.0),
    ]


async def test_a_second_create_in_inventory_mode_is_the_same_quant_and_without_it_another(odoo: Client) -> None:
    """[stock_quant_create_duplicate_merges; 19: stock_quant_create_without_inventory_mode]"""
    product, quant = await stocked(odoo, 50)
    values = {"product_id": product, "location_id": STOCK, "inventory_quantity": 41}

    assert await odoo.do("stock.quant", "create", values, context=COUNTING) == quant
    assert await odoo.do("stock.quant", "create", values) != quant


async def test_a_quantity_that_changed_since_the_count_asks_back(odoo: Client) -> None:
    """[stock_quant_apply_conflict_returns_wizard, stock_quant_after_conflict]"""
    _, quant = await stocked(odoo, 7)
    await odoo.do("stock.quant", "write", [quant], {"inventory_quantity": 8}, context=COUNTING)
    await odoo.do("stock.quant", "write", [quant], {"quantity": 9})

    answer = await odoo.do("stock.quant", "action_apply_inventory", [quant])

    assert answer["res_model"] == "stock.inventory.conflict"
    assert await odoo.get("stock.quant", quant, "quantity", "inventory_quantity") == [9.0, 8.0]


async def test_auto_apply_needs_inventory_mode_and_says_true_without_it(odoo: Client) -> None:
    """[stock_quant_write_auto_apply; 19: stock_quant_write_auto_apply, stock_quant_read_after_auto_apply]"""
    product, quant = await stocked(odoo, 20)
    change = {"inventory_quantity_auto_apply": 25}

    assert await odoo.do("stock.quant", "write", [quant], change) is True
    assert await odoo.get("product.product", product, "qty_available") == 20.0
    await odoo.do("stock.quant", "write", [quant], change, context=COUNTING)

    assert await odoo.get("product.product", product, "qty_available") == 25.0


async def test_a_quantity_written_directly_has_no_move(odoo: Client) -> None:
    """[stock_quant_write_quantity_directly]"""
    product, quant = await stocked(odoo, 20)
    moves = await odoo.do("stock.move", "search_count", [["product_id", "=", product]])

    await odoo.do("stock.quant", "write", [quant], {"quantity": 99})

    assert await odoo.get("product.product", product, "qty_available") == 99.0
    assert await odoo.do("stock.move", "search_count", [["product_id", "=", product]]) == moves


async def test_a_written_qty_available_is_ignored_in_17_and_an_inventory_in_19(odoo: Client) -> None:
    """[product_write_qty_available; 19: product_read_after_write_qty_available, stock_move_of_inventory]"""
    product, _ = await stocked(odoo, 20)

    assert await odoo.do("product.product", "write", [product], {"qty_available": 77}) is True

    assert await odoo.get("product.product", product, "qty_available") == (77.0 if odoo.version >= 19 else 20.0)


async def test_stock_does_not_touch_the_product(odoo: Client) -> None:
    """No new write_date on product or template: poll stock.quant [06_misc output in the notes on 17]."""
    product, quant = await stocked(odoo, 20)
    before = dict(odoo.sandbox.row("product.product", product))

    await odoo.do("stock.quant", "write", [quant], {"quantity": 3})

    assert odoo.sandbox.row("product.product", product) == before


async def test_a_confirmed_order_sends_and_validating_moves_the_stock(odoo: Client) -> None:
    """[stock_picking_read, stock_picking_button_validate, sale_order_read_delivered]"""
    product, _ = await stocked(odoo, 20)
    lines = [[0, 0, {"product_id": product, "product_uom_qty": 2}]]
    order = await odoo.do("sale.order", "create", {"partner_id": 7, "order_line": lines})
    await odoo.do("sale.order", "action_confirm", [order])
    picking = (await odoo.get("sale.order", order, "picking_ids"))[0]
    assert await odoo.get("stock.picking", picking, "name", "state", "origin", "partner_id") == [
        "WH/OUT/00001",
        "assigned",
        "S00001",
        11,
    ]
    assert await odoo.get("sale.order", order, "delivery_status", "invoice_status") == ["pending", "to invoice"]

    await odoo.do("stock.picking", "write", [picking], {"carrier_tracking_ref": "1Z999"})
    assert await odoo.do("stock.picking", "button_validate", [picking]) is True

    assert await odoo.get("stock.picking", picking, "state", "carrier_tracking_ref") == ["done", "1Z999"]
    assert await odoo.get("sale.order", order, "delivery_status") == "full"
    assert await odoo.get("product.product", product, "qty_available") == 18.0


async def test_a_partial_transfer_asks_and_a_backorder_waits(odoo: Client) -> None:
    """[stock_picking_button_validate_returns_backorder_wizard, ..._skip_backorder; 19: sale_order_delivery_status]"""
    product, _ = await stocked(odoo, 20)
    lines = [[0, 0, {"product_id": product, "product_uom_qty": 2}]]
    order = await odoo.do("sale.order", "create", {"partner_id": 7, "order_line": lines})
    await odoo.do("sale.order", "action_confirm", [order])
    picking = (await odoo.get("sale.order", order, "picking_ids"))[0]
    moves = await odoo.get("stock.picking", picking, "move_ids")
    await odoo.do("stock.move", "write", moves, {"quantity": 1, "picked": True})

    answer = await odoo.do("stock.picking", "button_validate", [picking])
    assert answer["res_model"] == "stock.backorder.confirmation"
    assert await odoo.get("stock.picking", picking, "state") == "assigned"
    await odoo.do("stock.picking", "button_validate", [picking], context={"skip_backorder": True})

    assert len(await odoo.get("sale.order", order, "picking_ids")) == 2
    assert await odoo.get("sale.order", order, "delivery_status") == "partial"


async def test_confirming_needs_no_stock(odoo: Client) -> None:
    """[stock_picking_confirmed_no_stock]"""
    product = (await odoo.variants(await odoo.product()))[0]
    lines = [[0, 0, {"product_id": product}]]
    order = await odoo.do("sale.order", "create", {"partner_id": 7, "order_line": lines})

    await odoo.do("sale.order", "action_confirm", [order])

    picking = (await odoo.get("sale.order", order, "picking_ids"))[0]
    assert await odoo.get("stock.picking", picking, "state") == "confirmed"
