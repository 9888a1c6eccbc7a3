"""What connectors of this kind get wrong on real servers, each on a WooCommerce with the module's own settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import Json
from app.sandbox.woocommerce.storefront import place_order
from tests.flows.two_sides import TwoSides, open_two_sides

COUNTING: dict[str, Json] = {"inventory_mode": True}
STORABLE: dict[int, dict[str, Any]] = {17: {"detailed_type": "product"}, 19: {"type": "consu", "is_storable": True}}
LINE = "product.template.attribute.line"
FLAT = {"method_id": "flat_rate", "method_title": "Flat rate", "total": "4.90"}
GUEST = {
    "first_name": "Gerda",
    "last_name": "Gast",
    "address_1": "Weg 1",
    "city": "Berlin",
    "postcode": "10115",
    "country": "DE",
}


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_shop(engine, version=request.param) as opened:
        yield opened


def open_shop(engine: AsyncEngine, **more: Any) -> Any:
    return open_two_sides(engine, kind="woocommerce", sync={}, **more)


@pytest.fixture(autouse=True)
def _listening(request: pytest.FixtureRequest) -> None:
    """Odoo's rules tell of what people and we do."""
    if "both" in request.fixturenames:
        opened: TwoSides = request.getfixturevalue("both")
        opened.line.tell_of_writes = opened.tell


def shop_of(both: TwoSides) -> Any:
    return both.world.shop


async def german_taxes(both: TwoSides) -> None:
    """19 and 7 %, as the shop reckons."""
    have = {row["amount"] for row in both.odoo.tables["account.tax"].values()}
    for rate in {19.0, 7.0} - have:
        values: dict[str, Json] = {
            "name": f"MwSt {rate:g}",
            "amount": rate,
            "amount_type": "percent",
            "type_tax_use": "sale",
        }
        await both.people.create("account.tax", [values])


async def a_mug(both: TwoSides, **values: Any) -> tuple[int, str]:
    """(template in Odoo, product of the shop), paired."""
    given = {"name": "Teapot", "default_code": "TP-1", "list_price": 10.0, **STORABLE[both.odoo.version], **values}
    template = await both.add_to_odoo("product.template", **given)
    await both.work()
    number = str((await both.pair_of("product", odoo=template)).shop_id)
    both.forget_calls()
    return template, number


async def count(both: TwoSides, variant: int, quantity: float) -> None:
    values: dict[str, Json] = {"product_id": variant, "location_id": 8, "inventory_quantity": quantity}
    made: Any = await both.people.call("stock.quant", "create", args={"vals_list": [values]}, context=COUNTING)
    await both.people.run_action("stock.quant", "action_apply_inventory", [int(made[0])], context=COUNTING)
    await both.tell("stock.quant", int(made[0]))


async def bought(both: TwoSides, **how: Any) -> int:
    number = place_order(shop_of(both), **how)
    await both.office.settled()
    return number


async def order_in_odoo(both: TwoSides, number: int) -> dict[str, Any]:
    return dict(both.row("sale.order", (await both.pair_of("order", shop=number)).odoo_id))


def total(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


async def test_a_name_edited_in_odoo_and_a_price_in_the_shop_within_one_cycle_both_survive(both: TwoSides) -> None:
    template, number = await a_mug(both)

    await both.edit_odoo("product.template", template, name="Tea & Pot")
    both.office.edit_thing(number, price="12.5")
    await both.office.settled()
    await both.work()

    row = both.row("product.template", template)
    assert (row["name"], row["list_price"]) == ("Tea & Pot", 12.5)
    thing = both.office.thing(number)
    assert (thing.name.replace("&amp;", "&"), Decimal(thing.price)) == ("Tea & Pot", Decimal("12.5"))
    assert both.office.writes() == ["update product"]
    assert both.odoo_writes() == [("product.template", "write")]
    assert await both.unfinished() == []


async def test_a_price_edited_in_the_shop_of_a_product_whose_stock_nobody_counts_writes_nothing_back(
    both: TwoSides,
) -> None:
    number = both.office.mug
    both.office.edit_thing(number)
    await both.office.settled()
    await both.work()
    template = int((await both.pair_of("product", shop=number)).odoo_id)
    both.forget_calls()

    both.office.edit_thing(number, price="13")
    await both.office.settled()
    await both.work()

    row = shop_of(both).row("products", int(number))
    assert both.row("product.template", template)["list_price"] == 13
    assert both.office.writes() == []
    assert (row["manage_stock"], row["stock_status"]) == (False, "instock")
    assert await both.unfinished() == []


async def test_a_stock_of_odoo_leaves_a_product_alone_whose_stock_the_shop_does_not_count(both: TwoSides) -> None:
    number = both.office.mug
    both.office.edit_thing(number)
    await both.office.settled()
    await both.work()
    template = (await both.pair_of("product", shop=number)).odoo_id
    await both.people.write("product.template", [int(template)], STORABLE[both.odoo.version])
    both.forget_calls()

    [variant] = both.variants_of(template)
    await count(both, variant["id"], 0)
    await count(both, variant["id"], 7)
    await both.work()

    row = shop_of(both).row("products", int(number))
    assert (row["manage_stock"], row["stock_status"]) == (False, "instock")
    assert both.office.writes() == []
    ends = {outcome for kind, _, outcome in await both.outcomes() if kind == "odoo stock"}
    assert ends == {"unchanged"}, "nothing is wrong, so nothing is refused"
    assert await both.unfinished() == []


async def test_an_sku_that_the_shop_has_already_is_adopted(both: TwoSides) -> None:
    number = both.office.add_thing(name="Teapot", sku="tp-1", price="10")
    await both.world.execute("DELETE FROM sync_queue")

    template = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", list_price=10.0)
    await both.work()

    assert (await both.pair_of("product", odoo=template)).shop_id == number
    assert [thing.sku.lower() for thing in both.office.things()].count("tp-1") == 1
    assert await both.unfinished() == []


async def test_an_sku_that_lies_in_the_shops_trash_is_taken_out_of_it(both: TwoSides) -> None:
    number = both.office.add_thing(name="Old teapot", sku="TP-1", price="8")
    shop_of(both).remove("products", int(number))
    await both.office.settled()
    await both.work()

    template = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", list_price=10.0)
    await both.work()

    assert (await both.pair_of("product", odoo=template)).shop_id == number
    thing = both.office.thing(number)
    assert (thing.name, Decimal(thing.price), thing.live) == ("Teapot", Decimal(10), True)
    assert await both.unfinished() == []


async def test_an_sku_that_odoo_has_already_is_adopted(both: TwoSides) -> None:
    [template] = await both.people.create("product.template", [{"name": "Teapot", "default_code": "TP-1"}])

    number = both.office.add_thing(name="Teapot", sku="TP-1", price="10")
    await both.office.settled()
    await both.work()

    assert (await both.pair_of("product", shop=number)).odoo_id == str(template)
    skus = [row["default_code"] for row in both.odoo.tables["product.product"].values()]
    assert skus.count("TP-1") == 1


async def test_where_a_template_has_variants_the_right_one_moves(both: TwoSides) -> None:
    attribute, values = await _sizes(both, "S", "M", "L")
    line = {"attribute_id": attribute, "value_ids": [[6, 0, values]]}
    template = await both.add_to_odoo(
        "product.template", name="Shirt", attribute_line_ids=[[0, 0, line]], **STORABLE[both.odoo.version]
    )
    variants = [row["id"] for row in both.variants_of(template)]
    for size, variant in zip("SML", variants, strict=True):
        await both.edit_odoo("product.product", variant, default_code=f"SH-{size}")
    await both.work()

    await count(both, variants[1], 6)
    await both.work()

    held = {row["sku"]: row["stock_quantity"] for row in shop_of(both).rows("variations")}
    assert {sku: held.get(sku) or 0 for sku in ("SH-S", "SH-M", "SH-L")} == {"SH-S": 0, "SH-M": 6, "SH-L": 0}
    product = (await both.pair_of("product", odoo=template)).shop_id
    assert shop_of(both).row("products", int(product))["type"] == "variable"
    assert await both.unfinished() == []


async def test_fifty_orders_with_lines_discount_shipping_and_tax_arrive_to_the_cent(both: TwoSides) -> None:
    await german_taxes(both)
    shop = shop_of(both)
    spoon = shop.add("products", name="Spoon", sku="SP-1", regular_price="3.335", tax_class="reduced-rate")
    lines = [{"product_id": int(both.office.mug), "quantity": 3}, {"product_id": spoon, "quantity": 7}]
    numbers = [
        place_order(
            shop, email=f"guest{at}@example.test", billing=GUEST, lines=lines, shipping=FLAT, coupon="welcome10"
        )
        for at in range(50)
    ]
    await both.office.settled()

    await both.work()

    assert await both.unfinished() == []
    for number in numbers:
        order = await order_in_odoo(both, number)
        assert total(order["amount_total"]) == total(shop.row("orders", number)["total"])
        assert order["state"] == "sale"
    assert len([row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"]]) == 50


async def test_the_order_of_a_guest_without_an_account_stands_in_odoo(both: TwoSides) -> None:
    await german_taxes(both)
    line = {"product_id": int(both.office.mug), "quantity": 1}

    first = await bought(both, email="gerda@example.test", billing=GUEST, lines=[line])
    await both.work()
    second = await bought(both, email="Gerda@Example.test", billing=GUEST, lines=[line])
    await both.work()

    [partner] = both.partners(email_normalized="gerda@example.test", parent_id=False)
    assert partner["name"] == "Gerda Gast"
    orders = [await order_in_odoo(both, number) for number in (first, second)]
    assert [order["partner_id"] for order in orders] == [partner["id"], partner["id"]]
    assert len(both.partners(street="Weg 1")) == 1
    assert await both.unfinished() == []


@pytest.mark.parametrize(
    "call", [("sale.order", "load"), ("sale.order.line", "load"), ("sale.order", "action_confirm")]
)
async def test_an_order_whose_create_was_answered_too_late_is_one_order(both: TwoSides, call: tuple[str, str]) -> None:
    await german_taxes(both)
    both.line.lose = {call}
    lines = [{"product_id": int(both.office.mug), "quantity": 2}]

    number = await bought(both, email="gerda@example.test", billing=GUEST, lines=lines, shipping=FLAT)
    await both.work()

    made = [row for row in both.odoo.tables["sale.order"].values() if row["client_order_ref"] == str(number)]
    assert len(made) == 1
    assert total(made[0]["amount_total"]) == total(shop_of(both).row("orders", number)["total"])
    assert both.line.lose == set()
    assert await both.unfinished() == []


async def test_a_shop_in_another_currency_gets_no_price_and_gives_none(engine: AsyncEngine) -> None:
    async with open_shop(engine, currency="USD") as both:
        template = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", list_price=10.0)
        await both.work()
        number = str((await both.pair_of("product", odoo=template)).shop_id)
        assert both.office.thing(number).price == ""

        both.office.edit_thing(number, price="11")
        await both.office.settled()
        await both.edit_odoo("product.template", template, list_price=12.0, name="Tea pot")
        await both.work()

        assert both.office.thing(number).price == "11"
        assert both.office.thing(number).name == "Tea pot"
        assert both.row("product.template", template)["list_price"] == 12
        assert await both.world.rows("SELECT 1 FROM conflicts WHERE field = 'price'") == []
        said = await both.world.rows("SELECT 1 FROM sync_logs WHERE context::text LIKE '%USD%'")
        assert said, "and said so"
        assert await both.unfinished() == []


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Europe/Berlin", "Asia/Kathmandu"])
async def test_the_date_of_an_order_is_the_same_moment_whatever_the_shops_zone(engine: AsyncEngine, zone: str) -> None:
    async with open_shop(engine, timezone=zone) as both:
        await german_taxes(both)
        line = {"product_id": int(both.office.mug), "quantity": 1}

        number = await bought(both, email="gerda@example.test", billing=GUEST, lines=[line])
        await both.work()

        order = await order_in_odoo(both, number)
        shop = shop_of(both)
        async with shop_client(both) as client:
            shown = (await client.get(f"/wp-json/wc/v3/orders/{number}")).json()
        assert str(order["date_order"]).replace(" ", "T")[:19] == shown["date_created_gmt"]
        assert shop.row("orders", number)


def shop_client(both: TwoSides) -> Any:

    shop = shop_of(both)
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(shop), base_url="https://shop.test", auth=(shop.key, shop.secret)
    )


async def test_a_count_in_odoo_does_not_undo_a_sale_that_odoo_does_not_know_of_yet(both: TwoSides) -> None:
    await german_taxes(both)
    template, number = await a_mug(both)
    [variant] = both.variants_of(template)
    await count(both, variant["id"], 10)
    await both.work()
    await both.world.execute(
        "INSERT INTO pauses (link_id, direction, entity_type, reason, until) "
        "SELECT id, 'shop_to_odoo', 'order', 'a test', now() + interval '1 hour' FROM links"
    )
    line = {"product_id": int(number), "quantity": 3}
    await bought(both, email="gerda@example.test", billing=GUEST, lines=[line])

    await count(both, variant["id"], 20)
    await both.world.work()
    before = shop_of(both).row("products", int(number))["stock_quantity"]
    await both.work()

    assert before == 17
    assert shop_of(both).row("products", int(number))["stock_quantity"] == 17
    assert await both.unfinished() == []


async def _sizes(both: TwoSides, *names: str) -> tuple[int, list[int]]:
    [attribute] = await both.people.create("product.attribute", [{"name": "Size"}])
    values = await both.people.create(
        "product.attribute.value", [{"name": name, "attribute_id": attribute} for name in names]
    )
    return attribute, list(values)


async def test_a_template_whose_only_attribute_has_one_value_stays_simple_with_its_sku_and_its_stock(
    both: TwoSides,
) -> None:
    """`Brand: Acme` is nothing that a customer could choose."""
    attribute, values = await _sizes(both, "Acme")
    line = {"attribute_id": attribute, "value_ids": [[6, 0, values]]}
    template = await both.add_to_odoo(
        "product.template", name="Anvil", attribute_line_ids=[[0, 0, line]], **STORABLE[both.odoo.version]
    )
    [variant] = both.variants_of(template)
    await both.edit_odoo("product.product", variant["id"], default_code="AN-1")
    await both.work()
    await count(both, variant["id"], 4)
    await both.work()

    number = (await both.pair_of("product", odoo=template)).shop_id
    row = shop_of(both).row("products", int(number))
    assert (row["type"], row["sku"], row["stock_quantity"]) == ("simple", "AN-1", 4)
    assert [each for each in shop_of(both).rows("variations") if each["parent_id"] == int(number)] == []
    assert await both.unfinished() == []

    [second] = await both.people.create("product.attribute.value", [{"name": "Bolt", "attribute_id": attribute}])
    [line_id] = [key for key, each in both.odoo.tables[LINE].items() if each["product_tmpl_id"] == template]
    await both.people.write(LINE, [line_id], {"value_ids": [[4, second, 0]]})
    for each in both.variants_of(template):
        await both.tell("product.product", each["id"])
    await both.work()

    assert shop_of(both).row("products", int(number))["type"] == "variable"
    made = [each for each in shop_of(both).rows("variations") if each["parent_id"] == int(number)]
    assert len(made) == 2, "both, as soon as there is a choice"


async def test_a_product_whose_stock_odoo_does_not_count_is_for_sale_in_the_shop(both: TwoSides) -> None:
    """Counted there, it would be out of stock for ever: no number ever comes."""
    template = await both.add_to_odoo("product.template", name="Greeting", default_code="GR-1", type="consu")
    await both.work()

    number = (await both.pair_of("product", odoo=template)).shop_id
    row = shop_of(both).row("products", int(number))
    assert (row["manage_stock"], row["stock_status"]) == (False, "instock")
    await both.edit_odoo("product.template", template, name="Greeting card")
    await both.work()
    assert await both.unfinished() == []


async def test_where_no_stock_is_synced_a_new_product_is_for_sale_in_the_shop(engine: AsyncEngine) -> None:
    async with open_shop(engine, options={"sync_stock": False}) as both:
        _template, number = await a_mug(both)

        row = shop_of(both).row("products", int(number))
        assert (row["manage_stock"], row["stock_status"]) == (False, "instock")
