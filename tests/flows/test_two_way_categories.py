"""The tree of categories: parents first, whatever the order of events, and products in their place."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides

ALL = 1
"""Odoo's own top category, which stands for the shop's top."""
HOME = "2"


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        yield opened


def path_in_shop(both: TwoSides, number: str) -> list[str]:
    row = both.shop_row("categories", number)
    above = [] if str(row["id_parent"]) in ("0", "1", HOME) else path_in_shop(both, str(row["id_parent"]))
    return [*above, row["name"][1]]


def path_in_odoo(both: TwoSides, number: str) -> list[str]:
    row = both.row("product.category", number)
    above = [] if row["parent_id"] in (False, ALL) else path_in_odoo(both, str(row["parent_id"]))
    return [*above, str(row["name"])]


async def a_branch(both: TwoSides) -> list[int]:
    """Kitchen / Tea / Pots in Odoo, of which nobody was told yet."""
    numbers, parent = [], ALL
    for name in ("Kitchen", "Tea", "Pots"):
        [parent] = await both.people.create("product.category", [{"name": name, "parent_id": parent}])
        numbers.append(parent)
    return numbers


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
async def test_a_branch_of_odoo_grows_in_the_shop_whatever_the_order_of_events(
    both: TwoSides, order: tuple[int, ...]
) -> None:
    numbers = await a_branch(both)

    for at in order:
        await both.tell("product.category", numbers[at])
    await both.work()

    pairs = [await both.pair_of("category", odoo=number) for number in numbers]
    assert path_in_shop(both, pairs[2].shop_id) == ["Kitchen", "Tea", "Pots"]
    assert len([each for each in both.world.writes() if each == "POST /api/categories"]) == 3
    assert await both.unfinished() == []


async def test_the_leaf_alone_brings_its_parents(both: TwoSides) -> None:
    numbers = await a_branch(both)

    await both.tell("product.category", numbers[2])
    await both.work()

    assert path_in_shop(both, (await both.pair_of("category", odoo=numbers[2])).shop_id) == ["Kitchen", "Tea", "Pots"]


async def test_a_branch_of_the_shop_grows_in_odoo_from_its_leaf(both: TwoSides) -> None:
    await both.edit_shop("categories", 7)
    await both.work()

    pair = await both.pair_of("category", shop=7)
    assert path_in_odoo(both, pair.odoo_id) == ["Accessories", "Stationery"]
    assert await both.unfinished() == []


async def test_a_category_of_the_same_name_in_the_same_place_is_linked(both: TwoSides) -> None:
    """Odoo's All / Accessories and the shop's Accessories."""
    await both.edit_shop("categories", 6)
    await both.work()

    assert (await both.pair_of("category", shop=6)).odoo_id == "4"
    assert both.odoo_writes() == []
    assert both.world.writes() == []


async def test_a_category_moved_and_renamed_in_one_side_is_in_the_other(both: TwoSides) -> None:
    numbers = await a_branch(both)
    await both.tell("product.category", numbers[2])
    await both.work()
    pots = await both.pair_of("category", odoo=numbers[2])

    await both.edit_odoo("product.category", numbers[2], parent_id=numbers[0], name="Teapots")
    await both.work()
    assert path_in_shop(both, pots.shop_id) == ["Kitchen", "Teapots"]

    tea = await both.pair_of("category", odoo=numbers[1])
    await both.edit_shop("categories", int(pots.shop_id), id_parent=tea.shop_id, name={1: "Pots", 2: "Théières"})
    await both.work()
    assert path_in_odoo(both, pots.odoo_id) == ["Kitchen", "Tea", "Pots"]
    assert both.shop_row("categories", pots.shop_id)["name"] == {1: "Pots", 2: "Théières"}
    assert await both.unfinished() == []


async def test_a_product_is_put_into_its_category_which_comes_first(both: TwoSides) -> None:
    numbers = await a_branch(both)

    product = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", categ_id=numbers[2])
    await both.work()

    category = (await both.pair_of("category", odoo=numbers[2])).shop_id
    row = both.shop_row("products", (await both.pair_of("product", odoo=product)).shop_id)
    assert row["id_category_default"] == category
    assert await both.unfinished() == []


async def test_a_category_that_its_product_waits_for_and_that_cannot_come_holds_up_nobody_else(both: TwoSides) -> None:
    numbers = await a_branch(both)
    both.world.shop.fail("POST", "/categories", status=400, body="<html>no</html>", times=1000)

    waiting = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", categ_id=numbers[2])
    free = await both.add_to_odoo("product.template", name="Cup", default_code="CUP-1")
    await both.work()

    paired = {pair.odoo_id for pair in await both.pairs() if pair.entity_type == "product"}
    assert paired == {str(free)}
    [job] = [job for job in await both.unfinished() if job.entity_type == "product"]
    assert (job.native_id, job.status, job.error_code) == (str(waiting), "pending", "dependency")


async def test_two_categories_whose_create_lost_its_answer_are_made_once(both: TwoSides) -> None:
    numbers = await a_branch(both)
    both.world.shop.fail("POST", "/categories", name="commit_then_drop", times=3)

    await both.tell("product.category", numbers[2])
    await both.work()

    names = [row["name"][1] for row in both.shop_rows("categories")]
    assert [names.count(name) for name in ("Kitchen", "Tea", "Pots")] == [1, 1, 1]
    assert await both.unfinished() == []
