"""How a job ends, decided purely from what happened to its operations: settle, or put back and when."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.db.sync_log import LogEntry, LogLevel
from app.entities.base import EntityType, Side
from app.errors import (
    MANY_GONE,
    NOT_PERMITTED,
    ActionRequired,
    AppError,
    Parked,
    PeerDown,
    Rejected,
    Retryable,
    Snoozed,
)
from app.queue.models import JobStatus, Outcome
from app.queue.requeue import Requeue
from app.queue.retry import backoff
from app.queue.store import ClaimedJob, Settled
from app.sync.operations import OperationEnd
from app.sync.pair_work import Synced
from app.sync.reverse import Applied, NotApplied, Result

SNOOZE = timedelta(seconds=0.3)
# A shop that restarts is back in seconds, one under maintenance in hours; a person mends a key in minutes at best.
FIRST_DOWN, LONGEST_DOWN = timedelta(seconds=2), timedelta(seconds=30)
FIRST_REFUSED, LONGEST_REFUSED = timedelta(minutes=1), timedelta(minutes=15)
INTERNAL_ERROR_STATUS = 500
ECHO_DROPPED = "echo.dropped"
# Of several operations the first of these stands for the job; what waits for a person must be seen.
_RANK = (Outcome.PARKED, Outcome.CREATED, Outcome.WRITTEN, Outcome.UNCHANGED, Outcome.REJECTED)
_SAID = {
    Outcome.CREATED: "{noun} created successfully",
    Outcome.WRITTEN: "{noun} updated successfully",
    Outcome.UNCHANGED: "{noun} is already as asked; nothing was written",
}
_SYNCED = {
    Outcome.CREATED: "sync.created",
    Outcome.WRITTEN: "sync.written",
    Outcome.DELETED: "sync.deleted",
    Outcome.CONVERGED: "sync.converged",
    Outcome.UNCHANGED: ECHO_DROPPED,
}
_EVENT = {
    Outcome.CREATED: "sync.created",
    Outcome.WRITTEN: "sync.written",
    Outcome.UNCHANGED: "sync.unchanged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    base_s: float
    cap_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseOrder:
    """`entity_type` '' pauses the whole direction. Each further pause in a row is twice as long."""

    reason: str
    entity_type: str = ""
    first: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnd:
    """Exactly one of `settled` and `requeue` is set."""

    job: ClaimedJob
    results: Sequence[Result]
    operations: Sequence[OperationEnd]
    logs: Sequence[LogEntry]
    settled: Settled | None = None
    requeue: Requeue | None = None
    pause: PauseOrder | None = None
    synced: Synced | None = None

    @property
    def outcome(self) -> str:
        """For metrics and the log line."""
        if self.settled is None:
            return "held" if self.requeue and self.requeue.held_reason else "retry"
        return self.settled.outcome.value if self.settled.outcome else self.settled.status.value

    @property
    def error_code(self) -> str | None:
        ended = self.settled or self.requeue
        return ended.error_code if ended is not None else None

    @property
    def is_echo(self) -> bool:
        """The event showed nothing that we had not seen: here loops end."""
        return any(entry.event == ECHO_DROPPED for entry in self.logs)


def end_job(job: ClaimedJob, results: Sequence[Result], policy: RetryPolicy) -> JobEnd:
    """`results` in the order of the operations; a retryable one is the last."""
    last = results[-1] if results else None
    if isinstance(last, NotApplied) and not isinstance(last.error, Rejected):
        return _not_yet(job, results, last, policy)
    operations = [end for result in results for end in operation_ends(result)]
    outcome = _outcome(results)
    error = last.error if isinstance(last, NotApplied) else None
    settled = Settled(
        job=job,
        status=JobStatus.PARKED if outcome is Outcome.PARKED else JobStatus.COMPLETED,
        outcome=outcome,
        error_code=error.code if error else None,
        error_message=error.message if error else None,
    )
    return JobEnd(job=job, results=results, operations=operations, logs=_logs(job, results), settled=settled)


def end_synced(result: Synced) -> JobEnd:
    """A two-way job that went well; one that did not ends by `end_job`."""
    job = result.job
    entry = LogEntry(
        link_id=job.link_id,
        event=_SYNCED[result.outcome],
        message=result.message,
        module=job.module,
        context={"key": job.native_id, "side": result.side.value, "changes": dict(result.changes)}
        | ({"notes": list(result.notes)} if result.notes else {})
        | ({"conflicts": [each.conflict.name for each in result.conflicts]} if result.conflicts else {}),
        job_id=job.id,
        entity_type=job.entity_type.value,
        odoo_id=result.odoo_id,
        shop_id=result.shop_id,
    )
    settled = Settled(job=job, status=JobStatus.COMPLETED, outcome=result.outcome)
    return JobEnd(job=job, results=[], operations=[], logs=[entry], settled=settled, synced=result)


def _not_yet(job: ClaimedJob, results: Sequence[Result], last: NotApplied, policy: RetryPolicy) -> JobEnd:
    """The last operation could not be done now: those before it have ended, the job goes back or gives up."""
    earlier = [end for result in results[:-1] for end in operation_ends(result)]
    error = last.error
    counts = isinstance(error, Retryable) and not isinstance(error, Snoozed)
    if counts and job.attempts >= job.max_attempts:
        return _give_up(job, results, [*earlier, *operation_ends(last)], error)
    order = Requeue(
        link_id=job.link_id,
        id=job.id,
        expected_token=job.lease_token,
        delay=_delay(error, job.attempts, policy),
        count_attempt=counts,
        error_code=error.code,
        error_message=error.message,
    )
    logs = _logs(job, results[:-1])
    if not isinstance(error, Snoozed):
        logs.append(_entry(job, last, event="sync.retry", level=LogLevel.WARNING, message=error.message))
    return JobEnd(job=job, results=results, operations=earlier, logs=logs, requeue=order, pause=_pause(job, error))


def _pause(job: ClaimedJob, error: AppError) -> PauseOrder | None:
    """A person's turn, or a peer that is down: the jobs behind this one would only meet the same."""
    if isinstance(error, PeerDown):
        first = error.retry_in or FIRST_DOWN
        return PauseOrder(reason=error.message, first=first, longest=max(first, LONGEST_DOWN))
    if isinstance(error, ActionRequired):
        scope = job.entity_type.value if error.code in (NOT_PERMITTED, "not_installed", MANY_GONE) else ""
        return PauseOrder(reason=error.message, entity_type=scope, first=FIRST_REFUSED, longest=LONGEST_REFUSED)
    return None


def _give_up(job: ClaimedJob, results: Sequence[Result], operations: Sequence[OperationEnd], error: AppError) -> JobEnd:
    message = f"{error.message} (given up after {job.attempts} attempts; retry the job when the cause is mended)"
    settled = Settled(job=job, status=JobStatus.FAILED, outcome=None, error_code=error.code, error_message=message)
    logs = [*_logs(job, results[:-1])]
    last = results[-1]
    logs.append(_entry(job, last, event="sync.failed", level=LogLevel.ERROR, message=message))
    return JobEnd(job=job, results=results, operations=operations, logs=logs, settled=settled)


def _delay(error: AppError, attempts: int, policy: RetryPolicy) -> timedelta:
    if isinstance(error, ActionRequired | PeerDown):
        return timedelta()  # the pause is what waits
    if isinstance(error, Retryable) and error.retry_in is not None:
        return error.retry_in
    if isinstance(error, Snoozed):
        return SNOOZE
    return backoff(attempts, base_s=policy.base_s, cap_s=policy.cap_s)


def operation_ends(result: Result) -> list[OperationEnd]:
    return [_operation_end(result, operation.operation_id) for operation in result.unit.operations]


def _operation_end(result: Result, operation_id: uuid.UUID) -> OperationEnd:
    job = result.unit.job
    noun = _noun(job.entity_type)
    if isinstance(result, Applied):
        return OperationEnd(
            link_id=job.link_id,
            operation_id=operation_id,
            outcome=result.outcome,
            entity_id=result.native_id,
            message=_SAID[result.outcome].format(noun=noun),
            notes=result.notes,
        )
    error = result.error
    refused = isinstance(error, Rejected)
    outcome = (Outcome.PARKED if isinstance(error, Parked) else Outcome.REJECTED) if refused else None
    return OperationEnd(
        link_id=job.link_id,
        operation_id=operation_id,
        outcome=outcome,
        entity_id=error.native_id if isinstance(error, Parked) else None,
        error_code=error.code,
        error_message=error.message,
        error_status=error.status_code if refused else INTERNAL_ERROR_STATUS,
    )


def _outcome(results: Sequence[Result]) -> Outcome:
    outcomes = {_result_outcome(result) for result in results}
    return next((outcome for outcome in _RANK if outcome in outcomes), Outcome.UNCHANGED)


def _result_outcome(result: Result) -> Outcome:
    if isinstance(result, Applied):
        return result.outcome
    return Outcome.PARKED if isinstance(result.error, Parked) else Outcome.REJECTED


def _logs(job: ClaimedJob, results: Sequence[Result]) -> list[LogEntry]:
    entries = []
    for result in results:
        if isinstance(result, Applied):
            said = _SAID[result.outcome].format(noun=_noun(job.entity_type))
            entries.append(_entry(job, result, event=_EVENT[result.outcome], message=said))
        else:
            event = "sync.parked" if isinstance(result.error, Parked) else "sync.rejected"
            entries.append(_entry(job, result, event=event, level=LogLevel.WARNING, message=result.error.message))
    return entries


def _entry(job: ClaimedJob, result: Result, *, event: str, message: str, level: LogLevel = LogLevel.INFO) -> LogEntry:
    context: dict[str, object] = {"entity_type": job.entity_type.value, "key": job.native_id}
    if isinstance(result, Applied):
        context |= {"entity_id": result.native_id, "fields": sorted(result.written), "notes": list(result.notes)}
    else:
        context |= {"code": result.error.code, "attempt": job.attempts}
        if result.error.field:
            context["field"] = result.error.field
    return LogEntry(
        link_id=job.link_id,
        event=event,
        message=message,
        level=level,
        module=job.module,
        context=context,
        operation_id=result.unit.operation_id if result.unit.operations else None,
        job_id=job.id,
        entity_type=job.entity_type.value,
        odoo_id=job.native_id if job.side is Side.ODOO else None,
        shop_id=_shop_id(job, result),
    )


def _shop_id(job: ClaimedJob, result: Result) -> str | None:
    if isinstance(result, Applied):
        return result.native_id
    return job.native_id if job.side is Side.SHOP and job.native_id.isdigit() else None


def _noun(entity_type: EntityType) -> str:
    return entity_type.value.capitalize()
