"""Deliveries, operations and jobs of a group of webhooks, in one transaction. Nothing is accepted that is not here."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.entities.base import Action, EntityType, Json, Side
from app.queue.store import NewJob, enqueue

JobKey = tuple[int, str, str, str, str]
EventKey = tuple[int, str, str, str]


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
    """One webhook that passed every check. `operation` is None for the shop's own events."""

    link_id: int
    source: Side
    event_id: str
    body_hash: str
    body: bytes
    job: NewJob
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


# `twin` is judged on the state before this statement; two bodies of one id in one group are told apart by the caller.
_INSERT_DELIVERIES = text(
    """
    WITH new AS (
        INSERT INTO deliveries (link_id, source, event_id, body_hash, body, operation_id)
        SELECT * FROM unnest(
            CAST(:link_ids AS bigint[]), CAST(:sources AS text[]), CAST(:event_ids AS text[]),
            CAST(:body_hashes AS text[]), CAST(:bodies AS bytea[]), CAST(:operation_ids AS uuid[]))
        ON CONFLICT (link_id, source, event_id, body_hash) DO NOTHING
        RETURNING link_id, source, event_id, body_hash, id, operation_id
    )
    SELECT new.*, EXISTS (SELECT 1 FROM deliveries d WHERE d.link_id = new.link_id AND d.source = new.source
                          AND d.event_id = new.event_id AND d.body_hash <> new.body_hash) AS twin
    FROM new
    """
)
_FIND_DELIVERIES = text(
    """
    SELECT d.link_id, d.source, d.event_id, d.body_hash, d.id, d.operation_id
    FROM deliveries d
    JOIN unnest(CAST(:link_ids AS bigint[]), CAST(:sources AS text[]), CAST(:event_ids AS text[]),
                CAST(:body_hashes AS text[])) AS known(link_id, source, event_id, body_hash)
      USING (link_id, source, event_id, body_hash)
    """
)
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
_NAME_JOBS = text(
    """
    UPDATE deliveries d SET job_id = known.job_id
    FROM unnest(CAST(:link_ids AS bigint[]), CAST(:ids AS bigint[]), CAST(:job_ids AS bigint[]))
      AS known(link_id, id, job_id)
    WHERE d.link_id = known.link_id AND d.id = known.id
    """
)


async def store_group(engine: AsyncEngine, group: Sequence[Incoming]) -> list[Receipt]:
    """All or nothing. The same event twice in the group, or ever before, is stored once and gets the first receipt."""
    distinct: dict[EventKey, Incoming] = {}
    for item in group:
        distinct.setdefault(item.key, item)
    async with engine.begin() as connection:
        receipts = await _insert_deliveries(connection, list(distinct.values()))
        fresh = [item for key, item in distinct.items() if not receipts[key].duplicate]
        if fresh:
            await store_jobs(connection, fresh, receipts)
    return _answers(group, receipts)


async def store_jobs(connection: AsyncConnection, fresh: Sequence[Incoming], receipts: dict[EventKey, Receipt]) -> None:
    job_ids = await enqueue(connection, merge_jobs([item.job for item in fresh]))
    commands = [item for item in fresh if item.operation is not None]
    if commands:
        await insert_operations(
            connection,
            [(item.link_id, job_ids[item.job.key], item.operation) for item in commands if item.operation],
        )
    hints = [item for item in fresh if item.operation is None]
    if hints:
        await connection.execute(
            _NAME_JOBS,
            {
                "link_ids": [item.link_id for item in hints],
                "ids": [receipts[item.key].delivery_id for item in hints],
                "job_ids": [job_ids[item.job.key] for item in hints],
            },
        )


def merge_jobs(jobs: Sequence[NewJob]) -> list[NewJob]:
    """One job per key, merged as the database merges: later fields win, a create stays a create."""
    merged: dict[JobKey, NewJob] = {}
    for job in jobs:
        earlier = merged.get(job.key)
        if earlier is not None:
            creates = Action.CREATED in (earlier.action, job.action) and job.action is not Action.DELETED
            job = replace(
                job,
                payload={**earlier.payload, **job.payload},
                action=Action.CREATED if creates else job.action,
                priority=min(earlier.priority, job.priority),
            )
        merged[job.key] = job
    return list(merged.values())


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


async def _insert_deliveries(connection: AsyncConnection, items: Sequence[Incoming]) -> dict[EventKey, Receipt]:
    # Sorted, so that two processes storing the same events wait for each other in one order only.
    ordered = sorted(items, key=lambda item: item.key)
    parameters = _event_keys([item.key for item in ordered]) | {
        "bodies": [item.body for item in ordered],
        "operation_ids": [item.operation.operation_id if item.operation else None for item in ordered],
    }
    receipts: dict[EventKey, Receipt] = {}
    for row in await connection.execute(_INSERT_DELIVERIES, parameters):
        receipts[_key(row)] = Receipt(operation_id=row.operation_id, delivery_id=row.id, twin=row.twin)
    known = [item.key for item in ordered if item.key not in receipts]
    if known:
        for row in await connection.execute(_FIND_DELIVERIES, _event_keys(known)):
            receipts[_key(row)] = Receipt(operation_id=row.operation_id, delivery_id=row.id, duplicate=True)
    return receipts


def _event_keys(keys: Sequence[EventKey]) -> dict[str, list[Any]]:
    return {
        "link_ids": [key[0] for key in keys],
        "sources": [key[1] for key in keys],
        "event_ids": [key[2] for key in keys],
        "body_hashes": [key[3] for key in keys],
    }


def _key(row: Any) -> EventKey:
    return (row.link_id, row.source, row.event_id, row.body_hash)


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
