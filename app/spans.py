"""The half of `tracing.py` that knows OpenTelemetry; imported only where traces are wanted.

    POST /webhooks/odoo/{link}        server     the sender's traceparent, or a trace of its own
    └─ job customer odoo_to_shop      consumer   out of the job's row, later and in another process
       ├─ prestashop GET              client     carries the traceparent on
       └─ prestashop PATCH            client

A batch of one job is that job's span. Of several, one read serves all, so the calls belong to none of them: the batch
has a trace of its own that links to each job's span, and they link back. Jobs that nobody's webhook caused (polling,
runs) are spans below the batch.

The sampler is the standard's (`OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`), with one addition: a batch is kept
when a job of it is, or the trace of that job would end before the calls.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Final

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider, sampling
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import Attributes

from app.settings import Settings
from app.tracing import Job

CLOSE_WITHIN_S: Final = 2.0
GOES_WRONG: Final = frozenset({"retry", "failed", "parked", "rejected"})
_PARENT: Final = TraceContextTextMapPropagator()

log = structlog.get_logger(__name__)


class Spans:
    """No provider is made the process' global one: a plugin may have its own."""

    def __init__(self, settings: Settings, exporter: SpanExporter | None = None) -> None:
        self._exporter = exporter or _Told(OTLPSpanExporter(endpoint=_endpoint(settings)))
        self._provider = TracerProvider(
            sampler=_OrLinked(_sampler(settings)),
            resource=Resource.create({SERVICE_NAME: settings.otel_service_name}),
            shutdown_on_exit=False,
        )
        # To be exported by a thread of its own, which drops what it cannot keep up with.
        self._provider.add_span_processor(
            BatchSpanProcessor(self._exporter) if exporter is None else SimpleSpanProcessor(exporter)
        )
        self._tracer = self._provider.get_tracer("odoo-shop-sync")

    def close(self) -> None:
        """What is left is sent if the endpoint answers in time."""
        closing = threading.Thread(target=self._provider.shutdown, name="traces end", daemon=True)
        closing.start()
        closing.join(CLOSE_WITHIN_S)
        if closing.is_alive():
            self._exporter.shutdown()  # ends its pause between two attempts; both threads are daemons

    def traceparent(self) -> str | None:
        carrier: dict[str, str] = {}
        _PARENT.inject(carrier)
        return carrier.get("traceparent")

    @contextmanager
    def request(self, *, method: str, traceparent: str | None) -> Iterator[RequestSpan]:
        with self._tracer.start_as_current_span(
            method,
            context=_context(traceparent),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
            record_exception=False,  # its text may hold what the sender sent
        ) as span:
            yield RequestSpan(span, method)

    @contextmanager
    def batch(self, jobs: Sequence[Job]) -> Iterator[BatchSpan]:
        spans = {job.id: self._job(job, _context(job.traceparent)) for job in jobs if job.traceparent or len(jobs) == 1}
        if len(jobs) == 1:
            around = spans[jobs[0].id]
        else:
            around = self._batch(jobs, list(spans.values()))
            inside = trace.set_span_in_context(around, Context())
            spans |= {job.id: self._job(job, inside) for job in jobs if job.id not in spans}
        try:
            with trace.use_span(around, record_exception=False):
                yield BatchSpan(spans)
        finally:
            for span in {id(span): span for span in (*spans.values(), around)}.values():
                span.end()

    def peer_call(
        self, name: str, *, connection: str, method: str, host: str, port: int | None
    ) -> AbstractContextManager[CallSpan] | None:
        """None outside of a trace."""
        if not trace.get_current_span().get_span_context().is_valid:
            return None
        facts: dict[str, str | int] = {"http.request.method": method, "server.address": host}
        facts["shopsync.connection"] = connection
        if port is not None:
            facts["server.port"] = port
        return self._call(name, facts)

    @contextmanager
    def _call(self, name: str, facts: Attributes) -> Iterator[CallSpan]:
        with self._tracer.start_as_current_span(
            name, kind=SpanKind.CLIENT, attributes=facts, record_exception=False
        ) as span:
            yield CallSpan(span)

    def _job(self, job: Job, parent: Context) -> Span:
        return self._tracer.start_span(
            f"job {job.entity_type} {job.direction}",
            context=parent,
            kind=SpanKind.CONSUMER,
            attributes={
                "shopsync.job": job.id,
                "shopsync.attempt": job.attempts,
                "shopsync.batch": str(job.lease_token),
            },
        )

    def _batch(self, jobs: Sequence[Job], linked: Sequence[Span]) -> Span:
        first = jobs[0]
        span = self._tracer.start_span(
            f"batch {first.entity_type} {first.direction}",
            context=Context(),
            kind=SpanKind.CONSUMER,
            attributes={"shopsync.jobs": len(jobs), "shopsync.batch": str(first.lease_token)},
            links=[Link(each.get_span_context()) for each in linked],
        )
        for each in linked:
            each.add_link(span.get_span_context())
        return span


class RequestSpan:
    def __init__(self, span: Span, method: str) -> None:
        self._span = span
        self._method = method

    def answered(self, status: int, *, route: str | None) -> None:
        """`route` with its placeholders: the address itself may hold a secret."""
        if route is not None:
            self._span.update_name(f"{self._method} {route}")
            self._span.set_attribute("http.route", route)
        self._span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self._span.set_status(StatusCode.ERROR)


class BatchSpan:
    def __init__(self, spans: Mapping[int, Span]) -> None:
        self._spans = spans

    def ended(self, job_id: int, outcome: str, *, code: str | None) -> None:
        span = self._spans[job_id]
        span.set_attribute("shopsync.outcome", outcome)
        if code is not None:
            span.set_attribute("error.type", code)
        if outcome in GOES_WRONG:
            span.set_status(StatusCode.ERROR, outcome)


class CallSpan:
    def __init__(self, span: Span) -> None:
        self._span = span

    def carry(self, headers: dict[str, str]) -> None:
        _PARENT.inject(headers, context=trace.set_span_in_context(self._span))

    def answered(self, status: int | str) -> None:
        is_answer = isinstance(status, int)
        self._span.set_attribute("http.response.status_code" if is_answer else "error.type", status)
        if not isinstance(status, int) or status >= 400:
            self._span.set_status(StatusCode.ERROR)


class _OrLinked(sampling.Sampler):
    """Keeps what the sampler keeps, and a root that links to something kept."""

    def __init__(self, inner: sampling.Sampler) -> None:
        self._inner = inner

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: trace.TraceState | None = None,
    ) -> sampling.SamplingResult:
        if any(link.context.trace_flags.sampled for link in links or ()):
            return sampling.SamplingResult(sampling.Decision.RECORD_AND_SAMPLE, attributes, trace_state)
        return self._inner.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return f"OrLinked{{{self._inner.get_description()}}}"


class _Told(SpanExporter):
    """Says once that spans are lost, and once that they are not; the library would say it for every attempt."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner
        self._fails = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        fails = result is not SpanExportResult.SUCCESS
        if fails and not self._fails:
            log.warning("tracing.not_sent", spans=len(spans), effect="traces are lost until the endpoint answers")
        if self._fails and not fails:
            log.info("tracing.sent_again")
        self._fails = fails
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()


def _context(traceparent: str | None) -> Context:
    """Of a sender's span; empty, so a trace of its own, without one."""
    return _PARENT.extract({"traceparent": traceparent} if traceparent else {}, context=Context())


def _sampler(settings: Settings) -> sampling.Sampler:
    if os.environ.get("OTEL_TRACES_SAMPLER"):
        return sampling._get_from_env_or_default()
    return sampling.ParentBasedTraceIdRatio(settings.otel_traces_sampler_arg)


def _endpoint(settings: Settings) -> str | None:
    """None: the standard's own variable for traces, which stands above the one for everything."""
    if os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        return None
    return f"{(settings.otel_exporter_otlp_endpoint or '').rstrip('/')}/v1/traces"
