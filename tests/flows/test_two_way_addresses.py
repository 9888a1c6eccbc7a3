"""Addresses both ways, with country and state; their customer comes first and they hold up nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides

CALIFORNIA, USA, FRANCE = 13, 233, 75


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        yield opened


def in_shop(both: TwoSides, customer: int, **values: str) -> int:
    given = {
        "id_country": "21",
        "id_state": "8",
        "alias": "Home",
        "firstname": "Jon",
        "lastname": "Do",
        "address1": "5 Ocean Drive",
        "postcode": "94105",
        "city": "San Francisco",
        "phone": "+1 555 0101",
        **values,
    }
    return both.world.shop.add("addresses", id_customer=str(customer), **given)


async def in_odoo(both: TwoSides, parent: int, **values: Any) -> int:
    given = {
        "parent_id": parent,
        "type": "delivery",
        "name": "Jon Do",
        "street": "5 Ocean Drive",
        "zip": "94105",
        "city": "San Francisco",
        "country_id": USA,
        "state_id": CALIFORNIA,
        **values,
    }
    return await both.add_to_odoo("res.partner", **given)


async def test_an_address_of_the_shop_is_one_in_odoo_after_its_customer(both: TwoSides) -> None:
    number = in_shop(both, 67)
    await both.world.shop.settled()

    await both.work()

    customer = await both.pair_of("customer", shop=67)
    row = both.partner(int((await both.pair_of("address", shop=number)).odoo_id))
    assert (str(row["parent_id"]), row["type"], row["city"]) == (customer.odoo_id, "delivery", "San Francisco")
    assert (row["country_id"], row["state_id"]) == (USA, CALIFORNIA)
    assert await both.unfinished() == []


async def test_an_address_of_odoo_is_one_in_the_shop_after_its_customer(both: TwoSides) -> None:
    [parent] = await both.people.create("res.partner", [{"name": "Ada Lovelace", "email": "ada@example.com"}])
    number = await in_odoo(both, parent)

    await both.work()

    customer = await both.pair_of("customer", odoo=parent)
    row = both.shop_row("addresses", (await both.pair_of("address", odoo=number)).shop_id)
    assert (row["id_customer"], row["city"], row["id_country"], row["id_state"]) == (
        customer.shop_id,
        "San Francisco",
        "21",
        "8",
    )
    assert await both.unfinished() == []


async def test_edits_of_an_address_arrive_as_one_write_and_a_move_takes_the_state_along(both: TwoSides) -> None:
    number = in_shop(both, 67)
    await both.world.shop.settled()
    await both.work()
    odoo_id = int((await both.pair_of("address", shop=number)).odoo_id)
    both.forget_calls()

    await both.edit_shop("addresses", number, id_country="8", id_state="0", postcode="75002", city="Paris")
    await both.work()
    row = both.partner(odoo_id)
    assert (row["country_id"], row["state_id"], row["zip"], row["city"]) == (FRANCE, False, "75002", "Paris")
    assert both.odoo_writes() == [("res.partner", "write")]
    assert both.world.writes() == []

    both.forget_calls()
    await both.edit_odoo("res.partner", odoo_id, city="Paris 2e", phone="+33 1 02 03 04 05")
    await both.work()
    after = both.shop_row("addresses", number)
    assert (after["city"], after["phone"], after["alias"]) == ("Paris 2e", "+33 1 02 03 04 05", "Home")
    assert len(both.world.writes()) == 1
    assert both.odoo_writes() == []
    assert await both.unfinished() == []


async def test_the_same_address_written_otherwise_is_linked_and_not_made_again(both: TwoSides) -> None:
    await both.edit_shop("customers", 67)
    await both.work()
    parent = int((await both.pair_of("customer", shop=67)).odoo_id)
    made = await in_odoo(both, parent, street="1  main STREET", zip="10001", city="new york", state_id=False)

    await both.work()

    assert (await both.pair_of("address", odoo=made)).shop_id == "7"
    assert [each for each in both.world.writes() if each.startswith("POST")] == []


async def test_addresses_that_wait_hold_up_nobody(both: TwoSides) -> None:
    """The customer of the first cannot come: two contacts have its e-mail."""
    await both.people.create(
        "res.partner", [{"name": "A", "email": "two@x.test"}, {"name": "B", "email": "two@x.test"}]
    )
    stuck = both.world.shop.add("customers", firstname="Tw", lastname="Ice", email="two@x.test", active="1")
    waiting = [in_shop(both, stuck, address1=f"{n} Stuck Street") for n in range(5)]
    free = [in_shop(both, 67, address1=f"{n} Free Street") for n in range(5)]
    await both.world.shop.settled()

    await both.work()

    paired = {int(pair.shop_id) for pair in await both.pairs() if pair.entity_type == "address"}
    assert paired == set(free)
    jobs = {job.native_id: job for job in await both.unfinished()}
    assert {str(number) for number in waiting} | {str(stuck)} == set(jobs)
    assert "waits for its customer" in jobs[str(waiting[0])].error_message
    assert jobs[str(stuck)].error_code == "ambiguous"


async def test_waiting_addresses_come_when_their_customer_can(both: TwoSides) -> None:
    first, second = await both.people.create(
        "res.partner", [{"name": "A", "email": "two@x.test"}, {"name": "B", "email": "two@x.test"}]
    )
    stuck = both.world.shop.add("customers", firstname="Tw", lastname="Ice", email="two@x.test", active="1")
    number = in_shop(both, stuck)
    await both.world.shop.settled()
    await both.work()

    await both.people.unlink("res.partner", [second])
    await both.world.execute("UPDATE sync_queue SET status = 'pending', attempts = 0 WHERE status = 'parked'")
    await both.work()

    assert (await both.pair_of("customer", shop=stuck)).odoo_id == str(first)
    assert both.partner(int((await both.pair_of("address", shop=number)).odoo_id))["parent_id"] == first
    assert await both.unfinished() == []


async def test_an_address_whose_create_lost_its_answer_is_made_once_on_either_side(both: TwoSides) -> None:
    both.line.lose = {("res.partner", "load")}
    number = in_shop(both, 67)
    await both.world.shop.settled()
    await both.work()
    parent = int((await both.pair_of("customer", shop=67)).odoo_id)
    both.world.shop.fail("POST", "/addresses", name="commit_then_drop")
    made = await in_odoo(both, parent, street="9 Other Road")

    await both.work()

    assert len(both.partners(street="5 Ocean Drive")) == 1
    assert len([row for row in both.shop_rows("addresses") if row["address1"] == "9 Other Road"]) == 1
    assert {pair.shop_id for pair in await both.pairs() if pair.entity_type == "address"} >= {str(number)}
    assert (await both.pair_of("address", odoo=made)).shop_id
    assert await both.unfinished() == []


async def test_two_addresses_of_one_place_are_two_on_the_other_side(both: TwoSides) -> None:
    """Home and office in one house, or the two addresses of a guest who bought twice."""
    home, office = in_shop(both, 67), in_shop(both, 67, alias="Office", company="Engines")
    await both.world.shop.settled()

    await both.work()

    pairs = [await both.pair_of("address", shop=number) for number in (home, office)]
    assert len({pair.odoo_id for pair in pairs}) == 2
    assert [both.partner(int(pair.odoo_id))["company_name"] or None for pair in pairs] == [None, "Engines"]
    assert len(both.partners(street="5 Ocean Drive")) == 2
    parent = int((await both.pair_of("customer", shop=67)).odoo_id)
    twins = [await in_odoo(both, parent, street="9 Other Road", name=name) for name in ("Jon Do", "Jane Do")]
    await both.work()
    assert len([row for row in both.shop_rows("addresses") if row["address1"] == "9 Other Road"]) == 2
    assert len({(await both.pair_of("address", odoo=number)).shop_id for number in twins}) == 2
    assert await both.unfinished() == []
