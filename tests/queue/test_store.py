"""The queue's promises, on real PostgreSQL with real commits and several connections."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from app.db.session import SessionMaker
from app.entities.base import Action, Direction, EntityType, Side
from app.queue.leases import relock
from app.queue.models import JobStatus, Outcome
from app.queue.requeue import Requeue, requeue, rescue
from app.queue.store import ClaimedJob, NewJob, Settled, claim, enqueue, settle

LEASE = timedelta(seconds=60)


def a_job(native_id: str = "67", **changes: Any) -> NewJob:
    values: dict[str, Any] = {
        "link_id": 1,
        "module": "prestashop",
        "direction": Direction.ODOO_TO_SHOP,
        "entity_type": EntityType.CUSTOMER,
        "side": Side.SHOP,
        "native_id": native_id,
        "action": Action.UPDATED,
        "payload": {"firstname": "John"},
    }
    return NewJob(**(values | changes))


async def put(sessions: SessionMaker, *jobs: NewJob) -> list[int]:
    async with sessions.begin() as session:
        ids = await enqueue(session, jobs)
    return [ids[job.key] for job in jobs]


async def take(sessions: SessionMaker, worker: str = "w1", batch_size: int = 50) -> list[ClaimedJob]:
    return await claim(sessions, worker=worker, batch_size=batch_size, lease=LEASE)


async def complete(sessions: SessionMaker, jobs: list[ClaimedJob]) -> set[int]:
    ends = [Settled(job=job, status=JobStatus.COMPLETED, outcome=Outcome.WRITTEN) for job in jobs]
    async with sessions.begin() as session:
        return await settle(session, ends)


async def rows(sessions: SessionMaker, query: str, **values: Any) -> list[Any]:
    async with sessions() as session:
        return list((await session.execute(text(query), values)).all())


async def test_a_newer_event_merges_into_the_pending_job_and_its_fields_win(sessions: SessionMaker) -> None:
    [first] = await put(sessions, a_job(payload={"firstname": "John", "newsletter": True}))

    [second] = await put(sessions, a_job(payload={"firstname": "Johnny"}))

    assert second == first
    [job] = await take(sessions)
    assert job.payload == {"firstname": "Johnny", "newsletter": True}


async def test_a_create_stays_a_create_when_an_update_merges_into_it(sessions: SessionMaker) -> None:
    await put(sessions, a_job("email:a@b.c", action=Action.CREATED))
    await put(sessions, a_job("email:a@b.c", action=Action.UPDATED))

    [job] = await take(sessions)

    assert job.action is Action.CREATED


async def test_an_event_during_processing_makes_a_second_job_that_waits_for_the_first(
    sessions: SessionMaker,
) -> None:
    await put(sessions, a_job())
    first = await take(sessions)
    await put(sessions, a_job(payload={"firstname": "Later"}))

    assert await take(sessions, "w2") == []

    await complete(sessions, first)
    [second] = await take(sessions, "w2")
    assert second.payload == {"firstname": "Later"}


async def test_an_echo_waits_for_the_write_of_its_own_record_whatever_the_direction(sessions: SessionMaker) -> None:
    await put(sessions, a_job())
    writing = await take(sessions)
    await put(sessions, a_job(direction=Direction.SHOP_TO_ODOO, payload={}))

    assert await take(sessions, "w2") == []

    await complete(sessions, writing)
    [echo] = await take(sessions, "w2")
    assert echo.direction is Direction.SHOP_TO_ODOO


async def test_a_batch_holds_jobs_of_one_link_direction_and_entity_type(sessions: SessionMaker) -> None:
    await put(
        sessions,
        a_job("1"),
        a_job("2"),
        a_job("3", entity_type=EntityType.ORDER, priority=3),
        a_job("4", link_id=2),
        a_job("5", direction=Direction.SHOP_TO_ODOO),
    )

    batches = [await take(sessions) for _ in range(5)]

    assert [[job.native_id for job in batch] for batch in batches] == [["3"], ["1", "2"], ["5"], ["4"], []]


async def test_many_workers_claiming_at_once_take_each_job_once(sessions: SessionMaker) -> None:
    await put(sessions, *[a_job(str(number)) for number in range(200)])

    async def work(name: str) -> list[str]:
        taken: list[str] = []
        while jobs := await take(sessions, name, batch_size=7):
            taken += [job.native_id for job in jobs]
        return taken

    taken = await asyncio.gather(*[work(f"w{number}") for number in range(8)])

    assert sorted(Counter(native_id for each in taken for native_id in each).values()) == [1] * 200


async def test_enqueuing_the_same_keys_from_many_connections_leaves_one_pending_job_each(
    sessions: SessionMaker,
) -> None:
    def jobs(number: int) -> list[NewJob]:
        keys = [str(key) for key in range(20)]
        return [a_job(key, payload={f"field{number}": number}) for key in (keys if number % 2 else keys[::-1])]

    await asyncio.gather(*[put(sessions, *jobs(number)) for number in range(8)])

    counted = await rows(sessions, "SELECT native_id, payload FROM sync_queue")
    assert len(counted) == 20
    assert all(len(row.payload) == 8 for row in counted)


async def test_a_job_that_is_not_due_or_held_or_paused_is_not_claimed(sessions: SessionMaker) -> None:
    await put(sessions, a_job("1"), a_job("2"), a_job("3", link_id=2))
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE sync_queue SET scheduled_at = now() + interval '1 hour' WHERE native_id = '1'")
        )
        await session.execute(text("UPDATE sync_queue SET held_reason = 'genuine' WHERE native_id = '2'"))
        await session.execute(
            text("INSERT INTO connections (id, name, kind, url, sealed) VALUES (1, 'x', 'odoo', 'http://x', '')")
        )
        await session.execute(
            text(
                "INSERT INTO links (id, slug, odoo_connection_id, shop_connection_id, sealed_secrets)"
                " VALUES (2, 'two', 1, 1, '')"
            )
        )
        await session.execute(
            text(
                "INSERT INTO pauses (link_id, direction, reason, until)"
                " VALUES (2, 'odoo_to_shop', 'key refused', now() + interval '1 hour')"
            )
        )

    assert await take(sessions) == []

    async with sessions.begin() as session:
        await session.execute(text("UPDATE pauses SET until = now()"))
    assert [job.native_id for job in await take(sessions)] == ["3"]


async def test_a_new_event_for_a_held_job_has_it_judged_anew(sessions: SessionMaker) -> None:
    await put(sessions, a_job(direction=Direction.SHOP_TO_ODOO))
    [job] = await take(sessions)
    await requeue(
        sessions,
        Requeue(link_id=1, id=job.id, expected_token=job.lease_token, held_reason="changed", count_attempt=False),
    )
    assert await take(sessions) == []

    await put(sessions, a_job(direction=Direction.SHOP_TO_ODOO))

    assert [claimed.id for claimed in await take(sessions)] == [job.id]


async def test_a_retry_goes_under_the_newer_pending_job_of_the_same_record(sessions: SessionMaker) -> None:
    await put(sessions, a_job(payload={"firstname": "Old", "company": "Acme"}, action=Action.CREATED))
    [job] = await take(sessions)
    [newer] = await put(sessions, a_job(payload={"firstname": "New"}))

    carried = await requeue(sessions, Requeue(link_id=1, id=job.id, expected_token=job.lease_token))

    assert carried == newer
    [claimed] = await take(sessions)
    assert claimed.id == newer
    assert claimed.payload == {"firstname": "New", "company": "Acme"}
    assert claimed.action is Action.CREATED
    [old] = await rows(sessions, "SELECT status, outcome FROM sync_queue WHERE id = :id", id=job.id)
    assert (old.status, old.outcome) == ("cancelled", "merged")


async def test_the_jobs_of_a_worker_that_stopped_renewing_are_rescued_and_the_attempt_counts(
    sessions: SessionMaker,
) -> None:
    await put(sessions, a_job())
    [job] = await claim(sessions, worker="dead", batch_size=1, lease=timedelta(seconds=-1))

    assert await rescue(sessions) == 1

    [again] = await take(sessions, "alive")
    assert (again.id, again.attempts) == (job.id, 2)


async def test_a_worker_whose_lease_was_lost_cannot_settle_the_job(sessions: SessionMaker) -> None:
    await put(sessions, a_job())
    late = await claim(sessions, worker="slow", batch_size=1, lease=timedelta(seconds=-1))
    await rescue(sessions)
    current = await take(sessions, "quick")

    assert await complete(sessions, late) == set()
    assert await complete(sessions, current) == {current[0].id}


async def test_a_snooze_gives_the_attempt_back(sessions: SessionMaker) -> None:
    await put(sessions, a_job())
    [job] = await take(sessions)
    await requeue(sessions, Requeue(link_id=1, id=job.id, expected_token=job.lease_token, count_attempt=False))

    [again] = await take(sessions)

    assert again.attempts == 1


async def test_two_jobs_that_turn_out_to_be_one_record_are_not_worked_on_at_once(sessions: SessionMaker) -> None:
    await put(sessions, a_job("email:john@example.com"), a_job("67"))
    by_email, by_id = sorted(await take(sessions), key=lambda job: job.native_id, reverse=True)

    assert not await relock(sessions, by_email, "67")

    await complete(sessions, [by_id])
    assert await relock(sessions, by_email, "67")
    await put(sessions, a_job("67"))
    assert await take(sessions, "w2") == []


async def test_a_job_that_failed_several_times_is_claimed_alone(sessions: SessionMaker) -> None:
    await put(sessions, *[a_job(str(number)) for number in range(4)])
    async with sessions.begin() as session:
        await session.execute(text("UPDATE sync_queue SET attempts = 3 WHERE native_id IN ('0', '2')"))

    batches = [await take(sessions) for _ in range(4)]

    assert [[job.native_id for job in batch] for batch in batches] == [["0"], ["1", "3"], ["2"], []]
