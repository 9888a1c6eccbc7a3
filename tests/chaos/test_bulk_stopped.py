"""Workers that are asked to stop in the middle of an import: what is under way ends, or another has it soon."""

from __future__ import annotations

import signal
from collections import Counter

from app.db.session import open_engine, open_sessions
from app.entities.base import EntityType
from app.sync.models import RunKind
from app.sync.runs import open_run
from tests.chaos.two_sides import TwoSides
from tests.processes import Process, until

RECORDS = 1200
WITHIN_S = 60.0


async def test_a_worker_that_is_stopped_finishes_its_portion_and_leaves_the_run_to_another(both: TwoSides) -> None:
    worker = await _importing(both)

    worker.send(signal.SIGTERM)

    assert await worker.ended(within_s=20) == 0
    [run] = await both.installation.rows("SELECT status, seen, leased_by FROM runs")
    assert (run["status"], run["leased_by"]) == ("running", None)
    assert run["seen"] < RECORDS, "it stopped in the middle"
    jobs = await both.installation.rows("SELECT status, attempts FROM sync_queue WHERE status = 'processing'")
    assert jobs == []
    await _carried_on(both)


async def test_a_worker_that_is_stopped_twice_leaves_at_once_and_each_record_is_made_once(both: TwoSides) -> None:
    worker = await _importing(both)

    def ended_by_asking_again() -> bool:
        worker.send(signal.SIGTERM)
        return not worker.running

    await until(ended_by_asking_again, within_s=5, what="the worker leaves")

    await _carried_on(both)


async def _importing(both: TwoSides) -> Process:
    """A worker in the middle of the first portion: an Odoo that takes its time for each write has been asked."""
    both.installation.settings |= {"LEASE_S": "1", "PEER_TIMEOUT_S": "20"}
    await both.reset(shop_tells=False, write_s=1.0)
    await both.shop.reset(customers=RECORDS)
    engine = open_engine(both.installation.settings["DATABASE_URL"], pool_size=2)
    async with open_sessions(engine).begin() as session:
        await open_run(session, link_id=1, kind=RunKind.IMPORT, entity_type=EntityType.CUSTOMER, options={})
    await engine.dispose()
    [_, worker] = await both.installation.start()

    async def announced() -> bool:
        return bool(await both.installation.rows("SELECT 1 FROM create_intents LIMIT 1"))

    await until(announced, within_s=WITHIN_S, what="the first portion is being written")
    return worker


async def _carried_on(both: TwoSides) -> None:
    """By another worker, to its end: each customer is one contact."""
    both.installation.start_worker("another")

    async def has_ended() -> bool:
        [run] = await both.installation.rows("SELECT status FROM runs")
        return bool(run["status"] != "running")

    await until(has_ended, within_s=WITHIN_S, what="the import has ended")
    [run] = await both.installation.rows("SELECT status, seen, done, failed FROM runs")
    assert (run["status"], run["failed"]) == ("completed", 0), run
    assert run["done"] == run["seen"] >= RECORDS
    emails = Counter(row["email"] for row in await both.odoo.rows("res.partner") if row.get("email"))
    assert [row["email"] for row in await both.shop.rows("customers") if emails[row["email"]] != 1] == []
