"""Products kept the same by Odoo and a shop, over both of Odoo's transports: new ones, edits, SKUs, lost answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        yield opened


async def a_product(both: TwoSides, **values: Any) -> tuple[int, int]:
    """(Odoo's id, the shop's): a product that both sides know."""
    given = {"name": "Teapot", "default_code": "TP-1", "list_price": 25.0, "weight": 0.5, **values}
    number = await both.add_to_odoo("product.template", **given)
    await both.work()
    pair = await both.pair_of("product", odoo=number)
    both.forget_calls()
    return number, int(pair.shop_id)


def in_odoo(both: TwoSides, number: int) -> dict[str, Any]:
    """A template with what stands on its only variant."""
    [variant] = [row for row in both.odoo.tables["product.product"].values() if row["product_tmpl_id"] == number]
    return {**variant, **both.row("product.template", number)}


def shop_products(both: TwoSides, reference: str) -> list[Any]:
    return [row for row in both.shop_rows("products") if row["reference"] == reference]


def odoo_products(both: TwoSides, sku: str) -> list[Any]:
    templates: list[Any] = list(both.odoo.tables["product.template"].values())
    return [row for row in templates if sku in [one.get("default_code") for one in both.variants_of(row["id"])]]


async def test_a_new_product_in_odoo_becomes_one_product_of_the_shop(both: TwoSides) -> None:
    number = await both.add_to_odoo(
        "product.template",
        name="Teapot",
        default_code="TP-1",
        list_price=25.5,
        weight=0.5,
        description_sale="Holds tea",
    )

    await both.work()

    [row] = shop_products(both, "TP-1")
    assert row["name"] == {1: "Teapot", 2: "Teapot"}
    assert (float(row["price"]), float(row["weight"]), row["active"]) == (25.5, 0.5, "1")
    assert "Holds tea" in row["description"][1]
    assert (await both.pair_of("product", odoo=number)).shop_id == str(row["id"])
    assert await both.unfinished() == []


async def test_a_new_product_of_the_shop_becomes_one_product_in_odoo(both: TwoSides) -> None:
    number = both.world.shop.add(
        "products",
        name={1: "Teapot", 2: "Théière"},
        reference="TP-1",
        price="25.5",
        weight="0.5",
        active="1",
        id_category_default="2",
        link_rewrite={1: "teapot", 2: "theiere"},
        state="1",
    )
    await both.world.shop.settled()

    await both.work()

    [row] = odoo_products(both, "TP-1")
    assert (row["name"], row["list_price"], row["active"]) == ("Teapot", 25.5, True)
    assert (await both.pair_of("product", shop=number)).odoo_id == str(row["id"])
    assert both.shop_row("products", number)["name"] == {1: "Teapot", 2: "Théière"}
    assert await both.unfinished() == []


@pytest.mark.parametrize(
    ("odoo", "shop"),
    [
        ({"name": "Big teapot"}, {"name": {1: "Big teapot", 2: "Teapot"}}),
        ({"list_price": 31.25}, {"price": "31.250000"}),
        ({"weight": 0.75}, {"weight": "0.750000"}),
        ({"active": False}, {"active": "0"}),
        ({"default_code": "TP-2"}, {"reference": "TP-2"}),
        ({"barcode": "4006381333931"}, {"ean13": "4006381333931"}),
    ],
)
async def test_an_edit_in_odoo_is_one_write_of_the_shop(
    both: TwoSides, odoo: dict[str, Any], shop: dict[str, Any]
) -> None:
    number, shop_id = await a_product(both)

    await both.edit_odoo("product.template", number, **odoo)
    await both.work()

    row = both.shop_row("products", shop_id)
    assert {name: row[name] for name in shop} == shop
    assert both.world.writes() == [f"PATCH /api/products/{shop_id}"]
    assert both.odoo_writes() == []
    assert await both.unfinished() == []


@pytest.mark.parametrize(
    ("shop", "odoo"),
    [
        ({"name": {1: "Big teapot", 2: "Grande théière"}}, {"name": "Big teapot"}),
        ({"price": "31.25"}, {"list_price": 31.25}),
        ({"weight": "0.75"}, {"weight": 0.75}),
        ({"active": "0"}, {"active": False}),
        ({"reference": "TP-2"}, {"default_code": "TP-2"}),
        ({"description": {1: "<p>Holds <b>tea</b></p>", 2: "<p>Pour le thé</p>"}}, {"description_sale": "Holds tea"}),
    ],
)
async def test_an_edit_in_the_shop_is_one_write_in_odoo(
    both: TwoSides, shop: dict[str, Any], odoo: dict[str, Any]
) -> None:
    number, shop_id = await a_product(both)

    await both.edit_shop("products", shop_id, **shop)
    await both.work()

    row = in_odoo(both, number)
    assert {name: row[name] for name in odoo} == odoo
    assert both.odoo_writes() == [("product.template", "write")]
    assert both.world.writes() == []
    after = both.shop_row("products", shop_id)
    assert all(after[name] == value for name, value in shop.items() if isinstance(value, dict))
    assert await both.unfinished() == []


async def test_the_echo_of_a_product_costs_one_read_and_no_write(both: TwoSides) -> None:
    number, shop_id = await a_product(both)

    for _ in range(5):
        await both.tell("product.template", number)
    await both.work()
    assert both.line.calls == [("product.template", "read")]
    assert list(both.world.shop.requests) == []

    both.forget_calls()
    await both.edit_shop("products", shop_id)
    await both.work()
    assert both.line.calls == []
    assert {each.method for each in both.world.shop.requests} == {"GET"}
    assert both.world.writes() == []


async def test_the_languages_of_the_shop_are_kept_when_odoo_renames_a_product(both: TwoSides) -> None:
    number, shop_id = await a_product(both)
    await both.edit_shop("products", shop_id, name={1: "Teapot", 2: "Théière"})
    await both.work()

    await both.edit_odoo("product.template", number, name="Big teapot")
    await both.work()

    assert both.shop_row("products", shop_id)["name"] == {1: "Big teapot", 2: "Théière"}
    assert both.row("product.template", number)["name"] == "Big teapot"


async def test_a_product_of_the_same_sku_is_linked_and_not_made_again(both: TwoSides) -> None:
    number = await both.add_to_odoo("product.template", name="Mug", default_code="DEMO_13", list_price=11.9)

    await both.work()

    assert (await both.pair_of("product", odoo=number)).shop_id == "8"
    assert [each for each in both.world.writes() if each.startswith("POST /api/products")] == []
    assert await both.unfinished() == []


async def test_an_archived_product_of_the_same_sku_is_linked_and_not_made_again(both: TwoSides) -> None:
    [number] = await both.people.create(
        "product.template", [{"name": "Mug", "default_code": "demo_13", "active": False}]
    )

    await both.edit_shop("products", 8)
    await both.work()

    assert (await both.pair_of("product", shop=8)).odoo_id == str(number)
    variants = both.odoo.tables["product.product"].values()
    assert len([row for row in variants if row.get("default_code") == "demo_13"]) == 1


async def test_a_sku_that_two_products_have_is_parked_with_the_candidates(both: TwoSides) -> None:
    first, second = await both.people.create(
        "product.template", [{"name": "Mug", "default_code": "demo_13"}, {"name": "Cup", "default_code": "demo_13"}]
    )

    await both.edit_shop("products", 8)
    await both.work()

    [job] = await both.unfinished()
    assert (job.entity_type, job.status, job.error_code) == ("product", "parked", "ambiguous")
    assert f"{first}, {second}" in job.error_message


async def test_a_product_without_a_sku_is_made_once(both: TwoSides) -> None:
    number = await both.add_to_odoo("product.template", name="Nameless teapot", list_price=3.0)

    await both.work()
    await both.edit_odoo("product.template", number, list_price=4.0)
    await both.work()

    [row] = [row for row in both.shop_rows("products") if row["name"] == {1: "Nameless teapot", 2: "Nameless teapot"}]
    assert float(row["price"]) == 4.0
    assert await both.unfinished() == []


async def test_a_product_without_a_sku_whose_create_lost_its_answer_waits_for_a_person(both: TwoSides) -> None:
    await both.add_to_odoo("product.template", name="Nameless teapot", list_price=3.0)
    both.world.shop.fail("POST", "/products", name="commit_then_drop")

    await both.work()

    named = [row for row in both.shop_rows("products") if row["name"][1] == "Nameless teapot"]
    assert len(named) == 1
    waiting = {(job.side, job.entity_type, job.status, job.error_code) for job in await both.unfinished()}
    assert ("odoo", "product", "parked", "maybe_created") in waiting
    assert len([row for row in both.odoo.tables["product.template"].values() if row["name"] == "Nameless teapot"]) == 1


async def test_a_product_with_a_sku_whose_create_lost_its_answer_is_found_again(both: TwoSides) -> None:
    number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", list_price=3.0)
    both.world.shop.fail("POST", "/products", name="commit_then_drop")

    await both.work()

    [row] = shop_products(both, "TP-1")
    assert (await both.pair_of("product", odoo=number)).shop_id == str(row["id"])
    assert await both.unfinished() == []


async def test_a_product_of_the_shop_without_a_sku_whose_create_lost_its_answer_is_made_once(both: TwoSides) -> None:
    """Odoo keeps the marker of the create."""
    both.line.lose = {("product.template", "load")}
    both.world.shop.add(
        "products",
        name={1: "Plate", 2: "Assiette"},
        price="5",
        active="1",
        id_category_default="2",
        state="1",
        link_rewrite={1: "plate", 2: "assiette"},
    )
    await both.world.shop.settled()

    await both.work()

    assert len([row for row in both.odoo.tables["product.template"].values() if row["name"] == "Plate"]) == 1
    assert [pair.entity_type for pair in await both.pairs() if pair.entity_type == "product"] == ["product"]
    assert await both.unfinished() == []


async def test_two_new_products_of_one_sku_do_not_both_become_the_same_one(both: TwoSides) -> None:
    await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1")
    await both.add_to_odoo("product.template", name="Other teapot", default_code="TP-1")

    await both.work()

    assert len(shop_products(both, "TP-1")) == 1
    [job] = [job for job in await both.unfinished() if job.side == "odoo"]
    assert (job.status, job.error_code) == ("parked", "already_linked")


async def test_a_product_that_was_switched_off_and_on_again_keeps_its_sku(both: TwoSides) -> None:
    number, shop_id = await a_product(both)

    await both.edit_shop("products", shop_id, active="0")
    await both.work()
    await both.edit_shop("products", shop_id, price="26")
    await both.work()
    await both.edit_odoo("product.template", number, active=True)
    await both.work()

    row = both.shop_row("products", shop_id)
    assert (row["reference"], float(row["weight"]), float(row["price"]), row["active"]) == ("TP-1", 0.5, 26.0, "1")
    assert in_odoo(both, number)["default_code"] == "TP-1"
    assert await both.unfinished() == []
