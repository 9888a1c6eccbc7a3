"""Deliveries, operations and jobs of a group of webhooks, in one transaction. Nothing is accepted that is not here."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import orjson
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.entities.base import Action, EntityType, Json, Side
from app.queue.store import MERGE_INTO_PENDING, NewJob

EventKey = tuple[int, str, str, str]
# The connection broke, the server is stopping or starting, or it did not answer in time.
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOperation:
    """The tracked outcome to be of one reverse-sync event."""

    operation_id: uuid.UUID
    event_id: str
    entity_type: EntityType
    action: Action
    patch: dict[str, Json]
    notes: tuple[str, ...] = ()
    replay_of: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One webhook that passed every check. `operation` is None for hints: the shop's events, Odoo's own webhooks.

    `jobs` has one at least; a hint of Odoo may mean several records (a contact is a customer, an address or both), and
    the first one's entity type and id stand in the delivery. The operation belongs to the first.
    """

    link_id: int
    source: Side
    event_id: str
    body_hash: str
    body: bytes
    jobs: tuple[NewJob, ...]
    operation: NewOperation | None = None

    @property
    def key(self) -> EventKey:
        return (self.link_id, self.source.value, self.event_id, self.body_hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """`operation_id` is the first delivery's for a repeated event. `twin`: the id was seen before with another body."""

    operation_id: uuid.UUID | None
    delivery_id: int
    duplicate: bool = False
    twin: bool = False


# One statement, so one round trip and one commit for the whole group. `fresh` are the events seen for the first time;
# only they make jobs and operations. A row of the input is a job; the `is_first` of a webhook carries its delivery and
# operation. Patches of one record are merged in order of arrival. Rows go in sorted by key, so
# that two processes storing the same events or records wait for each other in one order only. `twin` is judged on the
# state before this statement; two bodies of one id in one group are told apart by `_answers`.
_STORE = f"""
    WITH input AS MATERIALIZED (
        SELECT * FROM unnest(
            $1::bigint[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::uuid[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::text[], $12::text[], $13::jsonb[], $14::smallint[], $15::int[], $16::text[],
            $17::jsonb[], $18::interval[], $19::boolean[]) WITH ORDINALITY
          AS i(link_id, source, event_id, body_hash, body, operation_id, module, direction, entity_type, side,
               native_id, action, payload, priority, max_attempts, traceparent, notes, delay, is_first, position)
    ), new AS (
        INSERT INTO deliveries (link_id, source, event_id, body_hash, body, entity_type, native_id, operation_id)
        SELECT link_id, source, event_id, body_hash, body, entity_type, native_id, operation_id
        FROM input WHERE is_first ORDER BY link_id, source, event_id, body_hash
        ON CONFLICT (link_id, source, event_id, body_hash) DO NOTHING
        RETURNING link_id, source, event_id, body_hash, id
    ), fresh AS MATERIALIZED (
        SELECT input.*, new.id AS delivery_id FROM input JOIN new USING (link_id, source, event_id, body_hash)
    ), jobs AS (
        INSERT INTO sync_queue AS q (link_id, module, direction, entity_type, side, native_id, lock_id, action,
                                     payload, priority, max_attempts, traceparent, scheduled_at)
        SELECT link_id, min(module), direction, entity_type, side, native_id, native_id,
               CASE WHEN (array_agg(action ORDER BY position DESC))[1] = 'deleted' THEN 'deleted'
                    WHEN bool_or(action = 'created') THEN 'created'
                    ELSE (array_agg(action ORDER BY position DESC))[1] END,
               jsonb_merge_agg(payload ORDER BY position), min(priority), max(max_attempts), max(traceparent),
               now() + min(delay)
        FROM fresh
        GROUP BY link_id, direction, entity_type, side, native_id
        ORDER BY link_id, direction, entity_type, side, native_id
        {MERGE_INTO_PENDING}
        RETURNING q.link_id, q.id, q.direction, q.entity_type, q.side, q.native_id
    ), operations AS (
        INSERT INTO reverse_operations (link_id, operation_id, job_id, event_id, entity_type, action_type,
                                        source_payload, notes)
        SELECT fresh.link_id, fresh.operation_id, jobs.id, fresh.event_id, fresh.entity_type, fresh.action,
               fresh.payload, fresh.notes
        FROM fresh JOIN jobs USING (link_id, direction, entity_type, side, native_id)
        WHERE fresh.operation_id IS NOT NULL
        ORDER BY fresh.position
    )
    SELECT fresh.link_id, fresh.source, fresh.event_id, fresh.body_hash, fresh.delivery_id, fresh.operation_id,
           EXISTS (SELECT 1 FROM deliveries d WHERE d.link_id = fresh.link_id AND d.source = fresh.source
                   AND d.event_id = fresh.event_id AND d.body_hash <> fresh.body_hash) AS twin
    FROM fresh WHERE fresh.is_first
"""  # noqa: S608 - constants of this code
_FIND_DELIVERIES = """
    SELECT d.link_id, d.source, d.event_id, d.body_hash, d.id AS delivery_id, d.operation_id, false AS twin
    FROM deliveries d
    JOIN unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS known(link_id, source, event_id, body_hash)
      USING (link_id, source, event_id, body_hash)
"""
_INSERT_OPERATIONS = text(
    """
    INSERT INTO reverse_operations (link_id, operation_id, job_id, event_id, entity_type, action_type,
                                    source_payload, notes, replay_of)
    SELECT * FROM unnest(
        CAST(:link_ids AS bigint[]), CAST(:operation_ids AS uuid[]), CAST(:job_ids AS bigint[]),
        CAST(:event_ids AS text[]), CAST(:entity_types AS text[]), CAST(:actions AS text[]),
        CAST(:patches AS jsonb[]), CAST(:notes AS jsonb[]), CAST(:replays AS uuid[]))
    """
)


async def store_group(engine: AsyncEngine, group: Sequence[Incoming]) -> list[Receipt]:
    """All or nothing. The same event twice in the group, or ever before, is stored once and gets the first receipt.

    The driver's own connection is used: the statement layer above it would cost more than the statement.
    """
    distinct: dict[EventKey, Incoming] = {}
    for item in group:
        distinct.setdefault(item.key, item)
    async with _driver_of(engine) as driver:
        receipts = await _store(driver, list(distinct.values()))
        known = [key for key in distinct if key not in receipts]
        if known:
            rows = await driver.fetch(_FIND_DELIVERIES, *_columns(known, 4))
            receipts |= {_key(row): _receipt(row, duplicate=True) for row in rows}
    return _answers(group, receipts)


@asynccontextmanager
async def _driver_of(engine: AsyncEngine) -> AsyncIterator[asyncpg.Connection]:
    """A driver's connection that is open, out of the pool.

    The pool does not see what happens to it. Unless it is told, it takes a broken one back and hands it out for ever,
    and nobody would know the driver's error for what it is: the database was away.
    """
    async with engine.connect() as connection:
        driver = await _raw(connection)
        if driver.is_closed():  # the server dropped it while it lay idle; known without a round trip
            await connection.invalidate()
            driver = await _raw(connection)
        try:
            yield driver
        except ValueError:
            raise  # a value the driver cannot send (some of these are InterfaceErrors too); the connection is well
        except _AWAY as error:
            await connection.invalidate()
            raise OperationalError(None, None, error) from error


async def _raw(connection: AsyncConnection) -> asyncpg.Connection:
    return (await connection.get_raw_connection()).driver_connection


async def _store(driver: asyncpg.Connection, items: Sequence[Incoming]) -> dict[EventKey, Receipt]:
    rows = await driver.fetch(_STORE, *_columns([row for item in items for row in _rows(item)], 19))
    return {_key(row): _receipt(row, duplicate=False) for row in rows}


def _rows(item: Incoming) -> list[tuple[Any, ...]]:
    first, *others = item.jobs
    return [
        _row(item, first, body=item.body, operation=item.operation),
        *(_row(item, job, body=b"", operation=None) for job in others),
    ]


def _row(item: Incoming, job: NewJob, *, body: bytes, operation: NewOperation | None) -> tuple[Any, ...]:
    return (
        *item.key,
        body,
        operation.operation_id if operation else None,
        job.module,
        job.direction.value,
        job.entity_type.value,
        job.side.value,
        job.native_id,
        job.action.value,
        orjson.dumps(job.payload).decode(),
        job.priority,
        job.max_attempts,
        job.traceparent,
        orjson.dumps(operation.notes).decode() if operation and operation.notes else "[]",
        job.delay,
        job is item.jobs[0],
    )


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[number] for row in rows] for number in range(width)]


def _receipt(row: asyncpg.Record, *, duplicate: bool) -> Receipt:
    return Receipt(
        operation_id=row["operation_id"], delivery_id=row["delivery_id"], duplicate=duplicate, twin=row["twin"]
    )


def _key(row: asyncpg.Record) -> EventKey:
    return (row["link_id"], row["source"], row["event_id"], row["body_hash"])


async def insert_operations(connection: AsyncConnection, rows: Sequence[tuple[int, int, NewOperation]]) -> None:
    """(link id, job id, operation) each, in this order: an operation's own id orders the patches of one job."""
    await connection.execute(
        _INSERT_OPERATIONS,
        {
            "link_ids": [link_id for link_id, _, _ in rows],
            "operation_ids": [operation.operation_id for _, _, operation in rows],
            "job_ids": [job_id for _, job_id, _ in rows],
            "event_ids": [operation.event_id for _, _, operation in rows],
            "entity_types": [operation.entity_type.value for _, _, operation in rows],
            "actions": [operation.action.value for _, _, operation in rows],
            "patches": [orjson.dumps(operation.patch).decode() for _, _, operation in rows],
            "notes": [orjson.dumps(operation.notes).decode() for _, _, operation in rows],
            "replays": [operation.replay_of for _, _, operation in rows],
        },
    )


def _answers(group: Sequence[Incoming], receipts: dict[EventKey, Receipt]) -> list[Receipt]:
    """In the order of the group; a repetition within it is a duplicate, a second body of one id a twin."""
    answers: list[Receipt] = []
    seen: set[EventKey] = set()
    bodies: dict[tuple[int, str, str], str] = {}
    for item in group:
        receipt = receipts[item.key]
        if item.key in seen:
            receipt = replace(receipt, duplicate=True)
        elif bodies.setdefault(item.key[:3], item.body_hash) != item.body_hash:
            receipt = replace(receipt, twin=True)
        seen.add(item.key)
        answers.append(receipt)
    return answers
