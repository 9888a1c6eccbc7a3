"""What is counted of an ended job (`metrics.py`).

Every job comes by here, so the series are looked up once and kept: to find one costs more than to count.
"""

from __future__ import annotations

from functools import cache

from prometheus_client import Counter, Histogram

from app import metrics
from app.sync.ending import JobEnd


def count_end(end: JobEnd, seconds: float, *, link: str) -> None:
    """`seconds`: from the claim of its batch; `link`: the slug."""
    job = end.job
    direction, entity_type = job.direction.value, job.entity_type.value
    _jobs(link, direction, entity_type, end.outcome).inc()
    _seconds(direction, entity_type).observe(seconds)
    if end.is_echo:
        _echoes(link, entity_type).inc()
    if end.requeue is not None and end.requeue.error_code is not None:
        metrics.JOB_RETRIES.labels(link, entity_type, end.requeue.error_code).inc()
        if end.pause is not None:
            metrics.PAUSES.labels(link, direction, end.requeue.error_code).inc()
    for noted in end.synced.conflicts if end.synced is not None else ():
        decided_by = "person" if noted.conflict.winner is None else "rule"
        metrics.CONFLICTS.labels(link, entity_type, decided_by).inc()


@cache
def _jobs(link: str, direction: str, entity_type: str, outcome: str) -> Counter:
    return metrics.JOBS.labels(link, direction, entity_type, outcome)


@cache
def _seconds(direction: str, entity_type: str) -> Histogram:
    return metrics.JOB_SECONDS.labels(direction, entity_type)


@cache
def _echoes(link: str, entity_type: str) -> Counter:
    return metrics.ECHOES.labels(link, entity_type)
