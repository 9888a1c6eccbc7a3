"""The tree of categories: parents first, whatever the order of events, and products in their place."""

from __future__ import annotations

import pytest

from app.entities.base import EntityType
from tests.flows.two_sides import TwoSides, on_prestashop

ALL = 1
"""Odoo's own top category, which stands for the shop's top."""


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
    assert both.office.category_path(pairs[2].shop_id) == ["Kitchen", "Tea", "Pots"]
    assert both.office.writes().count("create category") == 3
    assert await both.unfinished() == []


async def test_the_leaf_alone_brings_its_parents(both: TwoSides) -> None:
    numbers = await a_branch(both)

    await both.tell("product.category", numbers[2])
    await both.work()

    assert both.office.category_path((await both.pair_of("category", odoo=numbers[2])).shop_id) == [
        "Kitchen",
        "Tea",
        "Pots",
    ]


async def test_a_branch_of_the_shop_grows_in_odoo_with_a_product_in_its_leaf(both: TwoSides) -> None:
    """A WooCommerce tells of nothing that happens to a category: it comes with what is in it."""
    office = both.office
    leaf = office.add_category("Pencils", above=office.add_category("Stationery"))
    office.edit_thing(office.mug, category=leaf)
    await office.settled()

    await both.work()

    pair = await both.pair_of("category", shop=leaf)
    assert path_in_odoo(both, pair.odoo_id) == ["Stationery", "Pencils"]
    template = (await both.pair_of("product", shop=office.mug)).odoo_id
    assert str(both.row("product.template", template)["categ_id"]) == pair.odoo_id
    assert await both.unfinished() == []


async def test_a_category_of_the_same_name_in_the_same_place_is_linked(both: TwoSides) -> None:
    """Odoo's All / Crockery and the shop's Crockery."""
    [known] = await both.people.create("product.category", [{"name": "Crockery", "parent_id": ALL}])
    number = both.office.add_category("Crockery")
    both.office.edit_thing(both.office.mug, category=number)
    await both.office.settled()

    await both.work()

    assert (await both.pair_of("category", shop=number)).odoo_id == str(known)
    assert both.odoo_values("product.category", "name").count("Crockery") == 1
    assert both.office.category_names().count("Crockery") == 1


async def test_a_category_moved_and_renamed_in_odoo_is_so_in_the_shop(both: TwoSides) -> None:
    numbers = await a_branch(both)
    await both.tell("product.category", numbers[2])
    await both.work()
    pots = await both.pair_of("category", odoo=numbers[2])

    await both.edit_odoo("product.category", numbers[2], parent_id=numbers[0], name="Teapots")
    await both.work()

    assert both.office.category_path(pots.shop_id) == ["Kitchen", "Teapots"]
    assert await both.unfinished() == []


async def test_a_category_moved_and_renamed_in_the_shop_is_so_in_odoo(both: TwoSides) -> None:
    """Whoever is told of nothing finds it out at the next reconciliation."""
    numbers = await a_branch(both)
    await both.tell("product.category", numbers[2])
    await both.work()
    tea, pots = [await both.pair_of("category", odoo=number) for number in (numbers[0], numbers[2])]
    both.forget_calls()

    both.office.edit_category(pots.shop_id, above=tea.shop_id, name="Teapots")
    await both.office.settled()
    if both.office.kind == "woocommerce":
        await both.reconcile(EntityType.CATEGORY)
    await both.work()

    assert path_in_odoo(both, pots.odoo_id) == ["Kitchen", "Teapots"]
    assert both.odoo_writes().count(("product.category", "write")) == 1
    assert "update category" not in both.office.writes()
    assert await both.unfinished() == []


@on_prestashop
async def test_the_languages_of_the_shop_are_kept_when_odoo_renames_a_category(both: TwoSides) -> None:
    """A WooCommerce has one language."""
    numbers = await a_branch(both)
    await both.tell("product.category", numbers[0])
    await both.work()
    shop_id = (await both.pair_of("category", odoo=numbers[0])).shop_id

    await both.edit_shop("categories", int(shop_id), name={1: "Kitchen", 2: "Cuisine"})
    await both.work()
    await both.edit_odoo("product.category", numbers[0], name="Scullery")
    await both.work()

    assert both.shop_row("categories", shop_id)["name"] == {1: "Scullery", 2: "Cuisine"}


async def test_a_product_is_put_into_its_category_which_comes_first(both: TwoSides) -> None:
    numbers = await a_branch(both)

    product = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", categ_id=numbers[2])
    await both.work()

    category = (await both.pair_of("category", odoo=numbers[2])).shop_id
    assert both.office.thing((await both.pair_of("product", odoo=product)).shop_id).category == category
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
    both.office.lose_answer("category", times=3)

    await both.tell("product.category", numbers[2])
    await both.work()

    names = both.office.category_names()
    assert [names.count(name) for name in ("Kitchen", "Tea", "Pots")] == [1, 1, 1]
    assert await both.unfinished() == []
