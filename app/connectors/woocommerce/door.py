"""Where WooCommerce's own webhooks post, signed with the link's secret."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pydantic import BaseModel, Field

from app.connectors.door import Door, Headers
from app.connectors.woocommerce.webhook import TOPIC_HEADER, is_ping, parse_delivery
from app.security.signatures import verify_hmac

SIGNATURE: Final = "x-wc-webhook-signature"
EXAMPLES: Final[dict[str, Any]] = {
    "product": {
        "summary": "`product.updated`: a product (shortened)",
        "value": {"id": 10, "name": "Mug", "type": "simple", "date_modified_gmt": "2026-11-21T01:19:36", "images": []},
    },
    "variation": {
        "summary": "`product.updated` of a variation (shortened)",
        "value": {"id": 31, "type": "variation", "parent_id": 12, "date_modified_gmt": "2026-11-21T01:19:36"},
    },
    "deleted": {"summary": "`customer.deleted`", "value": {"id": 67}},
}


class WoocommerceRecord(BaseModel):
    """The record as the shop's REST API shows it, or only its id where it was deleted: a hint, read by id."""

    id: int = Field(examples=[10])
    date_modified_gmt: str | None = Field(None, examples=["2026-11-21T01:19:36"])


def verify(raw: bytes, headers: Headers, secrets: Iterable[str]) -> None:
    verify_hmac(raw, headers.get(SIGNATURE), secrets)


DOOR: Final = Door(
    summary="WooCommerce's own webhook",
    description="Signed with the link's secret in `X-WC-Webhook-Signature`. What it tells of is read by id. The test "
    "delivery that a new webhook sends (a form, unsigned) is answered and stores nothing.",
    headers={TOPIC_HEADER: "`product.updated` and the like", SIGNATURE: "HMAC-SHA256 of the body in base64"},
    body=WoocommerceRecord,
    examples=EXAMPLES,
    signature=SIGNATURE,
    verify=verify,
    parse=parse_delivery,
    is_ping=is_ping,
)
