"""Waiting for what became of an operation, for senders who ask with `Prefer: wait=N`.

One look at the table for all waiters of a process, however many: no connection is held while waiting, nothing is
listened to (a transaction pooler would not carry LISTEN), and it works when the worker is on another machine.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db.session import SessionMaker
from app.ingest.models import OperationStatus

LOOK_EVERY_S = 0.02

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationOutcome:
    """How one operation ended."""

    operation_id: uuid.UUID
    status: OperationStatus
    outcome: str | None
    entity_id: str | None
    message: str | None
    notes: tuple[str, ...]
    error_code: str | None
    error_message: str | None
    error_status: int | None


_FINISHED = text(
    """
    SELECT operation_id, status, outcome, entity_id, message, notes, error_code, error_message, error_status
    FROM reverse_operations
    WHERE link_id = ANY(CAST(:link_ids AS bigint[])) AND operation_id = ANY(CAST(:operation_ids AS uuid[]))
      AND status <> 'processing'
    """
)


@dataclass(slots=True)
class _Waited:
    link_id: int
    future: asyncio.Future[OperationOutcome | None]
    requests: int = 0


class OutcomeWaiter:
    def __init__(self, sessions: SessionMaker) -> None:
        self._sessions = sessions
        self._waited: dict[uuid.UUID, _Waited] = {}
        self._watch: asyncio.Task[None] | None = None
        self._closed = False

    def close(self) -> None:
        """Nobody waits any more: the process is about to end, and whoever waits is to hear that the event is safe."""
        self._closed = True
        for waited in self._waited.values():
            if not waited.future.done():
                waited.future.set_result(None)

    async def wait(self, *, link_id: int, operation_id: uuid.UUID, timeout_s: float) -> OperationOutcome | None:
        """None when it is not settled in time, or the process ends before; the operation goes on."""
        if self._closed:
            return None
        waited = self._waited.get(operation_id)
        if waited is None:
            waited = _Waited(link_id, asyncio.get_running_loop().create_future())
            self._waited[operation_id] = waited
        waited.requests += 1
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._look_until_empty(), name="outcomes")
        try:
            return await asyncio.wait_for(asyncio.shield(waited.future), timeout_s)
        except TimeoutError:
            return None
        finally:
            waited.requests -= 1
            if not waited.requests:
                self._waited.pop(operation_id, None)

    async def _look_until_empty(self) -> None:
        while self._waited:
            try:
                outcomes = await self._find()
            except (SQLAlchemyError, OSError) as error:
                # The waiters get their 202 when their time is up; the events are safe in the table.
                log.warning("outcome.look_failed", error=type(error).__name__)
                outcomes = []
            for outcome in outcomes:
                waited = self._waited.get(outcome.operation_id)
                if waited is not None and not waited.future.done():
                    waited.future.set_result(outcome)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _find(self) -> list[OperationOutcome]:
        open_ones = {key: waited for key, waited in self._waited.items() if not waited.future.done()}
        parameters = {
            "link_ids": sorted({waited.link_id for waited in open_ones.values()}),
            "operation_ids": list(open_ones),
        }
        async with self._sessions() as session:
            rows = (await session.execute(_FINISHED, parameters)).all()
        return [_outcome(row) for row in rows]


def _outcome(row: Any) -> OperationOutcome:
    return OperationOutcome(
        operation_id=row.operation_id,
        status=OperationStatus(row.status),
        outcome=row.outcome,
        entity_id=row.entity_id,
        message=row.message,
        notes=tuple(row.notes),
        error_code=row.error_code,
        error_message=row.error_message,
        error_status=row.error_status,
    )
