"""What is counted of an ended job (`metrics.py`)."""

from __future__ import annotations

from app import metrics
from app.sync.ending import JobEnd


def count_end(end: JobEnd, seconds: float, *, link: str) -> None:
    """`seconds`: from the claim of its batch; `link`: the slug."""
    job = end.job
    direction, entity_type = job.direction.value, job.entity_type.value
    metrics.JOBS.labels(link, direction, entity_type, end.outcome).inc()
    metrics.JOB_SECONDS.labels(direction, entity_type).observe(seconds)
    if end.requeue is not None and end.requeue.error_code is not None:
        metrics.JOB_RETRIES.labels(link, entity_type, end.requeue.error_code).inc()
        if end.pause is not None:
            metrics.PAUSES.labels(link, direction, end.requeue.error_code).inc()
    if end.is_echo:
        metrics.ECHOES.labels(link, entity_type).inc()
    for noted in end.synced.conflicts if end.synced is not None else ():
        decided_by = "person" if noted.conflict.winner is None else "rule"
        metrics.CONFLICTS.labels(link, entity_type, decided_by).inc()
