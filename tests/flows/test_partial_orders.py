"""Orders of which the shop took a part: never made again, never told by halves, never confused with another's."""

from __future__ import annotations

import pytest

from tests.flows.test_orders import ORDER, orders, total_of_the_shop
from tests.flows.world import World


async def test_an_order_whose_message_is_refused_is_parked_and_not_made_again(world: World) -> None:
    total = await total_of_the_shop(world)
    before = orders(world)
    first = await world.odoo_sends("order", "created", ORDER | {"total_paid": total, "message": "<script>x</script>"})
    await world.work()

    second = await world.odoo_sends("order", "created", ORDER | {"total_paid": total, "message": "short"})
    await world.work()

    operation = await world.operation(first)
    assert (operation.status, operation.outcome, operation.error_code) == ("failed", "parked", "made_in_part")
    assert operation.error_message.startswith(f"order {operation.entity_id} was made, but ")
    again = await world.operation(second)
    assert (again.status, again.entity_id) == ("success", operation.entity_id)
    assert orders(world) == before + 1


async def test_an_order_whose_mark_is_refused_is_remembered_all_the_same(world: World) -> None:
    total = await total_of_the_shop(world)
    before = orders(world)
    world.shop.fail("POST", "/messages", status=403)
    first = await world.odoo_sends("order", "created", ORDER | {"total_paid": total})
    await world.work()

    second = await world.odoo_sends("order", "created", ORDER | {"total_paid": total})
    await world.work()

    assert (await world.operation(first)).outcome == "parked"
    assert (await world.operation(second)).status == "success"
    assert orders(world) == before + 1


async def test_a_refused_message_leaves_the_order_as_it_was(world: World) -> None:
    await world.odoo_sends("order", "updated", {"id": 1001, "tracking_number": "A"})
    await world.work()
    before = world.shop.row("orders", 1001)["current_state"]
    world.shop.fail("POST", "/messages", status=403)

    accepted = await world.odoo_sends(
        "order", "updated", {"id": 1001, "current_state": 4, "tracking_number": "B", "message": "<b>"}
    )
    await world.work()

    assert (await world.operation(accepted)).outcome == "rejected"
    assert world.shop.row("orders", 1001)["current_state"] == before
    assert world.shop.row("order_carriers", 1001)["tracking_number"] == "A"
    assert {(job.status, job.outcome) for job in await world.jobs("shop_to_odoo")} == {("completed", "unchanged")}


@pytest.mark.parametrize(("id_customer", "private"), [(67, 0), (67, 1), (0, 0)])
async def test_a_message_of_the_customer_is_not_taken_for_our_mark(
    world: World, id_customer: int, private: int
) -> None:
    total = await total_of_the_shop(world)
    before = orders(world)
    world.shop.add("messages", id_order=1001, id_customer=id_customer, message="Odoo order S00042", private=private)

    accepted = await world.odoo_sends("order", "created", ORDER | {"total_paid": total})
    await world.work()

    operation = await world.operation(accepted)
    assert (operation.outcome, operation.entity_id) != ("unchanged", "1001")
    assert orders(world) == before + 1


async def test_an_order_of_another_customer_is_not_taken_for_the_one_sent(world: World) -> None:
    total = await total_of_the_shop(world)
    before = orders(world)
    world.shop.edit("orders", 1001, id_customer="2")
    world.shop.add("messages", id_order=1001, id_customer=0, message="Odoo order S00042", private=1)

    accepted = await world.odoo_sends("order", "created", ORDER | {"total_paid": total, "note": "x"})
    await world.work()

    operation = await world.operation(accepted)
    assert (operation.outcome, operation.error_code) == ("parked", "other_customer")
    assert orders(world) == before
