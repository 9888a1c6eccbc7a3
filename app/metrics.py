"""Prometheus metrics of this process. Queue depths are read from the database at scrape time (`api/health.py`)."""

from __future__ import annotations

from prometheus_client import Counter, Histogram, start_http_server

WEBHOOKS = Counter(
    "shopsync_webhooks_total", "Webhooks by link and result (accepted, duplicate, or why refused).", ["link", "result"]
)
INGEST_SECONDS = Histogram(
    "shopsync_ingest_seconds",
    "From the first byte of a webhook to its commit.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
JOBS = Counter(
    "shopsync_jobs_total", "Ended or requeued jobs by what became of them.", ["direction", "entity_type", "outcome"]
)
JOB_SECONDS = Histogram(
    "shopsync_job_seconds",
    "From the claim of a job's batch to its end.",
    ["direction", "entity_type"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


def observe_job(direction: str, entity_type: str, outcome: str, seconds: float) -> None:
    JOBS.labels(direction, entity_type, outcome).inc()
    JOB_SECONDS.labels(direction, entity_type).observe(seconds)


def serve_metrics(port: int) -> None:
    """A worker has no API; its own counters are served on a port of their own."""
    start_http_server(port)
