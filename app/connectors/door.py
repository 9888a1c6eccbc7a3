"""The door at which a shop tells of its changes, as its connector describes it: `POST /webhooks/<kind>/<link>`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from app.connectors.hint import Delivery

Headers = Mapping[str, str]
"""Names without regard to case, as a request has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """`signature` names the header that a signed delivery has. `verify` raises `Forbidden` unless one of the link's
    secrets signed the body. `parse` raises `BadPayload`, and nothing else.

    `takes_secret`: the shop may send the link's secret as `X-Webhook-Secret` instead of signing. `is_ping`: whether an
    unsigned form is the shop's own test of a new webhook, which is answered and stores nothing.

    The rest is what the API's document says: `headers` with their descriptions, and `body`, which is not read by it.
    """

    summary: str
    description: str
    headers: Mapping[str, str]
    body: type[BaseModel]
    signature: str
    verify: Callable[[bytes, Headers, Iterable[str]], None]
    parse: Callable[[bytes, Headers], Delivery]
    takes_secret: bool = False
    is_ping: Callable[[bytes], bool] | None = None
    examples: Mapping[str, Any] | None = None
