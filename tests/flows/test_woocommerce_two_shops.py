"""Two shops on one Odoo, both of which count their orders from 1."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import Json
from app.sandbox.woocommerce.storefront import place_order
from tests.flows.two_sides import TwoSides, open_two_sides


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, kind="woocommerce", sync={}, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        rate: dict[str, Json] = {"name": "MwSt", "amount": 19.0, "amount_type": "percent", "type_tax_use": "sale"}
        await opened.people.create("account.tax", [rate])
        yield opened


def buy(both: TwoSides, customer: int) -> int:
    lines = [{"product_id": int(both.office.mug), "quantity": 1}]
    shop: Any = both.world.shop
    return place_order(shop, email="ann@example.test", customer_id=customer, lines=lines)


async def order_of_another_shop(both: TwoSides, number: int, partner: int) -> int:
    """An order in Odoo that a second link has brought there, under the number that the next one here will have."""
    reference: dict[str, Json] = {"client_order_ref": str(number), "partner_id": partner}
    [order] = await both.people.create("sale.order", [reference])
    await both.world.execute(
        "INSERT INTO connections (name, kind, url, sealed) SELECT 'second', kind, 'https://second.test', sealed"
        " FROM connections WHERE name = 'boutique'"
    )
    await both.world.execute(
        "INSERT INTO links (slug, odoo_connection_id, shop_connection_id, modules, module_sync, sync, reverse_sync,"
        " sealed_secrets) SELECT 'second', odoo_connection_id, (SELECT id FROM connections WHERE name = 'second'),"
        " modules, module_sync, sync, reverse_sync, sealed_secrets FROM links WHERE slug = 'boutique'"
    )
    await both.world.execute(
        "INSERT INTO entity_map (link_id, module, entity_type, odoo_id, shop_id)"
        " SELECT id, 'woocommerce', 'order', :odoo, :shop FROM links WHERE slug = 'second'",
        odoo=str(order),
        shop=str(number),
    )
    return order


async def test_the_order_of_another_shop_with_the_same_number_is_another_order(both: TwoSides) -> None:
    customer = both.world.shop.add("customers", email="ann@example.test", first_name="Ann", last_name="Lee")
    number = buy(both, customer) + 1
    await both.office.settled()
    await both.work()
    partner = int((await both.pair_of("customer", shop=customer)).odoo_id)
    theirs = await order_of_another_shop(both, number, partner)

    while (made := buy(both, customer)) < number:
        pass
    await both.office.settled()
    await both.work()
    await both.tell("sale.order", theirs)
    await both.work()

    ours = await both.world.rows(
        "SELECT odoo_id FROM entity_map WHERE link_id = 1 AND entity_type = 'order' AND shop_id = :id", id=str(made)
    )
    assert made == number
    assert [row.odoo_id for row in ours] != [str(theirs)]
    lines = [str(row["order_id"]) for row in both.odoo.tables["sale.order.line"].values()]
    assert ours[0].odoo_id in lines
    assert str(theirs) not in lines
    assert await both.unfinished() == []


async def test_an_order_in_odoo_that_is_another_shops_is_none_of_ours(both: TwoSides) -> None:
    customer = both.world.shop.add("customers", email="ann@example.test", first_name="Ann", last_name="Lee")
    await both.office.settled()
    await both.work()
    partner = int((await both.pair_of("customer", shop=customer)).odoo_id)
    number = buy(both, customer)
    await both.office.settled()
    await both.world.execute("DELETE FROM sync_queue")
    theirs = await order_of_another_shop(both, number, partner)

    await both.tell("sale.order", theirs)
    await both.work()

    assert await both.world.rows("SELECT 1 FROM entity_map WHERE link_id = 1 AND entity_type = 'order'") == []
    assert both.office.writes() == []
    assert await both.unfinished() == []
