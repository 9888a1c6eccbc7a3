"""What a wire, or whatever stands on it, does to an answer: as bytes, and how long they take.

A peer's answer is its head, up to the empty line, and its body. Each trouble says what of it is sent instead; where the
answer is not whole, the connection is gone after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """`done`: the peer has carried the call out. `delay_s` goes before each piece of what `pieces` makes of head and
    body; nobody sees the answer's end before the last."""

    name: str
    pieces: Callable[[bytes, bytes], Sequence[bytes]]
    done: bool = True
    delay_s: float = 0.0


def _length(head: bytes, length: int) -> bytes:
    """The same head with another Content-Length."""
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"content-length:")]
    return b"\r\n".join([*lines, b"Content-Length: %d" % length, b"", b""])


def _chunked(head: bytes) -> bytes:
    lines = [line for line in head.split(b"\r\n") if line and not line.lower().startswith(b"content-length:")]
    return b"\r\n".join([*lines, b"Transfer-Encoding: chunked", b"", b""])


def _too_many(*headers: bytes) -> Callable[[bytes, bytes], Sequence[bytes]]:
    lines = (b"HTTP/1.1 429 Too Many Requests", b"Content-Length: 0", b"Connection: close", *headers, b"", b"")
    return lambda head, body: [b"\r\n".join(lines)]


HALF_SENT: Final = (
    Trouble(name="nothing", pieces=lambda head, body: [b""]),
    Trouble(name="half a head", pieces=lambda head, body: [head[: len(head) // 2]]),
    Trouble(name="no body", pieces=lambda head, body: [_length(head, len(body) + 10)]),
    Trouble(name="half a body", pieces=lambda head, body: [_length(head, len(body) + 1) + body[: len(body) // 2]]),
    Trouble(name="cut chunk", pieces=lambda head, body: [_chunked(head) + b"%x\r\n" % (len(body) + 9) + body[:9]]),
    Trouble(name="no last chunk", pieces=lambda head, body: [_chunked(head) + b"9\r\n123456789\r\n"]),
    Trouble(name="Content-Length too large", pieces=lambda head, body: [_length(head, len(body) + 10) + body]),
    Trouble(name="Content-Length too small", pieces=lambda head, body: [_length(head, len(body) // 2) + body]),
    Trouble(name="no HTTP", pieces=lambda head, body: [b"\x16\x03\x01\x02\x00\x01\x00"]),
    Trouble(name="gone before it was read", pieces=lambda head, body: [b""], done=False),
)


def slow(timeout_s: float) -> tuple[Trouble, ...]:
    """A peer whose answers come just in time, too late, or drop by drop for ever."""
    return (
        Trouble(name="late", pieces=lambda head, body: [head + body], delay_s=0.7 * timeout_s),
        Trouble(name="too late", pieces=lambda head, body: [head + body], delay_s=1.5 * timeout_s),
        Trouble(name="drips", pieces=lambda head, body: [bytes([each]) for each in head], delay_s=0.4 * timeout_s),
    )


TOO_MANY: Final = (
    Trouble(name="429 with seconds", pieces=_too_many(b"Retry-After: 1"), done=False),
    Trouble(
        name="429 with a date that is past", pieces=_too_many(b"Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"), done=False
    ),
)
TOO_MANY_WITHOUT_A_TIME: Final = (Trouble(name="429 without a time", pieces=_too_many(), done=False),)
