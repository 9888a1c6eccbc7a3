"""WooCommerce's own deliveries on their whole way: what is true of them arrives, what is not costs one read."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.flows.two_sides import TwoSides, open_two_sides

GOODS: dict[str, Any] = {"entities": {"product": {}, "coupon": {}}}


def shop_of(both: TwoSides) -> Any:
    """A WooCommerce's sandbox."""
    return both.world.shop


async def told(both: TwoSides) -> None:
    """Everything is delivered, and worked on."""
    await shop_of(both).settled()
    await both.work()


async def last_job(both: TwoSides, entity_type: str, native_id: int) -> Any:
    found = await both.world.rows(
        "SELECT * FROM sync_queue WHERE side = 'shop' AND entity_type = :kind AND native_id = :id ORDER BY id DESC",
        kind=entity_type,
        id=str(native_id),
    )
    return found[0]


async def test_the_trashed_product_is_archived_and_the_coupon_of_its_id_that_never_was_ends_at_the_first_look(
    engine: AsyncEngine,
) -> None:
    async with open_two_sides(engine, sync=GOODS, kind="woocommerce") as both:
        mug = shop_of(both).add("products", name="Cup", sku="CUP-1", regular_price="9.50")
        await told(both)
        pair = await both.pair_of("product", shop=mug)

        shop_of(both).remove("products", mug)
        await told(both)

        topics = [each.topic for each in shop_of(both).hooks.log if each.resource_id == mug]
        assert {"product.deleted", "coupon.deleted"} <= set(topics)
        phantom = await last_job(both, "coupon", mug)
        assert (phantom.status, phantom.outcome, phantom.attempts) == ("completed", "unchanged", 1)
        assert (await last_job(both, "product", mug)).outcome == "deleted"
        assert not both.row("product.template", pair.odoo_id)["active"]


async def test_a_trashed_coupon_is_no_product_that_was_deleted(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync=GOODS, kind="woocommerce") as both:
        coupon = shop_of(both).add("coupons", code="TEN", discount_type="percent", amount="10")
        await told(both)
        both.forget_calls()

        shop_of(both).remove("coupons", coupon)
        await told(both)

        phantom = await last_job(both, "product", coupon)
        assert (phantom.status, phantom.outcome, phantom.attempts) == ("completed", "unchanged", 1)
        assert not [call for call in both.odoo_writes() if call[0].startswith("product.")]


async def test_a_record_that_was_gone_before_its_delivery_makes_no_job(engine: AsyncEngine) -> None:
    async with open_two_sides(engine, sync=GOODS, kind="woocommerce", deliver="held") as both:
        cup = shop_of(both).add("products", name="Cup", sku="CUP-1", regular_price="9.50")
        shop_of(both).remove("products", cup, force=True)
        await told(both)

        sent = [each for each in shop_of(both).hooks.log if each.resource_id == cup]
        assert [each.topic for each in sent] == ["product.created"]
        assert b"invalid_id" in sent[0].body
        assert await both.world.rows("SELECT 1 FROM sync_queue WHERE native_id = :id", id=str(cup)) == []
