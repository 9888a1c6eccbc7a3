"""Each setting of the module WooCommerce, and those of CRM about roles, act between an Odoo and a WooCommerce."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import Json
from tests.flows.two_sides import TwoSides, open_two_sides
from tests.modules.acting import switch_on

COUNTING: dict[str, Json] = {"inventory_mode": True}
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\nred").decode()


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync={}, kind="woocommerce") as opened:
        yield opened


async def a_teapot(both: TwoSides, **values: Any) -> int:
    template = await both.add_to_odoo(
        "product.template", name="Teapot", default_code="TP-1", detailed_type="product", **values
    )
    await both.work()
    return template


async def count(both: TwoSides, template: int, quantity: float) -> None:
    """A person counts what is in the warehouse."""
    [variant] = both.variants_of(template)
    values: dict[str, Json] = {"product_id": variant["id"], "location_id": 8, "inventory_quantity": quantity}
    made = await both.people.call("stock.quant", "create", args={"vals_list": [values]}, context=COUNTING)
    assert isinstance(made, list)
    quant = int(str(made[0]))
    await both.people.run_action("stock.quant", "action_apply_inventory", [quant], context=COUNTING)
    await both.tell("stock.quant", quant)
    await both.work()


def in_shop(both: TwoSides, sku: str = "TP-1") -> Any:
    [row] = [row for row in both.world.shop.rows("products") if row["sku"] == sku]
    return row


async def buy(both: TwoSides) -> str:
    customer = both.world.office.add_person(first="Ada", last="Lovelace", email="ada@example.com")
    both.world.office.add_home(customer)
    order = both.world.office.order(customer)
    await both.world.office.settled()
    await both.work()
    return order


def products(both: TwoSides, sku: str) -> list[Any]:
    return [row for row in both.odoo.tables["product.product"].values() if row["default_code"] == sku]


@pytest.mark.parametrize(("on", "taken"), [(True, True), (False, False)])
async def test_products_go_both_ways_with_sync_products(both: TwoSides, on: bool, taken: bool) -> None:
    await switch_on(both, woocommerce={"sync_products": on})

    both.world.office.add_thing(name="Cup", sku="CUP", price="4.5")
    await both.world.office.settled()
    await a_teapot(both)

    assert bool(products(both, "CUP")) is taken
    assert ("TP-1" in [row["sku"] for row in both.world.shop.rows("products")]) is taken


@pytest.mark.parametrize(("on", "quantity"), [(True, 7), (False, None)])
async def test_stock_goes_to_the_shop_with_sync_stock(both: TwoSides, on: bool, quantity: int | None) -> None:
    await switch_on(both, woocommerce={"sync_stock": on, "new_products_manage_stock": True})
    template = await a_teapot(both)

    await count(both, template, 7)

    assert (in_shop(both)["stock_quantity"] or None) == quantity


@pytest.mark.parametrize(("on", "pictures"), [(True, 1), (False, 0)])
async def test_pictures_go_with_sync_product_images(both: TwoSides, on: bool, pictures: int) -> None:
    await switch_on(both, woocommerce={"sync_product_images": on})
    template = await a_teapot(both)

    await both.edit_odoo("product.template", template, image_1920=PICTURE)
    await both.work()

    assert len(in_shop(both)["image_ids"]) == pictures


@pytest.mark.parametrize(("on", "orders"), [(True, 1), (False, 0)])
async def test_orders_come_with_sync_orders_and_their_customers_with_them(
    both: TwoSides, on: bool, orders: int
) -> None:
    await switch_on(both, woocommerce={"sync_orders": on})

    await buy(both)

    assert len(both.odoo.tables["sale.order"]) == orders
    assert len(both.partners(email="ada@example.com")) == orders


@pytest.mark.parametrize(("on", "state"), [(True, "sale"), (False, "draft")])
async def test_an_order_is_confirmed_with_auto_confirm_orders(both: TwoSides, on: bool, state: str) -> None:
    await switch_on(both, woocommerce={"auto_confirm_orders": on})

    await buy(both)

    [order] = both.odoo.tables["sale.order"].values()
    assert order["state"] == state


async def test_with_sync_role_only_people_of_that_role_are_contacts(both: TwoSides) -> None:
    await switch_on(both, crm={"sync_role": "subscriber"})

    shop: Any = both.world.shop
    shop.add("users", username="ada", email="ada@example.com", password="x", roles=["subscriber"])
    shop.add("users", username="bea", email="bea@example.com", password="x", roles=["editor"])
    await both.world.office.settled()
    await both.work()

    assert (len(both.partners(email="ada@example.com")), len(both.partners(email="bea@example.com"))) == (1, 0)


@pytest.mark.parametrize("role", ["subscriber", "customer"])
async def test_people_made_in_wordpress_get_the_default_user_role(both: TwoSides, role: str) -> None:
    await switch_on(both, crm={"default_user_role": role})

    await both.add_to_odoo("res.partner", name="Grace Hopper", email="grace@example.com")
    await both.work()

    [row] = [row for row in both.world.shop.rows("users") if row["email"] == "grace@example.com"]
    assert row["role"] == role
