"""`shopsync import` and `shopsync export` against two sandboxes on loopback; a worker runs where a test says so."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.sync.runner import Runner
from tests.api.both_sides import CUSTOMERS
from tests.flows.two_sides import TwoSides
from tests.test_cli_sync import Shopsync, open_both, own_logging, shopsync

__all__ = ["own_logging", "shopsync"]


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_both(engine, CUSTOMERS) as opened:
        yield opened


@asynccontextmanager
async def a_worker(both: TwoSides) -> AsyncIterator[None]:
    """What a worker process does for runs, in this one."""
    world = both.world
    runner = Runner(world.sessions, world.peers, world.sync, holder="test", max_attempts=5, idle_s=0.05)
    world.drainer.start()
    await world.execute("INSERT INTO workers (name) VALUES ('test') ON CONFLICT DO NOTHING")
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await world.drainer.stop(5)


async def test_an_import_is_watched_to_its_end_and_says_what_was_done(both: TwoSides, shopsync: Shopsync) -> None:
    async with a_worker(both):
        code, out, err = await shopsync("import", "boutique", "customer")

    lines = out.splitlines()
    assert (code, lines[0]) == (0, "Run 1 is opened: every customer of shop, carried out by a worker."), err
    assert lines[1].startswith("import of customer: 3 done, 0 failed, in ")
    assert len([pair for pair in await both.pairs() if pair.entity_type == "customer"]) == 3


async def test_records_that_need_a_person_are_counted_and_end_it_with_1(both: TwoSides, shopsync: Shopsync) -> None:
    """Two contacts of Odoo have one e-mail address: the second cannot be the same customer."""
    for name in ("Ada Lovelace", "Ada King"):
        await both.people.create("res.partner", [{"name": name, "email": "ada@example.com"}])

    async with a_worker(both):
        code, out, err = await shopsync("export", "boutique", "prestashop/customer")

    assert code == 1
    assert " 0 failed" not in out
    assert re.search(
        r"^  1 × customer \d+ is the same as \d+ of the other side by its email:ada@example.com", err, re.M
    )
    assert "What failed: GET /api/v1/jobs?link=boutique&run_id=1&needs_person=true" in err


async def test_without_waiting_it_only_asks_and_asking_again_is_asking_once(both: TwoSides, shopsync: Shopsync) -> None:
    first = await shopsync("import", "boutique", "customer", "--no-wait")
    second = await shopsync("import", "boutique", "customer", "--no-wait")

    assert (first[0], second[0]) == (0, 0)
    assert second[1] == "Run 1 does that already: 0 records seen.\n"
    assert "no worker is running" in first[2]
    assert [row.kind for row in await both.world.rows("SELECT kind FROM runs")] == ["import"]


async def test_where_no_worker_runs_it_does_not_wait_for_ever(both: TwoSides, shopsync: Shopsync) -> None:
    code, _, err = await shopsync("import", "boutique", "customer")

    assert code == 1
    assert "run 1 waits: no worker is running" in err
    assert [row.status for row in await both.world.rows("SELECT status FROM runs")] == ["running"]


async def test_a_cancelled_run_goes_on_where_it_was_when_asked_to(both: TwoSides, shopsync: Shopsync) -> None:
    await shopsync("import", "boutique", "customer", "--no-wait")
    await both.world.execute("UPDATE runs SET status = 'cancelled', seen = 1, queued = 1, cursor = '{\"id\": \"1\"}'")

    async with a_worker(both):
        code, out, _ = await shopsync("import", "boutique", "customer", "--resume")

    assert (code, out.splitlines()[0]) == (0, "Run 1 goes on after 1 records.")
    assert [row.status for row in await both.world.rows("SELECT status FROM runs")] == ["completed"]
    assert "1" not in [pair.shop_id for pair in await both.pairs()], "it went on behind that one"


async def test_there_is_nothing_to_resume_and_nothing_to_import_that_is_switched_off(
    both: TwoSides, shopsync: Shopsync
) -> None:
    cases = [
        (["import", "boutique", "customer", "--resume"], "there is no import of customer that stopped"),
        (["import", "boutique", "order"], "link boutique does not sync order"),
        (["export", "boutique", "ufo"], "'ufo' is no entity type"),
        (["export", "nowhere", "customer"], "there is no link nowhere"),
    ]
    for arguments, words in cases:
        code, out, err = await shopsync(*arguments)

        assert (code, out) == (1, ""), arguments
        assert err.startswith(words), err
    assert await both.world.rows("SELECT 1 FROM runs") == []


async def test_what_belongs_to_the_records_is_named_and_brought_along_when_asked_for(
    engine: AsyncEngine, shopsync: Shopsync
) -> None:
    """One after the other, in runs of their own."""
    sync = {"entities": {name: {"direction": "both"} for name in ("customer", "address", "order")}}
    async with open_both(engine, sync) as both:
        async with a_worker(both):
            alone = await shopsync("import", "boutique", "customer")
            with_them = await shopsync("import", "boutique", "customer", "--with", "address")
        refused = await shopsync("import", "boutique", "customer", "--with", "address", "--resume")
        unknown = await shopsync("import", "boutique", "customer", "--with", "stock")

        kinds = [row.entity_type for row in await both.world.rows("SELECT entity_type FROM runs ORDER BY id")]

    hint = "Not brought with it: address. To bring them too: shopsync import boutique customer --with address"
    assert (alone[0], with_them[0]) == (0, 0)
    assert hint in alone[2]
    assert "Not brought with it" not in with_them[2]
    assert [line.split(":")[0] for line in with_them[1].splitlines()[2:]] == ["import of customer", "import of address"]
    assert kinds == ["customer", "customer", "address"], "nothing is opened where one of them cannot be"
    assert (refused[0], unknown[0]) == (2, 1)
