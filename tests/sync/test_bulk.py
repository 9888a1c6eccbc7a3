"""Imports and exports of many records: few calls, each record once, live events first, and nothing lost by a kill."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import EntityType, Side
from app.sync.bulk import ABREAST, BULK_BATCH
from app.sync.bulk_work import BulkWork
from app.sync.models import RunKind
from app.sync.runner import Runner
from app.sync.runs import RunView, open_run
from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP) as opened:
        yield opened


def a_runner(both: TwoSides, holder: str = "runner") -> Runner:
    world = both.world
    return Runner(world.sessions, world.peers, world.sync, holder=holder, max_attempts=5, lease=timedelta(seconds=60))


async def a_run(both: TwoSides, kind: RunKind, entity_type: EntityType) -> RunView:
    async with both.world.sessions.begin() as session:
        return await open_run(session, link_id=1, kind=kind, entity_type=entity_type, options={})


async def stored(both: TwoSides, run: RunView) -> Any:
    [row] = await both.world.rows("SELECT * FROM runs WHERE id = :id", id=run.id)
    return row


async def carried_out(both: TwoSides, run: RunView) -> Any:
    """The run to its end, with a worker at its side."""
    for _ in range(10):
        await a_runner(both).run_one(run.id)
        if (await stored(both, run)).status != "running":
            break
        await both.work()
        await both.world.execute("UPDATE runs SET leased_until = now()")
    return await stored(both, run)


async def untold(both: TwoSides) -> None:
    """What people did so far is known to nobody."""
    await both.world.shop.settled()
    await both.world.execute("DELETE FROM sync_queue")
    both.forget_calls()


async def some_customers(both: TwoSides, count: int) -> list[int]:
    ada = {"firstname": "Ada", "lastname": "Lovelace", "passwd": "a-long-password", "active": "1"}
    made = [both.world.shop.add("customers", email=f"ada{n}@example.com", **ada) for n in range(count)]
    await untold(both)
    return made


async def has_written(both: TwoSides) -> None:
    """Returns when Odoo was written to."""
    async with asyncio.timeout(10):
        while not both.odoo_writes():
            await asyncio.sleep(0)


async def jobs_of(both: TwoSides, run: RunView) -> list[Any]:
    return await both.world.rows("SELECT * FROM sync_queue WHERE run_id = :id ORDER BY id", id=run.id)


async def test_an_import_lists_reads_nothing_twice_and_ends_with_its_jobs(both: TwoSides) -> None:
    await some_customers(both, 30)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)

    await a_runner(both).run_one()

    ended = await stored(both, run)
    held = [row for row in both.shop_rows("customers") if row["deleted"] != "1"]
    assert (ended.status, ended.total, ended.seen, ended.queued) == ("completed", len(held), len(held), len(held))
    assert (ended.done, ended.failed) == (len(held), 0)
    customers = [each for each in both.world.reads() if each.split("?")[0].endswith("/customers")]
    assert len(customers) == 2, "one that counts, one that lists"
    assert [call for call in both.line.calls if call[1] == "load"] == [("res.partner", "load")]
    assert {job.attempts for job in await jobs_of(both, run)} == {1}


async def test_an_import_again_writes_nothing(both: TwoSides) -> None:
    await some_customers(both, 5)
    await carried_out(both, await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER))
    await untold(both)

    ended = await carried_out(both, await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER))

    assert (ended.status, ended.done, ended.failed) == ("completed", ended.seen, 0)
    assert both.line.calls == []
    assert both.world.writes() == []


async def test_an_export_brings_what_odoo_has_into_the_shop(both: TwoSides) -> None:
    for n in range(3):
        await both.people.create("product.template", [{"name": f"Teapot {n}", "default_code": f"TP-{n}"}])
    await untold(both)

    ended = await carried_out(both, await a_run(both, RunKind.EXPORT, EntityType.PRODUCT))

    assert ended.status == "completed"
    assert ended.total == ended.seen == ended.done + ended.failed
    references = {row["reference"] for row in both.shop_rows("products")}
    assert {"TP-0", "TP-1", "TP-2"} <= references


async def test_a_record_whose_event_waits_already_is_left_to_that_job(both: TwoSides) -> None:
    [first, second] = await some_customers(both, 2)
    await both.edit_shop("customers", first, firstname="Augusta")
    [waiting] = await both.world.rows("SELECT * FROM sync_queue WHERE status = 'pending'")
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)

    await a_runner(both).run_one()

    ended = await stored(both, run)
    [same] = await both.world.rows("SELECT * FROM sync_queue WHERE native_id = :id", id=str(first))
    assert (same.id, same.status, same.priority, same.run_id) == (waiting.id, "pending", waiting.priority, None)
    assert (ended.status, ended.seen - ended.queued, ended.done) == ("completed", 1, ended.seen)
    assert str(second) in {job.native_id for job in await jobs_of(both, run)}


async def test_a_record_that_is_worked_on_at_this_moment_waits_behind(both: TwoSides) -> None:
    """Also where the other direction holds the pair: what the shop has changed since must not be skipped."""
    [first] = await some_customers(both, 1)
    await both.world.execute(
        "INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action,"
        " max_attempts, status, lease_token, leased_by, leased_until) VALUES (1, 'prestashop', 'odoo_to_shop',"
        " 'customer', 'odoo', '7', :id, 'updated', 5, 'processing', gen_random_uuid(), 'other',"
        " now() + interval '1 minute')",
        id=str(first),
    )
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)

    await a_runner(both).run_one()

    [job] = [job for job in await jobs_of(both, run) if job.native_id == str(first)]
    assert (job.status, job.priority) == ("pending", 9)
    assert (await stored(both, run)).status == "running"
    await both.world.execute("DELETE FROM sync_queue WHERE leased_by = 'other'")
    assert (await carried_out(both, run)).status == "completed"
    assert both.partners(email="ada0@example.com")


async def test_what_is_edited_after_it_was_listed_arrives(both: TwoSides, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its event makes a job of its own, which reads the record anew."""
    [first, *_] = await some_customers(both, 2)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)
    claim = BulkWork.claim

    async def edited_before(*arguments: Any, **named: Any) -> Any:
        claimed = await claim(*arguments, **named)
        both.world.shop.edit("customers", first, firstname="Augusta")
        return claimed

    monkeypatch.setattr(BulkWork, "claim", edited_before)
    await a_runner(both).run_one(run.id)
    await both.world.shop.settled()
    await carried_out(both, run)
    await both.work()

    [partner] = both.partners(email="ada0@example.com")
    assert partner["name"] == "Augusta Lovelace"


async def test_a_pair_that_was_synced_since_it_was_listed_is_read_again(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listed content is older than what both sides have agreed on: taken for an edit, it would undo that one."""
    [first] = await some_customers(both, 1)
    await carried_out(both, await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER))
    [partner] = both.partners(email="ada0@example.com")
    await untold(both)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)
    claim = BulkWork.claim

    async def synced_before(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(BulkWork, "claim", claim)
        await both.edit_odoo("res.partner", partner["id"], name="Augusta King")
        await both.world.drainer.drain()
        return await claim(*arguments, **named)

    monkeypatch.setattr(BulkWork, "claim", synced_before)
    await carried_out(both, run)
    await both.work()

    assert both.shop_row("customers", first)["lastname"] == "King"
    assert both.partner(partner["id"])["name"] == "Augusta King"


async def test_what_orders_refer_to_is_made_first_and_no_order_is_put_back(both: TwoSides) -> None:
    """Customers, addresses, products, and what these refer to in their turn: categories and their parents."""
    front, orders = both.office, []
    for n in range(4):
        customer = front.add_person(first="Grace", last="Hopper", email=f"grace{n}@example.com")
        place = front.add_place(customer)
        orders += [front.order(customer, place=place) for _ in range(3)]
    await untold(both)
    run = await a_run(both, RunKind.IMPORT, EntityType.ORDER)

    await a_runner(both).run_one()

    bought = [job for job in await jobs_of(both, run) if job.native_id in orders]
    assert len(bought) == len(orders)
    assert {(job.status, job.outcome, job.attempts) for job in bought} == {("completed", "created", 1)}
    loads = [call for call in both.odoo_writes() if call == ("res.partner", "load")]
    assert len(loads) == 2, "all customers, then all addresses"


async def test_the_peers_wish_to_slow_down_pauses_the_run_for_as_long_as_it_said(both: TwoSides) -> None:
    await some_customers(both, 3)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)
    both.world.shop.fail("GET", "/customers", status=429, headers={"Retry-After": "40"}, times=1)

    await a_runner(both).run_one()

    [waits] = await both.world.rows(
        "SELECT status, error_message, leased_until - now() AS left FROM runs WHERE id = :id", id=run.id
    )
    assert waits.status == "running"
    assert "asked to slow down" in waits.error_message
    assert timedelta(seconds=35) < waits.left <= timedelta(seconds=40)
    assert await jobs_of(both, run) == []


async def test_a_direction_that_is_paused_holds_the_run_and_says_why(both: TwoSides) -> None:
    await some_customers(both, 1)
    await both.world.execute(
        "INSERT INTO pauses (link_id, direction, reason, until)"
        " VALUES (1, 'shop_to_odoo', 'the key was refused', now() + interval '20 s')"
    )
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)

    await a_runner(both).run_one()

    waits = await stored(both, run)
    assert (waits.status, waits.error_message, waits.seen) == ("running", "the key was refused", 0)
    assert both.world.reads() == []


async def test_a_run_killed_in_the_middle_goes_on_behind_its_cursor_and_makes_each_record_once(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BULK_BATCH, Side.ODOO, 4)
    await some_customers(both, 12)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)

    task = asyncio.create_task(a_runner(both, "first").run_one())
    await has_written(both)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    halfway = await stored(both, run)
    await both.revive()
    ended = await carried_out(both, run)

    assert 0 < halfway.seen < ended.seen
    assert (ended.status, ended.done, ended.failed) == ("completed", ended.seen, 0)
    emails = [str(row["email"]) for row in both.partners() if str(row.get("email")).startswith("ada")]
    assert sorted(emails) == sorted(f"ada{n}@example.com" for n in range(12))


async def test_a_cancelled_run_makes_no_more_jobs(both: TwoSides, monkeypatch: pytest.MonkeyPatch) -> None:
    """Than those of the portions that were under way."""
    monkeypatch.setitem(BULK_BATCH, Side.ODOO, 4)
    await some_customers(both, 20)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)

    task = asyncio.create_task(a_runner(both).run_one())
    await has_written(both)
    await both.world.execute("UPDATE runs SET status = 'cancelled'")
    await task

    assert (await stored(both, run)).status == "cancelled"
    assert len(await jobs_of(both, run)) <= 4 * ABREAST


async def test_an_order_is_written_while_an_import_is_under_way(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what Odoo is asked, in its order: the import has not ended when the order is there."""
    monkeypatch.setitem(BULK_BATCH, Side.ODOO, 20)
    front = both.office
    customer = front.add_person(first="Grace", last="Hopper", email="grace@example.com")
    place = front.add_place(customer)
    front.order(customer, place=place)
    await both.world.shop.settled()
    await both.work()
    await some_customers(both, 300)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)
    both.world.drainer.start()
    importing = asyncio.create_task(a_runner(both).run_one())
    await has_written(both)

    front.order(customer, place=place)
    await both.world.shop.settled()
    both.world.drainer.ring()
    await importing
    await both.world.drainer.stop(5)

    written = both.odoo_writes()
    assert ("sale.order", "load") in written
    assert written.index(("sale.order", "load")) < len(written) - 1 - written[::-1].index(("res.partner", "load"))
    assert (await stored(both, run)).seen >= 300


async def test_a_bulk_uses_one_call_of_a_peer_at_a_time(both: TwoSides) -> None:
    for n in range(6):
        await both.people.create("product.template", [{"name": f"Teapot {n}", "default_code": f"TP-{n}"}])
    await untold(both)
    most, now = 0, 0
    inner = both.world.shop

    async def counting(scope: Any, receive: Any, send: Any) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        await inner(scope, receive, send)
        now -= 1

    both.world.peers._transports["boutique"].app = counting  # type: ignore[attr-defined]
    ended = await carried_out(both, await a_run(both, RunKind.EXPORT, EntityType.PRODUCT))

    assert ended.status == "completed"
    assert most == 1
