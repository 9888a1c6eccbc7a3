"""What neither webhook nor polling shows is found by itself, once a day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connections.effective_sync import effective
from app.entities.base import EntityType
from app.sync.reconcile_schedule import ReconcileSchedule, scheduled
from app.sync.runner import Runner
from tests.flows.two_sides import TwoSides, open_two_sides


@pytest.fixture(params=["prestashop", "woocommerce"])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    modules = {"woocommerce": {"sync_orders": False, "sync_products": False}} if request.param == "woocommerce" else {}
    async with open_two_sides(engine, kind=request.param, sync={}, modules={**modules, "crm": {}}) as opened:
        yield opened


async def a_day_later(both: TwoSides) -> None:
    await both.world.execute("UPDATE links SET created_at = created_at - interval '25 hours'")
    await both.world.execute("UPDATE runs SET created_at = created_at - interval '25 hours'")


async def ordered(both: TwoSides) -> int:
    return await ReconcileSchedule(both.world.sessions).order_due()


async def carried_out(both: TwoSides) -> None:
    runner = Runner(both.world.sessions, both.world.peers, both.world.sync, holder="test", max_attempts=5)
    while await runner.run_one():
        pass
    await both.work()


async def a_customer(both: TwoSides) -> tuple[int, str]:
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.work()
    return number, str((await both.pair_of("customer", odoo=number)).shop_id)


async def test_an_edit_that_nobody_told_of_is_mended_a_day_later(both: TwoSides) -> None:
    number, shop_id = await a_customer(both)
    await both.people.write("res.partner", [number], {"name": "Ada King"})
    await a_day_later(both)

    count = await ordered(both)
    await carried_out(both)

    assert count > 0
    assert both.office.person(shop_id).name == "Ada King"
    assert await both.unfinished() == []


async def test_what_one_side_alone_has_stays_where_it_is(both: TwoSides) -> None:
    await a_customer(both)
    await both.people.create("res.partner", [{"name": "Grace Hopper", "email": "grace@example.com"}])
    await a_day_later(both)

    await ordered(both)
    await carried_out(both)

    assert "grace@example.com" not in both.office.emails()


async def test_a_new_link_waits_its_turn_and_no_turn_comes_twice(both: TwoSides) -> None:
    fresh = await ordered(both)
    await a_day_later(both)
    schedules = [ReconcileSchedule(both.world.sessions) for _ in range(4)]
    counts = await asyncio.gather(*(schedule.order_due() for schedule in schedules))
    await carried_out(both)

    assert fresh == 0
    kinds = await both.world.rows("SELECT entity_type FROM runs WHERE kind = 'reconcile'")
    assert sum(counts) == len(kinds) == len({row.entity_type for row in kinds}) > 0
    assert await ordered(both) == 0


@pytest.mark.parametrize(
    ("settings", "hours"),
    [({}, 24), ({"reconcile_every_h": 0}, None), ({"reconcile_every_h": 6}, 6), ({"direction": "off"}, None)],
)
def test_how_often_is_a_setting_of_the_entity_type(settings: dict[str, Any], hours: int | None) -> None:
    sync = effective({}, {"entities": {"customer": settings}})

    assert scheduled(sync).get(EntityType.CUSTOMER) == hours


def test_what_has_no_end_is_compared_only_if_asked_for() -> None:
    sync = effective({}, {"entities": {"order": {}, "image": {"reconcile_every_h": 168}, "product": {}}})

    assert scheduled(sync) == {EntityType.IMAGE: 168, EntityType.PRODUCT: 24}


def test_documents_are_a_copy_and_not_compared() -> None:
    sync = effective({"entities": {"product": {"direction": "odoo_to_shop"}}, "documents": ["product"]}, {})

    assert scheduled(sync) == {}
