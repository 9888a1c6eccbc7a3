"""How far a run is: its jobs counted, what it waits for, how fast it goes and how long it will take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.sync.models import RunKind, RunStatus
from app.sync.runs import RunView

WINDOW_S: Final = 60.0
"""The rate of a running bulk is that of its last minute: a run that was paused for a night is not slow for that."""
PATIENCE: Final = timedelta(minutes=2)
"""A job that needs a person looks every minute whether somebody has been there (`sources.py`, `dependencies.py`)."""
STUCK: Final = ("dependency", "own_write_open")
"""Codes of jobs that are put back for as long as it takes, without ever using up their attempts."""

# `done` in the end is what ended well, and what needed no job of the run's because another one waited already. A job
# that went under a newer one of its record (`merged`) is that one's.
_COUNT = text(
    """
    SELECT count(*) FILTER (WHERE status IN ('pending', 'processing')) AS waiting,
           count(*) FILTER (WHERE status IN ('failed', 'parked') OR outcome = 'rejected') AS failed,
           count(*) FILTER (WHERE processed_at > now() - interval '60 seconds') AS lately,
           count(*) AS jobs,
           count(*) FILTER (WHERE status = 'pending'
                            AND (held_reason IS NOT NULL OR error_code = ANY(CAST(:stuck AS text[])))) AS stuck,
           COALESCE(max(GREATEST(created_at, processed_at)) < now() - CAST(:patience AS interval), false) AS quiet,
           min(error_message) FILTER (WHERE status = 'pending') AS reason,
           now() AS at
    FROM sync_queue WHERE link_id = :link_id AND run_id = :id
    """
)
_NOTE = text(
    """
    UPDATE runs SET done = :done, failed = :failed
    WHERE link_id = :link_id AND id = :id AND status = 'running'
    """
)
_WHY = text(
    """
    SELECT error_message AS said, count(*) AS jobs FROM sync_queue
    WHERE link_id = :link_id AND run_id = :id
      AND (status IN ('failed', 'parked') OR outcome = 'rejected') AND error_message IS NOT NULL
    GROUP BY error_message ORDER BY jobs DESC, said LIMIT :most
    """
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCount:
    """`waiting`: jobs that have not ended; `lately`: those that ended within `WINDOW_S`; `reason`: why one waits.
    `nothing_moves`: they wait for what will not come by itself, and no other has ended for `PATIENCE`."""

    done: int
    failed: int
    waiting: int
    lately: int = 0
    reason: str | None = None
    nothing_moves: bool = False
    at: datetime

    def rate_per_s(self, run: RunView) -> float:
        """Records per second: of the last minute while it runs, on the whole afterwards."""
        running = run.status is RunStatus.RUNNING
        seconds = ((self.at if running else run.finished_at or self.at) - run.created_at).total_seconds()
        if not counts_jobs(run):
            return run.seen / seconds if seconds > 0 else 0.0
        ended, over = (self.lately, min(seconds, WINDOW_S)) if running else (self.done + self.failed, seconds)
        return ended / over if over > 0 else 0.0

    def left_s(self, run: RunView) -> float | None:
        """Seconds until the end at this rate; None where that cannot be said."""
        rate = self.rate_per_s(run)
        if run.status is not RunStatus.RUNNING or run.total is None or rate <= 0 or not counts_jobs(run):
            return None
        return max(run.total - self.done - self.failed, 0) / rate


def counts_jobs(run: RunView) -> bool:
    """A reconciliation counts what it has compared; its jobs are not the run's."""
    return run.kind is not RunKind.RECONCILE


async def count_run(session: AsyncSession, run: RunView) -> RunCount:
    """Its jobs as they are now: what was retried after the run's end counts as what became of it. Once jobs have left,
    after their retention, a run that has ended is as it was counted then."""
    if not counts_jobs(run):
        return RunCount(done=run.done, failed=run.failed, waiting=0, at=datetime.now(UTC))
    row = (await session.execute(_COUNT, _counting(run))).one()
    purged = max(run.queued - row.jobs, 0)
    if purged and run.status is not RunStatus.RUNNING:
        return RunCount(done=run.done, failed=run.failed, waiting=row.waiting, reason=row.reason, at=row.at)
    without_job = run.seen - run.queued
    return RunCount(
        done=row.jobs - row.waiting - row.failed + purged + without_job,
        failed=row.failed,
        waiting=row.waiting,
        lately=row.lately,
        reason=row.reason,
        nothing_moves=row.quiet and 0 < row.waiting == row.stuck,
        at=row.at,
    )


def _counting(run: RunView) -> dict[str, object]:
    return {"link_id": run.link_id, "id": run.id, "stuck": list(STUCK), "patience": PATIENCE}


async def why_failed(session: AsyncSession, run: RunView, *, most: int) -> list[tuple[str, int]]:
    """What the run's jobs that need a person say, with how many say it, the most frequent first."""
    rows = await session.execute(_WHY, {"link_id": run.link_id, "id": run.id, "most": most})
    return [(row.said, row.jobs) for row in rows]


async def note_count(session: AsyncSession, run: RunView, count: RunCount) -> None:
    """For the list of runs, and for good when it ends."""
    parameters = {"link_id": run.link_id, "id": run.id, "done": count.done, "failed": count.failed}
    await session.execute(_NOTE, parameters)
