"""Creates whose answer was lost, and what people do before the retry: one record, and every edit is there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.api.job_orders import retry_job
from app.sync.ending import RetryPolicy
from tests.flows.two_sides import EVERYTHING, TwoSides, open_two_sides

RULES = ("shop_wins", "odoo_wins", "manual")


@pytest.fixture
async def both(engine: AsyncEngine, kind: str, version: int) -> AsyncIterator[TwoSides]:
    """Retries come when they are hurried on."""
    async with open_two_sides(engine, kind=kind, version=version, sync=EVERYTHING) as opened:
        wait_for_retries(opened)
        yield opened


def wait_for_retries(both: TwoSides) -> None:
    both.world.sync._policy = RetryPolicy(base_s=3600, cap_s=3600)


async def lost_in_shop(both: TwoSides, **values: str) -> int:
    """A contact of Odoo's whose customer was made in the shop, and the answer lost."""
    both.office.lose_answer("customer")
    number = await both.add_to_odoo("res.partner", **{"name": "Ada Lovelace", "email": "ada@example.com", **values})
    await both.world.drainer.drain()
    await both.office.settled()
    assert "ada@example.com" in both.office.emails()
    return number


async def lost_in_odoo(both: TwoSides) -> tuple[str, int]:
    """A product of the shop's whose template was made in Odoo, and the answer lost."""
    both.line.lose = {("product.template", "load")}
    number = both.office.add_thing(name="Pot", sku="POT", price="5")
    await both.office.settled()
    await both.world.drainer.drain()
    [made] = [int(str(row["id"])) for row in both.odoo.tables["product.template"].values() if row["name"] == "Pot"]
    assert both.line.lose == set()
    return number, made


async def adas(both: TwoSides) -> list[str]:
    """E-mail addresses of hers in the shop, after all is done and settled."""
    await both.work()
    await both.office.settled()
    await both.work()
    assert await both.unfinished() == []
    await no_intent_is_open(both)
    return [mail for mail in both.office.emails() if mail.startswith("ada")]


async def no_intent_is_open(both: TwoSides) -> None:
    rows = await both.world.rows("SELECT * FROM create_intents WHERE closed_at IS NULL OR sent IS NOT NULL")
    assert rows == []


async def customer_of(both: TwoSides, number: int) -> tuple[str, str]:
    person = both.office.person((await both.pair_of("customer", odoo=number)).shop_id)
    return person.name, person.email


async def test_a_record_made_in_the_shop_whose_e_mail_changed_before_the_retry_is_made_once(both: TwoSides) -> None:
    number = await lost_in_shop(both)

    await both.edit_odoo("res.partner", number, email="ada2@example.com")

    assert await adas(both) == ["ada2@example.com"]
    assert await customer_of(both, number) == ("Ada Lovelace", "ada2@example.com")
    assert both.office.writes() == ["create customer", "update customer"]
    assert len(both.partners(name="Ada Lovelace")) == 1


async def test_a_product_made_in_the_shop_whose_sku_changed_before_the_retry_is_made_once(both: TwoSides) -> None:
    both.office.lose_answer("product")
    number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", list_price=3.0)
    await both.world.drainer.drain()

    await both.edit_odoo("product.template", number, default_code="TP-2")
    await both.work()

    assert [thing.sku for thing in both.office.things() if thing.name == "Teapot"] == ["TP-2"]
    assert both.odoo_values("product.template", "name").count("Teapot") == 1
    assert await both.unfinished() == []
    await no_intent_is_open(both)


@pytest.mark.parametrize("rule", RULES)
async def test_an_edit_of_the_source_between_a_create_and_its_retry_is_no_conflict(
    engine: AsyncEngine, kind: str, rule: str
) -> None:
    sync = {"conflict_rule": rule, "entities": {"customer": {"direction": "both"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        wait_for_retries(both)
        number = await lost_in_shop(both)

        await both.edit_odoo("res.partner", number, name="Ada King")

        assert await adas(both) == ["ada@example.com"]
        assert both.partner(number)["name"] == "Ada King"
        assert await customer_of(both, number) == ("Ada King", "ada@example.com")
        assert await both.world.rows("SELECT * FROM conflicts") == []


@pytest.mark.parametrize("rule", RULES)
async def test_edits_of_both_before_the_retry_are_both_there_in_the_end(
    engine: AsyncEngine, kind: str, rule: str
) -> None:
    sync = {"conflict_rule": rule, "entities": {"customer": {"direction": "both"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        wait_for_retries(both)
        number = await lost_in_shop(both)
        [made] = [shop_id for shop_id in customers(both) if both.office.person(shop_id).email == "ada@example.com"]

        await both.edit_person(made, first="Augusta", last="King")
        await both.edit_odoo("res.partner", number, email="ada2@example.com")

        assert await adas(both) == ["ada2@example.com"]
        assert await customer_of(both, number) == ("Augusta King", "ada2@example.com")
        assert both.partner(number)["name"] == "Augusta King"
        assert await both.world.rows("SELECT * FROM conflicts") == []


async def test_a_field_that_both_changed_before_the_retry_is_a_conflict_as_of_any_pair(both: TwoSides) -> None:
    number = await lost_in_shop(both)
    [made] = [shop_id for shop_id in customers(both) if both.office.person(shop_id).email == "ada@example.com"]

    await both.edit_person(made, first="Augusta", last="King")
    await both.edit_odoo("res.partner", number, name="Ada Byron")

    assert await adas(both) == ["ada@example.com"]
    [conflict] = await both.world.rows("SELECT * FROM conflicts")
    assert conflict.field == "name"
    assert (await customer_of(both, number))[0] == both.partner(number)["name"] in ("Ada Byron", "Augusta King")


async def test_a_persons_edit_in_odoo_survives_the_retry_of_the_create(both: TwoSides) -> None:
    number, made = await lost_in_odoo(both)

    await both.edit_odoo("product.template", made, description_sale="Holds tea")
    both.office.edit_thing(number, sku="POT-2")
    await both.office.settled()
    await both.work()

    assert both.row("product.template", made)["description_sale"] == "Holds tea"
    assert [variant["default_code"] for variant in both.variants_of(made)] == ["POT-2"]
    assert both.odoo_writes().count(("product.template", "load")) == 1
    assert both.odoo_values("product.template", "name").count("Pot") == 1
    assert await both.unfinished() == []
    await no_intent_is_open(both)


async def test_a_persons_edit_in_odoo_before_the_retry_comes_to_the_shop(both: TwoSides) -> None:
    number, made = await lost_in_odoo(both)

    await both.edit_odoo("product.template", made, list_price=7.0)
    await both.work()

    assert both.office.thing(number).price == "7"
    assert both.row("product.template", made)["list_price"] == 7.0
    assert both.odoo_writes() == [("product.template", "load")]
    assert await both.world.rows("SELECT * FROM conflicts") == []
    assert await both.unfinished() == []
    await no_intent_is_open(both)


async def test_a_retry_that_finds_all_as_it_was_sent_writes_nothing(both: TwoSides) -> None:
    number, made = await lost_in_odoo(both)

    await both.work()

    assert both.odoo_writes() == [("product.template", "load")]
    [job] = [one for one in await both.world.rows("SELECT * FROM sync_queue") if one.entity_type == "product"]
    assert (job.status, job.outcome, job.native_id) == ("completed", "created", number)
    assert (await both.pair_of("product", shop=number)).odoo_id == str(made)
    await no_intent_is_open(both)


async def test_what_was_made_of_a_record_that_is_deleted_before_the_retry_goes_the_way_of_the_policy(
    engine: AsyncEngine, kind: str
) -> None:
    sync = {"entities": {"product": {"direction": "both", "on_delete": "archive"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        wait_for_retries(both)
        number, made = await lost_in_odoo(both)

        both.office.remove_thing(number)
        await both.office.settled()
        await both.work()

        assert both.row("product.template", made)["active"] is False
        assert await both.unfinished() == []
        await no_intent_is_open(both)


async def test_a_job_that_was_cancelled_leaves_its_create_to_the_next_job_of_the_record(both: TwoSides) -> None:
    number = await lost_in_shop(both)
    await both.world.execute("UPDATE sync_queue SET status = 'cancelled' WHERE native_id = :id", id=str(number))

    await both.edit_odoo("res.partner", number, email="ada2@example.com")

    assert await adas(both) == ["ada2@example.com"]


async def test_a_create_that_was_not_carried_out_is_made_under_the_new_name(both: TwoSides) -> None:
    both.office.refuse("customer")
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.world.drainer.drain()
    assert len(await both.world.rows("SELECT * FROM create_intents WHERE sent IS NOT NULL")) == 1

    await both.edit_odoo("res.partner", number, email="ada2@example.com")

    assert await adas(both) == ["ada2@example.com"]


async def test_records_that_swap_their_names_before_their_retries_do_not_wait_for_each_other(both: TwoSides) -> None:
    both.office.refuse("product")
    first = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1")
    await both.world.drainer.drain()
    await both.world.execute("UPDATE pauses SET until = now()")
    both.office.refuse("product")
    second = await both.add_to_odoo("product.template", name="Kettle", default_code="TP-2")
    await both.world.drainer.drain()

    await both.edit_odoo("product.template", first, default_code="TP-2")
    await both.edit_odoo("product.template", second, default_code="TP-1")
    await both.work()

    assert {thing.name: thing.sku for thing in both.office.things() if thing.sku.startswith("TP")} == {
        "Teapot": "TP-2",
        "Kettle": "TP-1",
    }
    assert await both.unfinished() == []
    await no_intent_is_open(both)


async def test_another_record_that_takes_the_name_waits_for_the_retry(both: TwoSides) -> None:
    both.office.lose_answer("product")
    first = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1")
    await both.world.drainer.drain()
    await both.edit_odoo("product.template", first, default_code="TP-2")
    await both.world.execute("UPDATE sync_queue SET scheduled_at = now() + interval '1 hour' WHERE status = 'pending'")

    second = await both.add_to_odoo("product.template", name="Kettle", default_code="TP-1")
    await both.world.drainer.drain()
    await both.work()

    assert {thing.name: thing.sku for thing in both.office.things() if thing.sku.startswith("TP")} == {
        "Teapot": "TP-2",
        "Kettle": "TP-1",
    }
    assert {pair.odoo_id for pair in await both.pairs()} >= {str(first), str(second)}
    assert await both.unfinished() == []


async def test_a_strangers_record_under_the_old_name_is_left_alone(both: TwoSides) -> None:
    both.office.refuse("product")
    number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", list_price=3.0)
    await both.world.drainer.drain()
    await both.edit_odoo("product.template", number, default_code="TP-2")

    both.office.add_thing(name="Kettle", sku="TP-1", price="40")
    await both.office.settled()
    await both.work()

    skus = {thing.name: (thing.sku, thing.price) for thing in both.office.things() if thing.sku.startswith("TP")}
    assert skus == {"Teapot": ("TP-2", "3"), "Kettle": ("TP-1", "40")}
    assert sorted(name for name in both.odoo_values("product.template", "name") if name in skus) == ["Kettle", "Teapot"]
    assert await both.unfinished() == []


async def test_a_product_that_gets_its_sku_before_the_retry_waits_for_a_person(both: TwoSides) -> None:
    both.office.lose_answer("product")
    number = await both.add_to_odoo("product.template", name="Nameless teapot", list_price=3.0)
    await both.world.drainer.drain()

    await both.edit_odoo("product.template", number, default_code="TP-1")
    await both.work()

    assert [thing.name for thing in both.office.things()].count("Nameless teapot") == 1
    assert ("odoo", "maybe_created") in {(job.side, job.error_code) for job in await both.unfinished()}


async def test_a_product_whose_create_may_have_happened_is_made_when_a_person_has_looked(both: TwoSides) -> None:
    both.office.refuse("product")
    number = await both.add_to_odoo("product.template", name="Nameless teapot", list_price=3.0)
    await both.work()
    [parked] = [job for job in await both.unfinished() if job.error_code == "maybe_created"]
    assert [thing for thing in both.office.things() if thing.name == "Nameless teapot"] == []

    await retry_job(both.world.sessions, parked.id, caller="ada")
    await both.work()

    assert [thing.name for thing in both.office.things()].count("Nameless teapot") == 1
    assert (await both.pair_of("product", odoo=number)).odoo_id == str(number)
    assert await both.unfinished() == []


async def test_a_nameless_product_that_is_deleted_before_its_retry_waits_for_a_person(both: TwoSides) -> None:
    both.office.lose_answer("product")
    number = await both.add_to_odoo("product.template", name="Nameless teapot", list_price=3.0)
    await both.world.drainer.drain()

    await both.remove_from_odoo("product.template", number)
    await both.work()

    assert ("odoo", "maybe_created") in {(job.side, job.error_code) for job in await both.unfinished()}
    assert both.odoo_values("product.template", "name").count("Nameless teapot") == 0


async def test_an_address_whose_street_changed_before_the_retry_is_made_once(both: TwoSides) -> None:
    person = both.office.add_person(first="Grace", last="Hopper", email="grace@example.com")
    await both.office.settled()
    await both.work()
    both.line.lose = {("res.partner", "load")}
    place = both.office.add_place(person, street="9 Other Road")
    await both.office.settled()
    await both.world.drainer.drain()
    [made] = both.partners(street="9 Other Road")

    await both.edit_odoo("res.partner", int(made["id"]), zip="75011")
    both.office.edit_place(place, street="10 Other Road")
    await both.office.settled()
    await both.work()

    assert [(row["id"], row["zip"]) for row in both.partners(street="10 Other Road")] == [(made["id"], "75011")]
    assert both.partners(street="9 Other Road") == []
    assert await both.unfinished() == []
    await no_intent_is_open(both)


async def test_a_create_of_several_calls_is_completed_when_its_record_was_edited_since(
    engine: AsyncEngine, kind: str
) -> None:
    sync = {"entities": {"coupon": {"direction": "both"}}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        wait_for_retries(both)
        both.line.lose = {("loyalty.program", "load")}
        number = both.office.add_voucher("TEN", percent="10", uses=5)
        await both.office.settled()
        await both.world.drainer.drain()
        assert both.line.lose == set()

        both.office.edit_voucher(number, percent="20")
        await both.office.settled()
        await both.work()

        [reward] = [row for row in both.odoo.tables["loyalty.reward"].values() if row["discount"] == 20]
        assert both.row("loyalty.program", str(reward["program_id"]))["active"] is True
        assert await both.unfinished() == []
        await no_intent_is_open(both)


def customers(both: TwoSides) -> list[str]:
    return [str(row["id"]) for row in both.shop_rows("customers")]
