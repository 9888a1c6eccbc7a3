"""States, races and time in the two-way sync: what must not be lost, overwritten unseen, made twice or left stuck."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import TwoSides, open_two_sides


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine) as opened:
        yield opened


def customers(**settings: Any) -> dict[str, Any]:
    rule = settings.pop("rule", "newest_wins")
    return {"conflict_rule": rule, "entities": {"customer": {"direction": "both", **settings}}}


async def a_customer(both: TwoSides, name: str = "Ada Lovelace", email: str = "ada@example.com") -> tuple[int, int]:
    """(Odoo's id, the shop's): a customer that both sides know."""
    number = await both.add_to_odoo("res.partner", name=name, email=email)
    await both.work()
    pair = await both.pair_of("customer", odoo=number)
    both.forget_calls()
    return number, int(pair.shop_id)


async def a_commanded_customer(both: TwoSides) -> int:
    """A customer of the shop that a command has touched before the two-way sync looked at it."""
    shop = both.world.shop
    await both.world.execute(
        "INSERT INTO pauses (link_id, direction, reason, until) VALUES (1, 'shop_to_odoo', '', now() + interval '1 h')"
    )
    values = {"firstname": "Ada", "lastname": "Lovelace", "email": "ada@example.com", "company": "Engines"}
    shop_id = shop.add("customers", **values, active="1", passwd="$2y$10$x")
    await both.world.odoo_sends("customer", "updated", {"id": shop_id, "birthday": "1815-12-10"})
    await both.world.work()
    await both.world.execute("DELETE FROM sync_queue WHERE status = 'pending'")
    await both.world.execute("DELETE FROM pauses")
    assert [row.odoo_id for row in await both.world.rows("SELECT * FROM entity_map")] == [None]
    return shop_id


async def test_what_odoo_lacks_does_not_erase_what_a_command_has_touched_in_the_shop(both: TwoSides) -> None:
    """Reverse sync has agreed on the whole row of the shop; about Odoo's side nothing is agreed yet."""
    shop_id = await a_commanded_customer(both)

    await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.work()

    assert both.shop_row("customers", shop_id)["company"] == "Engines"
    [partner] = both.partners(email="ada@example.com")
    assert partner["company_name"] == "Engines"


async def test_what_a_command_has_touched_in_the_shop_fills_what_odoo_lacks(both: TwoSides) -> None:
    shop_id = await a_commanded_customer(both)
    await both.people.create("res.partner", [{"name": "Ada Lovelace", "email": "ada@example.com"}])

    await both.edit_shop("customers", shop_id)
    await both.work()

    [partner] = both.partners(email="ada@example.com")
    assert partner["company_name"] == "Engines"


async def test_a_write_whose_answer_was_lost_is_no_edit_of_odoos_own_user(engine: AsyncEngine) -> None:
    """Odoo's rules may be silent about our own writes: nobody tells of it."""
    async with open_two_sides(engine, sync=customers(rule="odoo_wins")) as both:
        number, shop_id = await a_customer(both)
        both.line.lose = {("res.partner", "write")}
        await both.edit_shop("customers", shop_id, lastname="King")
        await both.work()
        assert both.partner(number)["name"] == "Ada King"

        await both.edit_shop("customers", shop_id, lastname="Byron")
        await both.work()

        assert both.partner(number)["name"] == "Ada Byron"
        assert both.shop_row("customers", shop_id)["lastname"] == "Byron"
        assert await both.world.rows("SELECT 1 FROM conflicts") == []


async def test_a_reference_to_what_is_not_synced_is_erased_on_neither_side(engine: AsyncEngine) -> None:
    sync = {"entities": {"product": {"direction": "both"}}}
    async with open_two_sides(engine, sync=sync) as both:
        [category] = await both.people.create("product.category", [{"name": "Crockery"}])
        before = both.shop_row("products", 8)["id_category_default"]
        number = await both.add_to_odoo(
            "product.template", name="Mug", default_code="demo_13", list_price=11.9, categ_id=category
        )

        await both.work()
        await both.edit_odoo("product.template", number, list_price=12.5)
        await both.work()

        assert both.shop_row("products", 8)["id_category_default"] == before
        assert both.row("product.template", number)["categ_id"] == category
        assert float(both.shop_row("products", 8)["price"]) == 12.5


async def test_a_peer_that_is_hidden_for_a_moment_is_not_taken_for_deleted(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)
    row = both.odoo.tables["res.partner"].pop(number)

    await both.edit_shop("customers", shop_id, lastname="King")
    await both.world.drainer.drain()
    both.odoo.tables["res.partner"][number] = row
    await both.work()

    assert both.shop_row("customers", shop_id)["active"] == "1"
    assert both.partner(number)["name"] == "Ada King"


async def test_an_edit_of_a_record_whose_peer_was_hidden_arrives_when_it_is_seen_again(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync=customers(rule="shop_wins")) as both:
        number, shop_id = await a_customer(both)
        row = both.odoo.tables["res.partner"].pop(number)
        await both.edit_shop("customers", shop_id, lastname="King")
        await both.work()
        assert both.shop_row("customers", shop_id)["active"] == "0"

        both.odoo.tables["res.partner"][number] = row
        await both.tell("res.partner", number)
        await both.work()

        assert both.shop_row("customers", shop_id)["active"] == "1"
        assert both.partner(number)["name"] == "Ada King"
        assert both.shop_row("customers", shop_id)["lastname"] == "King"


async def test_a_mass_disappearance_removes_no_more_than_allowed_and_says_so(engine: AsyncEngine) -> None:
    """Somebody takes a right away: every read comes back empty."""
    async with open_two_sides(engine, sync=customers(removals_per_day=2)) as both:
        known = [await a_customer(both, f"Ada {one}", f"{one}@example.com") for one in "abcdef"]
        hidden = {number: both.odoo.tables["res.partner"].pop(number) for number, _ in known}

        for _, shop_id in known:
            await both.edit_shop("customers", shop_id, company="Engines")
        await both.work()

        def switched_off() -> int:
            return sum(both.shop_row("customers", shop_id)["active"] == "0" for _, shop_id in known)

        assert switched_off() == 2
        [pause] = await both.world.rows("SELECT * FROM pauses")
        assert (pause.direction, pause.entity_type) == ("odoo_to_shop", "customer")
        assert "removals_per_day" in pause.reason

        both.odoo.tables["res.partner"].update(hidden)
        await both.work()

        assert switched_off() == 2
        assert await both.unfinished() == []
        seen_again = [number for number, shop_id in known if both.shop_row("customers", shop_id)["active"] == "1"]
        assert [both.partner(number)["company_name"] for number in seen_again] == ["Engines"] * 4
        for number, _ in known:
            await both.tell("res.partner", number)
        await both.work()
        assert switched_off() == 0
        assert await both.world.rows("SELECT * FROM pauses") == []
