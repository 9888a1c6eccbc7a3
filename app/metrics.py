"""Prometheus metrics: what this process counted, and what is read from the database at each scrape.

`docs/metrics.md` lists them all; a test keeps it equal to this file.
"""

from __future__ import annotations

from dataclasses import dataclass

from prometheus_client import Counter, Histogram, disable_created_metrics, start_http_server

# When a counter was made is a series more per counter, and nobody asks.
disable_created_metrics()  # type: ignore[no-untyped-call] # the library has no annotation there

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
LEADS = Counter(
    "shopsync_leads_total", "Leads that were left in a form; who writes again of the same is none.", ["link"]
)
PLUGIN_FAILURES = Counter(
    "shopsync_plugin_failures_total", "Calls of a plugin that failed, by plugin and hook.", ["plugin", "hook"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMetric:
    """Read from the database at scrape time (`api/stored_metrics.py`): every API process answers the same."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    is_counter: bool = False


DATABASE_UP = StoredMetric(
    name="shopsync_database_up", help="1 if the database answered this scrape; if not, what is read from it is absent."
)
WORKERS_ALIVE = StoredMetric(name="shopsync_workers_alive", help="Workers that said within 30 s that they live.")
QUEUE_JOBS = StoredMetric(
    name="shopsync_queue_jobs",
    help="Jobs that are not finished: pending, held, processing, failed, parked.",
    labels=("link", "status"),
)
QUEUE_OLDEST_DUE_SECONDS = StoredMetric(
    name="shopsync_queue_oldest_due_seconds",
    help="How long the oldest job has been due that no worker has taken; held and paused ones do not count.",
    labels=("link",),
)
OPERATIONS_UNANSWERED = StoredMetric(
    name="shopsync_operations_unanswered", help="Operations without an outcome yet.", labels=("link",)
)
OPERATIONS_LAST_HOUR = StoredMetric(
    name="shopsync_operations_last_hour",
    help="Operations accepted within the last hour, by how they stand now.",
    labels=("link", "status"),
)
LINK_PAUSED = StoredMetric(
    name="shopsync_link_paused", help="1 while some direction of the link waits for a person.", labels=("link",)
)
LINK_LAST_ACCEPTED = StoredMetric(
    name="shopsync_link_last_accepted_timestamp_seconds",
    help="When the link's last webhook was accepted.",
    labels=("link",),
)
LINK_LAST_SUCCESS = StoredMetric(
    name="shopsync_link_last_success_timestamp_seconds",
    help="When the link's last successful operation or job ended.",
    labels=("link",),
)
REFUSED_WEBHOOKS = StoredMetric(
    name="shopsync_refused_webhooks_total",
    help="Webhooks refused at the door since the link exists, whichever process refused them.",
    labels=("link", "reason"),
    is_counter=True,
)
OPEN_CONFLICTS = StoredMetric(
    name="shopsync_open_conflicts",
    help="Fields that both sides changed and that a person has to decide.",
    labels=("link",),
)
BLOCKED_PAIRS = StoredMetric(
    name="shopsync_blocked_pairs",
    help="Pairs that kept flipping and wait for a person, with changes behind them.",
    labels=("link",),
)
POLL_AGE_SECONDS = StoredMetric(
    name="shopsync_poll_age_seconds",
    help="How long ago a look for changes last ended well; absent where there was none yet.",
    labels=("link", "side", "entity_type"),
)
WEBHOOK_LAST_SEEN_AGE_SECONDS = StoredMetric(
    name="shopsync_webhook_last_seen_age_seconds",
    help="How long ago a webhook of a shop (WooCommerce) delivered last; absent for one that never did.",
    labels=("link", "topic"),
)
WEBHOOK_PROBLEMS = StoredMetric(
    name="shopsync_webhook_problems",
    help="Webhooks of a shop (WooCommerce) that do not work and could not be put right.",
    labels=("link",),
)
RUNS_RUNNING = StoredMetric(
    name="shopsync_runs_running",
    help="Imports, exports and reconciliations under way; absent where there is none.",
    labels=("link", "kind"),
)
DOCUMENTS = StoredMetric(
    name="shopsync_documents",
    help="Documents of Odoo that are kept for the portal; absent where there is none.",
    labels=("link", "entity_type"),
)
STORED_METRICS = (
    DATABASE_UP,
    WORKERS_ALIVE,
    QUEUE_JOBS,
    QUEUE_OLDEST_DUE_SECONDS,
    OPERATIONS_UNANSWERED,
    OPERATIONS_LAST_HOUR,
    LINK_PAUSED,
    LINK_LAST_ACCEPTED,
    LINK_LAST_SUCCESS,
    REFUSED_WEBHOOKS,
    OPEN_CONFLICTS,
    BLOCKED_PAIRS,
    POLL_AGE_SECONDS,
    WEBHOOK_LAST_SEEN_AGE_SECONDS,
    WEBHOOK_PROBLEMS,
    RUNS_RUNNING,
    DOCUMENTS,
)


def observe_job(direction: str, entity_type: str, outcome: str, seconds: float) -> None:
    JOBS.labels(direction, entity_type, outcome).inc()
    JOB_SECONDS.labels(direction, entity_type).observe(seconds)


def serve_metrics(port: int) -> None:
    """A worker has no API; its own counters are served on a port of their own."""
    start_http_server(port)
