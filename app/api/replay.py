"""The same event once more, as an operation of its own: for when what stood in its way has been mended."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from app.api.operation_store import find_job_of, get_operation
from app.connections.models import Link
from app.db.session import SessionMaker
from app.db.sync_log import LogEntry, write_logs
from app.errors import Conflict, SwitchedOff
from app.ingest.models import OperationStatus, ReverseOperation
from app.ingest.store import NewOperation, insert_operations
from app.queue.models import Job
from app.queue.store import NewJob, enqueue


async def replay(
    sessions: SessionMaker, operation_id: uuid.UUID, *, caller: str, max_attempts: int
) -> tuple[uuid.UUID, int]:
    """The new operation's id and its job's; both are committed on return.

    Raises `NotFound`, `Conflict` for one that has not ended, `SwitchedOff` where the webhook would be refused too.
    """
    async with sessions.begin() as session:
        link, operation, job = await _load(session, operation_id)
        new = NewOperation(
            operation_id=uuid.uuid4(),
            event_id=operation.event_id,
            entity_type=operation.entity_type,
            action=operation.action_type,
            patch=operation.source_payload,
            replay_of=operation_id,
        )
        connection = await session.connection()
        [new_job_id] = (await enqueue(connection, [_again(job, operation, max_attempts)])).values()
        await insert_operations(connection, [(link.id, new_job_id, new)])
        await write_logs(session, _entries(operation, new, job_id=new_job_id, caller=caller))
    return new.operation_id, new_job_id


async def _load(session: AsyncSession, operation_id: uuid.UUID) -> tuple[Link, ReverseOperation, Job]:
    link, operation = await get_operation(session, operation_id)
    if operation.status is OperationStatus.PROCESSING:
        raise Conflict(f"operation {operation_id} has not ended yet; to hurry it, retry its job {operation.job_id}")
    if not (link.enabled and link.reverse_sync):
        raise SwitchedOff(f"link {link.slug}: reverse sync is switched off; nothing was queued")
    job = await find_job_of(session, operation)
    if job is None:
        raise Conflict(f"the job of operation {operation_id} has left with its retention; send the event again")
    return link, operation, job


def _again(job: Job, operation: ReverseOperation, max_attempts: int) -> NewJob:
    """The record's place in the queue with this event's fields alone; the old job may have carried several."""
    return NewJob(
        link_id=job.link_id,
        module=job.module,
        direction=job.direction,
        entity_type=job.entity_type,
        side=job.side,
        native_id=job.native_id,
        action=operation.action_type,
        payload=operation.source_payload,
        priority=job.priority,
        max_attempts=max_attempts,
    )


def _entries(operation: ReverseOperation, new: NewOperation, *, job_id: int, caller: str) -> list[LogEntry]:
    old_id, new_id = str(operation.operation_id), str(new.operation_id)
    return [
        LogEntry(
            link_id=operation.link_id,
            event="operation.replayed",
            message=f"replayed by {caller} as operation {new_id}",
            module="api",
            context={"by": caller, "operation": new_id},
            operation_id=old_id,
            job_id=operation.job_id,
        ),
        LogEntry(
            link_id=operation.link_id,
            event="operation.accepted",
            message=f"a replay of operation {old_id}, asked for by {caller}",
            module="api",
            context={"by": caller, "replay_of": old_id},
            operation_id=new_id,
            job_id=job_id,
        ),
    ]
