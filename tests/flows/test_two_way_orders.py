"""Orders: made once in Odoo with the right lines and totals, afterwards only moved along, in both directions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides

PAID, SHIPPED, CANCELLED = "2", "4", "6"


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        yield opened


class Storefront:
    """Buys as a visitor does."""

    def __init__(self, both: TwoSides) -> None:
        self._shop = both.world.shop

    def customer(self, **values: str) -> int:
        given = {"firstname": "Grace", "lastname": "Hopper", "email": "grace@example.com", "active": "1", **values}
        return self._shop.add("customers", **given)

    def address(self, customer: int, **values: str) -> int:
        """In France, whose buyers pay 20 % of tax."""
        given = {
            "id_country": "8",
            "alias": "Home",
            "firstname": "Grace",
            "lastname": "Hopper",
            "address1": "1 rue de la Paix",
            "postcode": "75002",
            "city": "Paris",
            **values,
        }
        return self._shop.add("addresses", id_customer=str(customer), **given)

    def order(self, customer: int, address: int, *, product: int = 8, quantity: int = 1, **values: str) -> int:
        """Shipped for 7 without tax."""
        ends = {"id_customer": str(customer), "id_address_delivery": str(address), "id_address_invoice": str(address)}
        cart = self._shop.add("carts", id_currency="1", id_lang="1", id_carrier="2", **ends)
        line = {"id_product": str(product), "id_product_attribute": "0", "quantity": str(quantity)}
        self._shop.shop.table("carts").linked[cart, "cart_rows"] = [line]
        untaxed = Decimal(self._shop.shop.text("products", product, "price")) * quantity + 7
        taxed = untaxed * (Decimal("1.2") if self._shop.shop.text("addresses", address, "id_country") == "8" else 1)
        given = {
            "id_cart": str(cart),
            "id_currency": "1",
            "id_lang": "1",
            "id_carrier": "2",
            "module": "ps_wirepayment",
            "payment": "Bank wire",
            "total_paid": str(taxed),
            "total_products": str(untaxed - 7),
            "total_products_wt": str(untaxed - 7),
            "conversion_rate": "1",
            **ends,
            **values,
        }
        return self._shop.add("orders", **given)


async def bought(both: TwoSides, **values: Any) -> int:
    """One order of one new customer; nothing was synced yet."""
    front = Storefront(both)
    customer = front.customer()
    number = front.order(customer, front.address(customer), **values)
    await both.world.shop.settled()
    return number


async def known(both: TwoSides, **values: Any) -> tuple[int, int]:
    """(the shop's order, Odoo's)"""
    number = await bought(both, **values)
    await both.work()
    odoo_id = int((await both.pair_of("order", shop=number)).odoo_id)
    both.forget_calls()
    both.world.shop.mails.clear()
    return number, odoo_id


def lines_of(both: TwoSides, order: int) -> list[Mapping[str, Any]]:
    return [row for row in both.odoo.tables["sale.order.line"].values() if row["order_id"] == order]


def state_of(both: TwoSides, shop_order: int) -> str:
    return str(both.shop_row("orders", shop_order)["current_state"])


def histories(both: TwoSides, shop_order: int) -> list[str]:
    rows = both.shop_rows("order_histories")
    return [str(row["id_order_state"]) for row in rows if str(row["id_order"]) == str(shop_order)]


async def test_an_order_of_the_shop_stands_in_odoo_to_the_cent(both: TwoSides) -> None:
    number, odoo_id = await known(both, quantity=3)

    order, sold = both.row("sale.order", odoo_id), both.shop_row("orders", number)
    assert (order["state"], order["client_order_ref"]) == ("sale", sold["reference"])
    assert Decimal(str(round(order["amount_total"], 2))) == Decimal(sold["total_paid_tax_incl"])
    assert Decimal(str(round(order["amount_untaxed"], 2))) == Decimal(sold["total_paid_tax_excl"])
    amounts = sorted((float(line["product_uom_qty"]), float(line["price_unit"])) for line in lines_of(both, odoo_id))
    assert amounts == [(1.0, 7.0), (3.0, 11.9)]
    product = await both.pair_of("product", shop=8)
    assert {str(both.variants_of(product.odoo_id)[0]["id"])} <= {
        str(line["product_id"]) for line in lines_of(both, odoo_id)
    }
    assert await both.unfinished() == []
    assert len(both.world.shop.mails) == 0


async def test_an_order_keeps_its_date_its_customer_and_its_address(both: TwoSides) -> None:
    number, odoo_id = await known(both)

    order, sold = both.row("sale.order", odoo_id), both.shop_row("orders", number)
    customer = await both.pair_of("customer", shop=sold["id_customer"])
    address = await both.pair_of("address", shop=sold["id_address_delivery"])
    assert str(order["partner_id"]) == customer.odoo_id
    assert str(order["partner_shipping_id"]) == address.odoo_id
    assert both.partner(int(address.odoo_id))["city"] == "Paris"
    local = datetime.fromisoformat(sold["date_add"]).replace(tzinfo=both.world.shop.shop.zone)
    assert str(order["date_order"])[:19] == local.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


async def test_an_order_with_a_discount_stands_in_odoo_to_the_cent(both: TwoSides) -> None:
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

    odoo_id = int((await both.pair_of("order", shop=number)).odoo_id)
    order = both.row("sale.order", odoo_id)
    assert Decimal(str(round(order["amount_total"], 2))) == Decimal(values["total_paid_tax_incl"])
    assert sorted(float(line["price_unit"]) for line in lines_of(both, odoo_id)) == [-5.0, 7.0, 11.9]
    assert order["state"] == "sale"


async def test_an_order_whose_total_differs_is_parked_and_not_confirmed(both: TwoSides) -> None:
    number = await bought(both)
    both.world.shop.shop.row("orders", number)["total_paid_tax_incl"] = "20.00"  # type: ignore[index]

    await both.work()

    [order] = [row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]]
    assert order["state"] in ("draft", "sent")
    jobs = {job.side: job for job in await both.unfinished() if job.entity_type == "order"}
    assert (jobs["shop"].status, jobs["shop"].error_code) == ("parked", "total_differs")
    assert "20.00" in jobs["shop"].error_message
    assert (jobs["odoo"].status, jobs["odoo"].error_code) == ("pending", "own_write_open")
    assert [pair for pair in await both.pairs() if pair.entity_type == "order"] == []


async def test_a_total_that_differed_and_was_mended_is_confirmed_and_made_once(both: TwoSides) -> None:
    number = await bought(both)
    row: Any = both.shop_row("orders", number)
    right = row["total_paid_tax_incl"]
    row["total_paid_tax_incl"] = "20.00"
    await both.work()

    row["total_paid_tax_incl"] = right
    await both.edit_shop("orders", number)
    await both.work()

    [order] = [row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]]
    assert order["state"] == "sale"
    assert (await both.pair_of("order", shop=number)).odoo_id == str(order["id"])


@pytest.mark.parametrize(
    "call",
    [("sale.order", "load"), ("sale.order.line", "load"), ("sale.order", "action_confirm"), ("sale.order", "write")],
)
async def test_an_order_whose_create_lost_an_answer_is_made_once(both: TwoSides, call: tuple[str, str]) -> None:
    number = await bought(both, quantity=2)
    both.line.lose = {call}

    await both.work()

    assert both.line.lose == set()
    [order] = [row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]]
    assert (await both.pair_of("order", shop=number)).odoo_id == str(order["id"])
    assert order["state"] == "sale"
    assert len(lines_of(both, int(str(order["id"])))) == 2
    assert await both.unfinished() == []


async def test_an_order_that_is_still_being_made_waits_until_it_is(both: TwoSides) -> None:
    number = await bought(both)
    row: Any = both.shop_row("orders", number)
    state, row["current_state"] = row["current_state"], "0"

    await both.world.drainer.drain()
    assert [row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]] == []
    row["current_state"] = state
    await both.work()

    [order] = [row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]]
    assert len(lines_of(both, int(str(order["id"])))) == 2
    assert await both.unfinished() == []


async def test_an_order_event_that_comes_twice_makes_one_order(both: TwoSides) -> None:
    number = await bought(both)

    await both.edit_shop("orders", number)
    await both.world.drainer.drain()
    await both.edit_shop("orders", number)
    await both.work()

    assert len([row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]]) == 1


async def test_the_shops_status_moves_odoos_order(both: TwoSides) -> None:
    number = await bought(both, total_paid="1")  # another sum was paid: state 8, payment error
    both.world.shop.shop.row("orders", number)["current_state"] = "10"  # type: ignore[index]
    await both.work()
    odoo_id = int((await both.pair_of("order", shop=number)).odoo_id)
    assert both.row("sale.order", odoo_id)["state"] == "sent"

    both.world.shop.add("order_histories", id_order=str(number), id_order_state=PAID)
    await both.world.shop.settled()
    await both.work()
    assert both.row("sale.order", odoo_id)["state"] == "sale"

    both.world.shop.add("order_histories", id_order=str(number), id_order_state=CANCELLED)
    await both.world.shop.settled()
    await both.work()
    assert both.row("sale.order", odoo_id)["state"] == "cancel"
    assert histories(both, number)[-2:] == [PAID, CANCELLED]
    assert await both.unfinished() == []


async def test_an_order_cancelled_in_odoo_is_cancelled_in_the_shop_once(both: TwoSides) -> None:
    number, odoo_id = await known(both)
    before = len(histories(both, number))

    await both.people.run_action("sale.order", "action_cancel", [odoo_id], context={"disable_cancel_warning": True})
    for _ in range(3):
        await both.tell("sale.order", odoo_id)
        await both.work()

    assert state_of(both, number) == CANCELLED
    assert len(histories(both, number)) == before + 1
    assert both.row("sale.order", odoo_id)["state"] == "cancel"
    assert len(both.world.shop.mails) <= 1
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

    assert state_of(both, number) == SHIPPED
    [parcel] = [row for row in both.shop_rows("order_carriers") if str(row["id_order"]) == str(number)]
    assert parcel["tracking_number"] == "1Z999"
    assert histories(both, number).count(SHIPPED) == 1
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

    assert both.shop_row("orders", number)["note"] == "Ring twice"
    assert both.odoo_writes() == []
    assert await both.unfinished() == []


async def test_the_echo_of_an_order_writes_nothing_and_mails_nobody(both: TwoSides) -> None:
    number, odoo_id = await known(both)

    await both.tell("sale.order", odoo_id)
    await both.edit_shop("orders", number)
    await both.work()

    assert (both.odoo_writes(), both.world.writes(), len(both.world.shop.mails)) == ([], [], 0)


async def test_what_shipping_costs_stand_under_in_odoo_is_no_product_of_the_shop(both: TwoSides) -> None:
    _number, odoo_id = await known(both)
    services = [line["product_id"] for line in lines_of(both, odoo_id) if line["price_unit"] == 7.0]
    [template] = [both.row("product.product", number)["product_tmpl_id"] for number in services]

    await both.tell("product.template", template)
    await both.work()

    assert both.row("product.template", template)["name"] == "Shipping"
    assert "Shipping" not in [row["name"][1] for row in both.shop_rows("products")]


async def test_the_order_of_a_guest_stands_in_odoo(both: TwoSides) -> None:
    front = Storefront(both)
    guest = front.customer(is_guest="1", email="guest@example.com")
    number = front.order(guest, front.address(guest))
    await both.world.shop.settled()

    await both.work()

    order = both.row("sale.order", (await both.pair_of("order", shop=number)).odoo_id)
    assert both.partner(int(order["partner_id"]))["email"] == "guest@example.com"


async def test_a_line_whose_product_is_not_synced_is_found_by_its_sku(engine: AsyncEngine) -> None:
    entities = {name: {"direction": "both"} for name in ("customer", "address", "order")}
    async with open_two_sides(engine, sync={"entities": entities}) as both:
        [template] = await both.people.create("product.template", [{"name": "Mug", "default_code": "demo_13"}])
        number = await bought(both)

        await both.work()

        odoo_id = int((await both.pair_of("order", shop=number)).odoo_id)
        [variant] = both.variants_of(template)
        assert variant["id"] in [line["product_id"] for line in lines_of(both, odoo_id)]


async def test_an_order_made_in_odoo_makes_none_in_the_shop(both: TwoSides) -> None:
    await both.edit_shop("customers", 67)
    await both.work()
    partner = int((await both.pair_of("customer", shop=67)).odoo_id)

    [order] = await both.people.create("sale.order", [{"partner_id": partner}])
    await both.tell("sale.order", order)
    await both.work()

    [job] = await both.world.rows("SELECT * FROM sync_queue WHERE entity_type = 'order'")
    assert (job.status, job.outcome) == ("completed", "unchanged")
    assert both.world.writes() == []


async def test_an_order_waits_for_its_address_without_blocking_others(both: TwoSides) -> None:
    front = Storefront(both)
    customer = front.customer()
    bad = front.address(customer)
    good = front.address(customer, address1="2 rue de la Paix")
    both.world.shop.shop.row("addresses", bad)["id_country"] = "17"  # type: ignore[index]  # inactive here
    late, early = front.order(customer, bad), front.order(customer, good)
    await both.world.shop.settled()
    both.odoo.tables["res.country"].pop(231)

    await both.work()

    assert (await both.pair_of("order", shop=early)).odoo_id
    [job] = [job for job in await both.unfinished() if job.entity_type == "order"]
    assert (job.native_id, job.error_code) == (str(late), "dependency")


async def test_a_quotation_that_a_person_mended_is_confirmed_by_the_retry_and_not_written_over(both: TwoSides) -> None:
    number = await bought(both)
    both.world.shop.shop.row("orders", number).update(  # type: ignore[union-attr]
        total_paid_tax_incl="20.28", total_paid_tax_excl="16.90"
    )
    await both.work()
    [order] = [row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]]
    odoo_id = int(str(order["id"]))
    [shipping] = [line for line in lines_of(both, odoo_id) if line["price_unit"] == 7.0]

    await both.people.write("sale.order.line", [shipping["id"]], {"price_unit": 5.0})
    await both.world.execute("UPDATE sync_queue SET status = 'pending', attempts = 0 WHERE status = 'parked'")
    await both.work()

    assert both.row("sale.order", odoo_id)["state"] == "sale"
    assert sorted(line["price_unit"] for line in lines_of(both, odoo_id)) == [5.0, 11.9]
    assert (await both.pair_of("order", shop=number)).odoo_id == str(odoo_id)
    assert await both.unfinished() == []


async def test_the_orders_of_a_guest_who_comes_back_are_one_contacts(both: TwoSides) -> None:
    """Each time as a new customer with the same e-mail, and in the end with an account."""
    front, orders = Storefront(both), []
    for _ in range(2):
        guest = front.customer(is_guest="1", email="guest@example.com")
        orders.append(front.order(guest, front.address(guest)))
    await both.world.shop.settled()
    await both.work()
    account = front.customer(email="guest@example.com")
    orders.append(front.order(account, front.address(account)))
    await both.world.shop.settled()
    await both.work()

    [partner] = [row for row in both.partners(email="guest@example.com") if not row["parent_id"]]
    pairs = [await both.pair_of("order", shop=number) for number in orders]
    assert {both.row("sale.order", pair.odoo_id)["partner_id"] for pair in pairs} == {partner["id"]}
    assert (await both.pair_of("customer", shop=account)).odoo_id == str(partner["id"])
    assert await both.unfinished() == []
