"""What a bulk sync goes through: every record once, whatever is deleted meanwhile, one portion ahead."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connectors.base import Cursor
from app.connectors.odoo import listing as odoo_listing
from app.connectors.prestashop import listing as prestashop_listing
from app.entities.base import EntityType, Side
from app.errors import PeerDown
from app.sync.bulk_pages import Portion, one_ahead, portions
from tests.flows.two_sides import TwoSides, open_two_sides

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAGE = 10


async def clock() -> datetime:
    return NOW


@pytest.fixture
async def both(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwoSides]:
    monkeypatch.setattr(odoo_listing, "LIMIT", PAGE)
    monkeypatch.setattr(prestashop_listing, "LIMIT", PAGE)
    async with open_two_sides(engine) as opened:
        yield opened


@pytest.mark.parametrize("place", [0, PAGE - 1])
async def test_a_product_of_odoo_deleted_between_two_pages_hides_no_other(both: TwoSides, place: int) -> None:
    port = await both.world.peers.port(1, Side.ODOO, EntityType.PRODUCT)
    for n in range(3 * PAGE):
        await both.people.create("product.template", [{"name": f"Teapot {n}", "default_code": f"TP-{n}"}])
    before = [number async for each in portions(port, Cursor(), most=500, clock=clock) for number in each.ids]

    shown: list[str] = []
    async for portion in portions(port, Cursor(), most=PAGE, clock=clock):
        if not shown:
            await both.people.unlink("product.template", [int(portion.ids[place])])
        shown += portion.ids

    assert shown == before


@pytest.mark.parametrize("place", [0, PAGE - 1])
async def test_a_customer_of_a_prestashop_deleted_between_two_pages_hides_no_other(both: TwoSides, place: int) -> None:
    port = await both.world.peers.port(1, Side.SHOP, EntityType.CUSTOMER)
    for n in range(3 * PAGE):
        both.world.shop.add("customers", email=f"a{n}@x.test", firstname="A", lastname="B", passwd="x" * 60)
    before = [number async for each in portions(port, Cursor(), most=500, clock=clock) for number in each.ids]

    shown: list[str] = []
    async for portion in portions(port, Cursor(), most=PAGE, clock=clock):
        if not shown:
            both.world.shop.remove("customers", int(portion.ids[place]))
        shown += portion.ids

    assert shown == before


async def test_the_next_portion_is_listed_while_one_is_carried_out() -> None:
    said: list[str] = []

    async for portion in one_ahead(_three(said)):
        said.append(f"begins {portion.ids[0]}")
        await _others_go_on()
        said.append(f"ends {portion.ids[0]}")

    assert said == [
        *("listed 0", "begins 0", "listed 1", "ends 0"),
        *("begins 1", "listed 2", "ends 1", "begins 2", "ends 2"),
    ]


async def test_a_listing_that_fails_is_told_of_when_the_portions_before_are_done() -> None:
    done: list[str] = []

    with pytest.raises(PeerDown):
        await _carry_out(_three([], fails_at=2), done)

    assert done == ["0", "1"]


async def _carry_out(listed: AsyncGenerator[Portion, None], done: list[str]) -> None:
    async for portion in one_ahead(listed):
        await _others_go_on()
        done += portion.ids


async def _three(said: list[str], *, fails_at: int = 3) -> AsyncGenerator[Portion, None]:
    for number in range(3):
        if number == fails_at:
            raise PeerDown("the shop is down")
        said.append(f"listed {number}")
        yield Portion(ids=(str(number),), cursor=Cursor(native_id=str(number)), since=NOW)


async def _others_go_on() -> None:
    for _ in range(3):
        await asyncio.sleep(0)
