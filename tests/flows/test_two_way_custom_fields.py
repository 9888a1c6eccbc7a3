"""An operator's own pairs of fields: both ways, one way, converted, and merged like any other."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import TwoSides, open_two_sides


def mapped(entity: str, odoo: str, shop: str, **more: Any) -> dict[str, Any]:
    return {
        "entities": {entity: {"direction": "both"}},
        "mappings": [{"entity": entity, "odoo_field": odoo, "shop_field": shop, **more}],
    }


async def a_customer(both: TwoSides, **values: Any) -> tuple[int, int]:
    both.line.tell_of_writes = both.tell
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com", **values)
    await both.work()
    pair = await both.pair_of("customer", odoo=number)
    both.forget_calls()
    return number, int(pair.shop_id)


@pytest.mark.parametrize("version", [17, 19])
async def test_a_mapped_field_goes_both_ways(engine: AsyncEngine, version: int) -> None:
    async with open_two_sides(engine, sync=mapped("customer", "ref", "siret"), version=version) as both:
        number, shop_id = await a_customer(both, ref="73282932000074")
        assert both.shop_row("customers", shop_id)["siret"] == "73282932000074"

        await both.edit_odoo("res.partner", number, ref="35600000000048")
        await both.work()
        assert both.shop_row("customers", shop_id)["siret"] == "35600000000048"
        assert len(both.world.writes()) == 1

        both.forget_calls()
        await both.edit_shop("customers", shop_id, siret="55208131766522")
        await both.work()
        assert both.partner(number)["ref"] == "55208131766522"
        assert both.odoo_writes() == [("res.partner", "write")]
        assert both.world.writes() == []
        assert await both.unfinished() == []


@pytest.mark.parametrize("version", [17, 19])
async def test_a_field_mapped_one_way_is_never_written_the_other_way(engine: AsyncEngine, version: int) -> None:
    sync = mapped("customer", "ref", "siret", direction="odoo_to_shop")
    async with open_two_sides(engine, sync=sync, version=version) as both:
        number, shop_id = await a_customer(both, ref="73282932000074")

        await both.edit_shop("customers", shop_id, siret="55208131766522", lastname="King")
        await both.work()
        assert (both.partner(number)["ref"], both.partner(number)["name"]) == ("73282932000074", "Ada King")

        await both.edit_odoo("res.partner", number, ref="35600000000048")
        await both.work()
        assert both.shop_row("customers", shop_id)["siret"] == "35600000000048"
        assert await both.unfinished() == []


async def test_a_mapped_field_and_another_edited_at_once_both_survive(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync=mapped("customer", "ref", "siret")) as both:
        number, shop_id = await a_customer(both, ref="73282932000074")

        await both.edit_odoo("res.partner", number, name="Ada King")
        await both.edit_shop("customers", shop_id, siret="55208131766522")
        await both.work()

        assert (both.partner(number)["ref"], both.partner(number)["name"]) == ("55208131766522", "Ada King")
        row = both.shop_row("customers", shop_id)
        assert (row["siret"], row["lastname"]) == ("55208131766522", "King")
        assert await both.world.rows("SELECT 1 FROM conflicts") == []


async def test_a_flag_is_a_flag_on_both_sides(engine: AsyncEngine) -> None:
    sync = mapped("customer", "is_company", "optin", converter="boolean")
    async with open_two_sides(engine, sync=sync) as both:
        number, shop_id = await a_customer(both)

        await both.edit_shop("customers", shop_id, optin="1")
        await both.work()
        assert both.partner(number)["is_company"] is True

        both.forget_calls()
        await both.edit_odoo("res.partner", number, is_company=False)
        await both.work()
        assert both.shop_row("customers", shop_id)["optin"] == "0"
        assert both.odoo_writes() == []


@pytest.mark.parametrize("version", [17, 19])
async def test_an_amount_of_a_product_goes_both_ways(engine: AsyncEngine, version: int) -> None:
    sync = mapped("product", "standard_price", "wholesale_price", converter="decimal")
    async with open_two_sides(engine, sync=sync, version=version) as both:
        both.line.tell_of_writes = both.tell
        number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", standard_price=12.5)
        await both.work()
        shop_id = int((await both.pair_of("product", odoo=number)).shop_id)
        assert float(both.shop_row("products", shop_id)["wholesale_price"]) == 12.5

        both.forget_calls()
        await both.edit_shop("products", shop_id, wholesale_price="13.75")
        await both.work()
        assert both.variants_of(number)[0]["standard_price"] == 13.75
        assert both.world.writes() == []
        assert await both.unfinished() == []


async def test_meta_data_of_a_woocommerce_customer_goes_both_ways_and_other_stays(
    engine: AsyncEngine,
) -> None:
    sync = mapped("customer", "ref", "loyalty-level")
    async with open_two_sides(engine, kind="woocommerce", sync=sync) as both:
        number, shop_id = await a_customer(both, ref="gold")
        assert meta_of(both, "customers", shop_id)["loyalty-level"] == "gold"

        await both.edit_odoo("res.partner", number, ref="silver")
        await both.work()
        assert meta_of(both, "customers", shop_id)["loyalty-level"] == "silver"
        assert both.office.writes() == ["update customer"]

        both.forget_calls()
        others = [{"key": "newsletter", "value": "yes"}]
        await both.edit_shop("customers", shop_id, meta_data=[{"key": "loyalty-level", "value": "bronze"}, *others])
        await both.work()
        assert both.partner(number)["ref"] == "bronze"
        assert (both.odoo_writes(), both.office.writes()) == ([("res.partner", "write")], [])

        await both.edit_odoo("res.partner", number, ref=False)
        await both.work()
        kept = meta_of(both, "customers", shop_id)
        assert (kept.get("loyalty-level") or "", kept["newsletter"]) == ("", "yes")
        await both.tell("res.partner", number)
        both.forget_calls()
        await both.work()
        assert (both.odoo_writes(), both.office.writes()) == ([], [])
        assert await both.unfinished() == []


async def test_meta_data_of_a_woocommerce_product_goes_both_ways_converted(engine: AsyncEngine) -> None:
    sync = mapped("product", "standard_price", "_wc_cog_cost", converter="decimal")
    async with open_two_sides(engine, kind="woocommerce", sync=sync) as both:
        both.line.tell_of_writes = both.tell
        number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", standard_price=12.5)
        await both.work()
        shop_id = int((await both.pair_of("product", odoo=number)).shop_id)
        assert meta_of(both, "products", shop_id)["_wc_cog_cost"] == "12.5"

        both.forget_calls()
        await both.edit_shop("products", shop_id, meta_data=[{"key": "_wc_cog_cost", "value": "13.750"}])
        await both.work()
        assert both.variants_of(number)[0]["standard_price"] == 13.75
        assert both.office.writes() == []
        assert await both.unfinished() == []


async def test_a_column_of_a_woocommerce_customer_goes_into_odoo_and_is_never_written(engine: AsyncEngine) -> None:
    sync = mapped("customer", "ref", "username", direction="shop_to_odoo")
    async with open_two_sides(engine, kind="woocommerce", sync=sync) as both:
        shop_id = await both.add_person(first="Grace", last="Hopper", email="grace@example.com")
        await both.work()
        [partner] = both.partners(email="grace@example.com")
        username = both.shop_row("customers", shop_id)["username"]
        assert partner["ref"] == username != ""

        await both.edit_odoo("res.partner", partner["id"], ref="somebody else", name="Grace King")
        await both.work()
        row = both.shop_row("customers", shop_id)
        assert (row["username"], row["last_name"]) == (username, "King")
        assert "username" not in meta_of(both, "customers", shop_id)


async def test_meta_data_of_a_woocommerce_order_goes_both_ways(engine: AsyncEngine) -> None:
    sync = mapped("order", "origin", "_po_number")
    sync["entities"] |= {name: {"direction": "both"} for name in ("customer", "address", "product")}
    async with open_two_sides(engine, kind="woocommerce", sync=sync) as both:
        customer = await both.add_person(first="Grace", last="Hopper", email="grace@example.com")
        both.office.add_home(customer)
        order = int(both.office.order(customer))
        await both.edit_shop("orders", order, meta_data=[{"key": "_po_number", "value": "PO-7"}])
        await both.work()
        sale = int((await both.pair_of("order", shop=order)).odoo_id)
        assert both.row("sale.order", sale)["origin"] == "PO-7"

        both.forget_calls()
        await both.edit_shop("orders", order, meta_data=[{"key": "_po_number", "value": "PO-8"}])
        await both.work()
        assert both.row("sale.order", sale)["origin"] == "PO-8"
        assert (both.odoo_writes(), both.office.writes()) == ([("sale.order", "write")], [])

        both.forget_calls()
        await both.edit_odoo("sale.order", sale, origin="PO-9")
        await both.work()
        assert meta_of(both, "orders", order)["_po_number"] == "PO-9"
        assert (both.odoo_writes(), both.office.writes()) == ([], ["update order"])
        assert await both.unfinished() == []


def meta_of(both: TwoSides, resource: str, number: int | str) -> dict[str, Any]:
    return {each["key"]: each["value"] for each in both.shop_row(resource, number)["meta_data"]}
