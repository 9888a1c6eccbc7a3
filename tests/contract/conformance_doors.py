"""The doors where peers tell of changes: what each posts of an entity type, truly signed or forged."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from standardwebhooks import Webhook

from app.entities.base import EntityType
from tests.api.builders import WEBHOOK_SECRET
from tests.contract.conformance_matrix import ODOO, PORTAL, PRESTASHOP, WOOCOMMERCE

FORGER: Final = "a-guessed-secret"
NO_DOOR: Final[Mapping[str, str]] = {
    PORTAL: "the lead form is for strangers: it asks for no secret, and has a limit of its own (test_lead_form.py)"
}
"""Kinds that tell of changes through no door with a secret."""
SHOPS: Final = {
    ODOO: "prestashop",
    PRESTASHOP: "prestashop",
    WOOCOMMERCE: "woocommerce",
}
"""Which shop the link has whose door it is."""
MODELS: Final[Mapping[EntityType, str]] = {
    EntityType.CUSTOMER: "res.partner",
    EntityType.ADDRESS: "res.partner",
    EntityType.CATEGORY: "product.category",
    EntityType.PRODUCT: "product.template",
    EntityType.VARIANT: "product.product",
    EntityType.STOCK: "stock.quant",
    EntityType.IMAGE: "product.template",
    EntityType.ORDER: "sale.order",
    EntityType.INVOICE: "account.move",
    EntityType.COUPON: "loyalty.program",
    EntityType.LEAD: "crm.lead",
}
TOPICS: Final[Mapping[EntityType, str]] = {
    EntityType.CUSTOMER: "customer.updated",
    EntityType.ADDRESS: "customer.updated",
    EntityType.PRODUCT: "product.updated",
    EntityType.VARIANT: "product.updated",
    EntityType.STOCK: "product.updated",
    EntityType.IMAGE: "product.updated",
    EntityType.ORDER: "order.updated",
    EntityType.REFUND: "order.updated",
    EntityType.COUPON: "coupon.updated",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """`how` it is signed, for the test's name."""

    how: str
    path: str
    body: bytes
    headers: Mapping[str, str]


def true_post(kind: str, entity_type: EntityType) -> Post:
    return _post(kind, entity_type, "truly", WEBHOOK_SECRET)


def forged_posts(kind: str, entity_type: EntityType) -> Iterator[Post]:
    """Not signed at all, with a guessed secret, and with the signature of another body."""
    true = true_post(kind, entity_type)
    yield _post(kind, entity_type, "with a guessed secret", FORGER)
    yield _post(kind, entity_type, "with an empty secret", "")
    bare = {name: value for name, value in true.headers.items() if name in ("Content-Type", "X-WC-Webhook-Topic")}
    yield Post(how="not at all", path=true.path, body=true.body, headers=bare)
    if kind != ODOO:
        signed = _post(kind, entity_type, "", WEBHOOK_SECRET, signs_bodies=True)
        another = signed.body.replace(b"67", b"68")
        yield Post(how="for another body", path=signed.path, body=another, headers=signed.headers)


def _post(kind: str, entity_type: EntityType, how: str, secret: str, *, signs_bodies: bool = False) -> Post:
    path = f"/webhooks/{kind}/boutique"
    headers = {"Content-Type": "application/json"}
    if kind == ODOO:
        body = orjson.dumps({"_model": MODELS[entity_type], "_id": 67, "id": 67})
        return Post(how=how, path=path, body=body, headers={**headers, "X-Webhook-Secret": secret})
    if kind == WOOCOMMERCE:
        body = orjson.dumps({"id": 67, "date_modified_gmt": "2026-11-21T01:19:36"})
        signature = base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()
        signed = {"X-WC-Webhook-Topic": TOPICS[entity_type], "X-WC-Webhook-Signature": signature}
        return Post(how=how, path=path, body=body, headers={**headers, **signed})
    event: dict[str, Any] = {"event_id": "ps-1", "entity_type": entity_type.value, "action_type": "updated"}
    body = orjson.dumps({**event, "data": {"id": "67/67" if entity_type is EntityType.IMAGE else 67}})
    if not signs_bodies:
        return Post(how=how, path=path, body=body, headers={**headers, "X-Webhook-Secret": secret})
    at = datetime.now(UTC)
    signed = {
        "webhook-id": "ps-1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret.encode()).sign("ps-1", at, body.decode()),
    }
    return Post(how=how, path=path, body=body, headers={**headers, **signed})
