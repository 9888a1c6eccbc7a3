"""What is kept, what belongs to what, and what a peer is told."""

from __future__ import annotations

import httpx
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app import tracing
from app.connectors.http import PeerClient
from app.errors import Retryable
from app.settings import Settings
from tests.tracing.jobs import TRACE, SomeJob, id_of, parent_of, traceparent


async def test_a_call_carries_the_trace_to_the_peer(spans: InMemorySpanExporter) -> None:
    heard: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(503)

    peer = PeerClient("http://shop.test", name="boutique", kind="shop", transport=httpx.MockTransport(answer))
    with tracing.batch([SomeJob(1, traceparent())]):
        await peer.request("GET", "/customers/67")
    await peer.aclose()

    [call, _job] = spans.get_finished_spans()
    assert heard[0].headers["traceparent"] == f"00-{TRACE}-{id_of(call):016x}-01"
    assert call.name == "shop GET"
    assert dict(call.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 503,
        "server.address": "shop.test",
        "shopsync.connection": "boutique",
    }
    assert not call.status.is_ok


async def test_a_call_without_an_answer_says_what_went_wrong(spans: InMemorySpanExporter) -> None:
    def lose(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no answer", request=request)

    peer = PeerClient("http://shop.test", name="boutique", kind="shop", transport=httpx.MockTransport(lose))
    with tracing.batch([SomeJob(1, traceparent())]), pytest.raises(Retryable):
        await peer.request("GET", "/customers/67")
    await peer.aclose()

    [call, _job] = spans.get_finished_spans()
    assert (call.attributes or {})["error.type"] == "ReadTimeout"
    assert call.events == ()


async def test_a_call_outside_of_a_job_begins_no_trace_and_tells_the_peer_of_none(spans: InMemorySpanExporter) -> None:
    heard: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request)
        return httpx.Response(200)

    peer = PeerClient("http://shop.test", name="boutique", transport=httpx.MockTransport(answer))
    await peer.request("GET", "/")
    await peer.aclose()

    assert "traceparent" not in heard[0].headers
    assert spans.get_finished_spans() == ()


def test_jobs_that_no_webhook_caused_are_below_their_batch(spans: InMemorySpanExporter) -> None:
    with tracing.batch([SomeJob(1, traceparent()), SomeJob(2), SomeJob(3)]) as span:
        span.ended(2, "retry", code="timeout")

    *jobs, batch = spans.get_finished_spans()
    below = [job for job in jobs if parent_of(job) == id_of(batch)]
    assert len(jobs) == 3
    assert {(job.attributes or {})["shopsync.job"] for job in below} == {2, 3}
    assert len(batch.links) == 1
    assert [(job.attributes or {})["shopsync.job"] for job in jobs if job.status.status_code.name == "ERROR"] == [2]


class TestOfWhichNoneAreKept:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(otel_exporter_otlp_endpoint="http://collector.test:4318", otel_traces_sampler_arg=0)

    def test_what_begins_here_is_left_out(self, spans: InMemorySpanExporter) -> None:
        with tracing.batch([SomeJob(1)]), tracing.batch([SomeJob(1), SomeJob(2)]):
            pass

        assert spans.get_finished_spans() == ()

    def test_what_a_sender_keeps_is_kept_and_its_batch_with_it(self, spans: InMemorySpanExporter) -> None:
        with tracing.batch([SomeJob(1, traceparent()), SomeJob(2, traceparent(kept=False)), SomeJob(3)]):
            pass

        kept = {span.name.split()[0]: span for span in spans.get_finished_spans()}
        assert {(span.attributes or {}).get("shopsync.job") for span in spans.get_finished_spans()} == {1, 3, None}
        assert kept.keys() == {"job", "batch"}


def test_the_standards_own_switch_and_sampler_are_heard(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    exporter = InMemorySpanExporter()
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    tracing.start(settings, exporter=exporter)
    with tracing.batch([SomeJob(1, traceparent())]):
        pass
    tracing.stop()
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")

    tracing.start(settings, exporter=exporter)

    assert tracing.active() is None
    assert exporter.get_finished_spans() == ()


@pytest.mark.parametrize("given", [None, "", "x" * 5000, "00-" + "0" * 31 + "-1-01", traceparent() + "\n"])
def test_what_is_no_traceparent_is_not_stored(given: str | None) -> None:
    assert tracing.traceparent(given) is None


def test_a_senders_traceparent_is_stored_without_tracing_too() -> None:
    assert tracing.traceparent(traceparent()) == traceparent()
