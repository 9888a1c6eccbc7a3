"""Where the change that is being applied right now came from.

A contextvar bound at the edge of a job and reset in `finally`, so that every call made on the way, however deep,
carries the operation id: the shop client sends it as `X-Reverse-Sync-Operation`, log lines bind it. It saves traffic
(a shop module may stay silent) and explains logs. Nothing may depend on it to stop a loop: the webhook that comes back
is another request, maybe in another process, and is recognised by content alone (`sync/echo.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

ORIGIN_HEADER = "X-Reverse-Sync-Operation"

_operation_id: ContextVar[str | None] = ContextVar("reverse_sync_operation_id", default=None)


@contextmanager
def mark_as_reverse_sync(operation_id: str) -> Iterator[None]:
    """Everything in this block is done for `operation_id`. Nests; the outer mark comes back at the end."""
    token = _operation_id.set(operation_id)
    try:
        yield
    finally:
        _operation_id.reset(token)


def is_reverse_sync() -> bool:
    """True while a change that came from Odoo is being applied in this task."""
    return _operation_id.get() is not None


def current_operation_id() -> str | None:
    return _operation_id.get()


def clear() -> None:
    """Forget the mark in this context, for a task started inside one that must not inherit it."""
    _operation_id.set(None)


_in_bulk: ContextVar[bool] = ContextVar("in_bulk", default=False)


@contextmanager
def mark_as_bulk() -> Iterator[None]:
    """Calls to a peer in this block go one at a time, so that those of live events find their way free."""
    token = _in_bulk.set(True)
    try:
        yield
    finally:
        _in_bulk.reset(token)


def is_bulk() -> bool:
    return _in_bulk.get()
