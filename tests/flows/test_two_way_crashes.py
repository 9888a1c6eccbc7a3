"""Workers that die after the create and before the record, peers that go down, two workers at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

import app.sync.engine
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import JobEnd
from app.sync.finish import finish
from tests.flows.test_two_way_orders import Storefront, lines_of
from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        yield opened


class Death:
    """The worker dies before it records the first `outcome` of an entity type."""

    def __init__(self, entity_type: str, outcome: str) -> None:
        self._about = (entity_type, outcome)
        self.came = False

    async def __call__(self, sessions: Any, ends: Sequence[JobEnd]) -> list[JobEnd]:
        if not self.came and any((end.job.entity_type.value, end.outcome) == self._about for end in ends):
            self.came = True
            raise asyncio.CancelledError
        return await finish(sessions, ends)


async def work_through(both: TwoSides, death: Death, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.sync.engine, "finish", death)
    try:
        await both.work()
    except asyncio.CancelledError:
        await both.world.shop.settled()
        await both.revive()
        await both.work()
    assert death.came


@pytest.mark.parametrize(
    ("entity_type", "model", "values"),
    [
        ("customer", "res.partner", {"name": "Ada Lovelace", "email": "ada@example.com"}),
        ("product", "product.template", {"name": "Teapot", "default_code": "TP-1"}),
        ("category", "product.category", {"name": "Kitchen", "parent_id": 1}),
    ],
)
async def test_a_worker_that_dies_after_the_shop_made_a_record_leaves_one(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch, entity_type: str, model: str, values: dict[str, Any]
) -> None:
    number = await both.add_to_odoo(model, **values)

    await work_through(both, Death(entity_type, "created"), monkeypatch)

    posts = [each for each in both.world.writes() if each.startswith("POST")]
    assert len(posts) == 1
    assert (await both.pair_of(entity_type, odoo=number)).odoo_id == str(number)
    assert len([row for row in both.odoo.tables[model].values() if row["name"] == values["name"]]) == 1
    assert await both.unfinished() == []


async def test_a_worker_that_dies_after_the_shop_made_a_product_without_a_sku_leaves_it_to_a_person(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both.add_to_odoo("product.template", name="Nameless teapot")

    await work_through(both, Death("product", "created"), monkeypatch)

    assert len([row for row in both.shop_rows("products") if row["name"][1] == "Nameless teapot"]) == 1
    assert len([row for row in both.odoo.tables["product.template"].values() if row["name"] == "Nameless teapot"]) == 1
    assert {job.error_code for job in await both.unfinished()} == {"maybe_created", "own_write_open"}


@pytest.mark.parametrize("entity_type", ["customer", "address", "category", "product", "order"])
async def test_a_worker_that_dies_after_odoo_made_a_record_leaves_one(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch, entity_type: str
) -> None:
    front = Storefront(both)
    customer = front.customer()
    number = front.order(customer, front.address(customer))
    await both.world.shop.settled()

    await work_through(both, Death(entity_type, "created"), monkeypatch)

    order = int((await both.pair_of("order", shop=number)).odoo_id)
    assert len(lines_of(both, order)) == 2
    assert len(both.partners(email="grace@example.com")) == 1
    assert len(both.partners(street="1 rue de la Paix")) == 1
    assert len([row for row in both.odoo.tables["product.category"].values() if row["name"] == "Home Accessories"]) == 1
    assert len([row for row in both.odoo.tables["product.product"].values() if row["default_code"] == "demo_13"]) == 1
    assert len([row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]]) == 1
    assert await both.unfinished() == []


async def test_a_worker_that_dies_after_an_edit_was_written_writes_it_once(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.work()
    both.forget_calls()

    await both.edit_odoo("res.partner", number, name="Ada King")
    await work_through(both, Death("customer", "written"), monkeypatch)

    assert len(both.world.writes()) == 1
    assert both.odoo_writes() == []
    assert both.partner(number)["name"] == "Ada King"
    assert await both.unfinished() == []


async def test_a_shop_that_is_down_in_the_middle_loses_nothing(both: TwoSides) -> None:
    numbers = [await both.add_to_odoo("product.template", name=f"Teapot {n}", default_code=f"TP-{n}") for n in range(5)]
    both.world.shop.fail("POST", "/products", name="unavailable", times=3)

    await both.world.drainer.drain()
    pauses = await both.world.rows("SELECT * FROM pauses WHERE direction = 'odoo_to_shop'")
    assert len(pauses) == 1
    await both.work()

    assert sorted(row["reference"] for row in both.shop_rows("products") if row["reference"].startswith("TP-")) == [
        f"TP-{n}" for n in range(5)
    ]
    assert len([pair for pair in await both.pairs() if pair.entity_type == "product"]) == len(numbers)
    assert await both.unfinished() == []


async def test_an_odoo_that_answers_pages_of_html_loses_nothing(both: TwoSides) -> None:
    front = Storefront(both)
    for n in range(5):
        front.customer(email=f"grace{n}@example.com")
    await both.world.shop.settled()
    both.line.broken = 4

    await both.work()

    assert both.line.broken == 0
    assert len([row for row in both.partners() if str(row["email"]).startswith("grace")]) == 5
    assert await both.unfinished() == []


async def test_two_workers_over_pairs_that_both_sides_edit_at_once_lose_no_edit(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync={"entities": {"customer": {"direction": "both"}}}) as both:
        both.line.tell_of_writes = both.tell
        letters = "abcdefghij"
        for one in letters:
            await both.add_to_odoo("res.partner", name=f"Ada {one}", email=f"ada.{one}@example.com")
        await both.work()
        pairs = await both.pairs()
        world = both.world
        other = Drainer(
            world.sessions,
            world.sync,
            DrainerOptions(name="other", slots=2, batch_size=3, lease=timedelta(seconds=60), idle_scan_s=0.05),
        )

        for turn in range(6):
            for one, pair in zip(letters, pairs, strict=True):
                await both.edit_odoo("res.partner", int(pair.odoo_id), name=f"Ada {one} {'abcdef'[turn]}")
                await both.edit_shop("customers", int(pair.shop_id), company=f"Engines {turn}")
            await asyncio.gather(world.drainer.drain(), other.drain())
        await both.work()

        assert len(await both.pairs()) == len(letters)
        for one, pair in zip(letters, pairs, strict=True):
            partner, customer = both.partner(int(pair.odoo_id)), both.shop_row("customers", pair.shop_id)
            assert (partner["name"], partner["company_name"]) == (f"Ada {one} f", "Engines 5")
            assert (f"{customer['firstname']} {customer['lastname']}", customer["company"]) == (
                f"Ada {one} f",
                "Engines 5",
            )
        assert await both.unfinished() == []
        both.forget_calls()
        await both.work()
        assert (both.odoo_writes(), world.writes()) == ([], [])
