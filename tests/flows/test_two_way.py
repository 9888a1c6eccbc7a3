"""Odoo and a shop kept the same: edits on either side arrive once on the other, and nothing goes round in circles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from string import ascii_lowercase
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.offices.people import Person
from tests.flows.two_sides import EVERYTHING as SYNC
from tests.flows.two_sides import TwoSides, open_two_sides


@pytest.fixture
async def both(engine: AsyncEngine, kind: str) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, kind=kind, sync=SYNC) as opened:
        yield opened


async def a_customer(both: TwoSides) -> tuple[int, str]:
    """(Odoo's id, the shop's): a customer that both sides know."""
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.work()
    [pair] = await both.pairs()
    both.forget_calls()
    return number, str(pair.shop_id)


async def jobs_of_customers(both: TwoSides) -> list[Any]:
    """A shop may tell of a customer's addresses as well."""
    return [job for job in await both.world.jobs("shop_to_odoo") if job.entity_type == "customer"]


async def test_a_new_contact_in_odoo_becomes_one_customer_of_the_shop(both: TwoSides) -> None:
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")

    await both.work()

    [pair] = await both.pairs()
    assert pair.odoo_id == str(number)
    assert both.office.person(pair.shop_id) == Person(first="Ada", last="Lovelace", email="ada@example.com")
    assert both.office.writes() == ["create customer"]


async def test_a_new_customer_of_the_shop_becomes_one_contact_in_odoo(both: TwoSides) -> None:
    await both.add_person(first="Grace", last="Hopper", email="grace@example.com")

    await both.work()

    [partner] = both.partners(email="grace@example.com")
    assert partner["name"] == "Grace Hopper"
    assert [pair.odoo_id for pair in await both.pairs()] == [str(partner["id"])]


async def test_the_echo_costs_one_read_and_no_write(both: TwoSides) -> None:
    number, _shop_id = await a_customer(both)

    await both.tell("res.partner", number)
    await both.work()

    assert both.odoo_writes() == []
    assert (both.office.reads(), both.office.writes()) == ([], [])
    assert both.line.calls == [("res.partner", "read")]
    assert (await both.outcomes())[-1] == ("odoo customer", "completed", "unchanged")


async def test_an_edit_in_odoo_arrives_in_the_shop_as_one_write(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)

    await both.edit_odoo("res.partner", number, name="Ada King")
    await both.work()

    assert both.office.person(shop_id).last == "King"
    assert both.office.writes() == ["update customer"]
    assert both.odoo_writes() == []


async def test_an_edit_in_the_shop_arrives_in_odoo_as_one_write(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)

    await both.edit_person(shop_id, last="King")
    await both.work()

    assert both.partner(number)["name"] == "Ada King"
    assert both.odoo_writes() == [("res.partner", "write")]
    assert both.office.writes() == []


async def test_different_fields_edited_on_both_sides_at_once_both_survive(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)

    await both.edit_odoo("res.partner", number, name="Ada King")
    await both.edit_person(shop_id, email="ada@engines.example")
    await both.work()

    assert both.partner(number)["name"] == "Ada King"
    assert both.partner(number)["email"] == "ada@engines.example"
    assert both.office.person(shop_id) == Person(first="Ada", last="King", email="ada@engines.example")
    assert len(both.office.writes()) == 1
    assert len(both.odoo_writes()) == 1
    assert await both.world.rows("SELECT 1 FROM conflicts") == []


@pytest.mark.parametrize(("rule", "wins"), [("odoo_wins", "Ada King"), ("shop_wins", "Ada Byron")])
async def test_the_same_field_edited_on_both_sides_goes_by_the_rule_of_the_link(
    engine: AsyncEngine, kind: str, rule: str, wins: str
) -> None:
    sync = {"conflict_rule": rule, "entities": {"customer": {"direction": "both"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        number, shop_id = await a_customer(both)

        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.edit_person(shop_id, last="Byron")
        await both.work()

        assert both.partner(number)["name"] == wins
        assert both.office.person(shop_id).name == wins
        [conflict] = await both.world.rows("SELECT * FROM conflicts")
        assert (conflict.field, conflict.status, conflict.winner) == ("name", "resolved", rule.removesuffix("_wins"))


async def test_a_manual_conflict_waits_for_a_person_and_lets_the_other_fields_through(
    engine: AsyncEngine, kind: str
) -> None:
    sync = {"conflict_rule": "manual", "entities": {"customer": {"direction": "both"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        number, shop_id = await a_customer(both)

        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.edit_person(shop_id, last="Byron", email="ada@engines.example")
        await both.work()

        person = both.office.person(shop_id)
        assert (both.partner(number)["name"], person.last) == ("Ada King", "Byron")
        assert both.partner(number)["email"] == "ada@engines.example"
        [conflict] = await both.world.rows("SELECT * FROM conflicts")
        assert (conflict.field, conflict.status) == ("name", "open")
        assert (conflict.base, conflict.odoo_value, conflict.shop_value) == (
            {"value": "Ada Lovelace"},
            {"value": "Ada King"},
            {"value": "Ada Byron"},
        )


async def test_an_edit_of_the_target_that_nobody_told_of_is_not_marked_as_seen(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)
    await both.people.write("res.partner", [number], {"email": "ada@engines.example"})

    await both.edit_person(shop_id, last="King")
    await both.work()
    assert both.office.person(shop_id).email == "ada@example.com"
    await both.tell("res.partner", number)
    await both.work()

    assert both.partner(number)["name"] == "Ada King"
    assert both.office.person(shop_id).email == "ada@engines.example"


async def test_a_webhook_for_a_record_that_we_are_creating_does_not_create_it_back(both: TwoSides) -> None:
    """The shop's own event is ingested while our create has not been recorded yet."""
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    both.line.tell_of_writes = both.tell

    await both.work()

    assert len(both.partners(email="ada@example.com")) == 1
    assert [pair.odoo_id for pair in await both.pairs()] == [str(number)]


async def test_a_create_whose_answer_was_lost_makes_one_contact(both: TwoSides) -> None:
    both.line.lose = {("res.partner", "load")}
    await both.add_person(first="Grace", last="Hopper", email="grace@example.com")

    await both.work()

    assert len(both.partners(email="grace@example.com")) == 1
    assert len(await both.pairs()) == 1
    assert ("shop customer", "completed", "created") in await both.outcomes()


async def test_twenty_orders_of_one_new_customer_make_one_contact(both: TwoSides) -> None:
    customer = both.office.add_person(first="Grace", last="Hopper", email="grace@example.com")
    both.office.add_home(customer)
    orders = [both.office.order(customer) for _ in range(20)]
    await both.office.settled()

    await both.work()

    [partner] = both.partners(email="grace@example.com")
    made = [row for row in both.odoo.tables["sale.order"].values() if row["partner_id"] == partner["id"]]
    assert len(made) == len(orders) == 20


async def test_a_deleted_customer_of_the_shop_archives_the_contact_and_is_not_brought_back(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)
    both.line.tell_of_writes = both.tell

    both.office.remove_person(shop_id)
    await both.office.settled()
    await both.work()

    assert both.partner(number)["active"] is False
    assert both.office.writes() == []
    assert "ada@example.com" not in both.office.emails()


@pytest.mark.parametrize("kind", ["prestashop"])
async def test_a_deleted_contact_switches_the_customer_off(both: TwoSides) -> None:
    """A WooCommerce cannot switch a customer off: `test_two_way_deletes.py`."""
    number, shop_id = await a_customer(both)

    await both.remove_from_odoo("res.partner", number)
    await both.work()

    assert both.shop_row("customers", shop_id)["active"] in ("0", 0, False)
    assert len(both.partners(email="ada@example.com")) == 0


async def test_a_contact_that_vanished_between_event_and_read_is_left_alone(both: TwoSides) -> None:
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.people.unlink("res.partner", [number])

    await both.work()

    assert await both.pairs() == []
    assert (await both.outcomes())[-1][1:] == ("completed", "unchanged")
    assert both.office.writes() == []


async def test_two_filled_systems_are_linked_by_name_and_nothing_is_made_twice(both: TwoSides) -> None:
    number = await both.people.create("res.partner", [{"name": "Grace Hopper", "email": "Grace@Example.com"}])
    shop_id = await both.add_person(first="Grace", last="Hopper", email="grace@example.com")

    await both.work()

    [pair] = await both.pairs()
    assert (pair.odoo_id, pair.shop_id) == (str(number[0]), shop_id)
    assert len(both.partners(email_normalized="grace@example.com")) == 1


async def test_a_name_that_two_contacts_have_is_parked_with_the_candidates(both: TwoSides) -> None:
    await both.add_person(first="Doub", last="Le", email="dup@example.com")

    await both.work()

    [job] = await jobs_of_customers(both)
    assert (job.status, job.error_code) == ("parked", "ambiguous")
    assert "18, 19" in job.error_message
    assert await both.pairs() == []


async def test_a_customer_whose_contact_was_merged_into_another_follows_it(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)
    [kept] = await both.people.create("res.partner", [{"name": "Ada Lovelace", "email": "ada@example.com"}])
    await both.people.unlink("res.partner", [number])

    await both.edit_person(shop_id, last="King")
    await both.work()

    assert both.partner(kept)["name"] == "Ada King"
    assert [(pair.odoo_id, pair.shop_id) for pair in await both.pairs()] == [(str(kept), shop_id)]


async def test_a_pair_that_two_automatons_keep_rewriting_is_parked_and_shown(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)

    for _ in range(20):
        await both.edit_odoo("res.partner", number, name="Ada Lovelace")
        await both.work()
        await both.edit_person(shop_id, last="Byron")
        await both.work()

    [pair] = await both.pairs()
    assert "times within 10 minutes" in pair.blocked_reason
    parked = await both.world.rows("SELECT * FROM sync_queue WHERE status = 'parked'")
    assert {job.error_code for job in parked} == {"flipping"}
    assert len(both.office.writes()) + len(both.odoo_writes()) < 20


@pytest.mark.parametrize(("kind", "rounds"), [("prestashop", 10), ("woocommerce", 4)])
async def test_hundreds_of_edits_on_alternating_sides_make_as_many_writes_and_then_it_is_quiet(
    engine: AsyncEngine, kind: str, rounds: int
) -> None:
    """On the second kind of shop a fifth of them will do."""
    letters = ascii_lowercase[:25]
    async with open_two_sides(engine, kind=kind, sync={"entities": {"customer": {"direction": "both"}}}) as both:
        for one in letters:
            await both.add_to_odoo("res.partner", name=f"Ada {one}", email=f"ada.{one}@example.com")
        await both.work()
        pairs = await both.pairs()
        both.line.tell_of_writes = both.tell
        both.forget_calls()

        for turn in range(rounds):
            word = f"{chr(97 + turn)}odoo"
            for one, pair in zip(letters, pairs, strict=True):
                await both.edit_odoo("res.partner", int(pair.odoo_id), name=f"Ada {one}{word}")
            await both.work()
            for one, pair in zip(letters, pairs, strict=True):
                await both.edit_person(pair.shop_id, last=f"{one}{chr(97 + turn)}shop")
            await both.work()

        assert len(both.office.writes()) == len(letters) * rounds
        assert len(both.odoo_writes()) == len(letters) * rounds
        assert await both.world.rows("SELECT 1 FROM sync_queue WHERE status IN ('pending', 'processing')") == []
        names = {str(row["name"]) for row in both.partners() if str(row.get("email")).startswith("ada.")}
        assert names == {f"Ada {one}{word[0]}shop" for one in letters}


async def test_where_only_one_direction_is_synced_its_value_goes_over_an_edit_of_the_target(
    engine: AsyncEngine, kind: str
) -> None:
    sync = {"conflict_rule": "newest_wins", "entities": {"customer": {"direction": "odoo_to_shop"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        number, shop_id = await a_customer(both)

        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.edit_person(shop_id, last="Byron")
        await both.work()

        assert (both.partner(number)["name"], both.office.person(shop_id).last) == ("Ada King", "King")
        [conflict] = await both.world.rows("SELECT * FROM conflicts")
        assert (conflict.status, conflict.winner, conflict.shop_value) == ("resolved", "odoo", {"value": "Ada Byron"})


async def test_what_a_person_mended_and_a_later_event_carried_out_waits_for_nobody_any_more(both: TwoSides) -> None:
    shop_id = await both.add_person(first="Doub", last="Le", email="dup@example.com")
    await both.work()
    await both.people.unlink("res.partner", [19])

    await both.edit_person(shop_id, last="Once")
    await both.work()

    assert [(pair.odoo_id, pair.shop_id) for pair in await both.pairs()] == [("18", shop_id)]
    first, second = [job for job in await jobs_of_customers(both) if job.native_id == shop_id][:2]
    assert (first.status, first.outcome) == ("cancelled", "merged")
    assert f"taken over by job {second.id}" in first.error_message


async def test_a_record_that_waits_for_a_person_waits_once_however_many_events_come(both: TwoSides) -> None:
    shop_id = await both.add_person(first="Doub", last="Le", email="dup@example.com")
    await both.work()

    for name in ("Once", "Twice"):
        await both.edit_person(shop_id, last=name)
        await both.work()

    jobs = await jobs_of_customers(both)
    assert [job.status for job in jobs] == ["cancelled", "cancelled", "parked"]
