"""What nobody told of is found by looking: cursors per side and entity type, behind the webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.sync.poller import Poller
from tests.flows.two_sides import TwoSides, open_two_sides

CUSTOMERS = {"entities": {"customer": {"direction": "both", "poll_every_s": 60}}}


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=CUSTOMERS) as opened:
        for row in opened.odoo.tables["res.partner"].values():
            row["write_date"] = "2020-01-01 00:00:00.000000"  # else they lie within the overlap of the first look
        yield opened


async def look(both: TwoSides, *, due: bool = True) -> None:
    """Until no cursor is due."""
    if due:
        await both.world.execute("UPDATE poll_cursors SET next_at = now()")
    poller = Poller(both.world.sessions, both.world.peers, max_attempts=5, idle_s=1)
    while await poller.look_once():
        pass


async def a_pair(both: TwoSides) -> tuple[int, int]:
    """(Odoo's id, the shop's) of a customer that both sides know, after the first look at each side."""
    number = await both.add_to_odoo("res.partner", name="Ada Lovelace", email="ada@example.com")
    await both.work()
    [pair] = await both.pairs()
    await look(both)
    return number, int(pair.shop_id)


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

    await both.people.write("res.partner", [number], {"name": "Ada King"})
    await look(both)
    await both.work()

    assert both.world.shop.row("customers", shop_id)["lastname"] == "King"


async def test_an_edit_in_the_shop_that_no_webhook_told_of_arrives_in_odoo(both: TwoSides) -> None:
    number, shop_id = await a_pair(both)

    row = both.world.shop.row("customers", shop_id)
    row["lastname"], row["date_upd"] = "King", "2030-01-01 00:00:00"
    await look(both)
    await both.work()

    assert both.partner(number)["name"] == "Ada King"


async def test_a_slow_transaction_that_commits_behind_the_cursor_is_still_seen(both: TwoSides) -> None:
    """Odoo's date of change is the start of the transaction."""
    number, shop_id = await a_pair(both)
    other = await both.people.create("res.partner", [{"name": "Later", "email": "later@example.com"}])
    await look(both)

    row = both.odoo.tables["res.partner"][number]
    row["name"] = "Ada King"
    row["write_date"] = (datetime.now(UTC) - timedelta(seconds=90)).strftime("%Y-%m-%d %H:%M:%S.%f")
    await look(both)
    await both.work()

    assert both.world.shop.row("customers", shop_id)["lastname"] == "King"
    assert other


async def test_what_did_not_change_costs_a_read_and_writes_nothing(both: TwoSides) -> None:
    await a_pair(both)
    both.line.calls.clear()
    both.world.shop.requests.clear()

    await look(both)
    await both.work()

    assert both.world.writes() == []
    assert both.odoo_writes() == []
    polled = await both.world.rows("SELECT outcome FROM sync_queue WHERE priority = 8")
    assert {row.outcome for row in polled} == {"unchanged"}


async def test_a_side_that_is_down_is_looked_at_again_and_says_why(both: TwoSides) -> None:
    number, shop_id = await a_pair(both)
    await both.people.write("res.partner", [number], {"name": "Ada King"})
    both.world.shop.fail("GET", r"/customers", status=503, times=20)

    await look(both)
    [cursor] = await both.world.rows("SELECT * FROM poll_cursors WHERE side = 'shop'")
    assert cursor.error_message
    both.world.shop.faults.pending.clear()
    await look(both)
    await both.work()

    [cursor] = await both.world.rows("SELECT * FROM poll_cursors WHERE side = 'shop'")
    assert cursor.error_message is None
    assert both.world.shop.row("customers", shop_id)["lastname"] == "King"


async def test_nothing_is_looked_at_before_it_is_due_or_while_it_is_paused(both: TwoSides) -> None:
    number, _shop_id = await a_pair(both)
    await both.people.write("res.partner", [number], {"name": "Ada King"})

    await look(both, due=False)
    assert await both.world.rows("SELECT 1 FROM sync_queue WHERE status = 'pending'") == []
    await both.world.execute(
        "INSERT INTO pauses (link_id, direction, entity_type, reason, until)"
        " SELECT id, 'odoo_to_shop', '', 'key refused', now() + interval '1 hour' FROM links"
    )
    await look(both)

    assert await both.world.rows("SELECT 1 FROM sync_queue WHERE status = 'pending'") == []
