"""Odoo and a shop kept the same: edits on either side arrive once on the other, and nothing goes round in circles."""

from __future__ import annotations

from collections.abc import AsyncIterator
from string import ascii_lowercase

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import TwoSides, open_two_sides


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine) as opened:
        yield opened


async def a_customer(both: TwoSides) -> tuple[int, int]:
    """(Odoo's id, the shop's): a customer that both sides know."""
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.work()
    [pair] = await both.pairs()
    both.line.calls.clear()
    both.world.shop.requests.clear()
    return number, int(pair.shop_id)


async def test_a_new_contact_in_odoo_becomes_one_customer_of_the_shop(both: TwoSides) -> None:
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")

    await both.work()

    [pair] = await both.pairs()
    assert pair.odoo_id == str(number)
    row = both.world.shop.row("customers", int(pair.shop_id))
    assert (row["firstname"], row["lastname"], row["email"]) == ("Ada", "Lovelace", "ada@example.com")
    assert [each for each in both.world.writes() if each.startswith("POST")] == ["POST /api/customers"]


async def test_a_new_customer_of_the_shop_becomes_one_contact_in_odoo(both: TwoSides) -> None:
    both.world.shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com", active="1")
    await both.world.shop.settled()

    await both.work()

    [partner] = both.partners(email="grace@example.com")
    assert partner["name"] == "Grace Hopper"
    assert [pair.odoo_id for pair in await both.pairs()] == [str(partner["id"])]


async def test_the_echo_costs_one_read_and_no_write(both: TwoSides) -> None:
    number, _shop_id = await a_customer(both)

    await both.tell("res.partner", number)
    await both.work()

    assert both.odoo_writes() == []
    assert list(both.world.shop.requests) == []
    assert both.line.calls == [("res.partner", "read")]
    assert (await both.outcomes())[-1] == ("odoo customer", "completed", "unchanged")


async def test_an_edit_in_odoo_arrives_in_the_shop_as_one_write(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)

    await both.edit_odoo("res.partner", number, name="Ada King")
    await both.work()

    assert both.world.shop.row("customers", shop_id)["lastname"] == "King"
    assert both.world.writes() == [f"PATCH /api/customers/{shop_id}"]
    assert both.odoo_writes() == []


async def test_an_edit_in_the_shop_arrives_in_odoo_as_one_write(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)

    await both.edit_shop("customers", shop_id, lastname="King")
    await both.work()

    assert both.partner(number)["name"] == "Ada King"
    assert both.odoo_writes() == [("res.partner", "write")]
    assert both.world.writes() == []


async def test_different_fields_edited_on_both_sides_at_once_both_survive(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)

    await both.edit_odoo("res.partner", number, name="Ada King")
    await both.edit_shop("customers", shop_id, company="Analytical Engines")
    await both.work()

    assert both.partner(number)["name"] == "Ada King"
    assert both.partner(number)["company_name"] == "Analytical Engines"
    row = both.world.shop.row("customers", shop_id)
    assert (row["firstname"], row["lastname"], row["company"]) == ("Ada", "King", "Analytical Engines")
    assert len(both.world.writes()) == 1
    assert len(both.odoo_writes()) == 1
    assert await both.world.rows("SELECT 1 FROM conflicts") == []


@pytest.mark.parametrize(("rule", "wins"), [("odoo_wins", "Ada King"), ("shop_wins", "Ada Byron")])
async def test_the_same_field_edited_on_both_sides_goes_by_the_rule_of_the_link(
    engine: AsyncEngine, rule: str, wins: str
) -> None:
    sync = {"conflict_rule": rule, "entities": {"customer": {"direction": "both"}}}
    async with open_two_sides(engine, sync=sync) as both:
        number, shop_id = await a_customer(both)

        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.edit_shop("customers", shop_id, lastname="Byron")
        await both.work()

        row = both.world.shop.row("customers", shop_id)
        assert both.partner(number)["name"] == wins
        assert f"{row['firstname']} {row['lastname']}" == wins
        [conflict] = await both.world.rows("SELECT * FROM conflicts")
        assert (conflict.field, conflict.status, conflict.winner) == ("name", "resolved", rule.removesuffix("_wins"))


async def test_a_manual_conflict_waits_for_a_person_and_lets_the_other_fields_through(engine: AsyncEngine) -> None:
    sync = {"conflict_rule": "manual", "entities": {"customer": {"direction": "both"}}}
    async with open_two_sides(engine, sync=sync) as both:
        number, shop_id = await a_customer(both)

        await both.edit_odoo("res.partner", number, name="Ada King", website="https://odoo.example")
        await both.edit_shop("customers", shop_id, lastname="Byron", company="Engines")
        await both.work()

        row = both.world.shop.row("customers", shop_id)
        assert (both.partner(number)["name"], row["lastname"]) == ("Ada King", "Byron")
        assert (row["website"], both.partner(number)["company_name"]) == ("https://odoo.example", "Engines")
        [conflict] = await both.world.rows("SELECT * FROM conflicts")
        assert (conflict.field, conflict.status) == ("name", "open")
        assert (conflict.base, conflict.odoo_value, conflict.shop_value) == (
            {"value": "Ada Lovelace"},
            {"value": "Ada King"},
            {"value": "Ada Byron"},
        )


async def test_an_edit_of_the_target_that_nobody_told_of_is_not_marked_as_seen(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)
    await both.people.write("res.partner", [number], {"website": "https://ada.example"})

    await both.edit_shop("customers", shop_id, lastname="King")
    await both.work()
    assert both.world.shop.row("customers", shop_id)["website"] in ("", None)
    await both.tell("res.partner", number)
    await both.work()

    assert both.partner(number)["name"] == "Ada King"
    assert both.world.shop.row("customers", shop_id)["website"] == "https://ada.example"


async def test_a_webhook_for_a_record_that_we_are_creating_does_not_create_it_back(both: TwoSides) -> None:
    """The shop's own event is ingested while our create has not been recorded yet."""
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    both.line.tell_of_writes = both.tell

    await both.work()

    assert len(both.partners(email="ada@example.com")) == 1
    assert [pair.odoo_id for pair in await both.pairs()] == [str(number)]


async def test_a_create_whose_answer_was_lost_makes_one_contact(both: TwoSides) -> None:
    both.line.lose = {("res.partner", "load")}
    both.world.shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com", active="1")
    await both.world.shop.settled()

    await both.work()

    assert len(both.partners(email="grace@example.com")) == 1
    assert len(await both.pairs()) == 1
    assert (await both.outcomes())[0][2] == "created"


def place_order(both: TwoSides, customer: int, address: int) -> int:
    """As the storefront does: one mug for 11.90, shipped for 7, to a country without tax."""
    shop = both.world.shop
    ends = {"id_customer": str(customer), "id_address_delivery": str(address), "id_address_invoice": str(address)}
    cart = shop.add("carts", id_currency="1", id_lang="1", id_carrier="2", **ends)
    row = {"id_product": "8", "id_product_attribute": "0", "quantity": "1"}
    shop.shop.table("carts").linked[cart, "cart_rows"] = [row]
    return shop.add(
        "orders",
        id_cart=str(cart),
        id_currency="1",
        id_lang="1",
        id_carrier="2",
        module="ps_wirepayment",
        payment="Bank wire",
        total_paid="18.9",
        total_products="11.9",
        total_products_wt="11.9",
        conversion_rate="1",
        **ends,
    )


async def test_twenty_orders_of_one_new_customer_make_one_contact(both: TwoSides) -> None:
    shop = both.world.shop
    customer = shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com", active="1")
    address = shop.add(
        "addresses",
        id_customer=str(customer),
        id_country="21",
        alias="Home",
        firstname="Grace",
        lastname="Hopper",
        address1="1 Main Street",
        city="New York",
        postcode="10001",
    )
    orders = [place_order(both, customer, address) for _ in range(20)]
    await shop.settled()

    await both.work()

    [partner] = both.partners(email="grace@example.com")
    made = [row for row in both.odoo.tables["sale.order"].values() if row["partner_id"] == partner["id"]]
    assert len(made) == len(orders) == 20


async def test_a_deleted_customer_of_the_shop_archives_the_contact_and_is_not_brought_back(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)
    both.line.tell_of_writes = both.tell

    both.world.shop.remove("customers", shop_id)
    await both.world.shop.settled()
    await both.work()

    assert both.partner(number)["active"] is False
    assert both.world.writes() == []
    assert "ada@example.com" not in [row["email"] for row in both.world.shop.rows("customers")]


async def test_a_deleted_contact_switches_the_customer_off(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)

    await both.remove_from_odoo("res.partner", number)
    await both.work()

    assert both.world.shop.row("customers", shop_id)["active"] in ("0", 0, False)
    assert len(both.partners(email="ada@example.com")) == 0


async def test_a_contact_that_vanished_between_event_and_read_is_left_alone(both: TwoSides) -> None:
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.people.unlink("res.partner", [number])

    await both.work()

    assert await both.pairs() == []
    assert (await both.outcomes())[-1][1:] == ("completed", "unchanged")
    assert both.world.writes() == []


async def test_two_filled_systems_are_linked_by_name_and_nothing_is_made_twice(both: TwoSides) -> None:
    number = await both.people.create("res.partner", [{"name": "Grace Hopper", "email": "Grace@Example.com"}])
    shop_id = both.world.shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com")
    await both.world.shop.settled()

    await both.work()

    [pair] = await both.pairs()
    assert (pair.odoo_id, pair.shop_id) == (str(number[0]), str(shop_id))
    assert len(both.partners(email_normalized="grace@example.com")) == 1


async def test_a_name_that_two_contacts_have_is_parked_with_the_candidates(both: TwoSides) -> None:
    both.world.shop.add("customers", firstname="Doub", lastname="Le", email="dup@example.com")
    await both.world.shop.settled()

    await both.work()

    [job] = await both.world.jobs("shop_to_odoo")
    assert (job.status, job.error_code) == ("parked", "ambiguous")
    assert "18, 19" in job.error_message
    assert await both.pairs() == []


async def test_a_customer_whose_contact_was_merged_into_another_follows_it(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)
    [kept] = await both.people.create("res.partner", [{"name": "Ada Lovelace", "email": "ada@example.com"}])
    await both.people.unlink("res.partner", [number])

    await both.edit_shop("customers", shop_id, lastname="King")
    await both.work()

    assert both.partner(kept)["name"] == "Ada King"
    assert [(pair.odoo_id, pair.shop_id) for pair in await both.pairs()] == [(str(kept), str(shop_id))]


async def test_a_pair_that_two_automatons_keep_rewriting_is_parked_and_shown(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)

    for _ in range(20):
        await both.edit_odoo("res.partner", number, name="Ada Lovelace")
        await both.work()
        await both.edit_shop("customers", shop_id, lastname="Byron")
        await both.work()

    [pair] = await both.pairs()
    assert "times within 10 minutes" in pair.blocked_reason
    parked = await both.world.rows("SELECT * FROM sync_queue WHERE status = 'parked'")
    assert {job.error_code for job in parked} == {"flipping"}
    assert len(both.world.writes()) + len(both.odoo_writes()) < 20


async def test_a_thousand_edits_on_alternating_sides_make_a_thousand_writes_and_then_it_is_quiet(
    engine: AsyncEngine,
) -> None:
    letters, rounds = ascii_lowercase[:25], 20
    async with open_two_sides(engine, sync={"entities": {"customer": {"direction": "both"}}}) as both:
        for one in letters:
            await both.add_to_odoo("res.partner", name=f"Ada {one}", email=f"ada.{one}@example.com")
        await both.work()
        pairs = await both.pairs()
        both.line.tell_of_writes = both.tell
        both.line.calls.clear()
        both.world.shop.requests.clear()

        for turn in range(rounds):
            word = f"{chr(97 + turn)}odoo"
            for one, pair in zip(letters, pairs, strict=True):
                await both.edit_odoo("res.partner", int(pair.odoo_id), name=f"Ada {one}{word}")
            await both.work()
            for one, pair in zip(letters, pairs, strict=True):
                await both.edit_shop("customers", int(pair.shop_id), lastname=f"{one}{chr(97 + turn)}shop")
            await both.work()

        assert len(both.world.writes()) == len(letters) * rounds
        assert len(both.odoo_writes()) == len(letters) * rounds
        assert await both.world.rows("SELECT 1 FROM sync_queue WHERE status IN ('pending', 'processing')") == []
        names = {str(row["name"]) for row in both.partners() if str(row.get("email")).startswith("ada.")}
        assert names == {f"Ada {one}tshop" for one in letters}


async def test_where_only_one_direction_is_synced_its_value_goes_over_an_edit_of_the_target(
    engine: AsyncEngine,
) -> None:
    sync = {"conflict_rule": "newest_wins", "entities": {"customer": {"direction": "odoo_to_shop"}}}
    async with open_two_sides(engine, sync=sync) as both:
        number, shop_id = await a_customer(both)

        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.edit_shop("customers", shop_id, lastname="Byron")
        await both.work()

        row = both.world.shop.row("customers", shop_id)
        assert (both.partner(number)["name"], row["lastname"]) == ("Ada King", "King")
        [conflict] = await both.world.rows("SELECT * FROM conflicts")
        assert (conflict.status, conflict.winner, conflict.shop_value) == ("resolved", "odoo", {"value": "Ada Byron"})


async def test_what_a_person_mended_and_a_later_event_carried_out_waits_for_nobody_any_more(both: TwoSides) -> None:
    shop_id = both.world.shop.add("customers", firstname="Doub", lastname="Le", email="dup@example.com")
    await both.world.shop.settled()
    await both.work()
    await both.people.unlink("res.partner", [19])

    await both.edit_shop("customers", shop_id, lastname="Once")
    await both.work()

    assert [(pair.odoo_id, pair.shop_id) for pair in await both.pairs()] == [("18", str(shop_id))]
    first, second = [job for job in await both.world.jobs("shop_to_odoo") if job.native_id == str(shop_id)][:2]
    assert (first.status, first.outcome) == ("cancelled", "merged")
    assert f"taken over by job {second.id}" in first.error_message


async def test_a_record_that_waits_for_a_person_waits_once_however_many_events_come(both: TwoSides) -> None:
    shop_id = both.world.shop.add("customers", firstname="Doub", lastname="Le", email="dup@example.com")
    await both.world.shop.settled()
    await both.work()

    for name in ("Once", "Twice"):
        await both.edit_shop("customers", shop_id, lastname=name)
        await both.work()

    jobs = await both.world.jobs("shop_to_odoo")
    assert [job.status for job in jobs] == ["cancelled", "cancelled", "parked"]
