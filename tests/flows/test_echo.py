"""Echo or genuine, in the awkward moments: before our own commit, for records we never saw, for what was undone."""

from __future__ import annotations

from typing import Any, cast

import orjson

from app.connectors.prestashop.door import parse
from app.sync.ending import RetryPolicy
from tests.flows.world import World

NEW = {"email": "new@example.com", "firstname": "New", "lastname": "Person"}


async def shop_says(world: World, entity_type: str, native_id: int, action: str = "updated") -> None:
    world.numbers += 1
    event = {
        "event_id": f"shop-{world.numbers}",
        "entity_type": entity_type,
        "action_type": action,
        "data": {"id": native_id},
    }
    raw = orjson.dumps(event)
    await world.ingest.accept_shop(world.link, parse(raw, {}), raw)


async def test_the_event_of_a_record_we_are_just_creating_waits_until_it_is_recorded(world: World) -> None:
    world.sync._policy = RetryPolicy(base_s=60, cap_s=60)
    world.shop.fail("POST", "/customers", name="commit_then_drop")
    accepted = await world.odoo_sends("customer", "created", NEW)
    await world.drainer.drain()
    await world.shop.settled()
    created = max(int(str(row["id"])) for row in world.shop.rows("customers"))

    await world.drainer.drain()
    [early] = await world.jobs("shop_to_odoo")
    assert (early.native_id, early.status, early.held_reason) == (str(created), "pending", None)

    await world.hurry()
    await world.work()
    await world.hurry()
    await world.work()
    assert (await world.operation(accepted)).outcome == "created"
    [settled] = await world.jobs("shop_to_odoo")
    assert (settled.status, settled.outcome) == ("completed", "unchanged")


async def test_the_event_of_what_a_person_saved_right_after_our_write_is_genuine(world: World) -> None:
    inner, transport = world.shop, cast(Any, world.peers._transports["boutique"])

    async def saved_after_the_write(scope: Any, receive: Any, send: Any) -> None:
        await inner(scope, receive, send)
        if scope["method"] == "PATCH":
            world.shop.edit("customers", 67, firstname="Grace")

    transport.app = saved_after_the_write
    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "Ada"})

    await world.work()

    [job] = await world.jobs("shop_to_odoo")
    assert job.held_reason is not None
    [known] = await world.rows("SELECT shop_state FROM entity_map WHERE shop_id = '67'")
    assert known.shop_state["firstname"] == "Ada"


async def test_another_new_customer_is_genuine_while_we_create_one(world: World) -> None:
    world.sync._policy = RetryPolicy(base_s=60, cap_s=60)
    world.shop.fail("POST", "/customers", name="commit_then_drop")
    await world.odoo_sends("customer", "created", NEW)
    await world.drainer.drain()
    stranger = world.shop.add("customers", email="other@example.com", firstname="A", lastname="B", passwd="x")
    await world.shop.settled()

    await world.drainer.drain()

    [held] = [job for job in await world.jobs("shop_to_odoo") if job.native_id == str(stranger)]
    assert held.held_reason is not None


async def test_an_edit_that_is_undone_before_it_is_judged_is_no_change(world: World) -> None:
    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "John"})
    await world.work()
    world.shop.edit("customers", 67, company="Wrong")
    world.shop.edit("customers", 67, company="")

    await world.shop.settled()
    await world.work()

    assert [job.outcome for job in await world.jobs("shop_to_odoo")] == ["unchanged", "unchanged"]


async def test_a_held_edit_that_is_undone_later_ends_as_unchanged(world: World) -> None:
    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "John"})
    await world.work()
    world.shop.edit("customers", 67, company="Wrong")
    await world.shop.settled()
    await world.work()
    world.shop.edit("customers", 67, company="")

    await world.shop.settled()
    await world.work()

    assert {job.status for job in await world.jobs("shop_to_odoo")} == {"completed"}


async def test_a_deleted_record_is_a_genuine_change(world: World) -> None:
    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "John"})
    await world.work()
    world.shop.remove("customers", 67)

    await world.shop.settled()
    await world.work()

    [held] = [job for job in await world.jobs("shop_to_odoo") if job.native_id == "67" and job.status == "pending"]
    assert "gone from the shop" in held.held_reason


async def test_a_hundred_events_of_one_write_cost_one_read_and_no_write(world: World) -> None:
    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "John"})
    await world.work()
    world.shop.requests.clear()
    for _ in range(100):
        await shop_says(world, "customer", 67)

    await world.work()

    assert len(world.reads()) == 1
    assert world.writes() == []


async def test_the_echo_of_an_update_whose_answer_was_lost_waits_for_the_retry_and_ends(world: World) -> None:
    await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "First"})
    await world.work()
    world.sync._policy = RetryPolicy(base_s=60, cap_s=60)
    world.shop.fail("PATCH", "/customers", name="commit_then_drop")
    accepted = await world.odoo_sends("customer", "updated", {"id": 67, "firstname": "Second"})
    await world.drainer.drain()
    await world.shop.settled()
    await world.drainer.drain()
    [_, echo] = await world.jobs("shop_to_odoo")
    assert (echo.status, echo.held_reason) == ("pending", None)

    for _ in range(3):
        await world.hurry()
        await world.work()

    assert (await world.operation(accepted)).outcome == "unchanged"
    assert [job.outcome for job in await world.jobs("shop_to_odoo")] == ["unchanged", "unchanged"]
