"""Stock: quantities go to what is there, and make nothing."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import Json
from tests.flows.test_two_way_variants import a_shirt
from tests.flows.two_sides import WHOLE_SHOP, TwoSides, on_prestashop, on_woocommerce, open_two_sides

ONLY_FROM_ODOO = {**WHOLE_SHOP, "entities": {**WHOLE_SHOP["entities"], "stock": {"direction": "odoo_to_shop"}}}
COUNTING: dict[str, Json] = {"inventory_mode": True}
STORABLE: dict[int, dict[str, Any]] = {17: {"detailed_type": "product"}, 19: {"type": "consu", "is_storable": True}}


async def a_teapot(both: TwoSides) -> tuple[int, int, str]:
    """(template, its variant, the shop's product), paired, with nothing in stock."""
    values = {"name": "Teapot", "default_code": "TP-1", "list_price": 25.0, **STORABLE[both.odoo.version]}
    template = await both.add_to_odoo("product.template", **values)
    await both.work()
    [variant] = both.variants_of(template)
    return template, variant["id"], str((await both.pair_of("product", odoo=template)).shop_id)


async def count(both: TwoSides, variant: int, quantity: float) -> None:
    """A person counts what is in the warehouse."""
    values: dict[str, Json] = {"product_id": variant, "location_id": 8, "inventory_quantity": quantity}
    made = await both.people.call("stock.quant", "create", args={"vals_list": [values]}, context=COUNTING)
    assert isinstance(made, list)
    quant = int(str(made[0]))
    await both.people.run_action("stock.quant", "action_apply_inventory", [quant], context=COUNTING)
    await both.tell("stock.quant", quant)


async def counted_in_shop(both: TwoSides, product: str, quantity: int) -> None:
    both.office.set_stock(product, quantity)
    await both.office.settled()


def on_hand(both: TwoSides, variant: int) -> float:
    quants = both.odoo.tables["stock.quant"].values()
    return sum(
        float(str(row["quantity"])) for row in quants if row["product_id"] == variant and row["location_id"] == 8
    )


async def test_a_quantity_counted_in_odoo_is_the_shops(both: TwoSides) -> None:
    _template, variant, product = await a_teapot(both)
    both.forget_calls()

    await count(both, variant, 7)
    await both.work()

    assert both.office.stock(product) == 7
    assert len(both.office.writes()) == 1
    assert await both.unfinished() == []


async def test_a_second_count_is_one_write_and_its_echo_none(both: TwoSides) -> None:
    _template, variant, product = await a_teapot(both)
    await count(both, variant, 7)
    await both.work()
    both.forget_calls()

    await count(both, variant, 3)
    await both.work()

    assert both.office.stock(product) == 3
    assert len(both.office.writes()) == 1
    assert both.odoo_writes() == []


async def test_a_quantity_of_the_shop_is_an_adjustment_in_odoo(both: TwoSides) -> None:
    _template, variant, product = await a_teapot(both)
    await count(both, variant, 7)
    await both.work()
    both.forget_calls()

    await counted_in_shop(both, product, 5)
    await both.work()

    assert on_hand(both, variant) == 5
    assert both.office.writes() == []
    assert await both.unfinished() == []


async def test_the_stock_of_a_variant_is_that_of_its_combination(both: TwoSides) -> None:
    template, variants = await a_shirt(both)
    await both.people.write("product.template", [template], STORABLE[both.odoo.version])

    await count(both, variants[0], 4)
    await count(both, variants[1], 6)
    await both.work()

    product = (await both.pair_of("product", odoo=template)).shop_id
    pairs = [await both.pair_of("variant", odoo=number) for number in variants]
    held = {variant.number: variant.stock for variant in both.office.variants(product)}
    assert [held[pair.shop_id] for pair in pairs] == [4, 6]
    assert await both.unfinished() == []


async def test_the_stock_of_a_product_that_the_shop_lacks_waits_for_the_product(both: TwoSides) -> None:
    values = {"name": "Teapot", "default_code": "TP-1", **STORABLE[both.odoo.version]}
    [template] = await both.people.create("product.template", [values])
    [variant] = both.variants_of(template)

    await count(both, variant["id"], 7)
    await both.work()

    assert both.office.stock((await both.pair_of("product", odoo=template)).shop_id) == 7
    assert await both.unfinished() == []


@on_prestashop
async def test_half_a_piece_is_refused_and_told(both: TwoSides) -> None:
    """A WooCommerce offers the whole pieces: the next test."""
    _template, variant, product = await a_teapot(both)
    await count(both, variant, 7)
    await both.work()

    await count(both, variant, 2.5)
    await both.work()

    assert both.office.stock(product) == 7
    [job] = await both.world.rows("SELECT * FROM sync_queue WHERE outcome = 'rejected'")
    assert (job.entity_type, job.error_code) == ("stock", "not_whole")


@on_woocommerce
async def test_of_two_and_a_half_a_woocommerce_offers_two_and_odoo_keeps_its_half(both: TwoSides) -> None:
    _template, variant, product = await a_teapot(both)
    await count(both, variant, 2.5)
    await both.work()
    both.forget_calls()

    both.office.edit_thing(product)
    await both.office.settled()
    await both.tell("stock.quant", _quant_of(both, variant))
    await both.work()

    assert (both.office.stock(product), on_hand(both, variant)) == (2, 2.5)
    assert (both.office.writes(), both.odoo_writes()) == ([], [])
    said = await both.world.rows("SELECT 1 FROM sync_logs WHERE context::text LIKE '%counts whole pieces%'")
    assert len(said) == 1
    assert await both.unfinished() == []


async def test_a_product_that_odoo_has_just_got_from_the_shop_takes_no_stock_away_there(both: TwoSides) -> None:
    mug = both.office.mug
    await counted_in_shop(both, mug, 300)
    await both.work()
    [variant] = both.variants_of((await both.pair_of("product", shop=mug)).odoo_id)

    await both.world.ingest.accept_odoo(
        both.world.link, orjson.dumps({"entity_type": "stock", "odoo_id": variant["id"], "action": "updated"})
    )
    await both.work()

    assert (both.office.stock(mug), on_hand(both, variant["id"])) == (300, 300)
    assert await both.unfinished() == []


async def test_where_odoo_alone_says_what_is_in_stock_nothing_is_nothing(engine: AsyncEngine, kind: str) -> None:
    async with open_two_sides(engine, kind=kind, sync=ONLY_FROM_ODOO) as both:
        _template, variant, product = await a_teapot(both)
        await counted_in_shop(both, product, 5)

        await count(both, variant, 1)
        await both.people.write("product.product", [variant], {"default_code": "TP-1"})
        await count(both, variant, 0)
        await both.work()

        assert both.office.stock(product) == 0


async def test_what_a_customer_bought_is_not_offered_again_before_it_is_shipped(engine: AsyncEngine, kind: str) -> None:
    """The shop counts an order off at once, Odoo's shelf only when it is shipped."""
    async with open_two_sides(engine, kind=kind, sync=ONLY_FROM_ODOO) as both:
        _template, variant, product = await a_teapot(both)
        await count(both, variant, 10)
        await both.work()

        await bought(both, product)
        await both.work()
        await both.tell("stock.quant", _quant_of(both, variant))
        await both.work()
        when_ordered = (both.office.stock(product), on_hand(both, variant))
        [picking] = both.odoo.tables["stock.picking"]
        await both.people.run_action("stock.picking", "button_validate", [picking])
        await both.tell("stock.quant", _quant_of(both, variant))
        await both.work()

        assert when_ordered == (9, 10)
        assert (both.office.stock(product), on_hand(both, variant)) == (9, 9)


HOLD_ORDERS = """
    INSERT INTO pauses (link_id, direction, entity_type, reason, until)
    SELECT id, 'shop_to_odoo', 'order', 'a test', now() + interval '1 hour' FROM links
"""


async def test_a_count_in_odoo_does_not_undo_a_sale_that_odoo_does_not_know_of_yet(
    engine: AsyncEngine, kind: str
) -> None:
    async with open_two_sides(engine, kind=kind, sync=ONLY_FROM_ODOO) as both:
        _template, variant, product = await a_teapot(both)
        await count(both, variant, 10)
        await both.work()
        await both.world.execute(HOLD_ORDERS)
        await bought(both, product)

        await count(both, variant, 20)
        await both.world.work()
        before = both.office.stock(product)
        await both.work()

        assert before == 19, "one of the 20 is sold"
        assert (both.office.stock(product), on_hand(both, variant)) == (19, 20)
        assert await both.unfinished() == []


async def test_a_sale_that_nobody_told_of_is_not_undone_either(engine: AsyncEngine, kind: str) -> None:
    """Its webhook is lost: the orders changed since polling looked last are looked at."""
    async with open_two_sides(engine, kind=kind, sync=ONLY_FROM_ODOO) as both:
        _template, variant, product = await a_teapot(both)
        await count(both, variant, 10)
        await both.work()
        await both.world.execute(
            "INSERT INTO poll_cursors (link_id, side, entity_type, moment, polled_at) "
            "SELECT id, 'shop', 'order', '2020-01-01 00:00:00', now() FROM links"
        )
        await bought(both, product)
        await both.world.execute("DELETE FROM sync_queue WHERE entity_type = 'order'")

        await count(both, variant, 20)
        await both.world.work()

        assert both.office.stock(product) == 19


async def test_a_sale_that_is_a_quotation_in_odoo_counts_until_it_is_confirmed(engine: AsyncEngine, kind: str) -> None:
    """A quotation holds nothing back."""
    sync = {**ONLY_FROM_ODOO, "odoo": {"auto_confirm_orders": False}}
    async with open_two_sides(engine, kind=kind, sync=sync) as both:
        _template, variant, product = await a_teapot(both)
        await count(both, variant, 10)
        await both.work()
        await bought(both, product)
        await both.work()

        await count(both, variant, 20)
        await both.work()
        quoted = both.office.stock(product)
        [sale] = [number for number, row in both.odoo.tables["sale.order"].items() if row["state"] != "cancel"][-1:]
        await both.people.run_action("sale.order", "action_confirm", [sale])
        await both.tell("sale.order", sale)
        await both.tell("stock.quant", _quant_of(both, variant))
        await both.work()

        assert quoted == 19
        assert both.office.stock(product) == 19
        assert await both.unfinished() == []


def _quant_of(both: TwoSides, variant: int) -> int:
    quants = both.odoo.tables["stock.quant"].items()
    [number] = [number for number, row in quants if (row["product_id"], row["location_id"]) == (variant, 8)]
    return number


async def bought(both: TwoSides, product: str) -> None:
    """One of it, by somebody abroad who pays no tax."""
    customer = both.office.add_person(first="Grace", last="Hopper", email="grace@example.com")
    both.office.order(customer, place=both.office.add_home(customer), thing=product)
    await both.office.settled()
