"""The queue's statements: enqueue, claim, settle. PostgreSQL is the only record.

One job's life: `pending → processing → completed | failed | parked | cancelled`, back to `pending` for a retry.
No transaction of this module is open during a network call.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.rows import as_rows
from app.db.session import SessionMaker
from app.entities.base import Action, Direction, EntityType, Json, Side
from app.queue.models import JobStatus, Outcome

Executor = AsyncSession | AsyncConnection
ALONE_FROM_ATTEMPT = 3
RACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """One event to enqueue. `payload` is a patch (merged field by field) or a hint.

    `delay` lets a burst of hints about one record gather; a job that is pending already keeps its time.
    """

    link_id: int
    module: str
    direction: Direction
    entity_type: EntityType
    side: Side
    native_id: str
    action: Action
    payload: dict[str, Json]
    priority: int = 5
    max_attempts: int = 12
    traceparent: str | None = None
    delay: timedelta = timedelta()

    @property
    def key(self) -> tuple[int, str, str, str, str]:
        return (self.link_id, self.direction, self.entity_type, self.side, self.native_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedJob:
    """A job this worker holds until its lease ends. `lease_token` fences every later statement about it.

    `waited_s`: since it was accepted, by the database's clock; None for one that was put back before. `after_pause`: a
    pause of its direction is still noted, which the first success ends; True where that was not looked for.
    """

    link_id: int
    id: int
    module: str
    direction: Direction
    entity_type: EntityType
    side: Side
    native_id: str
    action: Action
    payload: dict[str, Json]
    attempts: int
    max_attempts: int
    lease_token: uuid.UUID
    traceparent: str | None
    created_at: datetime
    waited_s: float | None = None
    after_pause: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How a claimed job ended for good."""

    job: ClaimedJob
    status: JobStatus
    outcome: Outcome | None
    error_code: str | None = None
    error_message: str | None = None


# A newer event merges into the pending job: later fields win, a create stays a create. A job that is held is judged
# anew; a job that backs off keeps its time, because the shop is no less down for a new edit, but a new event does not
# start at its last attempt. Its trace is the newest event's: that of the first may be days old. `q` is the table's
# alias.
MERGE_INTO_PENDING = """
    ON CONFLICT (link_id, direction, entity_type, side, native_id) WHERE status = 'pending'
    DO UPDATE SET
        payload = q.payload || excluded.payload,
        action = CASE WHEN excluded.action = 'deleted' THEN 'deleted'
                      WHEN 'created' IN (q.action, excluded.action) THEN 'created'
                      ELSE excluded.action END,
        priority = LEAST(q.priority, excluded.priority),
        traceparent = COALESCE(excluded.traceparent, q.traceparent),
        scheduled_at = CASE WHEN q.held_reason IS NULL THEN q.scheduled_at ELSE now() END,
        attempts = LEAST(q.attempts, q.max_attempts / 2),
        held_reason = NULL
"""
_ENQUEUE = text(
    f"""
    INSERT INTO sync_queue AS q (link_id, module, direction, entity_type, side, native_id, lock_id, action, payload,
                                 priority, max_attempts, traceparent, scheduled_at)
    SELECT link_id, module, direction, entity_type, side, native_id, native_id, action, payload, priority,
           max_attempts, traceparent, now() + delay
    FROM unnest(
        CAST(:link_ids AS bigint[]), CAST(:modules AS text[]), CAST(:directions AS text[]),
        CAST(:entity_types AS text[]), CAST(:sides AS text[]), CAST(:native_ids AS text[]), CAST(:actions AS text[]),
        CAST(:payloads AS jsonb[]), CAST(:priorities AS smallint[]), CAST(:max_attempts AS int[]),
        CAST(:traceparents AS text[]), CAST(:delays AS interval[]))
      AS new(link_id, module, direction, entity_type, side, native_id, action, payload, priority, max_attempts,
             traceparent, delay)
    {MERGE_INTO_PENDING}
    RETURNING q.link_id, q.id, q.direction, q.entity_type, q.side, q.native_id
    """  # noqa: S608 - a constant of this module
)


async def enqueue(executor: Executor, jobs: Sequence[NewJob]) -> dict[tuple[int, str, str, str, str], int]:
    """Insert or merge, one statement, in the caller's transaction. Returns the job id per key.

    Two events of one key must have been merged by the caller (a statement cannot update one row twice). Rows are
    sorted by key, so that two processes enqueuing the same keys never wait for each other in a circle.
    """
    if not jobs:
        return {}
    ordered = sorted(jobs, key=lambda job: job.key)
    rows = await executor.execute(
        _ENQUEUE,
        {
            "link_ids": [job.link_id for job in ordered],
            "modules": [job.module for job in ordered],
            "directions": [job.direction.value for job in ordered],
            "entity_types": [job.entity_type.value for job in ordered],
            "sides": [job.side.value for job in ordered],
            "native_ids": [job.native_id for job in ordered],
            "actions": [job.action.value for job in ordered],
            "payloads": [orjson.dumps(job.payload).decode() for job in ordered],
            "priorities": [job.priority for job in ordered],
            "max_attempts": [job.max_attempts for job in ordered],
            "traceparents": [job.traceparent for job in ordered],
            "delays": [job.delay for job in ordered],
        },
    )
    return {(r.link_id, r.direction, r.entity_type, r.side, r.native_id): r.id for r in rows}


# What a job holds while it is at work: a shop's record by its plain id, an Odoo record that has no shop record yet by
# `odoo:<id>`. Once the pair is known, both its jobs hold the shop's id (`queue/leases.py::relock`).
_LOCK = "CASE q.side WHEN 'odoo' THEN 'odoo:' ELSE '' END || q.native_id"

# OFFSET keeps it a look-up per row in the index of what is at work. As the join that the planner would make of it, each
# candidate is held against each job at work: thousands of comparisons for a batch when a few slots are busy.
_CLAIMABLE = f"""
    q.status = 'pending' AND q.held_reason IS NULL AND q.scheduled_at <= now()
    AND NOT EXISTS (SELECT 1 FROM sync_queue busy WHERE busy.status = 'processing'
                    AND busy.link_id = q.link_id AND busy.entity_type = q.entity_type AND busy.lock_id = {_LOCK}
                    OFFSET 0)
"""  # noqa: S608 - a constant of this module
_SAME_GROUP = """q.link_id = {0}.link_id AND q.direction = {0}.direction AND q.entity_type = {0}.entity_type
    AND q.side = {0}.side"""

# `groups` are the kinds of batches that there could be (link, direction, entity type and side), found by a step each in
# the index of the claim, however many jobs wait in one. Those of a paused direction or a link that is off are left out
# whole: 100,000 jobs of a shop that is down cost the others nothing. `head` is the most urgent of the first claimable
# jobs of each; the batch is its neighbours, so that one read of the peer serves all. Each part is written so that the
# index of the claim is the only way to it, whatever the server has counted of its tables: planned as a join, all that
# waits was sorted for each claim (140 ms instead of 7, when 100,000 jobs waited). So the groups are ordered by all of
# the index (the one of pending jobs has the same beginning, and what is held in it), and the batch's LIMIT is one that
# the planner cannot see: where it expects fewer rows than that, it fetches and sorts them all.
#
# Rows that another worker is claiming are skipped, not waited for; among them is the foremost job of each group, so
# whoever claims something has the next slot or worker look again. The advisory lock is on the logical entity, whatever
# the direction, and closes the gap between NOT EXISTS (a snapshot) and our UPDATE; what slips through all the same
# meets the unique index. A job that has failed several times is claimed alone: if it is the one that kills its worker,
# it takes no neighbours along.
_CLAIM = text(
    f"""
    WITH RECURSIVE groups AS (
        (SELECT link_id, direction, entity_type, side FROM sync_queue
         WHERE status = 'pending' AND held_reason IS NULL
         ORDER BY link_id, direction, entity_type, side, priority, scheduled_at, id LIMIT 1)
        UNION ALL
        SELECT following.* FROM groups CROSS JOIN LATERAL (
            SELECT q.link_id, q.direction, q.entity_type, q.side FROM sync_queue q
            WHERE q.status = 'pending' AND q.held_reason IS NULL
              AND (q.link_id, q.direction, q.entity_type, q.side)
                  > (groups.link_id, groups.direction, groups.entity_type, groups.side)
            ORDER BY q.link_id, q.direction, q.entity_type, q.side, q.priority, q.scheduled_at, q.id
            LIMIT 1) following
    ), allowed AS MATERIALIZED (
        SELECT groups.* FROM groups
        WHERE NOT EXISTS (SELECT 1 FROM pauses p WHERE p.link_id = groups.link_id AND p.direction = groups.direction
                          AND p.entity_type IN ('', groups.entity_type) AND p.until > now())
          AND NOT EXISTS (SELECT 1 FROM links l WHERE l.id = groups.link_id AND NOT l.enabled)
    ), head AS MATERIALIZED (
        SELECT allowed.*, foremost.id AS head_id, foremost.attempts AS head_attempts
        FROM allowed CROSS JOIN LATERAL (
            SELECT q.id, q.priority, q.scheduled_at, q.attempts FROM sync_queue q
            WHERE {_SAME_GROUP.format("allowed")} AND {_CLAIMABLE}
            ORDER BY q.priority, q.scheduled_at, q.id
            LIMIT 1
            FOR UPDATE OF q SKIP LOCKED) foremost
        ORDER BY foremost.priority, foremost.scheduled_at, foremost.id
        LIMIT 1
    ), batch AS MATERIALIZED (
        SELECT neighbour.* FROM head CROSS JOIN LATERAL (
            SELECT q.link_id, q.id, q.entity_type, {_LOCK} AS lock_id FROM sync_queue q
            WHERE {_SAME_GROUP.format("head")} AND {_CLAIMABLE}
              AND (q.id = head.head_id OR GREATEST(q.attempts, head.head_attempts) < :alone_from)
            ORDER BY q.priority, q.scheduled_at, q.id
            LIMIT (SELECT CAST(:batch_size AS integer))
            FOR UPDATE OF q SKIP LOCKED) neighbour
    ), locked AS MATERIALIZED (
        SELECT link_id, id FROM batch
        WHERE pg_try_advisory_xact_lock(hashtextextended(
            link_id || '/' || entity_type || '/' || lock_id, 0))
    )
    UPDATE sync_queue q
    SET status = 'processing', lock_id = {_LOCK}, lease_token = CAST(:lease_token AS uuid),
        leased_by = :worker, leased_until = now() + CAST(:lease AS interval), claimed_at = now(),
        attempts = q.attempts + 1
    FROM locked
    WHERE q.link_id = locked.link_id AND q.id = locked.id
    RETURNING q.link_id, q.id, q.module, q.direction, q.entity_type, q.side, q.native_id, q.action, q.payload,
              q.attempts, q.max_attempts, q.traceparent, q.created_at,
              CASE WHEN q.attempts = 1 AND q.error_code IS NULL
                   THEN CAST(extract(epoch FROM now() - q.created_at) AS float8) END AS waited_s,
              EXISTS (SELECT 1 FROM pauses p WHERE p.link_id = q.link_id AND p.direction = q.direction
                      AND p.entity_type IN ('', q.entity_type)) AS after_pause
    """  # noqa: S608 - a constant of this module
)


async def claim(sessions: SessionMaker, *, worker: str, batch_size: int, lease: timedelta) -> list[ClaimedJob]:
    """Up to `batch_size` jobs of one link, direction and entity type, oldest of the most urgent first.

    Each claim counts as an attempt at once, so that a job that kills its worker runs out of attempts. It is one
    statement, which is a transaction without BEGIN and COMMIT being sent.

    Another's claim or `relock` of a record of ours may be committed after our snapshot: the unique index refuses the
    whole batch. The next look sees it and passes that record by; to return nothing instead would let a slot sleep
    beside work that is due.
    """
    parameters = {"worker": worker, "batch_size": batch_size, "lease": lease, "alone_from": ALONE_FROM_ATTEMPT}
    for _ in range(RACES):
        token = uuid.uuid4()
        with contextlib.suppress(IntegrityError):
            async with sessions.autocommit() as session:
                rows = await session.execute(_CLAIM, {**parameters, "lease_token": token})
                return sorted(_claimed(rows.all(), token), key=lambda job: job.id)
    return []


def _claimed(rows: Sequence[Any], token: uuid.UUID) -> list[ClaimedJob]:
    """All of one direction, entity type and side."""
    if not rows:
        return []
    first = rows[0]
    direction, entity_type, side = Direction(first.direction), EntityType(first.entity_type), Side(first.side)
    return [
        ClaimedJob(
            link_id=row.link_id,
            id=row.id,
            module=row.module,
            direction=direction,
            entity_type=entity_type,
            side=side,
            native_id=row.native_id,
            action=Action(row.action),
            payload=row.payload if isinstance(row.payload, dict) else orjson.loads(row.payload),
            attempts=row.attempts,
            max_attempts=row.max_attempts,
            lease_token=token,
            traceparent=row.traceparent,
            created_at=row.created_at,
            waited_s=row.waited_s,
            after_pause=row.after_pause,
        )
        for row in rows
    ]


# The rows come as one JSON text: an array per column costs the driver a look at each element, which was a third of what
# the worker spent on a batch.
_SETTLE = text(
    """
    UPDATE sync_queue q
    SET status = done.status, outcome = done.outcome, error_code = done.error_code,
        error_message = done.error_message, processed_at = now(),
        lease_token = NULL, leased_by = NULL, leased_until = NULL
    FROM jsonb_to_recordset(CAST(:ends AS jsonb))
      AS done(link_id bigint, id bigint, lease_token uuid, status text, outcome text, error_code text,
              error_message text)
    WHERE q.link_id = done.link_id AND q.id = done.id
      AND q.status = 'processing' AND q.lease_token = done.lease_token
    RETURNING q.id
    """
)


async def settle(session: AsyncSession, ends: Sequence[Settled]) -> set[int]:
    """Finish jobs in the caller's transaction. Returns the ids that were still ours.

    A job whose lease was lost is not touched: whoever has it now decides, and our write is a no-op for them.
    """
    if not ends:
        return set()
    rows = await session.execute(_SETTLE, {"ends": as_rows([_settled(end) for end in ends])})
    return set(rows.scalars())


def _settled(end: Settled) -> dict[str, object]:
    return {
        "link_id": end.job.link_id,
        "id": end.job.id,
        "lease_token": end.job.lease_token,
        "status": end.status,
        "outcome": end.outcome,
        "error_code": end.error_code,
        "error_message": end.error_message,
    }
