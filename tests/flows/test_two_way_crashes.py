"""Workers that die after the create and before the record, peers that go down, two workers at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

import app.sync.engine
from app.sync.drainer import Drainer, DrainerOptions
from app.sync.ending import JobEnd
from app.sync.finish import finish
from tests.flows.test_two_way_orders import lines_of
from tests.flows.two_sides import TwoSides, open_two_sides


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
        await both.office.settled()
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

    assert both.office.writes() == [f"create {entity_type}"]
    assert (await both.pair_of(entity_type, odoo=number)).odoo_id == str(number)
    assert len([row for row in both.odoo.tables[model].values() if row["name"] == values["name"]]) == 1
    assert await both.unfinished() == []


async def test_a_worker_that_dies_after_the_shop_made_a_product_without_a_sku_leaves_it_to_a_person(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    await both.add_to_odoo("product.template", name="Nameless teapot")

    await work_through(both, Death("product", "created"), monkeypatch)

    assert [thing.name for thing in both.office.things()].count("Nameless teapot") == 1
    assert len([row for row in both.odoo.tables["product.template"].values() if row["name"] == "Nameless teapot"]) == 1
    waiting = {job.side: job.error_code for job in await both.unfinished() if job.entity_type == "product"}
    assert waiting == {"odoo": "maybe_created", "shop": "own_write_open"}


@pytest.mark.parametrize("entity_type", ["customer", "address", "category", "product", "order"])
async def test_a_worker_that_dies_after_odoo_made_a_record_leaves_one(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch, entity_type: str
) -> None:
    both.know_taxes()
    office = both.office
    office.edit_thing(office.mug, category=office.add_category("Crockery"))
    customer = office.add_person(first="Grace", last="Hopper", email="grace@example.com")
    place = office.add_place(customer, street="9 Other Road")
    number = office.order(customer, place=place)
    await office.settled()

    await work_through(both, Death(entity_type, "created"), monkeypatch)

    order = int((await both.pair_of("order", shop=number)).odoo_id)
    assert len(lines_of(both, order)) == 2
    assert len(both.partners(email="grace@example.com", parent_id=False)) == 1
    assert len(both.partners(street="9 Other Road")) == 1
    assert both.odoo_values("product.category", "name").count("Crockery") == 1
    assert both.odoo_values("product.product", "default_code").count(office.mug_sku) == 1
    assert both.odoo_values("sale.order", "client_order_ref").count(office.sold(number).reference) == 1
    assert await both.unfinished() == []


async def test_a_worker_that_dies_after_an_edit_was_written_writes_it_once(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.work()
    both.forget_calls()

    await both.edit_odoo("res.partner", number, name="Ada King")
    await work_through(both, Death("customer", "written"), monkeypatch)

    assert both.office.writes() == ["update customer"]
    assert both.odoo_writes() == []
    assert both.partner(number)["name"] == "Ada King"
    assert await both.unfinished() == []


async def test_a_shop_that_is_down_in_the_middle_loses_nothing(both: TwoSides) -> None:
    numbers = [await both.add_to_odoo("product.template", name=f"Teapot {n}", default_code=f"TP-{n}") for n in range(5)]
    both.office.refuse("product", times=3)

    await both.world.drainer.drain()
    pauses = await both.world.rows("SELECT * FROM pauses WHERE direction = 'odoo_to_shop'")
    assert len(pauses) == 1
    await both.work()

    assert sorted(thing.sku for thing in both.office.things() if thing.sku.startswith("TP-")) == [
        f"TP-{n}" for n in range(5)
    ]
    assert len([pair for pair in await both.pairs() if pair.entity_type == "product"]) == len(numbers)
    assert await both.unfinished() == []


async def test_an_odoo_that_answers_pages_of_html_loses_nothing(both: TwoSides) -> None:
    for n in range(5):
        both.office.add_person(first="Grace", last="Hopper", email=f"grace{n}@example.com")
    await both.office.settled()
    both.line.broken = 4

    await both.work()

    assert both.line.broken == 0
    assert len([row for row in both.partners() if str(row["email"]).startswith("grace")]) == 5
    assert await both.unfinished() == []


async def test_two_workers_over_pairs_that_both_sides_edit_at_once_lose_no_edit(engine: AsyncEngine, kind: str) -> None:
    async with open_two_sides(engine, kind=kind, sync={"entities": {"customer": {"direction": "both"}}}) as both:
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

        for turn in range(4):
            for one, pair in zip(letters, pairs, strict=True):
                await both.edit_odoo("res.partner", int(pair.odoo_id), name=f"Ada {one} {'abcd'[turn]}")
                await both.edit_person(pair.shop_id, email=f"ada.{one}@engines{turn}.example")
            await asyncio.gather(world.drainer.drain(), other.drain())
        await both.work()

        assert len(await both.pairs()) == len(letters)
        for one, pair in zip(letters, pairs, strict=True):
            partner, customer = both.partner(int(pair.odoo_id)), both.office.person(pair.shop_id)
            assert (partner["name"], partner["email"]) == (f"Ada {one} d", f"ada.{one}@engines3.example")
            assert (customer.name, customer.email) == (f"Ada {one} d", f"ada.{one}@engines3.example")
        assert await both.unfinished() == []
        both.forget_calls()
        await both.work()
        assert (both.odoo_writes(), both.office.writes()) == ([], [])
