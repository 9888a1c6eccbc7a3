"""New orders: exactly one each, whatever is lost on the way, and never with another total unseen."""

from __future__ import annotations

from typing import Any

from app.api.job_orders import retry_job
from app.sync.ending import RetryPolicy
from tests.flows.world import World

# Two mugs at 11.90 plus 20 % tax, and postage of 7.00 (the sandbox shop's seed).
ORDER: dict[str, Any] = {
    "odoo_reference": "S00042",
    "id_customer": 67,
    "id_address_delivery": 7,
    "lines": [{"id_product": 8, "quantity": 2}],
    "id_carrier": 2,
    "module": "ps_wirepayment",
    "payment": "Bank wire",
}


async def total_of_the_shop(world: World) -> str:
    """What the shop makes of these lines: asked once, with an order of its own."""
    accepted = await world.odoo_sends("order", "created", ORDER | {"odoo_reference": "PROBE", "total_paid": "1"})
    await world.work()
    operation = await world.operation(accepted)
    assert (operation.status, operation.outcome) == ("failed", "parked")
    return str(world.shop.row("orders", int(operation.entity_id))["total_paid"])


def orders(world: World) -> int:
    return len(world.shop.rows("orders"))


async def test_an_order_is_created_with_the_total_that_was_sent(world: World) -> None:
    total = await total_of_the_shop(world)

    accepted = await world.odoo_sends("order", "created", ORDER | {"total_paid": total, "note": "from Odoo"})
    await world.work()

    operation = await world.operation(accepted)
    assert (operation.status, operation.outcome) == ("success", "created")
    row = world.shop.row("orders", int(operation.entity_id))
    assert (row["id_customer"], row["note"]) == ("67", "from Odoo")
    assert row["current_state"] != "8"


async def test_another_total_parks_the_order_and_says_both(world: World) -> None:
    accepted = await world.odoo_sends("order", "created", ORDER | {"total_paid": "1.00"})
    await world.work()
    count = orders(world)

    again = await world.odoo_sends("order", "created", ORDER | {"total_paid": "1.00", "note": "x"})
    await world.work()

    for each in (accepted, again):
        operation = await world.operation(each)
        assert (operation.status, operation.outcome, operation.error_status) == ("failed", "parked", 409)
        assert operation.entity_id is not None
        assert "total" in operation.error_message
    assert [job.status for job in await world.jobs()] == ["parked", "parked"]
    assert orders(world) == count


async def test_an_order_whose_answer_was_lost_is_made_once_and_its_echo_ends(world: World) -> None:
    total = await total_of_the_shop(world)
    before = orders(world)
    world.shop.fail("POST", "/orders", name="commit_then_drop")
    data = {key: value for key, value in ORDER.items() if key != "odoo_reference"}
    accepted = await world.odoo_sends("order", "created", data | {"total_paid": total})

    for _ in range(4):
        await world.work()
        await world.hurry()

    operation = await world.operation(accepted)
    assert operation.outcome == "created"
    assert orders(world) == before + 1
    echoes = [job for job in await world.jobs("shop_to_odoo") if job.native_id == operation.entity_id]
    assert {(job.status, job.outcome) for job in echoes} == {("completed", "unchanged")}


async def test_an_order_that_was_given_up_after_it_was_made_is_found_by_the_retry(world: World) -> None:
    total = await total_of_the_shop(world)
    before = orders(world)
    world.sync._policy = RetryPolicy(base_s=60, cap_s=60)
    world.shop.fail("POST", "/orders", name="commit_then_drop")
    world.shop.fail("GET", "/orders.*id_cart", status=500, times=100)
    accepted = await world.odoo_sends("order", "created", ORDER | {"total_paid": total})
    for _ in range(7):
        await world.work()
        await world.hurry()
    operation = await world.operation(accepted)
    assert operation.status == "failed"
    world.shop.faults.clear()

    await retry_job(world.sessions, operation.job_id, caller="a test")
    for _ in range(3):
        await world.work()
        await world.hurry()

    assert (await world.operation(accepted)).status == "success"
    assert orders(world) == before + 1


async def test_the_same_odoo_order_in_a_second_event_is_the_first_one(world: World) -> None:
    total = await total_of_the_shop(world)
    first = await world.odoo_sends("order", "created", ORDER | {"total_paid": total})
    await world.work()
    count = orders(world)

    second = await world.odoo_sends("order", "created", ORDER | {"total_paid": total})
    await world.work()

    assert (await world.operation(second)).outcome == "unchanged"
    assert (await world.operation(second)).entity_id == (await world.operation(first)).entity_id
    assert orders(world) == count


async def test_a_retry_leaves_out_what_a_later_event_has_set(world: World) -> None:
    world.shop.fail(times=500, status=500)
    old = await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "Old", "company": "Acme"})
    for _ in range(6):
        await world.work()
        await world.hurry()
    world.shop.faults.clear()
    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "New"})
    await world.work()

    await retry_job(world.sessions, (await world.operation(old)).job_id, caller="a test")
    await world.work()

    row = world.shop.row("customers", 67)
    assert (row["firstname"], row["company"]) == ("New", "Acme")
    operation = await world.operation(old)
    assert operation.status == "success"
    assert any("firstname" in note for note in operation.notes)
