"""Stock told to a shop while orders are on their way: right at once where it can be, right in the end in any case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.sync.poller import Poller
from tests.flows.test_woocommerce_cases import GUEST, a_mug, bought, count, german_taxes, open_shop, shop_of
from tests.flows.two_sides import TwoSides

HOLD_ORDERS = """
    INSERT INTO pauses (link_id, direction, entity_type, reason, until)
    SELECT id, 'shop_to_odoo', 'order', 'a test', now() + interval '1 hour' FROM links
"""


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_shop(engine) as opened:
        opened.line.tell_of_writes = opened.tell
        await german_taxes(opened)
        yield opened


async def ten_teapots(both: TwoSides) -> tuple[int, str]:
    """(variant in Odoo, product of the shop)"""
    template, number = await a_mug(both)
    [variant] = both.variants_of(template)
    await count(both, variant["id"], 10)
    await both.work()
    return int(variant["id"]), number


def in_shop(both: TwoSides, number: str) -> Any:
    return shop_of(both).row("products", int(number))["stock_quantity"]


def quant_of(both: TwoSides, variant: int) -> int:
    quants = both.odoo.tables["stock.quant"].items()
    [number] = [number for number, row in quants if (row["product_id"], row["location_id"]) == (variant, 8)]
    return int(number)


async def sell(both: TwoSides, number: str, quantity: int, *, status: str = "processing") -> int:
    line = {"product_id": int(number), "quantity": quantity}
    return await bought(both, email="gerda@example.test", billing=GUEST, lines=[line], status=status)


async def test_a_quotation_that_is_confirmed_is_not_taken_off_twice(both: TwoSides) -> None:
    """The count is looked at before the order's own event has been."""
    variant, number = await ten_teapots(both)
    order = await sell(both, number, 2, status="on-hold")
    await both.work()
    assert in_shop(both, number) == 8
    sale = int((await both.pair_of("order", shop=order)).odoo_id)
    assert both.row("sale.order", sale)["state"] in ("draft", "sent")

    await both.people.run_action("sale.order", "action_confirm", [sale])
    await both.tell("stock.quant", quant_of(both, variant))
    await both.work()

    assert in_shop(both, number) == 8
    assert await both.unfinished() == []


async def test_a_sale_that_came_to_nothing_in_odoo_is_offered_again_by_the_next_event(both: TwoSides) -> None:
    """A count with sales taken off is nothing that was agreed: the same count in Odoo is looked at anew."""
    variant, number = await ten_teapots(both)
    await both.world.execute(HOLD_ORDERS)
    order = await sell(both, number, 3)
    await count(both, variant, 20)
    await both.world.work()
    assert in_shop(both, number) == 17

    await both.world.execute("UPDATE sync_queue SET status = 'cancelled' WHERE entity_type = 'order'")
    await both.world.execute("DELETE FROM pauses")
    shop_of(both).write_silently("orders", order, status="cancelled")
    await both.tell("stock.quant", quant_of(both, variant))
    await both.work()

    assert in_shop(both, number) == 20


async def test_a_count_with_sales_taken_off_is_looked_at_again_without_any_event(both: TwoSides) -> None:
    """Whatever became of the sale, polling puts the number right."""
    variant, number = await ten_teapots(both)
    await both.world.execute(HOLD_ORDERS)
    order = await sell(both, number, 3)
    await count(both, variant, 20)
    await both.world.work()
    await both.world.execute("UPDATE sync_queue SET status = 'cancelled' WHERE entity_type = 'order'")
    await both.world.execute("DELETE FROM pauses")
    shop_of(both).write_silently("orders", order, status="cancelled")

    await poll_stock(both)
    await both.work()
    first = in_shop(both, number)
    both.forget_calls()
    await poll_stock(both)
    await both.work()

    assert first == 20
    assert both.office.writes() == []
    assert await both.world.rows("SELECT 1 FROM entity_map WHERE odoo_fingerprint = 'unsettled'") == []


async def poll_stock(both: TwoSides) -> None:
    """A look of polling at Odoo's counts, of which none has changed since the last."""
    await both.world.execute(
        "INSERT INTO poll_cursors (link_id, side, entity_type, moment, polled_at) "
        "SELECT id, 'odoo', 'stock', '2999-01-01 00:00:00', now() FROM links "
        "ON CONFLICT (link_id, side, entity_type) DO UPDATE SET next_at = now(), polled_at = now()"
    )
    poller = Poller(both.world.sessions, both.world.peers, max_attempts=5, idle_s=1)
    await both.world.execute("UPDATE poll_cursors SET next_at = now() + interval '1 h' WHERE entity_type <> 'stock'")
    while await poller.look_once():
        pass


async def test_counts_that_were_settled_meanwhile_are_agreed(both: TwoSides) -> None:
    variant, number = await ten_teapots(both)
    await both.world.execute(HOLD_ORDERS)
    await sell(both, number, 3)
    await count(both, variant, 20)
    await both.world.work()
    unsettled = await both.world.rows("SELECT 1 FROM entity_map WHERE odoo_fingerprint = 'unsettled'")

    await both.work()
    await both.tell("stock.quant", quant_of(both, variant))
    await both.work()

    assert len(unsettled) == 1
    assert in_shop(both, number) == 17
    assert await both.world.rows("SELECT 1 FROM entity_map WHERE odoo_fingerprint = 'unsettled'") == []
