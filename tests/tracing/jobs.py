"""Jobs as a span needs them, and traces of senders."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import ReadableSpan

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SENDER = "00f067aa0ba902b7"


def traceparent(trace: str = TRACE, *, kept: bool = True) -> str:
    """As a sender writes it (W3C Trace Context)."""
    return f"00-{trace}-{SENDER}-0{int(kept)}"


@dataclass(frozen=True, slots=True)
class SomeJob:
    id: int
    traceparent: str | None = None
    direction: str = "odoo_to_shop"
    entity_type: str = "customer"
    attempts: int = 1
    lease_token: uuid.UUID = field(default_factory=uuid.uuid4)


def id_of(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id


def trace_of(span: ReadableSpan) -> str:
    context = span.get_span_context()
    assert context is not None
    return f"{context.trace_id:032x}"


def parent_of(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent is not None else None
