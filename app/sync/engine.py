"""One batch of jobs from claim to end. The only broad `except` of the worker is here.

A batch is of one link, direction, entity type and side. Commands of Odoo in the shop's words are applied
(`sync/reverse.py`). Records that may have changed go through the two-way sync (`sync/two_way.py`) where the link takes
them. Where it does not, a shop's event is judged, echo or genuine (`sync/echo.py`); a genuine one stays in the queue,
held, until the link takes it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

import structlog
from sqlalchemy.exc import DBAPIError

from app import tracing
from app.context import mark_as_reverse_sync
from app.db.session import SessionMaker
from app.db.sync_log import LogEntry, LogLevel
from app.entities.base import Direction, EntityType, Side
from app.entities.merging import merge_patches
from app.entities.records import COUNTED
from app.errors import AppError, Rejected, Retryable
from app.queue.models import JobStatus, Outcome
from app.queue.requeue import Requeue
from app.queue.store import ClaimedJob, Settled
from app.sync.documents import Documents
from app.sync.echo import Echo, Genuine, Verdict, judge
from app.sync.ending import JobEnd, RetryPolicy, end_job, end_synced
from app.sync.ends import open_ends
from app.sync.finish import finish
from app.sync.operations import Operation, load_operations
from app.sync.pair_work import Ends, Prefetched, Synced
from app.sync.peers import LinkTerms, Peers
from app.sync.reverse import NotApplied, Result, ReverseSync
from app.sync.two_way import TwoWay
from app.sync.work import Unit

HELD = "this link does not take it from the shop (see its `sync` settings); kept for when it does. "

RACES = 3
RACE_STATES = frozenset({"40P01", "40001"})  # deadlock_detected, serialization_failure

log = structlog.get_logger(__name__)


class Engine:
    """`on_end` is told of every ended job (metrics, debug mirror); it must not block or raise."""

    def __init__(
        self,
        sessions: SessionMaker,
        peers: Peers,
        policy: RetryPolicy,
        *,
        on_end: Callable[[JobEnd, float], None] = lambda end, seconds: None,
    ) -> None:
        self._sessions = sessions
        self._peers = peers
        self._policy = policy
        self._on_end = on_end

    async def run(self, jobs: Sequence[ClaimedJob], prefetched: Prefetched | None = None) -> list[JobEnd]:
        """How those ended that were still ours. Never raises for what a job did; raises when the database is away (the
        leases then run out). `prefetched`: what a bulk has listed already."""
        with tracing.batch(jobs) as span:
            return await self._run(jobs, prefetched, span)

    async def _run(
        self, jobs: Sequence[ClaimedJob], prefetched: Prefetched | None, span: tracing.BatchSpan
    ) -> list[JobEnd]:
        started = time.monotonic()
        live = [job for job in jobs if job.attempts <= job.max_attempts]
        ends = [self._exhausted(job) for job in jobs if job.attempts > job.max_attempts]
        if live:
            ends += await self._decide(live, prefetched)
        effective = await self._finish(ends)
        seconds = time.monotonic() - started
        tell = log.bind()  # once for the batch: what it costs to find the logger is more than a line that is not wanted
        for end in effective:
            span.ended(end.job.id, end.outcome, code=end.error_code)
            if tell.is_enabled_for(logging.INFO):
                tell.info("job.done", **_told(end, seconds))
            self._on_end(end, seconds)
        return effective

    async def _finish(self, ends: Sequence[JobEnd]) -> list[JobEnd]:
        """One transaction for the batch; one each if something in it cannot be stored, so that it fails alone."""
        try:
            return await self._finish_through_races(ends)
        except DBAPIError as error:
            if is_database_away(error):
                raise
            log.error("batch.not_stored", jobs=[end.job.id for end in ends], error=str(error.orig))
        if len(ends) > 1:
            return [end for each in ends for end in await self._finish([each])]
        unstored = Retryable("what the shop answered could not be stored; see the worker's log", code="internal")
        return await finish(self._sessions, [self._broken(ends[0].job, unstored)])

    async def _finish_through_races(self, ends: Sequence[JobEnd]) -> list[JobEnd]:
        """A deadlock is the database's way of saying "once more": what was written over there must not go unrecorded
        for it."""
        for _ in range(RACES):
            try:
                return await finish(self._sessions, ends)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in RACE_STATES:
                    raise
                log.warning("batch.stored_again", jobs=[end.job.id for end in ends])
        return await finish(self._sessions, ends)

    async def _decide(self, jobs: Sequence[ClaimedJob], prefetched: Prefetched | None = None) -> list[JobEnd]:
        try:
            first = jobs[0]
            if first.direction is Direction.ODOO_TO_SHOP and first.side is Side.SHOP:
                return await self._reverse(jobs)
            terms = await self._peers.terms(first.link_id)
            if first.entity_type in terms.sync.documents and first.side is Side.ODOO:
                return await self._documents(jobs)
            if terms.sync.flows(first.entity_type, first.direction):
                return await self._two_way(jobs, terms, prefetched)
            if first.side is Side.SHOP and not self._is_let_go(first, terms):
                return await self._judge(jobs)
            return [self._switched_off(job) for job in jobs]
        except Exception as error:
            if isinstance(error, OSError | AppError) or is_database_away(error) or len(jobs) == 1:
                return [self._broken(job, error) for job in jobs]
            # One of them broke the batch; alone, it breaks itself only.
            log.exception("batch.broken", jobs=[job.id for job in jobs])
            return [end for job in jobs for end in await self._decide([job])]

    async def _reverse(self, jobs: Sequence[ClaimedJob]) -> list[JobEnd]:
        async with self._sessions.autocommit() as session:
            operations = await load_operations(session, jobs)
        merged = [unit for job in jobs if (unit := _merged(job, operations[job.id])) is not None]
        results: dict[int, list[Result]] = {}
        if merged:
            for result in await self._apply(merged):
                results[result.unit.job.id] = [result]
        for job in jobs:
            if _must_split(results.get(job.id), operations[job.id]):
                results[job.id] = await self._one_by_one(job, operations[job.id])
        return [end_job(job, results.get(job.id, []), self._policy) for job in jobs]

    async def _apply(self, units: Sequence[Unit]) -> list[Result]:
        """A failure of the whole batch (the shop is down) is each unit's failure."""
        job = units[0].job
        name = units[0].operation_id if len(units) == 1 else f"batch-{job.lease_token}"
        try:
            with mark_as_reverse_sync(name):
                connector = await self._peers.get(job.link_id, Side.SHOP)
                return await ReverseSync(self._sessions, connector.port(job.entity_type)).apply(units)
        except AppError as error:
            return [NotApplied(unit=unit, error=error) for unit in units]

    async def _one_by_one(self, job: ClaimedJob, operations: Sequence[Operation]) -> list[Result]:
        """In order; the first that has to wait stops the rest, so that later edits never overtake earlier ones."""
        results: list[Result] = []
        for operation in operations:
            [result] = await self._apply([Unit(job=job, operations=[operation], patch=operation.patch)])
            results.append(result)
            if isinstance(result, NotApplied) and not isinstance(result.error, Rejected):
                break
        return results

    async def _two_way(
        self, jobs: Sequence[ClaimedJob], terms: LinkTerms, prefetched: Prefetched | None
    ) -> list[JobEnd]:
        """A failure of the whole batch (a peer is down) is each job's failure."""
        first = jobs[0]
        try:
            with mark_as_reverse_sync(f"batch-{first.lease_token}"):
                results = await TwoWay(self._sessions, await self._ends(first, terms)).apply(jobs, prefetched)
        except AppError as error:
            return [self._broken(job, error) for job in jobs]
        return [self._ended(job, result) for job, result in zip(jobs, results, strict=True)]

    async def _documents(self, jobs: Sequence[ClaimedJob]) -> list[JobEnd]:
        first = jobs[0]
        documents = Documents(
            self._sessions,
            link_id=first.link_id,
            entity_type=first.entity_type,
            source=await self._peers.port(first.link_id, Side.ODOO, first.entity_type),
            people=await self._peers.port(first.link_id, Side.ODOO, EntityType.CUSTOMER),
        )
        results = await documents.apply(jobs)
        return [self._ended(job, result) for job, result in zip(jobs, results, strict=True)]

    def _ended(self, job: ClaimedJob, result: Synced | NotApplied) -> JobEnd:
        return end_synced(result) if isinstance(result, Synced) else end_job(job, [result], self._policy)

    async def _ends(self, job: ClaimedJob, terms: LinkTerms) -> Ends:
        return await open_ends(self._peers, terms, job.entity_type, job.side)

    def _is_let_go(self, job: ClaimedJob, terms: LinkTerms) -> bool:
        """A count that goes the other way only: every order in the shop changes it, and Odoo's next one replaces it."""
        return job.entity_type in COUNTED and terms.sync.flows(job.entity_type, Direction.ODOO_TO_SHOP)

    def _switched_off(self, job: ClaimedJob) -> JobEnd:
        """Nothing is lost by forgetting it: a first sync and a reconciliation read all."""
        where = "Odoo" if job.side is Side.ODOO else "the shop"
        said = f"{job.entity_type} {job.native_id}: this link takes no {job.entity_type} from {where}"
        settled = Settled(job=job, status=JobStatus.COMPLETED, outcome=Outcome.UNCHANGED)
        entry = _log(job, "change.ignored", said)
        return JobEnd(job=job, results=[], operations=[], logs=[entry], settled=settled)

    async def _judge(self, jobs: Sequence[ClaimedJob]) -> list[JobEnd]:
        connector = await self._peers.get(jobs[0].link_id, Side.SHOP)
        verdicts = await judge(self._sessions, connector.port(jobs[0].entity_type), jobs)
        return [self._judged(verdict) for verdict in verdicts]

    def _judged(self, verdict: Verdict) -> JobEnd:
        job = verdict.job
        if isinstance(verdict, Echo):
            settled = Settled(job=job, status=JobStatus.COMPLETED, outcome=Outcome.UNCHANGED)
            entry = _log(job, "echo.dropped", f"{job.entity_type} {job.native_id}: echo of our own write")
            return JobEnd(job=job, results=[], operations=[], logs=[entry], settled=settled)
        if isinstance(verdict, Genuine):
            order = Requeue(
                link_id=job.link_id,
                id=job.id,
                expected_token=job.lease_token,
                count_attempt=False,
                held_reason=HELD + verdict.reason,
            )
            entry = _log(job, "change.held", verdict.reason, fields=list(verdict.changed))
            return JobEnd(job=job, results=[], operations=[], logs=[entry], requeue=order)
        return self._broken(job, verdict.error)

    def _broken(self, job: ClaimedJob, error: Exception) -> JobEnd:
        known = error if isinstance(error, AppError) else _internal(error)
        if not isinstance(error, AppError):
            trace = None if is_database_away(error) else error
            log.error("job.broken", job_id=job.id, error=type(error).__name__, exc_info=trace)
        return end_job(job, [NotApplied(unit=_bare(job), error=known)], self._policy)

    def _exhausted(self, job: ClaimedJob) -> JobEnd:
        error = Retryable("the worker died on it each time", code="worker_lost")
        return end_job(job, [NotApplied(unit=_bare(job), error=error)], self._policy)


def _told(end: JobEnd, seconds: float) -> dict[str, object]:
    return {
        "job_id": end.job.id,
        "link_id": end.job.link_id,
        "direction": end.job.direction.value,
        "entity_type": end.job.entity_type.value,
        "key": end.job.native_id,
        "outcome": end.outcome,
        "attempt": end.job.attempts,
        "operations": [str(each.operation_id) for each in end.operations],
        "ms": round(seconds * 1000, 1),
    }


def _merged(job: ClaimedJob, operations: Sequence[Operation]) -> Unit | None:
    patch = merge_patches(job.entity_type, [operation.patch for operation in operations])
    return Unit(job=job, operations=operations, patch=patch) if operations and patch is not None else None


def _must_split(results: Sequence[Result] | None, operations: Sequence[Operation]) -> bool:
    """Several edits went as one write and the shop said no: the good ones must not fall with the bad one."""
    if len(operations) < 2:
        return False
    return results is None or (isinstance(results[0], NotApplied) and isinstance(results[0].error, Rejected))


def _bare(job: ClaimedJob) -> Unit:
    return Unit(job=job, operations=[], patch={})


def _internal(error: Exception) -> AppError:
    if is_database_away(error):
        return Retryable("the database was away for a moment", code="database_away")
    return Retryable(f"internal error ({type(error).__name__}); see the worker's log for job details", code="internal")


def is_database_away(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _log(job: ClaimedJob, event: str, message: str, **context: object) -> LogEntry:
    return LogEntry(
        link_id=job.link_id,
        event=event,
        message=message,
        level=LogLevel.INFO,
        module=job.module,
        context={"entity_type": job.entity_type.value, "key": job.native_id, **context},
        job_id=job.id,
    )
