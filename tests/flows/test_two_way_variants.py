"""Variants of Odoo and combinations of a shop, matched by their attributes; their product comes first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import Json
from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        yield opened


async def a_shirt(both: TwoSides) -> tuple[int, list[int]]:
    """A template with the sizes S and M, and its two variants; nobody was told yet."""
    people = both.people
    [size] = await people.create("product.attribute", [{"name": "Size"}])
    values = await people.create(
        "product.attribute.value", [{"name": name, "attribute_id": size} for name in ("S", "M")]
    )
    line: list[Json] = [0, 0, {"attribute_id": size, "value_ids": [[6, 0, list[Json](values)]]}]
    [template] = await people.create(
        "product.template", [{"name": "Shirt", "list_price": 20.0, "attribute_line_ids": [line]}]
    )
    variants = [int(row["id"]) for row in both.variants_of(template)]
    for number, sku in zip(variants, ("SH-S", "SH-M"), strict=True):
        await people.write("product.product", [number], {"default_code": sku})
    return template, variants


def combinations(both: TwoSides, product: int | str) -> dict[str, Mapping[str, Any]]:
    return {row["reference"]: row for row in both.shop_rows("combinations") if str(row["id_product"]) == str(product)}


def names_of(both: TwoSides, combination: int) -> list[str]:
    linked = both.world.shop.shop.table("combinations").linked[combination, "product_option_values"]
    return sorted(str(both.shop_row("product_option_values", each["id"])["name"][1]) for each in linked)


def variants(both: TwoSides, template: str) -> dict[str, Mapping[str, Any]]:
    return {str(row["default_code"]): row for row in both.variants_of(template)}


async def test_the_variants_of_a_new_product_in_odoo_become_combinations(both: TwoSides) -> None:
    template, numbers = await a_shirt(both)

    for number in numbers:
        await both.tell("product.product", number)
    await both.work()

    product = (await both.pair_of("product", odoo=template)).shop_id
    made = combinations(both, product)
    assert {sku: names_of(both, row["id"]) for sku, row in made.items()} == {"SH-S": ["S"], "SH-M": ["M"]}
    assert {(await both.pair_of("variant", odoo=number)).shop_id for number in numbers} == {
        str(row["id"]) for row in made.values()
    }
    assert await both.unfinished() == []


async def test_a_product_of_the_shop_with_combinations_becomes_a_template_with_variants(both: TwoSides) -> None:
    await both.edit_shop("combinations", 2, reference="demo_1M")
    await both.edit_shop("combinations", 1, reference="demo_1S")

    await both.work()

    template = (await both.pair_of("product", shop=1)).odoo_id
    made = variants(both, template)
    assert sorted(made) == ["demo_1M", "demo_1S"]
    assert (await both.pair_of("variant", shop=1)).odoo_id == str(made["demo_1S"]["id"])
    assert await both.unfinished() == []
    assert len(combinations(both, 1)) == 2


async def test_edits_of_a_variant_arrive_on_the_other_side_as_one_write(both: TwoSides) -> None:
    _template, numbers = await a_shirt(both)
    for number in numbers:
        await both.tell("product.product", number)
    await both.work()
    pair = await both.pair_of("variant", odoo=numbers[0])
    both.forget_calls()

    await both.edit_odoo("product.product", numbers[0], default_code="SH-SMALL")
    await both.work()
    assert both.shop_row("combinations", pair.shop_id)["reference"] == "SH-SMALL"
    assert both.world.writes() == [f"PATCH /api/combinations/{pair.shop_id}"]
    assert both.odoo_writes() == []

    both.forget_calls()
    await both.edit_shop("combinations", int(pair.shop_id), ean13="4006381333931")
    await both.work()
    assert both.row("product.product", numbers[0])["barcode"] == "4006381333931"
    assert both.odoo_writes() == [("product.product", "write")]
    assert both.world.writes() == []
    assert await both.unfinished() == []


async def test_variants_of_two_filled_systems_are_linked_by_their_attributes(both: TwoSides) -> None:
    template, numbers = await a_shirt(both)
    shop = both.world.shop
    product = shop.add(
        "products",
        name={1: "Shirt", 2: "Chemise"},
        price="20",
        active="1",
        id_category_default="2",
        state="1",
        reference="SHIRT",
        link_rewrite={1: "shirt", 2: "chemise"},
    )
    small = shop.add("combinations", id_product=str(product), minimal_quantity="1", reference="SH-S")
    shop.shop.table("combinations").linked[small, "product_option_values"] = [{"id": "1"}]
    await shop.settled()
    await both.world.execute("DELETE FROM sync_queue")
    await both.world.execute(
        "INSERT INTO entity_map (link_id, module, entity_type, odoo_id, shop_id) SELECT id, 'prestashop', 'product',"
        " :odoo, :shop FROM links",
        odoo=str(template),
        shop=str(product),
    )

    await both.edit_shop("combinations", small)
    await both.work()

    assert (await both.pair_of("variant", shop=small)).odoo_id == str(numbers[0])
    assert len(combinations(both, product)) == 1
    assert await both.unfinished() == []


async def test_a_combination_whose_create_lost_its_answer_is_made_once(both: TwoSides) -> None:
    template, numbers = await a_shirt(both)
    both.world.shop.fail("POST", "/combinations", name="commit_then_drop")

    for number in numbers:
        await both.tell("product.product", number)
    await both.work()

    product = (await both.pair_of("product", odoo=template)).shop_id
    rows = [row for row in both.shop_rows("combinations") if str(row["id_product"]) == product]
    assert sorted(row["reference"] for row in rows) == ["SH-M", "SH-S"]
    assert await both.unfinished() == []


async def test_the_echo_of_a_variant_writes_nothing(both: TwoSides) -> None:
    _template, numbers = await a_shirt(both)
    for number in numbers:
        await both.tell("product.product", number)
    await both.work()
    both.forget_calls()

    for number in numbers:
        await both.tell("product.product", number)
        await both.edit_shop("combinations", int((await both.pair_of("variant", odoo=number)).shop_id))
    await both.work()

    assert (both.odoo_writes(), both.world.writes()) == ([], [])
