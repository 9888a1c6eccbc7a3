"""Orders, their totals and locks, invoices, codes, leads; the names in brackets are recordings."""

from __future__ import annotations

import pytest

from tests.sandbox.odoo.conftest import Client, Clock


def taxes(odoo: Client, *ids: int) -> dict[str, object]:
    return {"tax_ids" if odoo.version >= 19 else "tax_id": [[6, 0, list(ids)]]}


async def order_of(odoo: Client, *lines: dict[str, object], **values: object) -> int:
    given = {"partner_id": 7, "order_line": [[0, 0, {"product_id": 5, **line}] for line in lines], **values}
    made: int = await odoo.do("sale.order", "create", given)
    return made


@pytest.mark.parametrize(
    ("line", "included", "amounts"),
    [
        # 3.335 becomes 3.34 before anything is computed.
        ({"price_unit": 3.335, "product_uom_qty": 3, "discount": 12.5}, True, [3.34, 7.31, 8.77]),
        ({"price_unit": 18.5, "product_uom_qty": 2}, False, [18.5, 37.0, 44.4]),
        ({"price_unit": -1, "product_uom_qty": 1}, False, [-1.0, -1.0, -1.2]),
    ],
)
async def test_a_line_is_rounded_to_cents(
    odoo: Client, line: dict[str, object], included: bool, amounts: list[float]
) -> None:
    """[sale_order_line_rounding, sale_order_rounding_price_include]"""
    await odoo.do("account.tax", "write", [3], {"price_include": included})

    order = await order_of(odoo, {**line, **taxes(odoo, 3)})

    first = (await odoo.get("sale.order", order, "order_line"))[0]
    assert await odoo.get("sale.order.line", first, "price_unit", "price_subtotal", "price_total") == amounts
    untaxed, total = await odoo.get("sale.order", order, "amount_untaxed", "amount_total")
    assert [untaxed, total] == amounts[1:]


async def test_a_line_takes_what_is_not_given_from_its_product(odoo: Client) -> None:
    """[sale_order_create_with_lines, sale_order_line_read]"""
    await odoo.do("product.template", "write", [5], {"description_sale": "Nice shirt", "taxes_id": [[6, 0, [3]]]})

    order = await order_of(odoo, {"product_uom_qty": 1})

    tax = "tax_ids" if odoo.version >= 19 else "tax_id"
    first = (await odoo.get("sale.order", order, "order_line"))[0]
    shown = await odoo.get("sale.order.line", first, "name", "price_unit", "price_total", tax)
    assert shown == ["[TS-0] T-Shirt\nNice shirt", 20.0, 24.0, [3]]


async def test_an_order_goes_to_the_addresses_of_its_customer(odoo: Client) -> None:
    """[sale_order_read_draft]"""
    order = await order_of(odoo, {})

    shown = await odoo.get("sale.order", order, "partner_invoice_id", "partner_shipping_id", "currency_id")
    assert shown == [12, 11, 126]


async def test_a_line_without_product_is_refused_unless_it_is_a_note(odoo: Client) -> None:
    """[sale_order_err_line_without_product, sale_order_create_with_lines]"""
    order = await order_of(odoo, {})
    bare = {"order_line": [[0, 0, {"name": "no product", "price_unit": 5}]]}
    note = {"order_line": [[0, 0, {"display_type": "line_note", "name": "gift wrap"}]]}

    refused = await odoo.error("sale.order", "write", [order], bare)
    await odoo.do("sale.order", "write", [order], note)

    assert refused.endswith("Missing required fields on accountable sale order line.")
    assert len(await odoo.get("sale.order", order, "order_line")) == 2


async def test_a_locked_order_keeps_its_lines_and_takes_a_reference(odoo: Client) -> None:
    """[sale_order_err_write_line_locked, sale_order_err_write_locked, sale_order_write_ref_locked]"""
    order = await order_of(odoo, {})
    first = (await odoo.get("sale.order", order, "order_line"))[0]
    await odoo.do("sale.order", "action_confirm", [order])
    await odoo.do("sale.order", "action_lock", [order])

    said = await odoo.error("sale.order.line", "write", [first], {"product_uom_qty": 5})
    assert said == "UserError: It is forbidden to modify the following fields in a locked order:\nQuantity"
    said = await odoo.error("sale.order", "write", [order], {"order_line": [[1, first, {"price_unit": 1}]]})
    assert said.endswith("Unit Price")
    assert await odoo.do("sale.order", "write", [order], {"client_order_ref": "X"}) is True

    await odoo.do("sale.order", "action_unlock", [order])
    assert await odoo.do("sale.order.line", "write", [first], {"product_uom_qty": 5}) is True


async def test_a_confirmed_order_keeps_all_its_lines(odoo: Client) -> None:
    """[sale_order_line_err_unlink_confirmed]"""
    order = await order_of(odoo, {})
    first = (await odoo.get("sale.order", order, "order_line"))[0]
    await odoo.do("sale.order", "action_confirm", [order])

    assert "Set the quantity to 0 instead." in await odoo.error("sale.order.line", "unlink", [first])


async def test_a_state_written_directly_makes_no_picking(odoo: Client) -> None:
    """[sale_order_write_state_directly_with_lines, sale_order_after_direct_state_write, ..._write_state_done_17]"""
    order = await order_of(odoo, {})

    assert await odoo.do("sale.order", "write", [order], {"state": "sale"}) is True

    shown = await odoo.get("sale.order", order, "state", "picking_ids", "invoice_status")
    assert shown == ["sale", [], "to invoice"]
    assert "Wrong value for sale.order.state" in await odoo.error("sale.order", "write", [order], {"state": "done"})


async def test_a_quantity_touches_the_order_and_a_description_does_not(odoo: Client, clock: Clock) -> None:
    """What moves write_date [06_misc output in the notes on 17]."""
    order = await order_of(odoo, {})
    first = (await odoo.get("sale.order", order, "order_line"))[0]
    before = await odoo.get("sale.order", order, "write_date")
    clock.now = clock.now.replace(minute=5)

    await odoo.do("sale.order.line", "write", [first], {"name": "Other words"})
    assert await odoo.get("sale.order", order, "write_date") == before
    await odoo.do("sale.order.line", "write", [first], {"product_uom_qty": 3})

    assert await odoo.get("sale.order", order, "write_date") == "2026-11-21 12:05:00"


async def test_a_deleted_order_takes_its_lines_along(odoo: Client) -> None:
    order = await order_of(odoo, {}, {})

    await odoo.do("sale.order", "unlink", [order])

    assert await odoo.do("sale.order.line", "search", [["order_id", "=", order]]) == []


async def test_an_invoice_comes_from_a_wizard_and_is_posted_once(odoo: Client) -> None:
    """[sale_advance_payment_inv_create_invoices, account_move_action_post, ..._err_post_twice]"""
    order = await order_of(odoo, {"price_unit": 10, **taxes(odoo, 3)})
    await odoo.do("sale.order", "action_confirm", [order])
    context = {"active_model": "sale.order", "active_ids": [order]}
    values = {"advance_payment_method": "delivered", "sale_order_ids": [[6, 0, [order]]]}
    wizard = await odoo.do("sale.advance.payment.inv", "create", values, context=context)

    answer = await odoo.do("sale.advance.payment.inv", "create_invoices", [wizard], context=context)
    invoices = await odoo.get("sale.order", order, "invoice_ids")
    assert answer["res_id"] == invoices[0]
    assert await odoo.do("account.move", "action_post", invoices) is False
    assert (await odoo.error("account.move", "action_post", invoices)).startswith("UserError: The entry INV/2026/00001")
    paying = {"active_model": "account.move", "active_ids": invoices}
    register = await odoo.do("account.payment.register", "create", {}, context=paying)
    await odoo.do("account.payment.register", "action_create_payments", [register], context=paying)

    fields = ("name", "state", "payment_state", "amount_total", "amount_residual", "invoice_origin", "move_type")
    shown = await odoo.get("account.move", invoices[0], *fields)
    assert shown == ["INV/2026/00001", "posted", "paid", 12.0, 0.0, "S00001", "out_invoice"]
    assert await odoo.get("sale.order", order, "invoice_status") == "invoiced"
    assert "posted journal item" in await odoo.error("account.move", "unlink", invoices)


async def test_a_code_is_there_once_and_becomes_a_negative_line(odoo: Client) -> None:
    """[loyalty_err_duplicate_code, sale_loyalty_err_bad_code, sale_order_lines_with_reward]"""
    rule = {"mode": "with_code", "code": "SAVE10", "minimum_amount": 10}
    reward = {"reward_type": "discount", "discount": 10, "discount_mode": "percent"}
    program = {"name": "10% code", "program_type": "promo_code", "trigger": "with_code"}
    lists = {"rule_ids": [[0, 0, rule]], "reward_ids": [[0, 0, reward]]}
    made = await odoo.do("loyalty.program", "create", {**program, **lists})

    said = await odoo.error("loyalty.rule", "create", {"program_id": made, "mode": "with_code", "code": "SAVE10"})
    assert said == "ValidationError: The promo code must be unique."
    order = await order_of(odoo, {"price_unit": 100})
    bad = await odoo.do("sale.loyalty.coupon.wizard", "create", {"order_id": order, "coupon_code": "NOPE"})
    assert "This code is invalid (NOPE)." in await odoo.error("sale.loyalty.coupon.wizard", "action_apply", [bad])
    good = await odoo.do("sale.loyalty.coupon.wizard", "create", {"order_id": order, "coupon_code": "SAVE10"})
    await odoo.do("sale.loyalty.coupon.wizard", "action_apply", [good])
    wizard = await odoo.do("sale.loyalty.reward.wizard", "create", {"order_id": order})
    await odoo.do("sale.loyalty.reward.wizard", "action_apply", [wizard])

    rewards = await odoo.do("sale.order.line", "search_read", [["is_reward_line", "=", True]], ["price_unit"])
    assert [row["price_unit"] for row in rewards] == [-10.0]


async def test_a_card_gets_a_code_and_keeps_it_for_itself(odoo: Client) -> None:
    """[loyalty_card_create; 19: loyalty_card_create without a code]"""
    program = await odoo.do("loyalty.program", "create", {"name": "Coupons", "program_type": "coupons"})
    card = await odoo.do("loyalty.card", "create", {"program_id": program, "points": 5})
    code = await odoo.get("loyalty.card", card, "code")

    assert code
    assert "unique code" in await odoo.error("loyalty.card", "create", {"program_id": program, "code": code})


async def test_a_lost_lead_is_archived_and_a_won_one_closed(odoo: Client) -> None:
    """[crm_lead_action_set_lost, crm_lead_lost_invisible, crm_lead_read_won]"""
    lost = await odoo.do("crm.lead", "create", {"name": "L2", "type": "lead", "email_from": "Bob@Example.com"})
    won = await odoo.do("crm.lead", "create", {"name": "L3", "type": "opportunity"})

    assert "result" not in await odoo.ask("crm.lead", "action_set_lost", [lost])
    assert await odoo.do("crm.lead", "action_set_won", [won]) is True

    assert await odoo.do("crm.lead", "search", [["id", "=", lost]]) == []
    assert await odoo.get("crm.lead", lost, "active", "email_normalized") == [False, "bob@example.com"]
    assert await odoo.get("crm.lead", won, "stage_id", "probability", "active") == [4, 100.0, True]


async def test_a_contact_lives_at_its_companys_address_and_other_children_do_not(odoo: Client) -> None:
    """[jsonrpc_read_contact_child_own_address, jsonrpc_parent_address_propagates_to_contact]"""
    values = {"name": "Jim", "type": "contact", "parent_id": 7, "street": "55 Jim St"}
    contact = await odoo.do("res.partner", "create", values)
    assert await odoo.get("res.partner", contact, "street") == "1 Main"

    await odoo.do("res.partner", "write", [7], {"street": "100 Changed"})

    assert await odoo.get("res.partner", contact, "street") == "100 Changed"
    assert await odoo.get("res.partner", 11, "street") == "2 Dock"


async def test_a_childs_address_does_not_touch_its_parent(odoo: Client, clock: Clock) -> None:
    before = await odoo.get("res.partner", 7, "write_date")
    clock.now = clock.now.replace(minute=5)

    await odoo.do("res.partner", "write", [11], {"street": "3 Dock"})

    assert await odoo.get("res.partner", 7, "write_date") == before


async def test_a_customer_with_orders_cannot_be_deleted(odoo: Client) -> None:
    await order_of(odoo, {}, partner_id=8)

    assert "archive it instead" in await odoo.error("res.partner", "unlink", [8])


async def test_lines_of_a_load_double_unless_they_have_a_name_of_their_own(odoo: Client) -> None:
    """[load_sale_order_with_lines, load_sale_order_with_lines_again, load_sale_order_lines_after_second]"""
    columns = ["id", "partner_id/.id", "order_line/product_id/.id", "order_line/product_uom_qty"]
    rows = [["shop.o1", "7", "5", "2"], ["", "", "5", "1"]]
    first = await odoo.do("sale.order", "load", columns, rows)
    second = await odoo.do("sale.order", "load", columns, rows)
    assert first == second == {"ids": first["ids"], "messages": [], "nextrow": 0}
    assert len(await odoo.get("sale.order", first["ids"][0], "order_line")) == 4

    named = ["id", "partner_id/.id", "order_line/id", "order_line/product_id/.id", "order_line/product_uom_qty"]
    for quantity in ("2", "3"):
        loaded = await odoo.do("sale.order", "load", named, [["shop.o2", "7", "shop.o2_1", "5", quantity]])

    lines = await odoo.get("sale.order", loaded["ids"][0], "order_line")
    assert [await odoo.get("sale.order.line", one, "product_uom_qty") for one in lines] == [3.0]


async def test_a_load_reads_times_in_the_zone_of_its_context(odoo: Client) -> None:
    loaded = await odoo.do(
        "sale.order",
        "load",
        ["id", "partner_id/.id", "date_order"],
        [["shop.o3", "7", "2026-07-01 12:00:00"]],
        context={"tz": "Europe/Paris"},
    )

    assert await odoo.get("sale.order", loaded["ids"][0], "date_order") == "2026-07-01 10:00:00"


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("type", "bogus", "Value 'bogus' not found in selection field 'Address Type'"),
        ("country_id/id", "base.xx", "No matching record found for external id 'base.xx' in field 'Country'"),
        ("country_id/.id", "999999", "No matching record found for database id '999999' in field 'Country'"),
        ("customer_rank", "many", "'many' does not seem to be a number for field 'Customer Rank'"),
    ],
)
async def test_a_bad_cell_is_a_message_and_stores_no_row_at_all(
    odoo: Client, column: str, cell: str, message: str
) -> None:
    """[load_with_error_row]"""
    rows = [["shop.c1", "ok", ""], ["shop.c2", "bad", cell]]

    answer = await odoo.do("res.partner", "load", ["id", "name", column], rows)

    assert answer["ids"] is False
    assert [(one["record"], one["message"]) for one in answer["messages"]] == [(1, message)]
    assert await odoo.do("res.partner", "search", [["name", "in", ["ok", "bad"]]]) == []
