"""Each setting of the module Sales acts; and it goes with no module that sells."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connections.effective_sync import effective
from app.connections.sync_settings import LinkSync
from app.errors import BadPayload
from app.modules.registry import check_modules
from tests.flows.two_sides import TwoSides, open_two_sides
from tests.modules.acting import switch_on


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync={}) as opened:
        yield opened


async def documents(both: TwoSides) -> list[tuple[str, str]]:
    rows = await both.world.rows("SELECT entity_type, odoo_id FROM documents ORDER BY entity_type")
    return [(row.entity_type, row.odoo_id) for row in rows]


async def sell(both: TwoSides) -> tuple[int, int]:
    """A product and an order of it, both told of."""
    partner = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    product = await both.add_to_odoo("product.template", name="Jam", default_code="JAM", list_price=4.5)
    [variant] = both.variants_of(product)
    lines = [(0, 0, {"product_id": variant["id"], "product_uom_qty": 2, "price_unit": 4.5})]
    order = await both.add_to_odoo("sale.order", partner_id=partner, order_line=lines)
    await both.work()
    return product, order


async def test_orders_and_products_are_kept_as_documents_and_nothing_goes_to_the_shop(both: TwoSides) -> None:
    await switch_on(both, sales={})
    before = len(both.world.shop.requests)

    product, order = await sell(both)

    assert await documents(both) == [("order", str(order)), ("product", str(product))]
    assert len(both.world.shop.requests) == before


async def test_what_the_shop_tells_of_its_own_orders_is_no_job_for_ever(both: TwoSides) -> None:
    """They are nothing of Odoo's, and no setting could ever take them."""
    await switch_on(both, sales={})

    await both.edit_shop("products", 8, price="12")
    await both.work()

    assert await both.world.rows("SELECT * FROM sync_queue") == []


async def test_without_import_products_they_are_not_kept(both: TwoSides) -> None:
    await switch_on(both, sales={"import_products": False})

    await sell(both)

    assert [kind for kind, _ in await documents(both)] == ["order"]


def test_a_document_that_a_setting_switches_off_and_sync_names_is_told_with_both_names() -> None:
    with pytest.raises(BadPayload) as caught:
        check_modules(
            {"sales": {"import_products": False}},
            shop_kind="prestashop",
            sync=LinkSync.model_validate({"entities": {"product": {"poll_every_s": 60}}}),
        )

    assert caught.value.message.startswith("sync.entities.product: modules.sales.import_products switches product off")


@pytest.mark.parametrize("direction", ["both", "shop_to_odoo"])
def test_a_document_comes_out_of_odoo_only(direction: str) -> None:
    with pytest.raises(BadPayload, match=r"sync\.entities\.order\.direction: order cannot go shop_to_odoo here"):
        check_modules(
            {"sales": {}},
            shop_kind="prestashop",
            sync=LinkSync.model_validate({"entities": {"order": {"direction": direction}}}),
        )


@pytest.mark.parametrize(("enabled", "per_page"), [(True, 10), (False, 25)])
def test_the_portal_is_told_whether_it_is_open_and_how_long_its_pages_are(enabled: bool, per_page: int) -> None:
    settings: dict[str, Any] = {"portal_enabled": enabled, "orders_per_page": per_page}

    portal = effective(check_modules({"sales": settings}, shop_kind="prestashop").sync, {}).portal

    assert (portal.enabled, portal.orders_per_page) == (enabled, per_page)


@pytest.mark.parametrize("value", [0, 101, "many"])
def test_a_page_has_one_to_a_hundred_documents(value: object) -> None:
    with pytest.raises(BadPayload) as caught:
        check_modules({"sales": {"orders_per_page": value}}, shop_kind="prestashop")

    assert caught.value.field == "modules.sales.orders_per_page"


def test_a_shop_that_sells_and_documents_of_a_shop_that_does_not_exclude_each_other() -> None:
    with pytest.raises(BadPayload, match="modules prestashop and sales exclude each other"):
        check_modules({"prestashop": {}, "sales": {}}, shop_kind="prestashop")
