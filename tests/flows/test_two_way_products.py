"""Products kept the same by Odoo and a shop, over both of Odoo's transports: new ones, edits, SKUs, lost answers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows.offices.goods import Thing
from tests.flows.two_sides import TwoSides, on_prestashop


async def a_product(both: TwoSides, **values: Any) -> tuple[int, str]:
    """(Odoo's id, the shop's): a product that both sides know."""
    given = {"name": "Teapot", "default_code": "TP-1", "list_price": 25.0, "weight": 0.5, **values}
    number = await both.add_to_odoo("product.template", **given)
    await both.work()
    pair = await both.pair_of("product", odoo=number)
    both.forget_calls()
    return number, str(pair.shop_id)


async def edited(both: TwoSides, shop_id: str, **values: str | bool) -> None:
    """By a person in the shop."""
    both.office.edit_thing(shop_id, **values)
    await both.office.settled()
    await both.work()


def in_odoo(both: TwoSides, number: int) -> dict[str, Any]:
    """A template with what stands on its only variant."""
    [variant] = [row for row in both.odoo.tables["product.product"].values() if row["product_tmpl_id"] == number]
    return {**variant, **both.row("product.template", number)}


def shop_things(both: TwoSides, sku: str) -> list[Thing]:
    return [thing for thing in both.office.things() if thing.sku == sku]


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

    thing = both.office.thing((await both.pair_of("product", odoo=number)).shop_id)
    assert shop_things(both, "TP-1") == [thing]
    assert (thing.name, thing.price, thing.weight, thing.live) == ("Teapot", "25.5", "0.5", True)
    assert "Holds tea" in thing.text
    assert await both.unfinished() == []


async def test_a_new_product_of_the_shop_becomes_one_product_in_odoo(both: TwoSides) -> None:
    number = both.office.add_thing(name="Teapot", sku="TP-1", price="25.5")
    await both.office.settled()

    await both.work()

    [row] = odoo_products(both, "TP-1")
    assert (row["name"], row["list_price"], row["active"]) == ("Teapot", 25.5, True)
    assert (await both.pair_of("product", shop=number)).odoo_id == str(row["id"])
    assert "update product" not in both.office.writes()
    assert await both.unfinished() == []


@pytest.mark.parametrize(
    ("odoo", "shop"),
    [
        ({"name": "Big teapot"}, {"name": "Big teapot"}),
        ({"list_price": 31.25}, {"price": "31.25"}),
        ({"weight": 0.75}, {"weight": "0.75"}),
        ({"active": False}, {"live": False}),
        ({"default_code": "TP-2"}, {"sku": "TP-2"}),
        ({"barcode": "4006381333931"}, {"barcode": "4006381333931"}),
    ],
)
async def test_an_edit_in_odoo_is_one_write_of_the_shop(
    both: TwoSides, odoo: dict[str, Any], shop: dict[str, Any]
) -> None:
    number, shop_id = await a_product(both)

    await both.edit_odoo("product.template", number, **odoo)
    await both.work()

    thing = both.office.thing(shop_id)
    assert {name: getattr(thing, name) for name in shop} == shop
    assert both.office.writes() == ["update product"]
    assert both.odoo_writes() == []
    assert await both.unfinished() == []


@pytest.mark.parametrize(
    ("shop", "odoo"),
    [
        ({"name": "Big teapot"}, {"name": "Big teapot"}),
        ({"price": "31.25"}, {"list_price": 31.25}),
        ({"weight": "0.75"}, {"weight": 0.75}),
        ({"live": False}, {"active": False}),
        ({"sku": "TP-2"}, {"default_code": "TP-2"}),
        ({"text": "<p>Holds <b>tea</b></p>"}, {"description_sale": "Holds tea"}),
    ],
)
async def test_an_edit_in_the_shop_is_one_write_in_odoo(
    both: TwoSides, shop: dict[str, Any], odoo: dict[str, Any]
) -> None:
    number, shop_id = await a_product(both)

    await edited(both, shop_id, **shop)

    row = in_odoo(both, number)
    assert {name: row[name] for name in odoo} == odoo
    assert both.odoo_writes() == [("product.template", "write")]
    assert both.office.writes() == []
    assert await both.unfinished() == []


async def test_the_echo_of_a_product_costs_one_read_and_no_write(both: TwoSides) -> None:
    number, shop_id = await a_product(both)

    for _ in range(5):
        await both.tell("product.template", number)
    await both.work()
    assert both.line.calls == [("product.template", "read")]
    assert list(both.world.shop.requests) == []

    both.forget_calls()
    await edited(both, shop_id)
    assert [call for call in both.line.calls if call[0] == "product.template"] == []
    assert both.odoo_writes() == []
    assert both.office.reads() != []
    assert both.office.writes() == []


@on_prestashop
async def test_the_languages_of_the_shop_are_kept_when_odoo_renames_a_product(both: TwoSides) -> None:
    """A WooCommerce has one language."""
    number, shop_id = await a_product(both)
    texts = {"name": {1: "Teapot", 2: "Théière"}, "description": {1: "<p>Holds tea</p>", 2: "<p>Pour le thé</p>"}}
    await both.edit_shop("products", int(shop_id), **texts)
    await both.work()

    await both.edit_odoo("product.template", number, name="Big teapot")
    await both.work()

    row = both.shop_row("products", shop_id)
    assert row["name"] == {1: "Big teapot", 2: "Théière"}
    assert row["description"] == texts["description"]
    assert both.row("product.template", number)["name"] == "Big teapot"


async def test_a_product_of_the_same_sku_is_linked_and_not_made_again(both: TwoSides) -> None:
    sku = both.office.mug_sku.swapcase()
    number = await both.add_to_odoo("product.template", name="Mug", default_code=sku, list_price=11.9)

    await both.work()

    assert (await both.pair_of("product", odoo=number)).shop_id == both.office.mug
    assert "create product" not in both.office.writes()
    assert await both.unfinished() == []


async def test_an_archived_product_of_the_same_sku_is_linked_and_not_made_again(both: TwoSides) -> None:
    sku = both.office.mug_sku
    [number] = await both.people.create("product.template", [{"name": "Mug", "default_code": sku, "active": False}])

    await edited(both, both.office.mug)

    assert (await both.pair_of("product", shop=both.office.mug)).odoo_id == str(number)
    assert both.odoo_values("product.product", "default_code").count(sku) == 1


async def test_a_sku_that_two_products_have_is_parked_with_the_candidates(both: TwoSides) -> None:
    sku = both.office.mug_sku
    first, second = await both.people.create(
        "product.template", [{"name": "Mug", "default_code": sku}, {"name": "Cup", "default_code": sku}]
    )

    await edited(both, both.office.mug)

    [job] = await both.unfinished()
    assert (job.entity_type, job.status, job.error_code) == ("product", "parked", "ambiguous")
    assert f"{first}, {second}" in job.error_message


async def test_a_product_without_a_sku_is_made_once(both: TwoSides) -> None:
    number = await both.add_to_odoo("product.template", name="Nameless teapot", list_price=3.0)

    await both.work()
    await both.edit_odoo("product.template", number, list_price=4.0)
    await both.work()

    assert [thing.price for thing in both.office.things() if thing.name == "Nameless teapot"] == ["4"]
    assert await both.unfinished() == []


async def test_a_product_without_a_sku_whose_create_lost_its_answer_waits_for_a_person(both: TwoSides) -> None:
    await both.add_to_odoo("product.template", name="Nameless teapot", list_price=3.0)
    both.office.lose_answer("product")

    await both.work()

    assert [thing.name for thing in both.office.things()].count("Nameless teapot") == 1
    waiting = {(job.side, job.entity_type, job.status, job.error_code) for job in await both.unfinished()}
    assert ("odoo", "product", "parked", "maybe_created") in waiting
    assert both.odoo_values("product.template", "name").count("Nameless teapot") == 1


async def test_a_product_with_a_sku_whose_create_lost_its_answer_is_found_again(both: TwoSides) -> None:
    number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", list_price=3.0)
    both.office.lose_answer("product")

    await both.work()

    thing = both.office.thing((await both.pair_of("product", odoo=number)).shop_id)
    assert shop_things(both, "TP-1") == [thing]
    assert await both.unfinished() == []


async def test_a_product_of_the_shop_without_a_sku_whose_create_lost_its_answer_is_made_once(both: TwoSides) -> None:
    """Odoo keeps the marker of the create."""
    both.line.lose = {("product.template", "load")}
    both.office.add_thing(name="Plate", sku="", price="5")
    await both.office.settled()

    await both.work()

    assert both.odoo_values("product.template", "name").count("Plate") == 1
    assert [pair.entity_type for pair in await both.pairs() if pair.entity_type == "product"] == ["product"]
    assert await both.unfinished() == []


async def test_two_new_products_of_one_sku_do_not_both_become_the_same_one(both: TwoSides) -> None:
    await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1")
    await both.add_to_odoo("product.template", name="Other teapot", default_code="TP-1")

    await both.work()

    assert len(shop_things(both, "TP-1")) == 1
    [job] = [job for job in await both.unfinished() if job.side == "odoo"]
    assert (job.status, job.error_code) == ("parked", "already_linked")


async def test_a_product_that_was_switched_off_and_on_again_keeps_its_sku(both: TwoSides) -> None:
    number, shop_id = await a_product(both)

    await edited(both, shop_id, live=False)
    await edited(both, shop_id, price="26")
    await both.edit_odoo("product.template", number, active=True)
    await both.work()

    thing = both.office.thing(shop_id)
    assert (thing.sku, thing.weight, thing.price, thing.live) == ("TP-1", "0.5", "26", True)
    assert in_odoo(both, number)["default_code"] == "TP-1"
    assert await both.unfinished() == []
