"""An Odoo rule that posts to a webhook, with Odoo's manners: one second of patience, no retry, a log line.

Two ways to carry the secret, as the two kinds of sender do: code in a custom module sets a header; Odoo's
own webhook action can set none, so its secret is the last part of the address.
"""

from __future__ import annotations

import json
import logging
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from urllib.parse import quote

import httpx

from app.sandbox.odoo.faults import user_error
from app.sandbox.odoo.firing import NO_URL
from app.sandbox.odoo.hooks import TIMEOUT_S, Hooks, Poster

__all__ = ["TIMEOUT_S", "Automation", "Manner", "Sent"]
log = logging.getLogger("sandbox.odoo")


class Manner(StrEnum):
    HEADER = "header"
    TOKEN = "token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of one post. Odoo itself keeps less: a warning in its log when it failed."""

    event_id: object
    manner: Manner
    status: int | None
    elapsed_ms: int
    answer: object = None
    error: str | None = None

    def as_json(self) -> dict[str, object]:
        return asdict(self)


@dataclass(slots=True, kw_only=True)
class Automation:
    """`transport` replaces the network in tests. `sent` keeps the last posts.

    `webhook_client` takes the posts of rules that were made through the API; `hooks` sends and keeps those.
    """

    webhook_url: str | None = None
    webhook_secret: str | None = None
    transport: httpx.AsyncBaseTransport | None = None
    webhook_client: httpx.AsyncClient | Poster | None = None
    sent: deque[Sent] = field(default_factory=lambda: deque(maxlen=1000))
    hooks: Hooks = field(init=False)

    def __post_init__(self) -> None:
        self.hooks = Hooks(self.webhook_client, transport=self.transport)

    async def press(self, event: Mapping[str, object], *, manner: Manner = Manner.HEADER) -> Sent:
        """Posts one reverse-sync envelope. Never raises for what the receiver does.

        Only a missing address is an error, and in Odoo that one aborts the user's own write.
        """
        if not self.webhook_url:
            raise user_error(NO_URL)
        started = time.monotonic()
        status, answer, error = await self._post(event, manner)
        elapsed_ms = round((time.monotonic() - started) * 1000)
        result = Sent(
            event_id=event.get("event_id"),
            manner=manner,
            status=status,
            elapsed_ms=elapsed_ms,
            answer=answer,
            error=error,
        )
        self.sent.append(result)
        if error or status is None or status >= 400:
            log.warning("Webhook call failed: %s %s", status, error or "")
        return result

    async def _post(self, event: Mapping[str, object], manner: Manner) -> tuple[int | None, object, str | None]:
        secret = self.webhook_secret or ""
        url = str(self.webhook_url)
        headers = {"Content-Type": "application/json", "User-Agent": "python-requests/2.31.0"}
        if manner is Manner.HEADER:
            headers["X-Webhook-Secret"] = secret
        else:
            url = f"{url.rstrip('/')}/{quote(secret, safe='')}"
        content = json.dumps(event, sort_keys=True).encode()
        # A new connection for each, as `requests.post` makes; 302 is followed as a GET without a body.
        async with httpx.AsyncClient(
            transport=self.transport, timeout=TIMEOUT_S, follow_redirects=True, trust_env=False
        ) as client:
            try:
                response = await client.post(url, content=content, headers=headers)
            except httpx.HTTPError as error:
                return None, None, type(error).__name__
        return response.status_code, _read(response), None


def _read(response: httpx.Response) -> object:
    try:
        return response.json()
    except ValueError:
        return response.text[:500]
