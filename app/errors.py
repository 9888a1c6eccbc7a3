"""What went wrong, said as what to *do* about it.

AppError
├─ Retryable(retry_in)        network, 5xx, deadlock                     counts as an attempt, backs off
│   └─ Snoozed(retry_in)      429, waiting for another record            does not count
│       └─ PeerDown           nothing answers there                      the direction waits with growing pauses
├─ ActionRequired             502: credentials, permission, address      the direction pauses until a person acts
└─ Rejected(code, field)      the other side, or we, said no             final; outcome `rejected`, not a crash
    ├─ LeftAlone              400   the other side does not want it, and nothing is wrong: outcome `unchanged`
    ├─ BadPayload             400
    ├─ NotFound               404
    ├─ Conflict               409
    ├─ Parked                 409   done in part or ambiguous: a person decides, nothing is repeated blindly
    └─ Forbidden | TooLarge | TooMany | SwitchedOff       403 | 413 | 429 | 409   refused at the door, nothing stored

Foreign errors are translated into these once, at the transport, by a table per peer. Messages say which call or which
field, and what to do next; they never carry a secret, and are shown to operators and senders as they are.
"""

from __future__ import annotations

from datetime import timedelta


class AppError(Exception):
    """Base of everything this service raises on purpose."""

    code = "error"
    status_code = 500

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class Retryable(AppError):
    """The same call may go through later. `retry_in` overrides the usual backoff."""

    code = "temporary"
    status_code = 503

    def __init__(
        self,
        message: str,
        *,
        retry_in: timedelta | None = None,
        code: str | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(message, code=code, field=field)
        self.retry_in = retry_in


class Snoozed(Retryable):
    """Not now, and nobody's fault: asked to slow down, or waiting for another record. Not an attempt."""

    code = "snoozed"


class PeerDown(Snoozed):
    """No connection, or "not available": no job's fault, so a night of maintenance uses up no attempts."""

    code = "peer_down"


NOT_PERMITTED = "not_permitted"
"""Code of an `ActionRequired` that concerns one entity type only: a right the key lacks."""


MANY_GONE = "many_gone"
"""Code of an `ActionRequired`: more records of one entity type are gone than is likely; nothing more is removed."""


class ActionRequired(AppError):
    """Only a person can mend this (key, permission, address): pause instead of hammering."""

    code = "action_required"
    status_code = 502


class Rejected(AppError):
    """The answer is no and will stay no for this content."""

    code = "rejected"
    status_code = 400


class LeftAlone(Rejected):
    """No, because whoever runs the other side wants it so: nothing is wrong, and nobody has to see to it."""

    code = "left_alone"


class BadPayload(Rejected):
    code = "bad_payload"


class NotFound(Rejected):
    code = "not_found"
    status_code = 404


class Conflict(Rejected):
    code = "conflict"
    status_code = 409


class Parked(Conflict):
    """Not repeated by itself; `native_id` is set where the record exists all the same."""

    code = "parked"

    def __init__(
        self, message: str, *, code: str | None = None, field: str | None = None, native_id: str | None = None
    ) -> None:
        super().__init__(message, code=code, field=field)
        self.native_id = native_id


class Forbidden(Rejected):
    code = "forbidden"
    status_code = 403


class TooLarge(Rejected):
    code = "too_large"
    status_code = 413


class SwitchedOff(Conflict):
    """The link does not take this kind of event; said to the sender, so that nothing vanishes unseen."""

    code = "switched_off"


class TooMany(Rejected):
    """`retry_after_s` goes into the `Retry-After` header."""

    code = "too_many"
    status_code = 429

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
