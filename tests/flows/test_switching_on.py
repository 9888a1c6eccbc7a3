"""A direction that was off and is switched on: what the shop told of meanwhile is applied then, once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connections.held import release_taken
from app.connections.schemas import Config
from app.connections.service import carry_out
from app.modules.registry import check_modules
from app.security.crypto import KeyRing
from tests.flows.offices.premises import SECRET
from tests.flows.two_sides import TwoSides, open_two_sides

OUT_ONLY = {"entities": {"customer": {"direction": "odoo_to_shop"}}}


async def switch_on(both: TwoSides, **customer: Any) -> None:
    """As `shopsync apply` does it."""
    link = {
        "slug": "boutique",
        "odoo": "erp",
        "shop": "boutique",
        "webhook_secret": SECRET,
        "modules": {"prestashop": {}},
        "reverse_sync": True,
        "sync": {"entities": {"customer": customer}},
    }
    async with both.world.sessions.begin() as session:
        await carry_out(
            session, KeyRing([b"k" * 32]), Config.read({"links": [link]}, source="shops.yaml"), check_modules
        )


def forget_settings(both: TwoSides) -> None:
    """The time that a worker may go by older settings is over."""
    both.world.peers._terms.clear()


async def held(both: TwoSides) -> int:
    return len(await both.world.rows("SELECT 1 FROM sync_queue WHERE held_reason IS NOT NULL"))


@pytest.mark.parametrize("direction", ["both", "shop_to_odoo"])
async def test_what_was_held_is_applied_once_when_the_direction_is_switched_on(
    engine: AsyncEngine, direction: str
) -> None:
    async with open_two_sides(engine, sync=OUT_ONLY) as both:
        number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await both.work()
        [pair] = await both.pairs()
        await both.edit_shop("customers", int(pair.shop_id), lastname="King")
        both.world.shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com", active="1")
        await both.world.shop.settled()
        await both.work()
        waiting, before = await held(both), both.partner(number)["name"]

        await switch_on(both, direction=direction)
        forget_settings(both)
        await both.work()

        assert (waiting, before) == (2, "Ada Lovelace")
        assert await held(both) == 0
        assert both.partner(number)["name"] == "Ada King"
        assert len(both.partners(email="grace@example.com")) == 1
        assert len(both.partners(email="ada@example.com")) == 1
        assert len(await both.pairs()) == 2
        assert await both.unfinished() == []


async def test_a_record_that_both_sides_hold_is_paired_and_not_made_twice(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync=OUT_ONLY) as both:
        both.world.shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com", active="1")
        await both.world.shop.settled()
        await both.work()
        [number] = await both.people.create("res.partner", [{"name": "Grace Hopper", "email": "grace@example.com"}])

        await switch_on(both, direction="both")
        forget_settings(both)
        await both.work()

        assert [pair.odoo_id for pair in await both.pairs()] == [str(number)]
        assert len(both.partners(email="grace@example.com")) == 1
        assert len([row for row in both.world.shop.rows("customers") if row["email"] == "grace@example.com"]) == 1


async def test_what_a_worker_held_by_older_settings_is_released_by_the_next_sweep(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync=OUT_ONLY) as both:
        both.world.shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com", active="1")
        await both.world.shop.settled()
        await both.world.peers.terms(both.world.link.id)
        await switch_on(both)
        await both.work()
        assert await held(both) == 1

        forget_settings(both)
        async with both.world.sessions.begin() as session:
            released = await release_taken(session)
        await both.work()

        assert released == 1
        assert len(both.partners(email="grace@example.com")) == 1


async def test_what_is_still_off_stays_held(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync=OUT_ONLY) as both:
        both.world.shop.add("customers", firstname="Grace", lastname="Hopper", email="grace@example.com", active="1")
        await both.world.shop.settled()
        await both.work()

        await switch_on(both, direction="odoo_to_shop", create=False)
        forget_settings(both)
        await both.work()

        assert await held(both) == 1
        assert both.partners(email="grace@example.com") == []
