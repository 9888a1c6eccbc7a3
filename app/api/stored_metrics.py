"""Metrics that are read from the database at each scrape, in Prometheus' text form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Row

from app import metrics
from app.api.link_store import Activity
from app.api.vitals import Silent, Vitals
from app.ingest.models import OperationStatus
from app.metrics import StoredMetric

OPEN_STATUSES = ("pending", "held", "processing", "failed", "parked")

Value = tuple[Sequence[str], float]


def render(vitals: Vitals | Silent, operations: Sequence[Row[Any]] | Silent) -> bytes:
    """What was not answered is absent: a zero would be a statement. `operations`: of the last hour."""
    families = [_family(metrics.DATABASE_UP, [((), float(isinstance(vitals, Vitals)))])]
    if isinstance(vitals, Vitals) and not vitals.schema.behind:
        families.append(_family(metrics.WORKERS_ALIVE, [((), vitals.workers)]))
        families += _of_links(vitals)
        families += _of_troubles(vitals)
        families += _of_webhooks(vitals)
        families += _of_holdings(vitals)
        if not isinstance(operations, Silent):
            families.append(_family(metrics.OPERATIONS_LAST_HOUR, _operations(vitals, operations)))
    registry = CollectorRegistry()
    registry.register(_Families(families))
    return generate_latest(registry)


class _Families(Collector):
    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _of_links(vitals: Vitals) -> Iterator[Metric]:
    links = vitals.activities
    paused = {pause.link_id for pause in vitals.pauses}
    slugs = {link.link_id: link.slug for link in links}
    yield _family(
        metrics.QUEUE_JOBS,
        [((link.slug, status), link.open_jobs.get(status, 0)) for link in links for status in OPEN_STATUSES],
    )
    yield _family(metrics.QUEUE_OLDEST_DUE_SECONDS, [((link.slug,), _due_seconds(link, vitals)) for link in links])
    yield _family(metrics.OPERATIONS_UNANSWERED, [((link.slug,), link.unanswered) for link in links])
    yield _family(metrics.LINK_PAUSED, [((link.slug,), float(link.link_id in paused)) for link in links])
    yield _family(
        metrics.LINK_LAST_ACCEPTED,
        [((link.slug,), link.last_accepted_at.timestamp()) for link in links if link.last_accepted_at is not None],
    )
    yield _family(
        metrics.LINK_LAST_SUCCESS,
        [((link.slug,), link.last_success_at.timestamp()) for link in links if link.last_success_at is not None],
    )
    yield _family(
        metrics.REFUSED_WEBHOOKS, [((slugs[each.link_id], each.reason), each.count) for each in vitals.refusals]
    )


def _of_troubles(vitals: Vitals) -> Iterator[Metric]:
    links = [(link.slug, vitals.trouble(link.link_id)) for link in vitals.activities]
    yield _family(metrics.OPEN_CONFLICTS, [((slug,), trouble.open_conflicts) for slug, trouble in links])
    yield _family(metrics.BLOCKED_PAIRS, [((slug,), trouble.blocked_pairs) for slug, trouble in links])
    yield _family(
        metrics.POLL_AGE_SECONDS,
        [
            ((slug, watch.side, watch.entity_type), (vitals.now - watch.looked_at).total_seconds())
            for slug, trouble in links
            for watch in trouble.watches
            if watch.looked_at is not None
        ],
    )


def _of_webhooks(vitals: Vitals) -> Iterator[Metric]:
    hooks = [(link.slug, vitals.trouble(link.link_id).hooks) for link in vitals.activities]
    yield _family(
        metrics.WEBHOOK_LAST_SEEN_AGE_SECONDS,
        [
            ((slug, hook.topic), (vitals.now - hook.last_seen_at).total_seconds())
            for slug, known in hooks
            for hook in known
            if hook.last_seen_at is not None
        ],
    )
    yield _family(
        metrics.WEBHOOK_PROBLEMS,
        [((slug,), sum(hook.problem is not None for hook in known)) for slug, known in hooks],
    )


def _of_holdings(vitals: Vitals) -> Iterator[Metric]:
    held = [(link.slug, vitals.holding(link.link_id)) for link in vitals.activities]
    yield _family(
        metrics.RUNS_RUNNING, [((slug, kind), number) for slug, each in held for kind, number in each.runs.items()]
    )
    yield _family(
        metrics.DOCUMENTS, [((slug, kind), number) for slug, each in held for kind, number in each.documents.items()]
    )


def _due_seconds(link: Activity, vitals: Vitals) -> float:
    return 0.0 if link.due_since is None else (vitals.now - link.due_since).total_seconds()


def _operations(vitals: Vitals, counted: Sequence[Row[Any]]) -> list[Value]:
    found = {(row.slug, row.status): row.operations for row in counted}
    return [
        ((link.slug, status), found.get((link.slug, status), 0))
        for link in vitals.activities
        for status in OperationStatus
    ]


def _family(metric: StoredMetric, values: Iterable[Value]) -> Metric:
    kind = CounterMetricFamily if metric.is_counter else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in values:
        family.add_metric(labels, value)
    return family
