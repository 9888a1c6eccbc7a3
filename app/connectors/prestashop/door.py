"""Where a PrestaShop's module posts: with the link's secret, or signed with it as Standard Webhooks says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel, Field

from app.connectors.door import Door, Headers
from app.connectors.hint import Delivery
from app.connectors.prestashop.webhook import parse_shop_event
from app.security.signatures import verify_standard_webhook

SIGNATURE: Final = "webhook-signature"


class ShopEnvelope(BaseModel):
    """The shop's own event: a hint, the record is read by id."""

    event_id: str
    entity_type: str
    action_type: str = Field(description="created, updated or deleted")
    data: dict[str, Any] = Field(examples=[{"id": 67}])


def verify(raw: bytes, headers: Headers, secrets: Iterable[str]) -> None:
    verify_standard_webhook(raw, headers, secrets)


def parse(raw: bytes, headers: Headers) -> Delivery:
    """An echo of our write, or somebody's edit: the worker judges which, and holds what the link does not take."""
    event = parse_shop_event(raw)
    notes = event.notes
    signed_id = None if "x-webhook-secret" in headers else headers.get("webhook-id")
    if signed_id is not None and signed_id != event.event_id:
        notes += ("webhook-id differs from event_id, which is the one that counts",)
    return Delivery(
        suspects=event.suspects,
        event=event.event_id,
        body_hash=event.body_hash,
        notes=notes,
        numbered=True,
        held=True,
    )


DOOR: Final = Door(
    summary="The shop's own event: judged, echo or genuine",
    description="With the secret in `X-Webhook-Secret`, or signed with it as Standard Webhooks says.",
    headers={
        "x-webhook-secret": "The link's webhook secret",
        "webhook-id": "Standard Webhooks: the event's id",
        "webhook-timestamp": "Unix time, within 5 minutes of ours",
        SIGNATURE: "`v1,` and the HMAC-SHA256 in base64",
    },
    body=ShopEnvelope,
    signature=SIGNATURE,
    verify=verify,
    parse=parse,
    takes_secret=True,
)
