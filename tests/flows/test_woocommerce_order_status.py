"""The status of a WooCommerce's order and of Odoo's: the whole map, in both directions, as it is and as it is set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.sandbox.woocommerce.storefront import place_order
from tests.flows.two_sides import TwoSides, open_two_sides

OTHER_WORDS: Final = {"order_statuses": {"draft": ["failed"], "sent": ["pending"], "confirmed": ["on-hold"]}}
"""A shop where what is on hold is sold already."""
QUIETLY: Final = {"disable_cancel_warning": True}


@pytest.fixture(params=[17, 19])
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
async def both(engine: AsyncEngine, version: int) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, kind="woocommerce", sync={}, version=version) as opened:
        opened.listen()
        yield opened


async def sold(both: TwoSides, status: str) -> tuple[int, int]:
    """(the shop's order, Odoo's), synced."""
    both.know_taxes()
    lines = [{"product_id": int(both.office.mug), "quantity": 1}]
    shop: Any = both.world.shop
    number = place_order(shop, email="gerda@example.test", lines=lines, status=status)
    await both.office.settled()
    await both.work()
    both.forget_calls()
    return number, int((await both.pair_of("order", shop=number)).odoo_id)


async def press(both: TwoSides, order: int, *buttons: str) -> None:
    """What a person in Odoo does, told of."""
    for button in buttons:
        await both.people.run_action("sale.order", button, [order], context=QUIETLY)
    await both.tell("sale.order", order)
    await both.work()


def status_of(both: TwoSides, number: int) -> Any:
    return both.shop_row("orders", number)["status"]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", "draft"),
        ("failed", "draft"),
        ("on-hold", "sent"),
        ("processing", "sale"),
        ("completed", "sale"),
        ("cancelled", "cancel"),
    ],
)
async def test_an_order_of_the_shop_comes_with_its_status_and_none_goes_back(
    both: TwoSides, status: str, state: str
) -> None:
    number, order = await sold(both, status)

    assert (both.row("sale.order", order)["state"], status_of(both, number)) == (state, status)
    await press(both, order)
    assert both.office.writes() == []
    assert await both.unfinished() == []


@pytest.mark.parametrize(
    ("before", "buttons", "after"),
    [
        ("pending", ["action_quotation_sent"], "on-hold"),
        ("pending", ["action_confirm"], "processing"),
        ("on-hold", ["action_confirm"], "processing"),
        ("on-hold", ["action_confirm", "action_lock"], "completed"),
        ("processing", ["action_lock"], "completed"),
        ("on-hold", ["action_cancel"], "cancelled"),
        ("processing", ["action_cancel"], "cancelled"),
    ],
)
async def test_what_is_done_with_the_order_in_odoo_is_the_shops_status(
    both: TwoSides, before: str, buttons: list[str], after: str
) -> None:
    number, order = await sold(both, before)

    await press(both, order, *buttons)
    state = (both.row("sale.order", order)["state"], both.row("sale.order", order)["locked"])
    await press(both, order)

    assert status_of(both, number) == after
    assert both.office.writes() == ["update order"]
    now = (both.row("sale.order", order)["state"], both.row("sale.order", order)["locked"])
    assert now == state, "what the shop tells of our write moves nothing in Odoo"
    assert await both.unfinished() == []


@pytest.mark.parametrize(("lock", "locked"), [(True, True), (False, False)])
async def test_an_order_that_is_completed_in_the_shop_is_locked_where_that_is_set(
    engine: AsyncEngine, version: int, lock: bool, locked: bool
) -> None:
    sync = {"odoo": {"lock_done_orders": lock}}
    async with open_two_sides(engine, kind="woocommerce", sync=sync, version=version) as both:
        both.listen()
        number, order = await sold(both, "processing")

        both.world.shop.edit("orders", number, status="completed")
        await both.office.settled()
        await both.work()

        row = both.row("sale.order", order)
        assert (row["state"], bool(row["locked"])) == ("sale", locked)
        assert (status_of(both, number), both.office.writes()) == ("completed", [])
        assert await both.unfinished() == []


async def test_the_map_is_the_links_in_both_directions(engine: AsyncEngine, version: int) -> None:
    async with open_two_sides(engine, kind="woocommerce", sync={}, version=version, options=OTHER_WORDS) as both:
        both.listen()
        _, on_hold = await sold(both, "on-hold")
        pending, quotation = await sold(both, "pending")

        states = [both.row("sale.order", order)["state"] for order in (on_hold, quotation)]
        await press(both, quotation, "action_confirm")

        assert states == ["sale", "sent"]
        assert status_of(both, pending) == "on-hold"
        assert await both.unfinished() == []
