"""What the doors take and answer, for the OpenAPI document. The bodies themselves are read raw (`ingest/`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from app.connectors.registry import SHOPS
from app.entities.base import Action, EntityType


class ReverseEnvelope(BaseModel):
    """One change out of Odoo, in the shop's words. `data` is partial: an absent field is left alone."""

    event_id: str = Field(max_length=200, examples=["odoo-customer-123-1699365000"])
    entity_type: str = Field(examples=["customer"], description="customer, address, order or coupon")
    action_type: str = Field(examples=["updated"], description="created or updated")
    data: dict[str, Any] = Field(examples=[{"id": 67, "email": "john@example.com", "newsletter": True}])


class NativeHint(BaseModel):
    """What Odoo's action "Send Webhook Notification" posts: a hint, the record is read by id."""

    model: str = Field(alias="_model", examples=["res.partner"])
    native_id: int = Field(alias="_id", examples=[25])


class ShortHint(BaseModel):
    """The same for a sender that chooses its body."""

    module: str | None = Field(None, examples=["prestashop"])
    entity_type: str = Field(examples=["customer"])
    odoo_id: int = Field(examples=[25])
    action: str = Field("updated", description="created, updated or deleted")


class PingAnswer(BaseModel):
    """Of the test delivery; nothing was stored."""

    success: bool = True
    message: str


class AcceptedAnswer(BaseModel):
    """Stored; the outcome of an envelope is at `Location`. A hint has no operation."""

    success: bool = True
    operation_id: str | None
    message: str
    notes: list[str] = []


class DoneAnswer(BaseModel):
    """The outcome, for a sender that waited."""

    success: bool = True
    entity_id: int | str | None
    message: str
    operation_id: str
    outcome: str
    notes: list[str] = []


ENVELOPE_EXAMPLES: dict[str, Any] = {
    "customer": {
        "summary": "Customer: found by id, else by e-mail",
        "value": {
            "event_id": "odoo-customer-123-1699365000",
            "entity_type": "customer",
            "action_type": "updated",
            "data": {"id": 67, "email": "john@example.com", "firstname": "John", "lastname": "Doe", "newsletter": True},
        },
    },
    "order": {
        "summary": "Order: state and tracking number",
        "value": {
            "event_id": "odoo-order-456-1699365000",
            "entity_type": "order",
            "action_type": "updated",
            "data": {"id": 1001, "current_state": 3, "tracking_number": "1Z999AA10"},
        },
    },
    "address": {
        "summary": "Address: without a country it gets the link's default",
        "value": {
            "event_id": "odoo-address-789-1699365000",
            "entity_type": "address",
            "action_type": "created",
            "data": {
                "id_customer": 67,
                "alias": "Home",
                "address1": "123 Main St",
                "city": "New York",
                "postcode": "10001",
            },
        },
    },
    "coupon": {
        "summary": "Coupon: ten percent off",
        "value": {
            "event_id": "odoo-coupon-9-1699365000",
            "entity_type": "coupon",
            "action_type": "created",
            "data": {
                "code": "WELCOME10",
                "name": "Welcome",
                "reduction_percent": 10,
                "date_from": "2026-01-01",
                "date_to": "2026-12-31",
            },
        },
    },
}
HINT_EXAMPLES: dict[str, Any] = {
    "native": {
        "summary": "Odoo's own webhook action: a contact changed",
        "value": {"_action": "Send Webhook Notification(#481)", "_id": 25, "_model": "res.partner", "id": 25},
    },
    "short": {
        "summary": "The same for a sender that chooses its body",
        "value": {"module": "prestashop", "entity_type": "customer", "odoo_id": 25, "action": "updated"},
    },
}

HINT_PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "action",
        "in": "query",
        "schema": {"enum": [action.value for action in Action], "default": Action.UPDATED.value},
        "description": "For Odoo's own body, which cannot say what happened.",
    },
    {
        "name": "entity_type",
        "in": "query",
        "schema": {"enum": [kind.value for kind in EntityType]},
        "description": "For Odoo's own body: which of the entity types that its model may be.",
    },
]
"""Read from the address where they are needed: declared on the routes they would cost every webhook a look."""


def body_of(
    *models: type[BaseModel],
    examples: Mapping[str, Any] | None = None,
    parameters: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """What is documented of a route that reads its body raw; `main.py` adds the models to the document."""
    refs = [{"$ref": f"#/components/schemas/{model.__name__}"} for model in models]
    content: dict[str, Any] = {"schema": refs[0] if len(refs) == 1 else {"anyOf": refs}}
    if examples is not None:
        content["examples"] = dict(examples)
    document: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/json": content}}}
    return document if parameters is None else {**document, "parameters": parameters}


ALL: tuple[type[BaseModel], ...] = (
    ReverseEnvelope,
    NativeHint,
    ShortHint,
    *(shop.door.body for shop in SHOPS.values() if shop.door is not None),
)
"""Models of bodies, which no route names in its signature."""
