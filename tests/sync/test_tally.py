"""Ends of real jobs, and what is counted of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from app.queue.store import claim
from app.sync.tally import count_end
from tests.counted import counted
from tests.flows.two_sides import TwoSides, open_two_sides
from tests.processes import until

ANN = {"first": "Ann", "last": "Lee", "email": "ann@example.com"}
LINK = {"link": "boutique", "entity_type": "customer"}


@pytest.fixture
async def both(engine: AsyncEngine) -> AsyncIterator[TwoSides]:
    sync = {"conflict_rule": "manual", "entities": {"customer": {"direction": "both"}}}
    async with open_two_sides(engine, sync=sync) as opened:
        yield opened


def tally(both: TwoSides) -> None:
    """As a worker does with each end."""
    for end in both.world.ended:
        count_end(end, 0.1, link=both.world.peers.slug_of(end.job.link_id))
    both.world.ended.clear()


def outcome(name: str, direction: str = "shop_to_odoo") -> float:
    return counted("shopsync_jobs_total", **LINK, direction=direction, outcome=name)


async def test_a_create_and_the_echo_that_ends_are_counted(both: TwoSides) -> None:
    created, echoes = outcome("created"), counted("shopsync_echoes_total", **LINK)
    both.listen()
    await both.add_person(**ANN)

    await both.work()
    tally(both)

    assert outcome("created") == created + 1
    assert counted("shopsync_echoes_total", **LINK) == echoes + 1


async def test_a_conflict_is_counted_by_who_decides_it(both: TwoSides) -> None:
    number = await both.add_person(**ANN)
    await both.work()
    before = counted("shopsync_conflicts_total", **LINK, decided_by="person")
    [pair] = await both.pairs()

    await both.people.write("res.partner", [int(pair.odoo_id)], {"name": "Anne Lee"})
    await both.edit_person(number, first="Anna")
    await both.work()
    tally(both)

    assert counted("shopsync_conflicts_total", **LINK, decided_by="person") == before + 1


async def test_a_peer_that_is_down_is_a_retry_and_a_pause_by_the_errors_code(both: TwoSides) -> None:
    retries = counted("shopsync_job_retries_total", **LINK, code="peer_down")
    pauses = counted("shopsync_pauses_total", link="boutique", direction="shop_to_odoo", code="peer_down")
    await both.add_person(**ANN)
    both.world.shop.fail(status=503)

    await both.world.drainer.drain()
    tally(both)

    assert counted("shopsync_job_retries_total", **LINK, code="peer_down") == retries + 1
    assert counted("shopsync_pauses_total", link="boutique", direction="shop_to_odoo", code="peer_down") == pauses + 1


async def test_a_job_waits_in_the_queue_once_however_often_it_is_claimed(both: TwoSides) -> None:
    waits = counted("shopsync_queue_wait_seconds_count", direction="shop_to_odoo")
    longest = counted("shopsync_queue_wait_seconds_bucket", direction="shop_to_odoo", le="60.0")
    batches = counted("shopsync_batch_jobs_count", direction="shop_to_odoo")
    await both.add_person(**ANN)
    await both.world.execute("UPDATE sync_queue SET created_at = now() - interval '90 seconds'")
    both.world.shop.fail(status=503)

    await both.work()

    assert await both.pairs()
    assert counted("shopsync_queue_wait_seconds_count", direction="shop_to_odoo") == waits + 1
    assert counted("shopsync_queue_wait_seconds_bucket", direction="shop_to_odoo", le="60.0") == longest
    assert counted("shopsync_batch_jobs_count", direction="shop_to_odoo") == batches + 2


async def test_jobs_of_a_worker_that_died_are_counted_when_they_are_taken_back(both: TwoSides) -> None:
    rescued = counted("shopsync_jobs_rescued_total")
    await both.add_person(**ANN)
    await claim(both.world.sessions, worker="dead", batch_size=10, lease=timedelta(0))

    both.world.drainer.start()
    await until(lambda: counted("shopsync_jobs_rescued_total") > rescued, within_s=30, what="the job is taken back")
    await both.world.drainer.stop(10)

    assert counted("shopsync_jobs_rescued_total") == rescued + 1
