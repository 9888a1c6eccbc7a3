"""Events that wait for the same worker become one write, and mean what they would have meant one by one."""

from __future__ import annotations

from typing import Any

from tests.flows.world import World

COUPON: dict[str, Any] = {
    "code": "WELCOME10",
    "name": "Welcome",
    "reduction_percent": 10,
    "date_from": "2026-01-01",
    "date_to": "2026-12-31",
}


async def coupon_with(world: World, *changes: dict[str, Any]) -> dict[str, Any]:
    """The coupon, after its creation and then these updates in one go."""
    await world.odoo_sends("coupon", "created", COUPON)
    await world.work()
    for change in changes:
        await world.odoo_sends("coupon", "updated", {"code": "WELCOME10"} | change)
    await world.work()
    [rule] = world.shop.rows("cart_rules")
    return dict(rule)


async def test_the_last_kind_of_reduction_is_the_only_one(world: World) -> None:
    rule = await coupon_with(world, {"reduction_percent": 20}, {"reduction_amount": 5})

    assert (float(str(rule["reduction_percent"])), float(str(rule["reduction_amount"]))) == (0, 5)


async def test_names_in_two_languages_in_two_events_are_both_kept(world: World) -> None:
    rule = await coupon_with(world, {"name": {"en": "Hello"}}, {"name": {"fr": "Bonjour"}})

    assert "Hello" in str(rule["name"])
    assert "Bonjour" in str(rule["name"])


async def test_the_owner_named_last_owns_the_address(world: World) -> None:
    other = world.shop.add("customers", email="o@x.com", firstname="Zoe", lastname="Other", passwd="x" * 12)
    await world.shop.settled()

    await world.odoo_sends("address", "updated", {"id": 7, "id_customer": 67})
    await world.odoo_sends("address", "updated", {"id": 7, "customer_email": "o@x.com"})
    await world.work()

    assert world.shop.row("addresses", 7)["id_customer"] == str(other)


async def test_a_private_message_is_not_published_by_the_event_after_it(world: World) -> None:
    await world.odoo_sends("order", "updated", {"id": 1001, "message": "fraud suspected"})
    await world.odoo_sends("order", "updated", {"id": 1001, "current_state": 4, "message_private": False})
    await world.work()

    assert [str(row["private"]) for row in world.shop.rows("messages")] == ["1"]


async def test_a_state_that_went_with_its_country_is_no_change_of_the_shops(world: World) -> None:
    await world.odoo_sends("address", "updated", {"id": 7, "city": "Albany"})
    await world.work()

    await world.odoo_sends("address", "updated", {"id": 7, "country": "FR", "postcode": "75001", "city": "Paris"})
    await world.work()

    held = {(job.status, job.outcome, job.held_reason) for job in await world.jobs("shop_to_odoo")}
    assert held == {("completed", "unchanged", None)}
