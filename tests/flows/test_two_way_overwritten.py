"""What a write overwrites is known before it is sent: an answer that is lost takes nothing with it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import open_two_sides


async def test_a_conflict_is_on_record_though_the_answer_of_the_write_that_decided_it_was_lost(
    engine: AsyncEngine, kind: str
) -> None:
    sync = {"conflict_rule": "shop_wins", "entities": {"customer": {"direction": "both"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await both.work()
        shop_id = (await both.pair_of("customer", odoo=number)).shop_id
        await both.people.write("res.partner", [number], {"name": "Ada King"})
        both.line.lose.add(("res.partner", "write"))

        await both.edit_person(shop_id, last="Byron")
        await both.work()

        assert both.partner(number)["name"] == "Ada Byron"
        [conflict] = await both.world.rows("SELECT * FROM conflicts")
        assert (conflict.field, conflict.odoo_value, conflict.status) == ("name", {"value": "Ada King"}, "resolved")
