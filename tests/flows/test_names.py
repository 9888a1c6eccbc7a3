"""One record under several names: by id, by its natural key, by an id that is not the shop's."""

from __future__ import annotations

from typing import Any

from app.sync.ending import RetryPolicy
from tests.flows.test_orders import ORDER, orders, total_of_the_shop
from tests.flows.world import World

ADDRESS: dict[str, Any] = {
    "alias": "My address",
    "address1": "1 New Road",
    "city": "New York",
    "id_country": 21,
    "firstname": "Jon",
    "lastname": "Do",
}


async def settle(world: World) -> None:
    for _ in range(4):
        await world.work()
        await world.hurry()


async def test_two_names_of_an_address_in_one_batch_find_the_same_address(world: World) -> None:
    count = len(world.shop.rows("addresses"))
    first = await world.odoo_sends("address", "created", ADDRESS | {"id_customer": 67})
    second = await world.odoo_sends(
        "address", "created", ADDRESS | {"customer_email": "john@example.com", "city": "Boston"}
    )

    await settle(world)

    assert [(await world.operation(each)).entity_id for each in (first, second)] == ["7", "7"]
    assert len(world.shop.rows("addresses")) == count
    assert world.shop.row("addresses", 7)["city"] == "Boston"


async def test_the_newer_edit_wins_when_the_older_one_names_the_customer_by_email(world: World) -> None:
    older = await world.odoo_sends(
        "customer", "updated", {"email": "john@example.com", "firstname": "Older", "company": "Acme"}
    )
    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "Newer"})

    await settle(world)

    row = world.shop.row("customers", 67)
    assert (row["firstname"], row["company"]) == ("Newer", "Acme")
    assert any("firstname" in note for note in (await world.operation(older)).notes)


async def test_an_order_created_under_an_id_the_shop_does_not_have_is_made_once(world: World) -> None:
    total = await total_of_the_shop(world)
    before = orders(world)
    data = {key: value for key, value in ORDER.items() if key != "odoo_reference"} | {"id": 4242, "total_paid": total}
    await world.odoo_sends("order", "created", data)
    await settle(world)

    again = await world.odoo_sends("order", "created", data | {"note": "again"})
    await settle(world)

    assert orders(world) == before + 1
    assert (await world.operation(again)).status == "success"


async def test_an_email_that_was_one_customers_is_not_for_ever(world: World) -> None:
    data = {"email": "a@x.com", "firstname": "Ann", "lastname": "Lee"}
    ann = await world.odoo_sends("customer", "created", data)
    await settle(world)
    number = int((await world.operation(ann)).entity_id)
    world.shop.edit("customers", number, email="ann.new@x.com")

    zoe = await world.odoo_sends("customer", "created", data | {"firstname": "Zoe"})
    await settle(world)

    assert (await world.operation(zoe)).entity_id != str(number)
    assert (world.shop.row("customers", number)["firstname"]) == "Ann"


async def test_a_held_event_is_judged_anew_when_the_record_is_agreed_on_again(world: World) -> None:
    await world.odoo_sends("address", "updated", {"id": 7, "city": "Albany"})
    await settle(world)
    world.sync._policy = RetryPolicy(base_s=60, cap_s=60)
    world.shop.fail("PATCH", "/addresses", name="commit_then_drop")
    data = {"customer_email": "john@example.com", "alias": "My address", "city": "Boston"}
    await world.odoo_sends("address", "updated", data)
    await world.drainer.drain()
    await world.shop.settled()

    await settle(world)

    assert {(job.status, job.outcome) for job in await world.jobs("shop_to_odoo")} == {("completed", "unchanged")}
