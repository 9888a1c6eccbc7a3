"""The one HTTP client of all connectors: timeouts, width, origin header, counts, and network faults as our errors.

What a *status* means differs per peer and is that peer's table; what a broken connection means does not, and is here.
"""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import structlog

from app import hooks, metrics, tracing
from app.context import ORIGIN_HEADER, current_operation_id, is_bulk
from app.entities.values import whole
from app.errors import ActionRequired, AppError, PeerDown, Retryable, Snoozed

CONNECT_TIMEOUT_S = 5.0
MAX_RETRY_AFTER = timedelta(hours=1)
DEFAULT_RETRY_AFTER = timedelta(seconds=30)

READING = frozenset({"GET", "HEAD", "OPTIONS"})
TOO_SLOW = "too slow"
_SILENT = {
    "cancelled": "cancelled",
    TOO_SLOW: "timeout",
    "ReadTimeout": "timeout",
    "WriteTimeout": "timeout",
    "PoolTimeout": "timeout",
}

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """`call`: in the peer's words, without ids."""

    method: str
    call: str
    reads: bool


class PeerClient:
    """An `httpx.AsyncClient` bound to one peer, a connection (`name`) of some `kind`.

    `width` caps parallel calls: small shops only queue beyond 2-4 (measured on PrestaShop 8.2.1 and Odoo 17).
    Redirects are not followed: a wrong shop or host answers 302 to the storefront.
    """

    def __init__(
        self,
        base_url: str,
        *,
        name: str,
        kind: str = "peer",
        auth: httpx.Auth | tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
        width: int = 4,
        verify_tls: bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.name = name
        self.kind = kind
        self._width = asyncio.Semaphore(width)
        self._one_of_bulk = asyncio.Lock()
        self._closed_until = 0.0
        self._timeout_s = 2 * timeout_s
        try:
            address = httpx.URL(base_url.rstrip("/"))
        except httpx.InvalidURL as error:
            raise ActionRequired(f"{name}: the connection's address is not a URL", code="bad_url") from error
        self._client = httpx.AsyncClient(
            base_url=address,
            auth=auth,
            headers={"User-Agent": "odoo-shop-sync", **(headers or {})},
            timeout=httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S),
            limits=httpx.Limits(max_connections=width, max_keepalive_connections=width),
            verify=verify_tls,
            follow_redirects=False,
            transport=transport,
        )

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        call: str | None = None,
        reads: bool | None = None,
    ) -> httpx.Response:
        """The answer of any status; raises `Retryable` if none came, `Snoozed` on 429, `ActionRequired` on 3xx.

        `call` and `reads` say what is asked where the HTTP method does not: `res.partner.read` by POST.
        """
        sent = dict(headers or {})
        if operation_id := current_operation_id():
            sent[ORIGIN_HEADER] = operation_id
        async with self._turn(), self._width:
            self._check_open(method, path)
            asked = Asked(method, call or method, method in READING if reads is None else reads)
            response = await self._send(asked, path, params, content, sent)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            delay = retry_after(response.headers.get("Retry-After"))
            self._closed_until = time.monotonic() + delay.total_seconds()
            raise self._too_fast(method, path, delay)
        if response.has_redirect_location:
            raise ActionRequired(
                f"{self.name}: {method} {path} was redirected to another address; set the connection's url to the "
                "shop's own address (https, www and folder as the shop uses them)",
                code="redirected",
            )
        return response

    async def aclose(self) -> None:
        await self._client.aclose()

    def _turn(self) -> AbstractAsyncContextManager[object]:
        """A bulk sync holds one of the parallel calls at most; it queues before the width, not within it."""
        return self._one_of_bulk if is_bulk() else nullcontext()

    async def _send(
        self, asked: Asked, path: str, params: Mapping[str, str] | None, content: bytes | None, headers: dict[str, str]
    ) -> httpx.Response:
        """One call: counted, traced, and one log line (`debug` for reads) with the operation id of the context."""
        started = time.monotonic()
        status: int | str = "cancelled"
        at = self._client.base_url
        with tracing.peer_call(
            f"{self.kind} {asked.call}", connection=self.name, method=asked.method, host=at.host, port=at.port
        ) as span:
            span.carry(headers)
            try:
                async with asyncio.timeout(self._timeout_s):
                    response = await self._client.request(
                        asked.method, path, params=params, content=content, headers=headers
                    )
                status = response.status_code
            except (TimeoutError, httpx.RequestError, httpx.InvalidURL) as error:
                status = TOO_SLOW if isinstance(error, TimeoutError) else type(error).__name__
                raise self._no_answer(error, asked, f"{asked.method} {path}", status) from error
            finally:
                span.answered(status)
                self._tell(asked, path, status, time.monotonic() - started)
        return response

    def _no_answer(self, error: Exception, asked: Asked, call: str, status: str) -> AppError:
        if isinstance(error, TimeoutError):
            # The client's own limits are per read: a peer that drips bytes would hold a call for ever.
            return self._too_late(asked, f"{call} took longer than {self._timeout_s:g} s; it may have been done")
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return PeerDown(f"{self.name}: nobody answers at its address ({status}); is it right and the server up?")
        if isinstance(error, httpx.TimeoutException):
            return self._too_late(asked, f"no answer to {call} in time ({status}); it may have been carried out")
        if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
            return ActionRequired(f"{self.name}: the connection's address is not a URL", code="bad_url")
        return Retryable(
            f"{self.name}: {call} failed ({status}); is the address right and the server up?", code="unreachable"
        )

    def _too_late(self, asked: Asked, what: str) -> Retryable:
        """The peer may still be at it: whoever looks for what a write has made before that is through finds nothing,
        and makes it again. So the retry of a write waits as long as a call may take."""
        wait = None if asked.reads else timedelta(seconds=self._timeout_s)
        return Retryable(f"{self.name}: {what}, the retry looks first", retry_in=wait, code="timeout")

    def _tell(self, asked: Asked, path: str, status: int | str, seconds: float) -> None:
        purpose = "read" if asked.reads else "write"
        metrics.observe_call(self.name, self.kind, purpose, result_of(status), seconds)
        tell = log.debug if asked.method == "GET" else log.info
        ms = round(seconds * 1000, 1)
        tell("peer.call", peer=self.name, method=asked.method, path=path, status=status, ms=ms)
        hooks.api_call(self.name, asked.method, path, status, ms)

    def _check_open(self, method: str, path: str) -> None:
        """After a 429 nothing is sent until the peer's time is up: the calls behind it would only be refused too."""
        left = self._closed_until - time.monotonic()
        if left > 0:
            metrics.PEER_CALLS_HELD_BACK.labels(self.name, self.kind).inc()
            raise self._too_fast(method, path, timedelta(seconds=left))

    def _too_fast(self, method: str, path: str, delay: timedelta) -> Snoozed:
        return Snoozed(
            f"{self.name}: asked to slow down (429); {method} {path} waits", retry_in=delay, code="rate_limited"
        )


def result_of(status: int | str) -> str:
    """A call's result for the metrics: of HTTP's status, or of what went wrong instead of an answer."""
    if isinstance(status, str):
        return _SILENT.get(status, "unreachable")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return "rate_limited"
    if status >= 500:
        return "failed"
    return "ok" if status < 300 else "redirected" if status < 400 else "refused"


def retry_after(value: str | None, *, now: datetime | None = None) -> timedelta:
    """A `Retry-After` header as a delay: seconds or an HTTP date (RFC 9110 §10.2.3), capped at an hour."""
    if not value:
        return DEFAULT_RETRY_AFTER
    seconds = whole(value.strip())
    if seconds is not None:
        delay = timedelta(seconds=min(seconds, MAX_RETRY_AFTER.total_seconds()))
    else:
        try:
            moment = email.utils.parsedate_to_datetime(value)
        except (ValueError, OverflowError):
            return DEFAULT_RETRY_AFTER
        delay = moment.replace(tzinfo=moment.tzinfo or UTC) - (now or datetime.now(UTC))
    return min(max(delay, timedelta(seconds=1)), MAX_RETRY_AFTER)
