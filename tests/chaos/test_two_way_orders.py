"""Orders from the shop while Odoo does what it is asked and its answers are lost, late or wrong: one order each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.chaos.balance import Balance
from tests.chaos.two_sides import TwoSides
from tests.chaos.windows import SCALE

ORDER, LINE = "sale.order", "sale.order.line"
SPOILT = (
    ("lost", "res.partner", "load|create"),
    ("html", ORDER, "load"),
    ("lost", LINE, "load"),
    ("pool", ORDER, "load"),
    ("html", LINE, "load"),
    ("slow", LINE, "load"),
    ("lost", ORDER, "action_confirm"),
    ("pool", "product.template", "load|create"),
)
"""Done and committed, and nobody is told so."""
FAILING = (
    ("pool", {"model": ORDER, "times": 2}),
    ("html", {"model": LINE, "method": "load"}),
    ("unavailable", {"model": ORDER, "skip": 1}),
    ("serialization", {"model": ORDER, "method": "load"}),
)
"""Refused before anything was done."""


async def test_orders_during_faults_of_odoo_are_made_once_with_all_their_lines(both: TwoSides) -> None:
    both.installation.settings |= {"PEER_TIMEOUT_S": "1", "MAX_ATTEMPTS": "40"}
    await both.installation.start()
    await both.odoo_tells(guarded=False)
    customer, address = await _customer(both)
    orders = []

    for number in range(len(SPOILT) * SCALE):
        await both.odoo.spoil(*SPOILT[number % len(SPOILT)])
        name, where = FAILING[number % len(FAILING)]
        await both.odoo.fail(name, **where)
        orders.append(await both.shop.order(customer=customer, address=address, quantity=1 + number % 3))
    both.installation.fault_ended()
    await both.settled()

    made, lines = await both.odoo.rows(ORDER), await both.odoo.rows(LINE)
    await _note(both, orders=len(orders), made=len(made))
    assert await both.unfinished() == []
    shop_ids = await both.pairs("order")
    assert sorted(shop_ids) == sorted(str(row["id"]) for row in made)
    assert sorted(map(int, shop_ids.values())) == sorted(orders)
    for row in made:
        bought = await both.shop.row("orders", int(shop_ids[str(row["id"])]))
        own = [line for line in lines if line["order_id"] == row["id"]]
        assert [_quantity(line) for line in own] == [(await _ordered(both, bought)), Decimal(1)], bought["id"]
        assert Decimal(str(row["amount_total"])) == Decimal(str(bought["total_paid"])), bought["id"]
    assert len([row for row in await both.odoo.rows("res.partner") if row["email"] == "grace@example.com"]) == 1
    assert (await both.odoo.seen())["spoilt"] >= len(SPOILT) * SCALE // 2


async def _note(both: TwoSides, *, orders: int, made: int) -> None:
    balance = Balance(
        accepted=orders,
        settled=min(made, orders),
        lost=max(orders - made, 0),
        duplicated=max(made - orders, 0),
        recovery_s=await both.installation.recovery_s(),
    )
    both.installation.note(balance)


async def _customer(both: TwoSides) -> tuple[int, int]:
    """New ones, whom Odoo learns of at the same time as of the orders."""
    customer = await both.shop.add(
        "customers", firstname="Grace", lastname="Hopper", email="grace@example.com", passwd="a password", active="1"
    )
    home = {"alias": "Home", "address1": "1 Main Street", "city": "New York", "postcode": "10001", "id_country": "21"}
    person = {"id_customer": str(customer), "firstname": "Grace", "lastname": "Hopper"}
    return customer, await both.shop.add("addresses", **person, **home)


async def _ordered(both: TwoSides, order: dict[str, Any]) -> Decimal:
    [row] = [each for each in await both.shop.rows("order_details") if str(each["id_order"]) == str(order["id"])]
    return Decimal(str(row["product_quantity"]))


def _quantity(line: dict[str, Any]) -> Decimal:
    return Decimal(str(line["product_uom_qty"]))
