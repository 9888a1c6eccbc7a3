"""Claims beside everything else that happens to the queue at the same moment, on several connections."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db.session import SessionMaker
from app.entities.base import Direction, EntityType
from app.queue import leases
from app.queue.models import JobStatus
from app.queue.store import Settled, enqueue, settle
from tests.queue.test_store import a_job, complete, put, rows, take

WAITS_FOR_ANOTHER = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def somebody_waits(sessions: SessionMaker) -> None:
    """Returns when a statement waits for another transaction to end."""
    async with asyncio.timeout(10), sessions.autocommit() as session:
        while not (await session.execute(WAITS_FOR_ANOTHER)).scalar_one():
            pass


async def test_a_record_that_another_job_takes_under_our_hands_is_passed_by_and_its_neighbours_are_claimed(
    sessions: SessionMaker,
) -> None:
    """A job by e-mail finds out that it is about 67, between our look and our claim of 67."""
    await put(sessions, a_job("email:john@example.com"))
    [by_email] = await take(sessions)
    await put(sessions, a_job("67"), a_job("68"))

    async with sessions() as session, session.begin():
        await session.execute(
            leases._RELOCK,
            {"lock_id": "67", "link_id": 1, "id": by_email.id, "lease_token": by_email.lease_token},
        )
        claiming = asyncio.create_task(take(sessions, "w2"))
        await somebody_waits(sessions)

    assert [job.native_id for job in await claiming] == ["68"]


async def test_no_record_is_at_work_twice_and_no_job_is_left_when_both_directions_are_claimed_at_once(
    sessions: SessionMaker,
) -> None:
    records = [str(number) for number in range(30)]
    await put(sessions, *[a_job(number, direction=each) for number in records for each in Direction])
    at_work: Counter[str] = Counter()
    done: dict[str, int] = defaultdict(int)
    left = 2 * len(records)

    async def work(name: str) -> None:
        nonlocal left
        while left:
            jobs = await take(sessions, name, batch_size=4)
            left -= len(jobs)
            for job in jobs:
                at_work[job.native_id] += 1
                assert at_work[job.native_id] == 1, f"record {job.native_id} is at work twice"
                done[job.native_id] += 1
            # Before they are settled, or another could rightly claim one before we have counted it out.
            at_work.subtract(job.native_id for job in jobs)
            assert await complete(sessions, jobs) == {job.id for job in jobs}

    async with asyncio.timeout(30), asyncio.TaskGroup() as workers:
        for number in range(6):
            workers.create_task(work(f"w{number}"))

    assert done == dict.fromkeys(records, 2)


async def test_an_event_that_comes_while_its_record_is_being_claimed_is_in_one_job_or_the_next(
    sessions: SessionMaker,
) -> None:
    events = 60
    seen: list[str] = []

    async def send(first: int) -> None:
        for number in range(first, events, 3):
            await put(sessions, a_job(str(number % 2), payload={f"field{number}": number}))

    async def work(name: str) -> None:
        while len(seen) < events:
            jobs = await take(sessions, name)
            seen.extend(field for job in jobs for field in job.payload)
            await complete(sessions, jobs)

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(send(number))
        for name in ("w1", "w2"):
            group.create_task(work(name))

    assert sorted(seen) == sorted(f"field{number}" for number in range(events))


async def test_a_link_that_floods_does_not_go_before_what_another_link_brought_earlier(sessions: SessionMaker) -> None:
    await put(sessions, *[a_job(f"early{number}") for number in range(5)])
    await put(sessions, a_job("other", link_id=2, entity_type=EntityType.ORDER))
    await put(sessions, *[a_job(f"late{number}", entity_type=EntityType.PRODUCT) for number in range(50)])

    batches = [await take(sessions, batch_size=5) for _ in range(3)]

    assert [{job.native_id.rstrip("0123456789") for job in batch} for batch in batches] == [
        {"early"},
        {"other"},
        {"late"},
    ]


async def test_the_most_urgent_goes_first_and_within_an_urgency_what_was_due_first(sessions: SessionMaker) -> None:
    await put(sessions, a_job("later", priority=3), a_job("sooner", priority=3), a_job("urgent", priority=1))
    await put(sessions, a_job("order", entity_type=EntityType.ORDER, priority=2))
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE sync_queue SET scheduled_at = now() - interval '1 hour' WHERE native_id = 'sooner'")
        )

    taken = [job.native_id for _ in range(4) for job in await take(sessions, batch_size=1)]

    assert taken == ["urgent", "order", "sooner", "later"]


async def test_a_pause_of_one_entity_type_and_a_link_that_is_off_keep_only_their_own(sessions: SessionMaker) -> None:
    await given_two_links(sessions)
    await put(sessions, a_job("paused"), a_job("off", link_id=2))
    await put(sessions, a_job("free", entity_type=EntityType.ORDER), a_job("back", direction=Direction.SHOP_TO_ODOO))
    await pause_customers(sessions, "1 hour")

    assert {job.native_id for _ in range(4) for job in await take(sessions)} == {"free", "back"}


async def test_a_claim_says_whether_a_pause_that_ran_out_is_still_noted(sessions: SessionMaker) -> None:
    await given_two_links(sessions)
    await put(sessions, a_job("67"), a_job("68", entity_type=EntityType.ORDER))
    await pause_customers(sessions, "-1 second")

    jobs = [job for _ in range(2) for job in await take(sessions)]

    assert {job.native_id: job.after_pause for job in jobs} == {"67": True, "68": False}


async def test_a_lease_that_was_lost_takes_none_of_its_batch_along(sessions: SessionMaker) -> None:
    await put(sessions, a_job("67"), a_job("68"))
    ours = await take(sessions)
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE sync_queue SET lease_token = gen_random_uuid() WHERE id = :id"), {"id": ours[0].id}
        )

    assert await complete(sessions, ours) == {ours[1].id}

    [left] = await rows(sessions, "SELECT status FROM sync_queue WHERE id = :id", id=ours[0].id)
    assert left.status == "processing"


async def test_nothing_to_enqueue_and_nothing_to_settle_ask_the_database_nothing(sessions: SessionMaker) -> None:
    async with sessions() as session:
        assert await enqueue(session, []) == {}
        assert await settle(session, []) == set()

        assert not session.in_transaction()


async def test_a_message_that_cannot_be_stored_is_refused_by_the_database_words_whatever_is_wrong_with_it(
    sessions: SessionMaker,
) -> None:
    """The engine then stores the jobs of the batch one by one, and this one without its message."""
    await put(sessions, a_job())
    [job] = await take(sessions)

    for message in ("half \ud83d", "nothing \x00"):
        end = Settled(job=job, status=JobStatus.FAILED, outcome=None, error_code="x", error_message=message)
        with pytest.raises(DBAPIError):
            async with sessions.begin() as session:
                await settle(session, [end])


async def given_two_links(sessions: SessionMaker) -> None:
    """The second one is switched off."""
    async with sessions.begin() as session:
        await session.execute(
            text("INSERT INTO connections (id, name, kind, url, sealed) VALUES (1, 'x', 'odoo', 'http://x', '')")
        )
        await session.execute(
            text(
                "INSERT INTO links (id, slug, enabled, odoo_connection_id, shop_connection_id, sealed_secrets)"
                " VALUES (1, 'one', true, 1, 1, ''), (2, 'two', false, 1, 1, '')"
            )
        )


async def pause_customers(sessions: SessionMaker, for_how_long: str) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO pauses (link_id, direction, entity_type, reason, until)"
                " VALUES (1, 'odoo_to_shop', 'customer', 'no right', now() + CAST(CAST(:left AS text) AS interval))"
            ),
            {"left": for_how_long},
        )
