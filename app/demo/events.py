"""The example events, exactly as the documentation has them, and where their effect is seen in the shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """`expected` are fields of the shop's `resource` after the event, as its webservice spells them."""

    event: Json
    resource: str
    expected: Mapping[str, str]

    @property
    def title(self) -> str:
        return f"{self.event['entity_type']} {self.event['action_type']}"

    @property
    def data(self) -> Json:
        data = self.event["data"]
        assert isinstance(data, Mapping)
        return data


CUSTOMER: Final = Example(
    event={
        "event_id": "odoo-customer-123-1699365000",
        "entity_type": "customer",
        "action_type": "updated",
        "data": {"id": 67, "email": "john@example.com", "firstname": "John", "lastname": "Doe", "newsletter": True},
    },
    resource="customers",
    expected={"email": "john@example.com", "firstname": "John", "lastname": "Doe", "newsletter": "1"},
)
ORDER: Final = Example(
    event={
        "event_id": "odoo-order-456-1699365000",
        "entity_type": "order",
        "action_type": "updated",
        "data": {"id": 1001, "current_state": 3, "tracking_number": "1Z999AA10"},
    },
    resource="orders",
    expected={"current_state": "3", "tracking_number": "1Z999AA10"},
)
ADDRESS: Final = Example(
    event={
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
    resource="addresses",
    expected={
        "id_customer": "67",
        "alias": "Home",
        "address1": "123 Main St",
        "city": "New York",
        "postcode": "10001",
        "id_country": "21",
    },
)
COUPON: Final = Example(
    event={
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
    resource="cart_rules",
    expected={
        "code": "WELCOME10",
        "name": "Welcome",
        "reduction_percent": "10.00",
        "date_from": "2026-01-01 00:00:00",
        "date_to": "2026-12-31 23:59:59",
    },
)
EXAMPLES: Final = (CUSTOMER, ORDER, ADDRESS, COUPON)
