"""Variants of Odoo and combinations of a shop, matched by their attributes; their product comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.entities.base import Json
from tests.flows.offices.goods import Variant
from tests.flows.two_sides import TwoSides


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


def in_shop(both: TwoSides, product: str) -> dict[str, Variant]:
    """By SKU."""
    return {variant.sku: variant for variant in both.office.variants(product)}


def variants(both: TwoSides, template: str) -> dict[str, Mapping[str, Any]]:
    return {str(row["default_code"]): row for row in both.variants_of(template)}


async def test_the_variants_of_a_new_product_in_odoo_become_combinations(both: TwoSides) -> None:
    template, numbers = await a_shirt(both)

    for number in numbers:
        await both.tell("product.product", number)
    await both.work()

    product = (await both.pair_of("product", odoo=template)).shop_id
    made = in_shop(both, product)
    assert {sku: list(variant.options) for sku, variant in made.items()} == {"SH-S": ["S"], "SH-M": ["M"]}
    pairs = {(await both.pair_of("variant", odoo=number)).shop_id for number in numbers}
    assert pairs == {variant.number for variant in made.values()}
    assert await both.unfinished() == []


async def test_a_product_of_the_shop_with_variants_becomes_a_template_with_variants(both: TwoSides) -> None:
    product = both.office.add_sized(name="Tunic", sku="TUNIC", sizes={"S": "TU-S", "M": "TU-M"})
    await both.office.settled()

    await both.work()

    template = (await both.pair_of("product", shop=product)).odoo_id
    made = variants(both, template)
    assert sorted(made) == ["TU-M", "TU-S"]
    there = in_shop(both, product)
    assert (await both.pair_of("variant", shop=there["TU-S"].number)).odoo_id == str(made["TU-S"]["id"])
    assert await both.unfinished() == []
    assert len(there) == 2


async def test_edits_of_a_variant_arrive_on_the_other_side_as_one_write(both: TwoSides) -> None:
    template, numbers = await a_shirt(both)
    for number in numbers:
        await both.tell("product.product", number)
    await both.work()
    pair = await both.pair_of("variant", odoo=numbers[0])
    both.forget_calls()

    await both.edit_odoo("product.product", numbers[0], default_code="SH-SMALL")
    await both.work()
    product = (await both.pair_of("product", odoo=template)).shop_id
    assert in_shop(both, product)["SH-SMALL"].number == pair.shop_id
    assert both.office.writes() == ["update variant"]
    assert both.odoo_writes() == []

    both.forget_calls()
    both.office.edit_variant(pair.shop_id, barcode="4006381333931")
    await both.office.settled()
    await both.work()
    assert both.row("product.product", numbers[0])["barcode"] == "4006381333931"
    assert both.odoo_writes() == [("product.product", "write")]
    assert both.office.writes() == []
    assert await both.unfinished() == []


async def test_variants_of_two_filled_systems_are_linked_by_their_attributes(both: TwoSides) -> None:
    template, numbers = await a_shirt(both)
    product = both.office.add_sized(name="Shirt", sku="SHIRT-1", sizes={"S": "SH-S"})
    [small] = both.office.variants(product)
    await both.office.settled()
    await both.world.execute("DELETE FROM sync_queue")
    await both.world.execute(
        "INSERT INTO entity_map (link_id, module, entity_type, odoo_id, shop_id) SELECT id, :kind, 'product',"
        " :odoo, :shop FROM links",
        kind=both.office.kind,
        odoo=str(template),
        shop=product,
    )

    both.office.edit_variant(small.number)
    await both.office.settled()
    await both.work()

    assert (await both.pair_of("variant", shop=small.number)).odoo_id == str(numbers[0])
    assert len(in_shop(both, product)) == 1
    assert await both.unfinished() == []


async def test_a_variant_whose_create_lost_its_answer_is_made_once(both: TwoSides) -> None:
    template, numbers = await a_shirt(both)
    both.office.lose_answer("variant")

    for number in numbers:
        await both.tell("product.product", number)
    await both.work()

    product = (await both.pair_of("product", odoo=template)).shop_id
    assert sorted(variant.sku for variant in both.office.variants(product)) == ["SH-M", "SH-S"]
    assert await both.unfinished() == []


async def test_the_echo_of_a_variant_writes_nothing(both: TwoSides) -> None:
    _template, numbers = await a_shirt(both)
    for number in numbers:
        await both.tell("product.product", number)
    await both.work()
    both.forget_calls()

    for number in numbers:
        await both.tell("product.product", number)
        both.office.edit_variant((await both.pair_of("variant", odoo=number)).shop_id)
    await both.office.settled()
    await both.work()

    assert (both.odoo_writes(), both.office.writes()) == ([], [])
