"""A script of faults: what the next requests meet instead of, or after, the shop's own answer.

sandbox.fail("PUT", "/customers/", status=503, times=2)
sandbox.fail("POST", "/orders", name="commit_then_drop")         # committed, the answer is lost
sandbox.fail(name="maintenance")                                 # while plugins are updated (err-01)
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Phase = Literal["before", "after"]


@dataclass(slots=True, kw_only=True)
class Fault:
    """Applies to the next `times` requests whose method and path with query match (regular expressions).

    `before`: the shop never sees the request. `after`: the write is committed, then the answer is replaced.
    `status` None and no drop: the request goes through, only `delay_s` later.
    """

    method: str = ".*"
    path: str = ""
    times: int = 1
    phase: Phase = "before"
    status: int | None = None
    body: str = ""
    content_type: str = "text/html; charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    drop: bool = False

    def matches(self, method: str, path: str) -> bool:
        return self.times > 0 and bool(re.fullmatch(self.method, method) and re.search(self.path, path))


_JSON = "application/json; charset=UTF-8"
_MAINTENANCE = (
    '{"code":"wp_die","message":"Briefly unavailable for scheduled maintenance. Check back in a minute.",'
    '"data":{"status":503},"additional_errors":[]}'
)
_CRITICAL = (
    '{"code":"internal_server_error","message":"<p>There has been a critical error on this website.<\\/p>",'
    '"data":{"status":500},"additional_errors":[]}'
)
NAMED: Mapping[str, Mapping[str, object]] = {
    "commit_then_drop": {"phase": "after", "drop": True},
    "commit_then_500": {"phase": "after", "status": 500, "body": _CRITICAL, "content_type": _JSON},
    "commit_then_504": {"phase": "after", "status": 504, "body": "<html><h1>504 Gateway Time-out</h1></html>"},
    "drop": {"drop": True},
    "maintenance": {"status": 503, "body": _MAINTENANCE, "content_type": _JSON},
    "critical_error": {"status": 500, "body": _CRITICAL, "content_type": _JSON},
    "unavailable": {"status": 503, "body": "<html><body><h1>503 Service Unavailable</h1></body></html>"},
    "too_many": {"status": 429, "headers": {"Retry-After": "1"}},
    "firewall": {"status": 403, "body": "<html><body><h1>403 Forbidden</h1></body></html>"},
    "html": {"status": 200, "body": "<!doctype html><html><body>We'll be back soon.</body></html>"},
}


class FaultScript:
    """The faults still to come, first come first served."""

    def __init__(self) -> None:
        self.pending: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.pending.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self.pending:
            if fault.matches(method, path):
                fault.times -= 1
                self.pending = [one for one in self.pending if one.times > 0]
                return fault
        return None

    def clear(self) -> None:
        self.pending = []
