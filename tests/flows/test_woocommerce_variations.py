"""Products of a WooCommerce with variations, some of them with a single one, as people edit them on both sides."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import TwoSides, open_two_sides


@pytest.fixture(params=[17, 19])
async def both(engine: AsyncEngine, request: pytest.FixtureRequest) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, kind="woocommerce", sync={}, version=request.param) as opened:
        opened.line.tell_of_writes = opened.tell
        yield opened


def shop_of(both: TwoSides) -> Any:
    """A WooCommerce's sandbox."""
    return both.world.shop


async def told(both: TwoSides) -> None:
    await shop_of(both).settled()
    await both.work()


def make_variable(both: TwoSides, product: int, *sizes: str) -> None:
    attribute = {"name": "Size", "variation": True, "visible": True, "options": list(sizes)}
    shop_of(both).edit("products", product, type="variable", attributes=[attribute])


def add_size(both: TwoSides, product: int, size: str, **values: Any) -> int:
    attributes = [{"name": "Size", "option": size}]
    number: int = shop_of(both).add("variations", parents=(product,), attributes=attributes, **values)
    return number


async def test_the_only_variation_of_a_product_keeps_its_sku_and_its_product_its_own(both: TwoSides) -> None:
    hoodie = shop_of(both).add("products", name="Hoodie", sku="HOODIE", regular_price="20", weight="0.2")
    await told(both)
    make_variable(both, hoodie, "S")
    small = add_size(both, hoodie, "S", sku="HOODIE-S", regular_price="20")
    await told(both)
    template = int((await both.pair_of("product", shop=hoodie)).odoo_id)

    await both.edit_odoo("product.template", template, name="Nice hoodie")
    await told(both)

    row = shop_of(both).row("products", hoodie)
    assert (row["name"], row["sku"], row["weight"]) == ("Nice hoodie", "HOODIE", "0.2")
    assert shop_of(both).row("variations", small)["sku"] == "HOODIE-S"
    [variant] = both.variants_of(template)
    assert variant["default_code"] == "HOODIE-S"
    assert await both.unfinished() == []
    rejected = await both.world.rows("SELECT error_message FROM sync_queue WHERE outcome = 'rejected'")
    assert not [row for row in rejected if "SKU" in str(row.error_message)]
