"""What nobody told of is found by looking: cursors per side and entity type, behind the webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import EntityType
from app.sync.poller import Poller
from tests.flows.two_sides import TwoSides, on_woocommerce, open_two_sides

OFF: Final[dict[str, Any]] = {name.value: {"direction": "off"} for name in EntityType}
GOODS: Final = {"entities": {**OFF, "product": {"direction": "both", "poll_every_s": 60}}}
"""Of people a WooCommerce keeps no date that could be asked for."""
PEOPLE: Final = {"entities": {**OFF, "customer": {"direction": "both", "poll_every_s": 60}}}


@pytest.fixture
async def both(engine: AsyncEngine, kind: str) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, kind=kind, sync=GOODS) as opened:
        for model in ("product.template", "product.product"):
            for row in opened.odoo.tables[model].values():
                row["write_date"] = "2020-01-01 00:00:00.000000"  # else they lie within the overlap of the first look
        yield opened


async def look(both: TwoSides, *, due: bool = True) -> None:
    """Until no cursor is due."""
    if due:
        await both.world.execute("UPDATE poll_cursors SET next_at = now()")
    poller = Poller(both.world.sessions, both.world.peers, max_attempts=5, idle_s=1)
    while await poller.look_once():
        pass


async def a_pair(both: TwoSides) -> tuple[int, str]:
    """(Odoo's id, the shop's) of a product that both sides know, after the first look at each side."""
    number = await both.add_to_odoo("product.template", name="Teapot", default_code="TP-1", list_price=25.0)
    await both.work()
    [pair] = await both.pairs()
    for _ in range(2):  # the second finds what is as young as the looks overlap
        await look(both)
        await both.work()
    return number, str(pair.shop_id)


async def lose_webhooks(both: TwoSides) -> None:
    await both.office.settled()
    await both.world.execute("DELETE FROM sync_queue WHERE status = 'pending'")


async def test_the_first_look_only_finds_out_where_now_is(both: TwoSides) -> None:
    await look(both)

    cursors = await both.world.rows("SELECT * FROM poll_cursors ORDER BY side")
    assert [(row.side, row.polled_at is not None, row.found > 0) for row in cursors] == [
        ("odoo", True, True),
        ("shop", True, True),
    ]
    assert await both.world.rows("SELECT 1 FROM sync_queue") == []


async def test_an_edit_in_odoo_that_no_webhook_told_of_arrives_in_the_shop(both: TwoSides) -> None:
    number, shop_id = await a_pair(both)

    await both.people.write("product.template", [number], {"name": "Big teapot"})
    await look(both)
    await both.work()

    assert both.office.thing(shop_id).name == "Big teapot"


async def test_an_edit_in_the_shop_that_no_webhook_told_of_arrives_in_odoo(both: TwoSides) -> None:
    number, shop_id = await a_pair(both)

    both.office.edit_thing(shop_id, name="Big teapot")
    await lose_webhooks(both)
    await look(both)
    await both.work()

    assert both.row("product.template", number)["name"] == "Big teapot"


async def test_a_slow_transaction_that_commits_behind_the_cursor_is_still_seen(both: TwoSides) -> None:
    """Odoo's date of change is the start of the transaction."""
    number, shop_id = await a_pair(both)
    other = await both.people.create("product.template", [{"name": "Later", "default_code": "TP-2"}])
    await look(both)

    row = both.odoo.tables["product.template"][number]
    row["name"] = "Big teapot"
    row["write_date"] = (datetime.now(UTC) - timedelta(seconds=90)).strftime("%Y-%m-%d %H:%M:%S.%f")
    await look(both)
    await both.work()

    assert both.office.thing(shop_id).name == "Big teapot"
    assert other


async def test_what_did_not_change_costs_a_read_and_writes_nothing(both: TwoSides) -> None:
    await a_pair(both)
    await both.world.execute("DELETE FROM sync_queue")
    both.forget_calls()

    await look(both)
    await both.work()

    assert both.office.writes() == []
    assert both.odoo_writes() == []
    polled = await both.world.rows("SELECT outcome FROM sync_queue WHERE priority = 8")
    assert {row.outcome for row in polled} == {"unchanged"}


async def test_a_side_that_is_down_is_looked_at_again_and_says_why(both: TwoSides) -> None:
    number, shop_id = await a_pair(both)
    await both.people.write("product.template", [number], {"name": "Big teapot"})
    both.office.refuse_looks("product", times=20)

    await look(both)
    [cursor] = await both.world.rows("SELECT * FROM poll_cursors WHERE side = 'shop'")
    assert cursor.error_message
    both.office.mend()
    await look(both)
    await both.work()

    [cursor] = await both.world.rows("SELECT * FROM poll_cursors WHERE side = 'shop'")
    assert cursor.error_message is None
    assert both.office.thing(shop_id).name == "Big teapot"


async def test_nothing_is_looked_at_before_it_is_due_or_while_it_is_paused(both: TwoSides) -> None:
    number, _shop_id = await a_pair(both)
    await both.people.write("product.template", [number], {"name": "Big teapot"})

    await look(both, due=False)
    assert await both.world.rows("SELECT 1 FROM sync_queue WHERE status = 'pending'") == []
    await both.world.execute(
        "INSERT INTO pauses (link_id, direction, entity_type, reason, until)"
        " SELECT id, 'odoo_to_shop', '', 'key refused', now() + interval '1 hour' FROM links"
    )
    await look(both)

    assert await both.world.rows("SELECT 1 FROM sync_queue WHERE status = 'pending'") == []


@on_woocommerce
async def test_what_polling_cannot_see_a_reconciliation_finds(engine: AsyncEngine, kind: str, version: int) -> None:
    async with open_two_sides(engine, kind=kind, version=version, sync=PEOPLE) as both:
        number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
        await both.work()
        shop_id = str((await both.pair_of("customer", odoo=number)).shop_id)
        await look(both)

        both.office.edit_person(shop_id, last="King")
        await lose_webhooks(both)
        await look(both)
        await both.work()
        polled = both.partner(number)["name"]
        await both.reconcile(EntityType.CUSTOMER)

        assert polled == "Ada Lovelace"
        assert both.partner(number)["name"] == "Ada King"
