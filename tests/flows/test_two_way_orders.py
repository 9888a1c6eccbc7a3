"""Orders: made once in Odoo with the right lines and totals, afterwards only moved along, in both directions."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.offices.sales import Sold
from tests.flows.two_sides import TwoSides, on_prestashop, open_two_sides


async def bought(both: TwoSides, **how: Any) -> str:
    """One order of one new customer; nothing was synced yet."""
    both.know_taxes()
    customer = both.office.add_person(first="Grace", last="Hopper", email="grace@example.com")
    place = both.office.add_place(customer)
    number = both.office.order(customer, place=place, **how)
    await both.office.settled()
    return number


async def known(both: TwoSides, **how: Any) -> tuple[str, int]:
    """(the shop's order, Odoo's)"""
    number = await bought(both, **how)
    await both.work()
    odoo_id = await in_odoo(both, number)
    both.forget_calls()
    return number, odoo_id


async def in_odoo(both: TwoSides, number: str) -> int:
    return int((await both.pair_of("order", shop=number)).odoo_id)


def sold(both: TwoSides, number: str) -> Sold:
    return both.office.sold(number)


def lines_of(both: TwoSides, order: int) -> list[Mapping[str, Any]]:
    return [row for row in both.odoo.tables["sale.order.line"].values() if row["order_id"] == order]


def orders_in_odoo(both: TwoSides) -> list[Mapping[str, Any]]:
    """Those of the shop."""
    return [row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]]


def cents(amount: object) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


async def test_an_order_of_the_shop_stands_in_odoo_to_the_cent(both: TwoSides) -> None:
    number, odoo_id = await known(both, quantity=3)

    order, there = both.row("sale.order", odoo_id), sold(both, number)
    assert (order["state"], order["client_order_ref"]) == ("sale", there.reference)
    assert (cents(order["amount_total"]), cents(order["amount_untaxed"])) == (cents(there.total), cents(there.untaxed))
    amounts = sorted((float(line["product_uom_qty"]), float(line["price_unit"])) for line in lines_of(both, odoo_id))
    assert amounts == [(1.0, 7.0), (3.0, 11.9)]
    product = await both.pair_of("product", shop=both.office.mug)
    [variant] = both.variants_of(product.odoo_id)
    assert variant["id"] in [line["product_id"] for line in lines_of(both, odoo_id)]
    assert await both.unfinished() == []


async def test_an_order_keeps_its_date_its_customer_and_its_address(both: TwoSides) -> None:
    number, odoo_id = await known(both)

    order, there = both.row("sale.order", odoo_id), sold(both, number)
    customer = await both.pair_of("customer", shop=there.customer)
    address = await both.pair_of("address", shop=there.delivery)
    assert str(order["partner_id"]) == customer.odoo_id
    assert str(order["partner_shipping_id"]) == address.odoo_id
    assert both.partner(int(address.odoo_id))["city"] == both.office.place(there.delivery).city
    assert str(order["date_order"])[:19] == there.at.strftime("%Y-%m-%d %H:%M:%S")


@on_prestashop
async def test_an_order_with_a_discount_stands_in_odoo_to_the_cent(both: TwoSides) -> None:
    """A PrestaShop takes it off the order as a whole; a WooCommerce off each line: `test_woocommerce_cases.py`."""
    number = await bought(both, quantity=2)
    shop = both.world.shop
    row = both.shop_row("orders", number)
    taken = Decimal(5)
    values = {
        name: str(Decimal(row[name]) - taken * rate)
        for name, rate in (("total_paid_tax_incl", Decimal("1.2")), ("total_paid_tax_excl", Decimal(1)))
    }
    shop.shop.row("orders", number).update(  # type: ignore[union-attr]
        values,
        total_paid=values["total_paid_tax_incl"],
        total_discounts="6",
        total_discounts_tax_incl="6",
        total_discounts_tax_excl="5",
    )
    shop.add("order_cart_rules", id_order=str(number), id_cart_rule="1", name="Welcome", value="6", value_tax_excl="5")
    await shop.settled()

    await both.work()

    odoo_id = await in_odoo(both, number)
    order = both.row("sale.order", odoo_id)
    assert cents(order["amount_total"]) == cents(values["total_paid_tax_incl"])
    assert sorted(float(line["price_unit"]) for line in lines_of(both, odoo_id)) == [-5.0, 7.0, 11.9]
    assert order["state"] == "sale"


async def test_an_order_whose_total_differs_is_parked_and_not_confirmed(both: TwoSides) -> None:
    number = await bought(both)
    both.office.misstate_total(number, taxed="20.00", untaxed="16.90")

    await both.work()

    [order] = orders_in_odoo(both)
    assert order["state"] in ("draft", "sent")
    jobs = {job.side: job for job in await both.unfinished() if job.entity_type == "order"}
    assert (jobs["shop"].status, jobs["shop"].error_code) == ("parked", "total_differs")
    assert "20.00" in jobs["shop"].error_message
    assert (jobs["odoo"].status, jobs["odoo"].error_code) == ("pending", "own_write_open")
    assert [pair for pair in await both.pairs() if pair.entity_type == "order"] == []


async def test_a_total_that_differed_and_was_mended_is_confirmed_and_made_once(both: TwoSides) -> None:
    number = await bought(both)
    right = sold(both, number)
    both.office.misstate_total(number, taxed="20.00", untaxed="16.90")
    await both.work()

    both.office.misstate_total(number, taxed=str(right.total), untaxed=str(right.untaxed))
    both.office.save_order(number)
    await both.office.settled()
    await both.work()

    [order] = orders_in_odoo(both)
    assert order["state"] == "sale"
    assert await in_odoo(both, number) == order["id"]


@pytest.mark.parametrize(
    "call",
    [("sale.order", "load"), ("sale.order.line", "load"), ("sale.order", "action_confirm"), ("sale.order", "write")],
)
async def test_an_order_whose_create_lost_an_answer_is_made_once(both: TwoSides, call: tuple[str, str]) -> None:
    number = await bought(both, quantity=2)
    both.line.lose = {call}

    await both.work()

    assert both.line.lose == set()
    [order] = orders_in_odoo(both)
    assert await in_odoo(both, number) == order["id"]
    assert order["state"] == "sale"
    assert len(lines_of(both, int(str(order["id"])))) == 2
    assert await both.unfinished() == []


@on_prestashop
async def test_an_order_that_is_still_being_made_waits_until_it_is(both: TwoSides) -> None:
    """A PrestaShop tells of an order before it has a status. A WooCommerce's draft is no order before it is sent off,
    which every order of these tests goes through."""
    number = await bought(both)
    row: Any = both.shop_row("orders", number)
    state, row["current_state"] = row["current_state"], "0"

    await both.world.drainer.drain()
    assert orders_in_odoo(both) == []
    row["current_state"] = state
    await both.work()

    [order] = orders_in_odoo(both)
    assert len(lines_of(both, int(str(order["id"])))) == 2
    assert await both.unfinished() == []


async def test_an_order_event_that_comes_twice_makes_one_order(both: TwoSides) -> None:
    number = await bought(both)

    both.office.save_order(number)
    await both.office.settled()
    await both.world.drainer.drain()
    both.office.save_order(number)
    await both.office.settled()
    await both.work()

    assert len(orders_in_odoo(both)) == 1


async def test_the_shops_status_moves_odoos_order(both: TwoSides) -> None:
    number, odoo_id = await known(both, status="waiting")
    assert both.row("sale.order", odoo_id)["state"] == "sent"

    for status, state in (("paid", "sale"), ("cancelled", "cancel")):
        both.office.move_order(number, status)
        await both.office.settled()
        await both.work()

        assert both.row("sale.order", odoo_id)["state"] == state
        assert sold(both, number).status == status
    assert both.office.writes() == []
    assert await both.unfinished() == []


async def test_an_order_cancelled_in_odoo_is_cancelled_in_the_shop_once(both: TwoSides) -> None:
    number, odoo_id = await known(both)

    await both.people.run_action("sale.order", "action_cancel", [odoo_id], context={"disable_cancel_warning": True})
    for _ in range(3):
        await both.tell("sale.order", odoo_id)
        await both.work()

    assert sold(both, number).status == "cancelled"
    assert both.office.entered(number, "cancelled") == 1
    assert len(both.office.writes()) == 1
    assert both.row("sale.order", odoo_id)["state"] == "cancel"
    assert await both.unfinished() == []


async def test_an_order_shipped_in_odoo_is_shipped_in_the_shop_with_its_tracking_number(both: TwoSides) -> None:
    number, odoo_id = await known(both)
    [picking] = [row for row in both.odoo.tables["stock.picking"].values() if row["sale_id"] == odoo_id]
    picking_id = int(str(picking["id"]))

    await both.people.write("stock.picking", [picking_id], {"carrier_tracking_ref": "1Z999"})
    await ship(both, picking_id)
    await both.tell("stock.picking", picking_id)
    await both.tell("sale.order", odoo_id)
    await both.work()

    assert (sold(both, number).status, sold(both, number).tracking) == ("shipped", "1Z999")
    assert both.office.entered(number, "shipped") == 1
    assert await both.unfinished() == []


async def ship(both: TwoSides, picking: int) -> None:
    for move in [row for row in both.odoo.tables["stock.move"].values() if row["picking_id"] == picking]:
        await both.people.write(
            "stock.move", [int(str(move["id"]))], {"quantity": float(str(move["product_uom_qty"])), "picked": True}
        )
    await both.people.run_action("stock.picking", "button_validate", [picking])


async def test_a_note_in_odoo_is_the_shops_note(both: TwoSides) -> None:
    number, odoo_id = await known(both)

    await both.edit_odoo("sale.order", odoo_id, note="<p>Ring twice</p>")
    await both.work()

    assert sold(both, number).note == "Ring twice"
    assert both.odoo_writes() == []
    assert await both.unfinished() == []


async def test_the_echo_of_an_order_writes_nothing(both: TwoSides) -> None:
    number, odoo_id = await known(both)

    await both.tell("sale.order", odoo_id)
    both.office.save_order(number)
    await both.office.settled()
    await both.work()

    assert (both.odoo_writes(), both.office.writes()) == ([], [])


@on_prestashop
async def test_an_order_and_its_echo_mail_nobody(both: TwoSides) -> None:
    """A WooCommerce mails when the status changes, which `entered` counts; its sandbox counts no mails."""
    number = await bought(both)
    both.world.shop.mails.clear()
    await both.work()

    await both.tell("sale.order", await in_odoo(both, number))
    await both.work()

    assert list(both.world.shop.mails) == []


async def test_what_shipping_costs_stand_under_in_odoo_is_no_product_of_the_shop(both: TwoSides) -> None:
    _number, odoo_id = await known(both)
    services = [line["product_id"] for line in lines_of(both, odoo_id) if line["price_unit"] == 7.0]
    [template] = [both.row("product.product", number)["product_tmpl_id"] for number in services]

    await both.tell("product.template", template)
    await both.work()

    assert both.row("product.template", template)["name"] == "Shipping"
    assert "Shipping" not in [thing.name for thing in both.office.things()]


async def test_the_order_of_a_guest_stands_in_odoo(both: TwoSides) -> None:
    both.know_taxes()
    number = both.office.guest_order("guest@example.com")
    await both.office.settled()

    await both.work()

    order = both.row("sale.order", await in_odoo(both, number))
    assert both.partner(int(order["partner_id"]))["email"] == "guest@example.com"
    assert order["state"] == "sale"


async def test_a_line_whose_product_is_not_synced_is_found_by_its_sku(engine: AsyncEngine, kind: str) -> None:
    entities = {name: {"direction": "both"} for name in ("customer", "address", "order")}
    async with open_two_sides(engine, kind=kind, sync={"entities": entities}) as both:
        sku = both.office.mug_sku
        [template] = await both.people.create("product.template", [{"name": "Mug", "default_code": sku}])
        number = await bought(both)

        await both.work()

        [variant] = both.variants_of(template)
        assert variant["id"] in [line["product_id"] for line in lines_of(both, await in_odoo(both, number))]


async def test_an_order_made_in_odoo_makes_none_in_the_shop(both: TwoSides) -> None:
    await both.edit_person(both.office.resident)
    await both.work()
    partner = int((await both.pair_of("customer", shop=both.office.resident)).odoo_id)
    both.forget_calls()

    [order] = await both.people.create("sale.order", [{"partner_id": partner}])
    await both.tell("sale.order", order)
    await both.work()

    [job] = await both.world.rows("SELECT * FROM sync_queue WHERE entity_type = 'order'")
    assert (job.status, job.outcome) == ("completed", "unchanged")
    assert both.office.writes() == []


async def test_an_order_waits_for_its_address_without_blocking_others(both: TwoSides) -> None:
    """Odoo has no such country."""
    office = both.office
    customer = office.add_person(first="Grace", last="Hopper", email="grace@example.com")
    bad = office.add_place(customer, country="GB")
    good = office.add_place(customer, street="2 Main Street", country="US")
    late, early = office.order(customer, place=bad), office.order(customer, place=good)
    await office.settled()
    both.odoo.tables["res.country"].pop(231)

    await both.work()

    assert await in_odoo(both, early)
    [job] = [job for job in await both.unfinished() if job.entity_type == "order"]
    assert (job.native_id, job.error_code) == (late, "dependency")


async def test_a_quotation_that_a_person_mended_is_confirmed_by_the_retry_and_not_written_over(both: TwoSides) -> None:
    number = await bought(both)
    right = cents(Decimal("16.90") * (100 + Decimal(str(both.office.taxes[0]))) / 100)
    both.office.misstate_total(number, taxed=str(right), untaxed="16.90")
    await both.work()
    [order] = orders_in_odoo(both)
    odoo_id = int(str(order["id"]))
    [shipping] = [line for line in lines_of(both, odoo_id) if line["price_unit"] == 7.0]

    await both.people.write("sale.order.line", [shipping["id"]], {"price_unit": 5.0})
    await both.world.execute("UPDATE sync_queue SET status = 'pending', attempts = 0 WHERE status = 'parked'")
    await both.work()

    assert both.row("sale.order", odoo_id)["state"] == "sale"
    assert sorted(line["price_unit"] for line in lines_of(both, odoo_id)) == [5.0, 11.9]
    assert await in_odoo(both, number) == odoo_id
    assert await both.unfinished() == []


async def test_the_orders_of_a_guest_who_comes_back_are_one_contacts(both: TwoSides) -> None:
    """Twice without an account, and in the end with one."""
    both.know_taxes()
    office = both.office
    orders = [office.guest_order("guest@example.com") for _ in range(2)]
    await office.settled()
    await both.work()
    account = office.add_person(first="Grace", last="Hopper", email="guest@example.com")
    orders.append(office.order(account, place=office.add_place(account)))
    await office.settled()
    await both.work()

    [partner] = [row for row in both.partners(email="guest@example.com") if not row["parent_id"]]
    made = [both.row("sale.order", await in_odoo(both, number)) for number in orders]
    assert {order["partner_id"] for order in made} == {partner["id"]}
    assert (await both.pair_of("customer", shop=account)).odoo_id == str(partner["id"])
    assert await both.unfinished() == []
