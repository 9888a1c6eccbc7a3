"""Records that go: what becomes of the other side under each policy, late events, and what nobody told of.

What is left of a pair stays known, so that its events do not bring the deleted record back.
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import TwoSides, on_woocommerce, open_two_sides


def settings(policy: str) -> dict[str, Any]:
    names = ("customer", "category", "product")
    return {"entities": {name: {"direction": "both", "on_delete": policy} for name in names}}


async def a_product(both: TwoSides) -> tuple[int, str]:
    """(Odoo's id, the shop's)"""
    both.listen()
    number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", list_price=25.0)
    await both.work()
    pair = await both.pair_of("product", odoo=number)
    both.forget_calls()
    return number, str(pair.shop_id)


async def edited(both: TwoSides, shop_id: str, **values: str | bool) -> None:
    both.office.edit_thing(shop_id, **values)
    await both.office.settled()
    await both.work()


async def gone_from_shop(both: TwoSides, shop_id: str) -> None:
    both.office.remove_thing(shop_id)
    await both.office.settled()
    await both.work()


@pytest.mark.parametrize(
    ("policy", "there", "active", "paired"),
    [
        ("archive", True, False, True),
        ("delete", False, None, False),
        ("unlink", True, True, False),
        ("ignore", True, True, True),
    ],
)
async def test_a_product_deleted_in_the_shop(
    engine: AsyncEngine, kind: str, version: int, policy: str, there: bool, active: bool | None, paired: bool
) -> None:
    async with open_two_sides(engine, kind=kind, sync=settings(policy), version=version) as both:
        number, shop_id = await a_product(both)

        await gone_from_shop(both, shop_id)

        assert (number in both.odoo.tables["product.template"]) is there
        if there:
            assert both.row("product.template", number)["active"] is active
        assert bool([pair for pair in await both.pairs() if pair.entity_type == "product"]) is paired
        assert both.office.writes() == []
        assert await both.unfinished() == []


@pytest.mark.parametrize(
    ("policy", "there", "live", "paired"),
    [
        ("archive", True, False, True),
        ("delete", False, None, False),
        ("unlink", True, True, False),
        ("ignore", True, True, True),
    ],
)
async def test_a_product_deleted_in_odoo(
    engine: AsyncEngine, kind: str, version: int, policy: str, there: bool, live: bool | None, paired: bool
) -> None:
    async with open_two_sides(engine, kind=kind, sync=settings(policy), version=version) as both:
        number, shop_id = await a_product(both)

        await both.remove_from_odoo("product.template", number)
        await both.work()

        assert both.office.has_thing(shop_id) is there
        if there:
            assert both.office.thing(shop_id).live is live
        assert bool([pair for pair in await both.pairs() if pair.entity_type == "product"]) is paired
        assert both.odoo_writes() == []
        assert await both.unfinished() == []


async def test_a_late_event_after_the_delete_brings_nothing_back(engine: AsyncEngine, kind: str) -> None:
    async with open_two_sides(engine, kind=kind, sync=settings("archive")) as both:
        number, shop_id = await a_product(both)
        await both.remove_from_odoo("product.template", number)
        await both.work()
        both.forget_calls()

        await both.tell("product.template", number)
        await both.tell("product.template", number, action="deleted")
        await edited(both, shop_id, price="3")

        assert (both.office.writes(), both.odoo_writes()) == ([], [])
        assert "TP-1" not in [row["default_code"] for row in both.odoo.tables["product.product"].values()]
        assert await both.unfinished() == []


async def test_what_is_left_of_a_deleted_product_comes_back_when_a_person_switches_it_on(
    engine: AsyncEngine, kind: str
) -> None:
    async with open_two_sides(engine, kind=kind, sync=settings("archive")) as both:
        number, shop_id = await a_product(both)
        await both.remove_from_odoo("product.template", number)
        await both.work()

        await edited(both, shop_id, live=True)

        pair = await both.pair_of("product", shop=shop_id)
        assert pair.odoo_id != str(number)
        assert both.row("product.template", pair.odoo_id)["active"] is True
        assert both.office.thing(shop_id).live
        assert await both.unfinished() == []


async def test_a_product_deleted_and_edited_at_once_is_not_destroyed(engine: AsyncEngine, kind: str) -> None:
    async with open_two_sides(engine, kind=kind, sync=settings("delete")) as both:
        number, shop_id = await a_product(both)
        await both.people.write("product.template", [number], {"list_price": 99.0})

        await gone_from_shop(both, shop_id)

        assert both.row("product.template", number)["list_price"] == 99.0
        [job] = await both.unfinished()
        assert (job.status, job.error_code) == ("parked", "deleted_and_edited")


async def test_a_delete_that_both_sides_made_ends_quietly(engine: AsyncEngine, kind: str) -> None:
    async with open_two_sides(engine, kind=kind, sync=settings("delete")) as both:
        number, shop_id = await a_product(both)

        await both.remove_from_odoo("product.template", number)
        both.office.remove_thing(shop_id)
        await both.office.settled()
        await both.work()

        assert await both.pairs() == []
        assert await both.unfinished() == []


async def test_a_deleted_record_nobody_told_of_is_seen_when_the_other_side_is_edited(
    engine: AsyncEngine, kind: str
) -> None:
    async with open_two_sides(engine, kind=kind, sync=settings("archive")) as both:
        number, shop_id = await a_product(both)
        await both.people.unlink("product.template", [number])

        await edited(both, shop_id, price="30")

        assert not both.office.thing(shop_id).live
        assert len([row for row in both.odoo.tables["product.template"].values() if row["name"] == "Teapot"]) == 0
        assert await both.unfinished() == []


async def test_a_transaction_that_was_rolled_back_leaves_nothing(engine: AsyncEngine, kind: str) -> None:
    """Odoo 17 posts inside the transaction, several times, also if it fails in the end."""
    async with open_two_sides(engine, kind=kind, sync=settings("archive")) as both:
        body = orjson.dumps({"_model": "product.template", "_id": 4711, "_action": "rule", "id": 4711})
        for _ in range(5):
            await both.world.ingest.accept_odoo(both.world.link, body)
        await both.work()

        assert [(row[1], row[2]) for row in await both.outcomes()] == [("completed", "unchanged")]
        assert both.office.writes() == []
        assert [row.event for row in await both.world.rows("SELECT event FROM sync_logs WHERE level = 'error'")] == []


async def test_a_delete_that_was_rolled_back_deletes_nothing(engine: AsyncEngine, kind: str) -> None:
    async with open_two_sides(engine, kind=kind, sync=settings("delete")) as both:
        number, shop_id = await a_product(both)

        await both.tell("product.template", number, action="deleted")
        await both.work()

        assert both.office.has_thing(shop_id)
        assert [pair.odoo_id for pair in await both.pairs() if pair.entity_type == "product"] == [str(number)]
        assert await both.unfinished() == []


async def test_a_contact_merged_into_one_that_has_another_customer_is_shown_and_harms_nobody(
    engine: AsyncEngine, kind: str
) -> None:
    async with open_two_sides(engine, kind=kind, sync=settings("archive")) as both:
        both.listen()
        ada = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        king = await both.add_to_odoo("res.partner", name="Ada King", email="king@example.com")
        await both.work()
        pairs = {pair.odoo_id: pair.shop_id for pair in await both.pairs()}
        both.forget_calls()

        await both.people.unlink("res.partner", [ada])
        await both.tell("res.partner", ada, action="deleted")
        await both.work()

        assert both.office.person(pairs[str(king)]).email == "king@example.com"
        assert both.office.writes() == (["update customer"] if kind == "prestashop" else []), (
            "is switched off if can be"
        )
        assert len(both.partners(email="ada@example.com")) == 0


@on_woocommerce
async def test_a_contact_deleted_in_odoo_leaves_the_account_which_cannot_be_switched_off(
    engine: AsyncEngine, kind: str, version: int
) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=settings("archive")) as both:
        both.listen()
        number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await both.work()
        both.forget_calls()

        await both.remove_from_odoo("res.partner", number)
        await both.work()

        assert both.office.emails().count("ada@example.com") == 1
        assert both.partners(email="ada@example.com") == []
        assert both.office.writes() == []
        assert (await both.outcomes())[-1] == ("odoo customer", "completed", "rejected")
        [said] = await both.world.rows("SELECT message FROM sync_logs WHERE event = 'sync.rejected'")
        assert "cannot be archived in WooCommerce" in said.message
