"""Tracing that is off, not installed, or whose collector is away, costs the service nothing."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import orjson
import pytest

from app import spans as module
from app import tracing
from app.log import configure_logging
from app.settings import Settings
from tests.processes import listening, until, url_of
from tests.running import without_settings
from tests.tracing.jobs import SomeJob

SWITCHED_OFF = """
import asyncio, json, sys
import httpx
from app import tracing, worker
from app.settings import Settings
def found(start):
    return [name for name in sys.modules if name.startswith(start)]
settings = Settings(_env_file=None, secret_keys=40 * "a" + "aaa=")
tracing.start(settings)
with tracing.batch([]):
    pass
in_worker = found("opentelemetry")
from app import main
app = main.create_app(settings, database_url="postgresql://x@y/z", redis_url="redis://x")
in_api = found("opentelemetry.sdk") + found("opentelemetry.exporter")
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
others = InMemorySpanExporter()
provider = TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(others))
trace.set_tracer_provider(provider)
async def ask():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api.test") as client:
        assert (await client.get("/webhooks/test")).status_code == 200
asyncio.run(ask())
print(json.dumps({"in_worker": in_worker, "in_api": in_api, "spans": len(others.get_finished_spans())}))
"""


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure_logging("INFO", stream=stream)
    yield stream
    configure_logging("WARNING")


def events(logged: io.StringIO) -> list[str]:
    return [orjson.loads(line)["event"] for line in logged.getvalue().splitlines()]


class Collector:
    """Answers every post with `status`."""

    def __init__(self) -> None:
        self.status = 503
        self.posts: list[str] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                collector.posts.append(self.path)
                self.send_response(collector.status)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    started = Collector()
    started.thread.start()
    yield started
    started.server.shutdown()
    started.thread.join()
    started.server.server_close()


def _has_posts(collector: Collector, number: int) -> bool:
    return len(collector.posts) >= number


def one_span() -> None:
    with tracing.batch([SomeJob(1)]):
        pass


@pytest.fixture(scope="module")
def switched_off() -> dict[str, Any]:
    """What a process found in itself."""
    environment = without_settings() | {"FASTAPI_OTEL_AUTO_CONFIGURE": "true"}
    done = subprocess.run([sys.executable, "-c", SWITCHED_OFF], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answer: dict[str, Any] = orjson.loads(done.stdout)
    return answer


def test_switched_off_nothing_of_it_is_even_imported(switched_off: dict[str, Any]) -> None:
    """FastAPI imports the API's types, which send nothing."""
    assert (switched_off["in_worker"], switched_off["in_api"]) == ([], [])


def test_the_frameworks_own_spans_which_carry_whole_addresses_are_off(switched_off: dict[str, Any]) -> None:
    assert switched_off["spans"] == 0


def test_switched_on_and_not_installed_it_says_so_and_the_service_runs(
    settings: Settings, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "app.spans", None)

    tracing.start(settings)
    one_span()

    assert events(logged) == ["tracing.not_installed"]


async def test_a_collector_that_refuses_is_told_of_once_and_once_more_when_it_takes_them(
    logged: io.StringIO, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.3")  # no second attempt
    tracing.start(Settings(otel_exporter_otlp_endpoint=collector.url))
    for number in range(1, 4):
        one_span()
        await until(partial(_has_posts, collector, number), within_s=30, what="spans are posted")
    collector.status = 200
    one_span()
    await until(lambda: "tracing.sent_again" in events(logged), within_s=30, what="it says that all is well")

    tracing.stop()

    assert events(logged) == ["tracing.not_sent", "tracing.sent_again"]
    assert set(collector.posts) == {"/v1/traces"}


def test_the_end_does_not_wait_for_a_collector_that_never_answers(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CLOSE_WITHIN_S", 0.05)
    with listening() as silent:
        tracing.start(settings.model_copy(update={"otel_exporter_otlp_endpoint": url_of(silent)}))
        one_span()

        tracing.stop()  # ends before it was answered: nobody has even taken its call

        silent.settimeout(10)
        asked, _ = silent.accept()
        with asked:
            assert asked.recv(14) == b"POST /v1/trace"
            asked.shutdown(socket.SHUT_RDWR)
