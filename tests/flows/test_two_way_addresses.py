"""Addresses both ways, with country and state; their customer comes first and they hold up nobody."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.flows.two_sides import TwoSides, on_prestashop

CALIFORNIA, USA, FRANCE = 13, 233, 75
OCEAN_DRIVE = {
    "street": "5 Ocean Drive",
    "zip": "94105",
    "city": "San Francisco",
    "country": "US",
    "state": "CA",
    "phone": "+1 555 0101",
}


def in_shop(both: TwoSides, customer: str, **values: str) -> str:
    return both.office.add_place(customer, **{**OCEAN_DRIVE, **values})


def a_customer(both: TwoSides, email: str = "grace@example.com") -> str:
    """Of the shop, without an address."""
    return both.office.add_person(first="Grace", last="Hopper", email=email)


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
    owner = a_customer(both)
    number = in_shop(both, owner)
    await both.office.settled()

    await both.work()

    customer = await both.pair_of("customer", shop=owner)
    row = both.partner(int((await both.pair_of("address", shop=number)).odoo_id))
    assert (str(row["parent_id"]), row["type"], row["city"]) == (customer.odoo_id, "delivery", "San Francisco")
    assert (row["country_id"], row["state_id"]) == (USA, CALIFORNIA)
    assert await both.unfinished() == []


async def test_an_address_of_odoo_is_one_in_the_shop_after_its_customer(both: TwoSides) -> None:
    [parent] = await both.people.create("res.partner", [{"name": "Ada Lovelace", "email": "ada@example.com"}])
    number = await in_odoo(both, parent)

    await both.work()

    customer = await both.pair_of("customer", odoo=parent)
    place = both.office.place((await both.pair_of("address", odoo=number)).shop_id)
    assert (place.customer, place.city, place.country, place.state) == (customer.shop_id, "San Francisco", "US", "CA")
    assert await both.unfinished() == []


async def test_edits_of_an_address_arrive_as_one_write_and_a_move_takes_the_state_along(both: TwoSides) -> None:
    number = in_shop(both, a_customer(both))
    await both.office.settled()
    await both.work()
    odoo_id = int((await both.pair_of("address", shop=number)).odoo_id)
    both.forget_calls()

    both.office.edit_place(number, country="FR", zip="75002", city="Paris")
    await both.office.settled()
    await both.work()
    row = both.partner(odoo_id)
    assert (row["country_id"], row["state_id"], row["zip"], row["city"]) == (FRANCE, False, "75002", "Paris")
    assert both.odoo_writes() == [("res.partner", "write")]
    assert both.office.writes() == []

    both.forget_calls()
    before = both.office.place(number)
    await both.edit_odoo("res.partner", odoo_id, city="Paris 2e", phone="+33 1 02 03 04 05")
    await both.work()
    assert both.office.place(number) == replace(before, city="Paris 2e", phone="+33 1 02 03 04 05")
    assert len(both.office.writes()) == 1
    assert both.odoo_writes() == []
    assert await both.unfinished() == []


async def test_the_same_address_written_otherwise_is_linked_and_not_made_again(both: TwoSides) -> None:
    owner = a_customer(both)
    home = both.office.add_home(owner)
    await both.office.settled()
    await both.world.execute("DELETE FROM sync_queue WHERE entity_type = 'address'")
    await both.work()
    parent = int((await both.pair_of("customer", shop=owner)).odoo_id)
    made = await in_odoo(both, parent, street="1  main STREET", zip="10001", city="new york", state_id=False)

    await both.work()

    assert (await both.pair_of("address", odoo=made)).shop_id == home
    assert [place.customer for place in both.office.places()].count(owner) == 1


async def test_addresses_that_wait_hold_up_nobody(both: TwoSides) -> None:
    """The customer of the first cannot come: two contacts have its e-mail."""
    await both.people.create(
        "res.partner", [{"name": "A", "email": "two@x.test"}, {"name": "B", "email": "two@x.test"}]
    )
    stuck, lucky = a_customer(both, "two@x.test"), a_customer(both)
    waiting = [in_shop(both, stuck, street=f"{n} Stuck Street") for n in range(2)]
    free = [in_shop(both, lucky, street=f"{n} Free Street") for n in range(2)]
    await both.office.settled()

    await both.work()

    paired = {pair.shop_id for pair in await both.pairs() if pair.entity_type == "address"}
    assert paired == set(free)
    jobs = {job.native_id: job for job in await both.unfinished()}
    assert {*waiting, stuck} == set(jobs)
    assert "waits for its customer" in jobs[waiting[0]].error_message
    assert jobs[stuck].error_code == "ambiguous"


async def test_waiting_addresses_come_when_their_customer_can(both: TwoSides) -> None:
    first, second = await both.people.create(
        "res.partner", [{"name": "A", "email": "two@x.test"}, {"name": "B", "email": "two@x.test"}]
    )
    stuck = a_customer(both, "two@x.test")
    number = in_shop(both, stuck)
    await both.office.settled()
    await both.work()

    await both.people.unlink("res.partner", [second])
    await both.world.execute("UPDATE sync_queue SET status = 'pending', attempts = 0 WHERE status = 'parked'")
    await both.work()

    assert (await both.pair_of("customer", shop=stuck)).odoo_id == str(first)
    assert both.partner(int((await both.pair_of("address", shop=number)).odoo_id))["parent_id"] == first
    assert await both.unfinished() == []


async def test_an_address_whose_create_lost_its_answer_is_made_once_on_either_side(both: TwoSides) -> None:
    both.line.lose = {("res.partner", "load")}
    owner = a_customer(both)
    number = in_shop(both, owner)
    await both.office.settled()
    await both.work()
    parent = int((await both.pair_of("customer", shop=owner)).odoo_id)
    both.office.lose_answer("address")
    made = await in_odoo(both, parent, street="9 Other Road")

    await both.work()

    assert len(both.partners(street="5 Ocean Drive")) == 1
    assert [place.street for place in both.office.places()].count("9 Other Road") == 1
    assert {pair.shop_id for pair in await both.pairs() if pair.entity_type == "address"} >= {number}
    assert (await both.pair_of("address", odoo=made)).shop_id
    assert await both.unfinished() == []


@on_prestashop
async def test_two_addresses_of_one_place_are_two_on_the_other_side(both: TwoSides) -> None:
    """Home and office in one house, or the two addresses of a guest who bought twice. A WooCommerce keeps two addresses
    of an account, and two that are the same are one."""
    owner = a_customer(both)
    home, office = in_shop(both, owner), in_shop(both, owner, company="Engines")
    await both.office.settled()

    await both.work()

    pairs = [await both.pair_of("address", shop=number) for number in (home, office)]
    assert len({pair.odoo_id for pair in pairs}) == 2
    assert [both.partner(int(pair.odoo_id))["company_name"] or None for pair in pairs] == [None, "Engines"]
    assert len(both.partners(street="5 Ocean Drive")) == 2
    parent = int((await both.pair_of("customer", shop=owner)).odoo_id)
    twins = [await in_odoo(both, parent, street="9 Other Road", name=name) for name in ("Jon Do", "Jane Do")]
    await both.work()
    assert [place.street for place in both.office.places()].count("9 Other Road") == 2
    assert len({(await both.pair_of("address", odoo=number)).shop_id for number in twins}) == 2
    assert await both.unfinished() == []
