"""Which runs are under way at once, and what becomes of them when the process is asked to stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import EntityType, Side
from app.sync.bulk import BULK_BATCH
from app.sync.models import RunKind
from app.sync.runner import Runner
from app.sync.runs import Progress, RunView, advance, open_run, release_run, take_run
from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides
from tests.sync.test_bulk import a_run, a_runner, carried_out, jobs_of, some_customers, stored

WITHIN_S = 10.0


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP) as opened:
        yield opened


class Gate:
    """The shop behind it leaves requests whose path contains `word` without an answer until it is opened."""

    def __init__(self, both: TwoSides, word: str) -> None:
        transport: Any = both.world.peers._transports["boutique"]
        self.reached, self._opened = asyncio.Event(), asyncio.Event()
        self._word, self._inner = word, transport.app
        transport.app = self

    def open(self) -> None:
        self._opened.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._word in scope["path"]:
            self.reached.set()
            await self._opened.wait()
        await self._inner(scope, receive, send)


class HeldWrites:
    """Odoo's answers to `load` wait until it lets them go; what was asked for is done."""

    def __init__(self, both: TwoSides) -> None:
        self.reached, self._let_go = asyncio.Event(), asyncio.Event()
        both.line.tell_of_writes = self._hold

    def let_go(self) -> None:
        self._let_go.set()

    async def _hold(self, model: str, number: int, **about: Any) -> None:
        self.reached.set()
        await self._let_go.wait()


@asynccontextmanager
async def running(both: TwoSides, *, grace_s: float = WITHIN_S) -> AsyncIterator[asyncio.Task[None]]:
    world = both.world
    runner = Runner(
        world.sessions, world.peers, world.sync, holder="first", max_attempts=5, idle_s=0.02, grace_s=grace_s
    )
    task = asyncio.create_task(runner.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not await holds():
            await asyncio.sleep(0.01)


async def opened(both: TwoSides, *runs: tuple[int, RunKind, EntityType]) -> list[RunView]:
    async with both.world.sessions.begin() as session:
        return [
            await open_run(session, link_id=link_id, kind=kind, entity_type=entity_type, options={})
            for link_id, kind, entity_type in runs
        ]


async def taken(both: TwoSides, holder: str = "one") -> int | None:
    async with both.world.sessions.begin() as session:
        run = await take_run(session, holder=holder)
    return None if run is None else run.id


async def test_a_reconciliation_is_carried_out_beside_a_long_import_of_its_link(both: TwoSides) -> None:
    await some_customers(both, 2)
    slow = await a_run(both, RunKind.IMPORT, EntityType.PRODUCT)
    gate = Gate(both, "/products")

    async with running(both):
        await asyncio.wait_for(gate.reached.wait(), WITHIN_S)
        quick = await a_run(both, RunKind.RECONCILE, EntityType.CUSTOMER)

        async def compared() -> bool:
            return bool((await stored(both, quick)).status == "completed")

        await until(compared)
        assert (await stored(both, slow)).status == "running"
        gate.open()


async def test_of_a_link_one_bulk_sync_is_under_way_at_a_time(both: TwoSides) -> None:
    """Links are side by side, and so are an import and a reconciliation of one link."""
    await both.world.execute(
        "INSERT INTO links (slug, odoo_connection_id, shop_connection_id, sync, sealed_secrets)"
        " SELECT 'second', odoo_connection_id, shop_connection_id, sync, sealed_secrets FROM links WHERE id = 1"
    )
    [second] = await both.world.rows("SELECT id FROM links WHERE slug = 'second'")
    first, other, elsewhere, compared = await opened(
        both,
        (1, RunKind.IMPORT, EntityType.PRODUCT),
        (1, RunKind.EXPORT, EntityType.CUSTOMER),
        (second.id, RunKind.IMPORT, EntityType.PRODUCT),
        (1, RunKind.RECONCILE, EntityType.PRODUCT),
    )

    at_once = [await taken(both, f"lane-{number}") for number in range(4)]
    async with both.world.sessions.begin() as session:
        await release_run(session, first, holder="lane-0", pause=timedelta(minutes=1))
    after = await taken(both, "lane-0")

    assert at_once == [first.id, elsewhere.id, compared.id, None]
    assert after == other.id, "one that pauses is in nobody's way"


async def test_an_import_that_only_waits_for_its_jobs_is_in_nobodys_way(both: TwoSides) -> None:
    first, other = await opened(both, (1, RunKind.IMPORT, EntityType.PRODUCT), (1, RunKind.IMPORT, EntityType.CUSTOMER))
    assert await taken(both) == first.id
    async with both.world.sessions.begin() as session:
        await advance(session, first, Progress(cursor={"listed": True}), holder="one")

    assert await taken(both, "two") == other.id
    async with both.world.sessions.begin() as session:
        await release_run(session, first, holder="one")
    assert await taken(both, "three") == first.id


async def test_a_run_is_never_worked_on_in_two_lanes(both: TwoSides) -> None:
    await some_customers(both, 3)
    runs = [await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER) for _ in range(5)]

    async def all_ended() -> bool:
        return {(await stored(both, run)).status for run in runs} == {"completed"}

    async with running(both):
        await until(all_ended)

    held = [row for row in both.shop_rows("customers") if row["deleted"] != "1"]
    assert [(await stored(both, run)).seen for run in runs] == [len(held)] * len(runs)


async def test_asked_to_stop_it_finishes_the_two_portions_under_way_and_begins_no_other(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(BULK_BATCH, Side.ODOO, 4)
    await some_customers(both, 12)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)
    writes = HeldWrites(both)

    async with running(both) as task:
        await asyncio.wait_for(writes.reached.wait(), WITHIN_S)
        task.cancel()
        await asyncio.sleep(0)
        writes.let_go()
        with suppress(asyncio.CancelledError):
            await task

    after = await stored(both, run)
    assert (after.status, after.leased_by, after.seen) == ("running", None, 2 * 4)
    assert {job.status for job in await jobs_of(both, run)} == {"completed"}
    assert await taken(both, "another") == run.id, "at once, not when a lease runs out"


async def test_cut_off_it_gives_back_what_it_held_and_another_makes_each_record_once(
    both: TwoSides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A create that was announced comes back after the lease: it may still be under way over there."""
    monkeypatch.setitem(BULK_BATCH, Side.ODOO, 4)
    await some_customers(both, 12)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)
    writes = HeldWrites(both)

    async with running(both, grace_s=0) as task:
        await asyncio.wait_for(writes.reached.wait(), WITHIN_S)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    writes.let_go()
    both.line.tell_of_writes = None

    given_back = await jobs_of(both, run)
    assert {(job.status, job.error_code, job.leased_by) for job in given_back} == {("pending", "cut_off", None)}
    assert (await stored(both, run)).leased_by is None
    await both.world.execute("UPDATE sync_queue SET scheduled_at = now()")
    ended = await carried_out(both, run)
    assert (ended.status, ended.done, ended.failed) == ("completed", ended.seen, 0)
    emails = sorted(str(row["email"]) for row in both.partners() if str(row.get("email")).startswith("ada"))
    assert emails == sorted(f"ada{n}@example.com" for n in range(12))


async def test_what_was_cut_off_before_it_was_announced_comes_back_at_once(both: TwoSides) -> None:
    await some_customers(both, 3)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)
    await a_runner(both).run_one(run.id)
    both.world.shop.edit("customers", int((await jobs_of(both, run))[0].native_id), firstname="Augusta")
    await both.world.shop.settled()
    await both.world.execute("DELETE FROM sync_queue")
    again = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)
    writes = HeldWrites(both)

    async with running(both, grace_s=0) as task:
        await asyncio.wait_for(writes.reached.wait(), WITHIN_S)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    writes.let_go()

    due = await both.world.rows("SELECT scheduled_at <= now() AS now FROM sync_queue WHERE run_id = :id", id=again.id)
    assert due
    assert all(row.now for row in due)
