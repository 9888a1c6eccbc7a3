"""Tracing as it is switched on, with the SDK's own exporter in place of a collector."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app import tracing
from app.settings import Settings
from tests.api.both_sides import KEY

STANDARD = ("OTEL_SDK_DISABLED", "OTEL_TRACES_SAMPLER", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@pytest.fixture(autouse=True)
def _own_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the standard reads from a developer's shell must not decide a test."""
    for name in STANDARD:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def settings() -> Settings:
    return Settings(
        otel_exporter_otlp_endpoint="http://collector.test:4318", secret_keys=KEY, link_cache_s=0, log_level="WARNING"
    )


@pytest.fixture
def spans(settings: Settings) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    tracing.start(settings, exporter=exporter)
    yield exporter
    tracing.stop()
