"""The reverse operations of a job: loaded before the work, settled with it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import Action, EntityType, Json
from app.queue.models import Outcome
from app.queue.store import ClaimedJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One event's patch, as validated."""

    operation_id: uuid.UUID
    event_id: str
    action: Action
    patch: dict[str, Json]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationEnd:
    """`error_status` is None for a success."""

    link_id: int
    operation_id: uuid.UUID
    outcome: Outcome | None
    entity_id: str | None = None
    message: str | None = None
    notes: tuple[str, ...] = ()
    error_code: str | None = None
    error_message: str | None = None
    error_status: int | None = None

    @property
    def status(self) -> str:
        return "success" if self.error_status is None else "failed"


# Ordered by their own id: the order in which they were accepted.
_LOAD = text(
    """
    UPDATE reverse_operations o SET started_at = COALESCE(o.started_at, now())
    FROM unnest(CAST(:link_ids AS bigint[]), CAST(:job_ids AS bigint[])) AS wanted(link_id, job_id)
    WHERE o.link_id = wanted.link_id AND o.job_id = wanted.job_id AND o.status = 'processing'
    RETURNING o.id, o.job_id, o.operation_id, o.event_id, o.action_type, o.source_payload, o.notes
    """
)
_SETTLE = text(
    """
    UPDATE reverse_operations o
    SET status = done.status, outcome = done.outcome, entity_id = done.entity_id, message = done.message,
        notes = o.notes || done.notes, error_code = done.error_code, error_message = done.error_message,
        error_status = done.error_status, finished_at = now()
    FROM unnest(CAST(:link_ids AS bigint[]), CAST(:operation_ids AS uuid[]), CAST(:statuses AS text[]),
                CAST(:outcomes AS text[]), CAST(:entity_ids AS text[]), CAST(:messages AS text[]),
                CAST(:notes AS jsonb[]), CAST(:codes AS text[]), CAST(:errors AS text[]),
                CAST(:error_statuses AS int[]))
      AS done(link_id, operation_id, status, outcome, entity_id, message, notes, error_code, error_message,
              error_status)
    WHERE o.link_id = done.link_id AND o.operation_id = done.operation_id AND o.status = 'processing'
    """
)


async def load_operations(session: AsyncSession, jobs: Sequence[ClaimedJob]) -> dict[int, list[Operation]]:
    """Open operations by job id, in the order in which they were accepted."""
    rows = await session.execute(
        _LOAD, {"link_ids": [job.link_id for job in jobs], "job_ids": [job.id for job in jobs]}
    )
    loaded: dict[int, list[tuple[int, Operation]]] = {job.id: [] for job in jobs}
    for row in rows:
        operation = Operation(
            operation_id=row.operation_id,
            event_id=row.event_id,
            action=Action(row.action_type),
            patch=_json(row.source_payload),
            notes=tuple(_json(row.notes)),
        )
        loaded[row.job_id].append((row.id, operation))
    return {
        job_id: [operation for _, operation in sorted(numbered, key=lambda pair: pair[0])]
        for job_id, numbered in loaded.items()
    }


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, str) else value


async def settle_operations(session: AsyncSession, ends: Sequence[OperationEnd]) -> None:
    """In the caller's transaction; an operation settles once."""
    if not ends:
        return
    await session.execute(
        _SETTLE,
        {
            "link_ids": [end.link_id for end in ends],
            "operation_ids": [end.operation_id for end in ends],
            "statuses": [end.status for end in ends],
            "outcomes": [end.outcome.value if end.outcome else None for end in ends],
            "entity_ids": [end.entity_id for end in ends],
            "messages": [end.message for end in ends],
            "notes": [orjson.dumps(list(end.notes)).decode() for end in ends],
            "codes": [end.error_code for end in ends],
            "errors": [end.error_message for end in ends],
            "error_statuses": [end.error_status for end in ends],
        },
    )


# A job that gives up without having looked at its operations must still answer each of them.
_CLOSE_OPEN = text(
    """
    UPDATE reverse_operations o
    SET status = 'failed', error_code = q.error_code, error_message = q.error_message,
        error_status = CASE q.status WHEN 'cancelled' THEN 409 ELSE 500 END, finished_at = now()
    FROM sync_queue q
    WHERE o.link_id = q.link_id AND o.job_id = q.id AND o.status = 'processing'
      AND q.link_id = ANY(CAST(:link_ids AS bigint[])) AND q.id = ANY(CAST(:job_ids AS bigint[]))
      AND q.status IN ('failed', 'cancelled')
    """
)


async def close_open_operations(session: AsyncSession, *, link_ids: Sequence[int], job_ids: Sequence[int]) -> None:
    """Operations of jobs that failed or were cancelled get the job's error as their answer."""
    if job_ids:
        await session.execute(_CLOSE_OPEN, {"link_ids": sorted(set(link_ids)), "job_ids": list(job_ids)})


# Only operations accepted after ours are looked at, along the index on (link, status, id).
_SUPERSEDED = text(
    """
    SELECT DISTINCT jsonb_object_keys(later.source_payload) AS name
    FROM reverse_operations later
    WHERE later.link_id = :link_id AND later.status = 'success' AND later.entity_type = :entity_type
      AND later.entity_id = :entity_id
      AND later.id > (SELECT max(mine.id) FROM reverse_operations mine
                      WHERE mine.link_id = :link_id AND mine.operation_id = ANY(CAST(:operation_ids AS uuid[])))
    """
)
_ADDED = frozenset({"message", "message_private"})


async def find_superseded(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, entity_id: str, operation_ids: Sequence[uuid.UUID]
) -> set[str]:
    """Fields that a later event has already set on this record. What adds to a record is superseded by nothing."""
    rows = await session.execute(
        _SUPERSEDED,
        {
            "link_id": link_id,
            "entity_type": entity_type.value,
            "entity_id": entity_id,
            "operation_ids": list(operation_ids),
        },
    )
    return {row.name for row in rows} - _ADDED
