"""When a bulk sync has ended, and what it shows of jobs that a person sees to, before and after that."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.entities.base import EntityType
from app.queue.models import JobStatus
from app.queue.requeue import Requeue, requeue
from app.sync.models import RunKind
from app.sync.run_progress import RunCount, count_run
from app.sync.runs import RunView, find_run
from tests.flows.two_sides import WHOLE_SHOP, TwoSides, open_two_sides
from tests.sync.test_bulk import a_run, a_runner, jobs_of, stored, untold


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    async with open_two_sides(engine, sync=WHOLE_SHOP) as opened:
        yield opened


async def count(both: TwoSides, run: RunView) -> RunCount:
    async with both.world.sessions() as session:
        now = await find_run(session, link_id=1, run_id=run.id)
        assert now is not None
        return await count_run(session, now)


async def look_after(both: TwoSides, run: RunView, minutes: int) -> str:
    """So long after everything that has happened, a runner looks again; the run's status then."""
    await both.world.execute(
        "UPDATE sync_queue SET created_at = created_at - make_interval(mins => :minutes),"
        " processed_at = processed_at - make_interval(mins => :minutes)",
        minutes=minutes,
    )
    await both.world.execute("UPDATE runs SET leased_until = now()")
    await a_runner(both).run_one(run.id)
    return str((await stored(both, run)).status)


async def an_order_of_somebody_ambiguous(both: TwoSides) -> tuple[str, list[int]]:
    """Two contacts of Odoo have the customer's e-mail address: a person has to say which it is."""
    customer = both.office.add_person(first="Grace", last="Hopper", email="grace@example.com")
    order = both.office.order(customer, place=both.office.add_place(customer))
    contacts = [
        number
        for name in ("Grace Hopper", "G. Hopper")
        for number in await both.people.create("res.partner", [{"name": name, "email": "grace@example.com"}])
    ]
    await untold(both)
    return str(order), contacts


async def test_a_run_whose_jobs_only_a_person_can_set_going_ends_and_shows_them(both: TwoSides) -> None:
    order, _ = await an_order_of_somebody_ambiguous(both)
    run = await a_run(both, RunKind.IMPORT, EntityType.ORDER)

    await a_runner(both).run_one(run.id)
    await both.work()
    at_once = (await stored(both, run)).status
    soon = await look_after(both, run, 1)
    later = await look_after(both, run, 2)

    assert (at_once, soon, later) == ("running", "running", "completed")
    waiting = [job.native_id for job in await jobs_of(both, run) if job.status == "pending"]
    shown = await count(both, run)
    assert waiting == [order]
    assert (shown.waiting, shown.failed) == (1, 0)
    assert shown.done == (await stored(both, run)).seen - 1
    assert "which cannot be synced" in str(shown.reason)


async def test_what_a_person_mends_after_the_end_counts_as_done(both: TwoSides) -> None:
    order, [_, second] = await an_order_of_somebody_ambiguous(both)
    run = await a_run(both, RunKind.IMPORT, EntityType.ORDER)
    await a_runner(both).run_one(run.id)
    await look_after(both, run, 3)

    await both.people.unlink("res.partner", [second])
    [parked] = await both.world.rows("SELECT id FROM sync_queue WHERE status = 'parked'")
    retry = Requeue(link_id=1, id=parked.id, from_statuses=(JobStatus.PARKED,), reset=True)
    await requeue(both.world.sessions, retry)
    await both.work()
    await both.world.execute("UPDATE sync_queue SET scheduled_at = now() WHERE status = 'pending'")
    await both.work()

    shown, ended = await count(both, run), await stored(both, run)
    [job] = [job for job in await jobs_of(both, run) if job.native_id == order]
    assert (job.status, job.outcome) == ("completed", "created")
    assert (ended.status, shown.done, shown.waiting, shown.failed) == ("completed", ended.seen, 0, 0)


async def test_a_job_that_backs_off_holds_the_end_however_long_it_takes(both: TwoSides) -> None:
    """It comes by itself, or uses up its attempts."""
    await an_order_of_somebody_ambiguous(both)
    run = await a_run(both, RunKind.IMPORT, EntityType.ORDER)
    await a_runner(both).run_one(run.id)
    await both.world.execute("UPDATE sync_queue SET error_code = 'server_error' WHERE status = 'pending'")

    assert await look_after(both, run, 60) == "running"


async def test_once_its_jobs_have_left_a_run_is_as_it_was_counted_then(both: TwoSides) -> None:
    both.office.add_person(first="Grace", last="Hopper", email="grace@example.com")
    await untold(both)
    run = await a_run(both, RunKind.IMPORT, EntityType.CUSTOMER)
    await a_runner(both).run_one(run.id)
    ended = await stored(both, run)
    await both.world.execute("UPDATE runs SET failed = 1, done = done - 1")
    await both.world.execute("DELETE FROM sync_queue WHERE run_id = :id", id=run.id)

    shown = await count(both, run)

    assert (shown.done, shown.failed, shown.waiting) == (ended.done - 1, 1, 0)
