"""Each setting of a link's `sync` acts: one test per setting, at the level of the setting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.sync.poller import Poller
from tests.flows.two_sides import TwoSides, open_two_sides


@asynccontextmanager
async def linked(
    engine: AsyncEngine, *, customer: dict[str, Any] | None = None, **sync: Any
) -> AsyncIterator[tuple[TwoSides, int, int]]:
    """Two sides with a customer that both know, and nothing left to do: with Odoo's id and the shop's."""
    settings = {"entities": {"customer": customer or {}}, **sync}
    async with open_two_sides(engine, sync=settings) as both:
        number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await both.work()
        [pair] = await both.pairs()
        both.forget_calls()
        yield both, number, int(pair.shop_id)


async def edit_both(both: TwoSides, number: int, shop_id: int, *, odoo: str, shop: str) -> tuple[str, str]:
    """The same name on both sides at once; what they are called afterwards."""
    await both.edit_odoo("res.partner", number, name=f"Ada {odoo}")
    await both.edit_shop("customers", shop_id, lastname=shop)
    await both.work()
    return str(both.partner(number)["name"]), f"Ada {both.world.shop.row('customers', shop_id)['lastname']}"


@pytest.mark.parametrize(
    ("in_odoo", "wins"), [("2000-01-01 00:00:00", "Ada Byron"), ("2100-01-01 00:00:00", "Ada King")]
)
async def test_the_newer_edit_wins_by_the_dates_of_the_peers(engine: AsyncEngine, in_odoo: str, wins: str) -> None:
    async with linked(engine, conflict_rule="newest_wins") as (both, number, shop_id):
        await both.edit_odoo("res.partner", number, name="Ada King")
        both.odoo.tables["res.partner"][number]["write_date"] = in_odoo
        await both.edit_shop("customers", shop_id, lastname="Byron")
        await both.work()

        lastname = both.world.shop.row("customers", shop_id)["lastname"]
        assert (both.partner(number)["name"], f"Ada {lastname}") == (wins, wins)


async def test_an_entity_types_conflict_rule_goes_before_the_links(engine: AsyncEngine) -> None:
    async with linked(engine, customer={"conflict_rule": "shop_wins"}, conflict_rule="odoo_wins") as (both, *ids):
        names = await edit_both(both, *ids, odoo="King", shop="Byron")

        assert names == ("Ada Byron", "Ada Byron")


@pytest.mark.parametrize(("owner", "wins"), [("odoo", "Ada King"), ("shop", "Ada Byron")])
async def test_the_owner_of_a_field_wins_whatever_the_rule_says(engine: AsyncEngine, owner: str, wins: str) -> None:
    rule = {"odoo": "shop_wins", "shop": "odoo_wins"}[owner]
    async with linked(engine, customer={"conflict_rule": rule, "owners": {"name": owner}}) as (both, *ids):
        names = await edit_both(both, *ids, odoo="King", shop="Byron")

        assert names == (wins, wins)


@pytest.mark.parametrize(
    ("on_delete", "left", "pairs"),
    [
        ("archive", {"active": False}, 1),
        ("delete", None, 0),
        ("unlink", {"active": True}, 0),
        ("ignore", {"active": True}, 1),
    ],
)
async def test_what_becomes_of_a_contact_whose_customer_was_deleted(
    engine: AsyncEngine, on_delete: str, left: dict[str, Any] | None, pairs: int
) -> None:
    async with linked(engine, customer={"on_delete": on_delete}) as (both, number, shop_id):
        both.world.shop.remove("customers", shop_id)
        await both.world.shop.settled()
        await both.work()

        row = both.odoo.tables["res.partner"].get(number)
        assert (None if row is None else {"active": row["active"]}) == left
        assert len(await both.pairs()) == pairs
        assert await both.unfinished() == []


@pytest.mark.parametrize(("on_delete", "names"), [("unlink", ["King"]), ("ignore", [])])
async def test_a_contact_that_was_unlinked_is_new_to_the_shop_and_one_that_is_ignored_is_not(
    engine: AsyncEngine, on_delete: str, names: list[str]
) -> None:
    async with linked(engine, customer={"on_delete": on_delete}) as (both, number, shop_id):
        both.world.shop.remove("customers", shop_id)
        await both.world.shop.settled()
        await both.work()
        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.work()

        made = [row for row in both.world.shop.rows("customers") if row["email"] == "ada@example.com"]
        assert [row["lastname"] for row in made] == names


async def test_records_that_the_other_side_lacks_are_not_made_there_if_creating_is_off(engine: AsyncEngine) -> None:
    async with linked(engine) as (both, number, shop_id):
        await both.world.execute(
            "UPDATE links SET sync = CAST(:sync AS jsonb)", sync='{"entities": {"customer": {"create": false}}}'
        )
        both.world.peers._terms.clear()
        await both.add_to_odoo("res.partner", name="Grace Hopper", email="grace@example.com")
        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.work()

        assert [row for row in both.world.shop.rows("customers") if row["email"] == "grace@example.com"] == []
        assert both.world.shop.row("customers", shop_id)["lastname"] == "King"


async def test_what_goes_out_of_odoo_only_is_not_taken_from_the_shop(engine: AsyncEngine) -> None:
    async with linked(engine, customer={"direction": "odoo_to_shop"}) as (both, number, shop_id):
        await both.edit_shop("customers", shop_id, lastname="Byron")
        await both.work()

        assert both.partner(number)["name"] == "Ada Lovelace"
        assert both.odoo_writes() == []


async def test_what_comes_from_the_shop_only_is_not_taken_from_odoo(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync={"entities": {"customer": {"direction": "shop_to_odoo"}}}) as both:
        both.world.shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com", active="1")
        await both.world.shop.settled()
        await both.work()
        [partner] = both.partners(email="grace@example.com")
        both.forget_calls()

        await both.edit_odoo("res.partner", int(partner["id"]), name="Grace Murray")
        await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await both.work()

        assert both.world.writes() == []


MAPPING = {"entity": "customer", "odoo_field": "ref", "shop_field": "siret"}


async def test_a_mapping_copies_its_field_both_ways(engine: AsyncEngine) -> None:
    async with linked(engine, mappings=[MAPPING]) as (both, number, shop_id):
        await both.edit_odoo("res.partner", number, ref="R-1")
        await both.work()
        there = both.world.shop.row("customers", shop_id)["siret"]

        await both.edit_shop("customers", shop_id, siret="R-2")
        await both.work()

        assert there == "R-1"
        assert both.partner(number)["ref"] == "R-2"


@pytest.mark.parametrize(
    ("direction", "in_shop", "in_odoo"), [("odoo_to_shop", "R-1", "R-1"), ("shop_to_odoo", "R-2", "R-2")]
)
async def test_a_mapping_of_one_direction_is_copied_in_that_one_only(
    engine: AsyncEngine, direction: str, in_shop: str, in_odoo: str
) -> None:
    async with linked(engine, mappings=[MAPPING | {"direction": direction}]) as (both, number, shop_id):
        if direction == "odoo_to_shop":
            await both.edit_odoo("res.partner", number, ref="R-1")
        else:
            await both.edit_shop("customers", shop_id, siret="R-2")
        await both.work()
        copied = (both.world.shop.row("customers", shop_id)["siret"], both.partner(number)["ref"])
        both.forget_calls()

        if direction == "odoo_to_shop":
            await both.edit_shop("customers", shop_id, siret="other")
        else:
            await both.edit_odoo("res.partner", number, ref="other")
        await both.work()

        assert copied == (in_shop, in_odoo)
        assert (both.odoo_writes(), both.world.writes()) == ([], [])


@pytest.mark.parametrize(
    ("mapping", "odoo", "shop"),
    [
        ({"odoo_field": "is_company", "shop_field": "newsletter", "converter": "boolean"}, True, "1"),
        ({"odoo_field": "customer_rank", "shop_field": "max_payment_days", "converter": "integer"}, 30, "30"),
        ({"odoo_field": "ref", "shop_field": "birthday", "converter": "date"}, "1815-12-10", "1815-12-10"),
        ({"odoo_field": "ref", "shop_field": "outstanding_allow_amount", "converter": "decimal"}, "12.5", "12.500000"),
        ({"odoo_field": "vat", "shop_field": "ape", "converter": "text"}, "6201Z", "6201Z"),
    ],
    ids=lambda value: value.get("converter") if isinstance(value, dict) else None,
)
async def test_each_converter_arrives_and_settles(
    engine: AsyncEngine, mapping: dict[str, Any], odoo: Any, shop: str
) -> None:
    async with linked(engine, mappings=[{"entity": "customer", **mapping}]) as (both, number, shop_id):
        await both.edit_odoo("res.partner", number, **{mapping["odoo_field"]: odoo})
        await both.work()
        arrived = both.world.shop.row("customers", shop_id)[mapping["shop_field"]]
        both.forget_calls()
        await both.tell("res.partner", number)
        await both.work()

        assert Decimal(str(arrived)) == Decimal(shop) if mapping["converter"] == "decimal" else arrived == shop
        assert both.world.writes() == []
        assert await both.unfinished() == []


@pytest.mark.parametrize(
    ("customer", "cursors"),
    [
        ({}, [("odoo", 300), ("shop", 300)]),
        ({"poll_every_s": 60}, [("odoo", 60), ("shop", 60)]),
        ({"poll_every_s": 60, "direction": "shop_to_odoo"}, [("shop", 60)]),
        ({"poll_every_s": 0}, []),
    ],
)
async def test_changes_are_looked_for_as_often_as_it_says(
    engine: AsyncEngine, customer: dict[str, Any], cursors: list[tuple[str, int]]
) -> None:
    async with open_two_sides(engine, sync={"entities": {"customer": customer}}) as both:
        poller = Poller(both.world.sessions, both.world.peers, max_attempts=5, idle_s=1)

        while await poller.look_once():
            pass

        rows = await both.world.rows(
            "SELECT side, round(EXTRACT(EPOCH FROM next_at - polled_at)) AS every_s FROM poll_cursors ORDER BY side"
        )
        assert [(row.side, int(row.every_s)) for row in rows] == cursors


async def test_what_no_webhook_told_of_is_found_by_polling(engine: AsyncEngine) -> None:
    async with linked(engine, customer={"poll_every_s": 60}) as (both, number, shop_id):
        poller = Poller(both.world.sessions, both.world.peers, max_attempts=5, idle_s=1)
        while await poller.look_once():
            pass
        await both.people.write("res.partner", [number], {"name": "Ada King"})
        await both.work()
        untold = both.world.shop.row("customers", shop_id)["lastname"]

        await both.world.execute("UPDATE poll_cursors SET next_at = now()")
        while await poller.look_once():
            pass
        await both.work()

        assert (untold, both.world.shop.row("customers", shop_id)["lastname"]) == ("Lovelace", "King")
