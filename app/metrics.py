"""Prometheus metrics: what the processes counted, and what is read from the database at each scrape.

Labels are links, connections, kinds and our own words for what happened; never ids, and never what a peer said.

`docs/metrics.md` lists them all; a test keeps it equal to this file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics, generate_latest, start_http_server

from app import metric_files

# When a counter was made is a series more per counter, and nobody asks.
disable_created_metrics()  # type: ignore[no-untyped-call] # the library has no annotation there
metric_files.use_own_files()

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

WEBHOOKS = Counter(
    "shopsync_webhooks_total", "Webhooks by link and result (accepted, duplicate, or why refused).", ["link", "result"]
)
INGEST_SECONDS = Histogram(
    "shopsync_ingest_seconds",
    "From the first byte of a webhook to its commit.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
GROUP_COMMIT_WEBHOOKS = Histogram(
    "shopsync_group_commit_webhooks",
    "Webhooks that were stored with one commit.",
    buckets=(1, 2, 4, 8, 12, 16, 24, 32, 64),
)
QUEUE_WAIT_SECONDS = Histogram(
    "shopsync_queue_wait_seconds",
    "From a job's acceptance to its first claim, Odoo's time to settle and being held included.",
    ["direction"],
    buckets=(0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200),
)
BATCH_JOBS = Histogram(
    "shopsync_batch_jobs", "Jobs that were claimed as one batch.", ["direction"], buckets=(1, 2, 5, 10, 25, 50, 100)
)
JOBS = Counter(
    "shopsync_jobs_total",
    "Ended or requeued jobs by what became of them.",
    ["link", "direction", "entity_type", "outcome"],
)
JOB_SECONDS = Histogram(
    "shopsync_job_seconds",
    "From the claim of a job's batch to its end.",
    ["direction", "entity_type"],
    buckets=SECONDS,
)
JOB_RETRIES = Counter(
    "shopsync_job_retries_total",
    "Jobs put back to be tried again, by the error's code.",
    ["link", "entity_type", "code"],
)
JOBS_RESCUED = Counter("shopsync_jobs_rescued_total", "Jobs taken back from workers that stopped renewing their lease.")
PAUSES = Counter(
    "shopsync_pauses_total",
    "Pauses of a link's direction, by the code of the error; one that is prolonged counts again.",
    ["link", "direction", "code"],
)
ECHOES = Counter(
    "shopsync_echoes_total",
    "Events that showed nothing new: echoes of our own writes, repetitions.",
    ["link", "entity_type"],
)
CONFLICTS = Counter(
    "shopsync_conflicts_total",
    "Fields found changed on both sides, by who decides (rule, person); an open one counts each time it is met.",
    ["link", "entity_type", "decided_by"],
)
PEER_CALLS = Counter(
    "shopsync_peer_calls_total",
    "Calls to an Odoo or a shop by purpose (read, write) and result (what HTTP said: ok, refused, rate_limited, "
    "failed, redirected, or timeout, unreachable, cancelled).",
    ["connection", "kind", "purpose", "result"],
)
PEER_CALL_SECONDS = Histogram(
    "shopsync_peer_call_seconds",
    "From the sending of a call to its whole answer.",
    ["connection", "kind", "purpose"],
    buckets=SECONDS,
)
PEER_CALLS_HELD_BACK = Counter(
    "shopsync_peer_calls_held_back_total",
    "Calls not sent, because the peer had asked to slow down (429) and its time was not up.",
    ["connection", "kind"],
)
DATABASE_CONNECTIONS_USED = Gauge(
    "shopsync_database_connections_used",
    "Database connections in use when last looked, twice a second; all processes of a start together.",
    ["pool"],
    multiprocess_mode="livesum",
)
DATABASE_CONNECTIONS_LIMIT = Gauge(
    "shopsync_database_connections_limit",
    "Database connections that may be in use at once; all processes of a start together.",
    ["pool"],
    multiprocess_mode="livesum",
)
EVENT_LOOP_LAG_SECONDS = Histogram(
    "shopsync_event_loop_lag_seconds",
    "How much later than asked the event loop woke a task that slept half a second.",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
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


def observe_claim(direction: str, waited_s: Sequence[float | None]) -> None:
    """`waited_s`: one entry per job of the batch, None for those that were claimed before."""
    BATCH_JOBS.labels(direction).observe(len(waited_s))
    waiting = QUEUE_WAIT_SECONDS.labels(direction)
    for seconds in waited_s:
        if seconds is not None:
            waiting.observe(seconds)


def observe_call(connection: str, kind: str, purpose: str, result: str, seconds: float) -> None:
    PEER_CALLS.labels(connection, kind, purpose, result).inc()
    PEER_CALL_SECONDS.labels(connection, kind, purpose).observe(seconds)


def counted() -> bytes:
    """What this process counted, or all processes of its start, in Prometheus' text form."""
    return generate_latest(metric_files.registry())


def serve_metrics(port: int, *, host: str) -> None:
    """A worker has no API; what it counted is served on a port of its own."""
    start_http_server(port, host, registry=metric_files.registry())
