"""Jobs of a run, made in the transaction that moves the run's cursor, and held by the runner from the start.

A live event never waits for one: a record whose job waits already is left to that job, and never merged into. One that
is at work this moment gets a job that waits behind it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import Direction, EntityType
from app.queue.store import ClaimedJob, NewJob

# What a run asks for, all of one link, direction, entity type and side; without the casts the types are guessed apart.
_ASKED: Final = """
    WITH asked AS MATERIALIZED (
        SELECT CAST(:link_id AS integer) AS link_id, CAST(:module AS text) AS module,
               CAST(:direction AS text) AS direction, CAST(:entity_type AS text) AS entity_type,
               CAST(:side AS text) AS side, CAST(:action AS text) AS action, CAST(:priority AS smallint) AS priority,
               CAST(:max_attempts AS integer) AS max_attempts, CAST(:run_id AS bigint) AS run_id,
               new.native_id, new.lock_id, new.at
        FROM unnest(CAST(:native_ids AS text[]), CAST(:lock_ids AS text[])) WITH ORDINALITY
          AS new(native_id, lock_id, at)
    ), untold AS MATERIALIZED (
        SELECT * FROM asked
        WHERE NOT EXISTS (SELECT 1 FROM sync_queue q WHERE q.status = 'pending' AND q.link_id = asked.link_id
                          AND q.direction = asked.direction AND q.entity_type = asked.entity_type
                          AND q.side = asked.side AND q.native_id = asked.native_id)
    )
"""
# The advisory lock is the one of `store.claim`, so that a worker claiming the same record at this moment is passed by.
_CLAIM_NEW = text(
    f"""
    {_ASKED}, free AS MATERIALIZED (
        SELECT * FROM untold
        WHERE NOT EXISTS (SELECT 1 FROM sync_queue busy WHERE busy.status = 'processing'
                          AND busy.link_id = untold.link_id AND busy.entity_type = untold.entity_type
                          AND busy.lock_id = untold.lock_id)
    ), locked AS MATERIALIZED (
        SELECT * FROM free
        WHERE pg_try_advisory_xact_lock(hashtextextended(link_id || '/' || entity_type || '/' || lock_id, 0))
    )
    INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action, priority,
                            max_attempts, run_id, status, attempts, lease_token, leased_by, leased_until, claimed_at)
    SELECT link_id, module, direction, entity_type, side, native_id, lock_id, action, priority, max_attempts, run_id,
           'processing', 1, CAST(:token AS uuid), CAST(:worker AS text), now() + CAST(:lease AS interval), now()
    FROM locked ORDER BY at
    ON CONFLICT DO NOTHING
    RETURNING id, native_id, created_at
    """  # noqa: S608 - constants of this module
)
_WAIT_NEW = text(
    f"""
    {_ASKED}
    INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action, priority,
                            max_attempts, run_id)
    SELECT link_id, module, direction, entity_type, side, native_id, native_id, action, priority, max_attempts, run_id
    FROM untold ORDER BY native_id
    ON CONFLICT DO NOTHING
    RETURNING native_id
    """  # noqa: S608 - constants of this module
)


async def claim_new(
    session: AsyncSession, jobs: Sequence[NewJob], *, worker: str, lease: timedelta, run_id: int | None
) -> tuple[list[ClaimedJob], int]:
    """Those of `jobs`, of one link, direction, entity type and side, that are ours to do now, in their order; and how
    many others were made and wait. What is neither had its job before."""
    if not jobs:
        return [], 0
    token = uuid.uuid4()
    wanted = {job.native_id: job for job in jobs}
    of_claim = {"token": token, "worker": worker, "lease": lease}
    rows = await session.execute(_CLAIM_NEW, {**_parameters(wanted, run_id), **of_claim})
    claimed = [_claimed(wanted.pop(row.native_id), row.id, token, row.created_at) for row in rows]
    if not wanted:
        return claimed, 0
    waiting = await session.execute(_WAIT_NEW, _parameters(wanted, run_id))
    return claimed, len(waiting.all())


def _parameters(jobs: Mapping[str, NewJob], run_id: int | None) -> dict[str, object]:
    first = next(iter(jobs.values()))
    lock = "odoo:{}" if first.side.value == "odoo" else "{}"
    return {
        "link_id": first.link_id,
        "module": first.module,
        "direction": first.direction.value,
        "entity_type": first.entity_type.value,
        "side": first.side.value,
        "action": first.action.value,
        "priority": first.priority,
        "max_attempts": first.max_attempts,
        "run_id": run_id,
        "native_ids": list(jobs),
        "lock_ids": [lock.format(native_id) for native_id in jobs],
    }


def _claimed(job: NewJob, number: int, token: uuid.UUID, created_at: datetime) -> ClaimedJob:
    return ClaimedJob(
        link_id=job.link_id,
        id=number,
        module=job.module,
        direction=job.direction,
        entity_type=job.entity_type,
        side=job.side,
        native_id=job.native_id,
        action=job.action,
        payload={},
        attempts=1,
        max_attempts=job.max_attempts,
        lease_token=token,
        traceparent=job.traceparent,
        created_at=created_at,
    )


@dataclass(frozen=True, slots=True)
class Stop:
    """Why nothing of a direction may be worked on now, and for how long."""

    reason: str
    left: timedelta


_STOPPED = text(
    """
    SELECT reason, until - now() AS left FROM pauses
    WHERE link_id = :link_id AND direction = :direction AND entity_type IN ('', :entity_type) AND until > now()
    UNION ALL
    SELECT 'the link is switched off', CAST(:look_in AS interval) FROM links WHERE id = :link_id AND NOT enabled
    ORDER BY 2 DESC LIMIT 1
    """
)


async def find_stop(
    session: AsyncSession, *, link_id: int, direction: Direction, entity_type: EntityType, look_in: timedelta
) -> Stop | None:
    """A pause, or a link that is switched off, which is looked at again in `look_in`: as `store.claim` passes by."""
    parameters = {"link_id": link_id, "direction": direction.value, "entity_type": entity_type.value}
    row = (await session.execute(_STOPPED, {**parameters, "look_in": look_in})).one_or_none()
    return None if row is None else Stop(row.reason, row.left)
