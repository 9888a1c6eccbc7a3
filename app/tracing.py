"""Traces from a webhook through the queue to the calls it caused, where somebody wants them.

Without `OTEL_EXPORTER_OTLP_ENDPOINT` nothing of OpenTelemetry is imported, and each question here costs one look at a
variable. With it, `spans.py` answers. The queue carries a trace as the job's `traceparent` (W3C Trace Context).
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

import structlog

from app.settings import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from app.spans import Spans

_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)

log = structlog.get_logger(__name__)


class Job(Protocol):
    """What a span tells of a job; `traceparent` is that of the newest event that merged into it."""

    @property
    def id(self) -> int: ...
    @property
    def direction(self) -> str: ...
    @property
    def entity_type(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def traceparent(self) -> str | None: ...
    @property
    def lease_token(self) -> UUID: ...


class BatchSpan(Protocol):
    def ended(self, job_id: int, outcome: str, *, code: str | None) -> None:
        """`code`: of the error, if one put the job back or ended it."""


class CallSpan(Protocol):
    def carry(self, headers: dict[str, str]) -> None:
        """Adds what lets the peer go on with this trace."""

    def answered(self, status: int | str) -> None:
        """HTTP's status, or what went wrong instead of an answer."""


class _Nothing:
    """Of whatever is not traced."""

    __slots__ = ()

    def __enter__(self) -> _Nothing:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def ended(self, job_id: int, outcome: str, *, code: str | None) -> None:
        pass

    def carry(self, headers: dict[str, str]) -> None:
        pass

    def answered(self, status: int | str) -> None:
        pass


_NOTHING: Final = _Nothing()
_spans: Spans | None = None


def start(settings: Settings, *, exporter: SpanExporter | None = None) -> None:
    """Once per process; again, it changes nothing. `exporter` takes each span as it ends, for tests."""
    global _spans
    if _spans is not None or not is_wanted(settings):
        return
    try:
        from app.spans import Spans
    except ImportError as error:
        log.warning("tracing.not_installed", missing=error.name, advice="install odoo-shop-sync[tracing]")
        return
    _spans = Spans(settings, exporter)


def is_wanted(settings: Settings) -> bool:
    """`OTEL_SDK_DISABLED` is the standard's own switch."""
    is_disabled = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    return settings.otel_exporter_otlp_endpoint is not None and not is_disabled


def stop() -> None:
    """Sends what is left, for a bounded time; blocks."""
    global _spans
    spans, _spans = _spans, None
    if spans is not None:
        spans.close()


def active() -> Spans | None:
    return _spans


def traceparent(given: str | None) -> str | None:
    """For a job's row: of the span we are in, else the sender's, if it is one."""
    mine = _spans.traceparent() if _spans is not None else None
    return mine or (given if given is not None and _TRACEPARENT.fullmatch(given) else None)


def batch(jobs: Sequence[Job]) -> AbstractContextManager[BatchSpan]:
    """Around the work on a batch; peer calls in it belong to it."""
    return _NOTHING if _spans is None else _spans.batch(jobs)


def peer_call(
    name: str, *, connection: str, method: str, host: str, port: int | None
) -> AbstractContextManager[CallSpan]:
    """Around one call. `name` holds neither ids nor addresses. A call outside of a trace begins none."""
    if _spans is None:
        return _NOTHING
    return _spans.peer_call(name, connection=connection, method=method, host=host, port=port) or _NOTHING
