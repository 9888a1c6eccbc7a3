"""The people of a sandbox shop: a connector with its ports, and what the shop was asked meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qs

import httpx

from app.connectors.base import RecordPort
from app.connectors.woocommerce.connector import WoocommerceConnector
from app.connectors.woocommerce.options import WoocommerceOptions
from app.entities.base import EntityType
from app.sandbox.woocommerce import Sandbox, create_sandbox
from app.sandbox.woocommerce.storefront import place_order
from tests.connectors.woocommerce.trade import MUG

JANE, OTTO = "3", "4"
ANN = {"first_name": "Ann", "last_name": "Gast", "address_1": "Weg 1", "city": "Berlin", "postcode": "10115",
       "country": "DE", "state": "DE-BE"}  # fmt: skip


@dataclass
class Store:
    sandbox: Sandbox
    connector: WoocommerceConnector

    @property
    def people(self) -> RecordPort:
        return cast("RecordPort", self.connector.port(EntityType.CUSTOMER))

    @property
    def addresses(self) -> RecordPort:
        return cast("RecordPort", self.connector.port(EntityType.ADDRESS))

    @property
    def orders(self) -> RecordPort:
        return cast("RecordPort", self.connector.port(EntityType.ORDER))

    def account(self, email: str, **fields: Any) -> str:
        """Somebody registers."""
        return str(self.sandbox.add("customers", email=email, **fields))

    def user(self, email: str, role: str, **fields: Any) -> str:
        """Somebody is made in WordPress."""
        login = email.partition("@")[0]
        number = self.sandbox.add(
            "users", email=email, username=login, password="long-enough-1", roles=[role], **fields
        )
        return str(number)

    def order(self, email: str, *, customer: str = "0", **billing: str) -> str:
        """Somebody buys a mug."""
        lines = [{"product_id": MUG, "quantity": 1}]
        return str(place_order(self.sandbox, email=email, customer_id=int(customer), lines=lines, billing=billing))

    def calls(self) -> list[str]:
        """`GET customers`, `POST customers/batch` … since the last time asked."""
        seen = list(self.sandbox.requests)
        self.sandbox.requests.clear()
        return [f"{one.method} {one.path.removeprefix('/wp-json/wc/v3/').removeprefix('/wp-json/')}" for one in seen]

    def queries(self, path: str) -> list[dict[str, str]]:
        """What lists of that path were asked with so far."""
        asked = [one for one in self.sandbox.requests if one.path.endswith(path)]
        return [{name: values[0] for name, values in parse_qs(one.query).items()} for one in asked]


def store(
    *,
    user: bool = True,
    extra: dict[EntityType, tuple[str, ...]] | None = None,
    sandbox: Sandbox | None = None,
    **options: Any,
) -> Store:
    """`sandbox`: one that is there already, which a connection without a past is opened to."""
    shop = sandbox or create_sandbox()
    key = {"consumer_key": shop.key, "consumer_secret": shop.secret}
    person = {"username": shop.app_user, "application_password": shop.app_password}
    connector = WoocommerceConnector(
        "https://shop.test",
        key | (person if user else {}),
        name="store",
        options=WoocommerceOptions.model_validate(options),
        transport=httpx.ASGITransport(shop),
        extra=extra,
    )
    return Store(shop, connector)
