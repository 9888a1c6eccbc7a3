"""Orders for tests: one that a shop sold, and an Odoo whose answers can be lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from app.connectors.odoo.connector import OdooConnector
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.ports import open_ports
from app.entities.base import EntityType, Json
from app.sandbox.odoo.database import Database, Row
from app.sandbox.odoo.seed import seeded
from tests.connectors.odoo.ports import Erp
from tests.connectors.odoo.ports import _call as call_name
from tests.connectors.odoo.servers import KEY, Recorder

MARKER = "boutique.order_1001"
SHIRT: Mapping[str, Json] = {
    "product": "5",
    "variant": None,
    "sku": "TS-0",
    "name": "T-Shirt (S, Red)",
    "quantity": "2",
    "price": "18.5",
    "tax_rate": "20",
}
SOLD: Mapping[str, Json] = {
    "reference": "XKBKNABJK",
    "customer": "7",
    "invoice_address": "12",
    "delivery_address": "11",
    "date": "2026-11-20T10:11:12+00:00",
    "currency": "EUR",
    "status": "confirmed",
    "lines": [dict(SHIRT)],
    "shipping": {"name": "DPD", "price": "5", "tax_rate": "20"},
    "discounts": [{"name": "WELCOME", "amount": "2", "tax_rate": "20"}],
    "total": "48",
    "total_untaxed": "40",
    "tracking": None,
    "note": "Ring twice\nplease",
}
"""2 x 18.50 and 5 for shipping less 2, and 20 % on all of it."""


class Deaf(Recorder):
    """The next answer to each of `losing` (`sale.order.load`) is lost, after Odoo did what it was asked."""

    def __init__(self, db: Database, losing: Sequence[str]) -> None:
        super().__init__(db)
        self.losing = list(losing)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if call_name(request) in self.losing:
            self.losing.remove(call_name(request))
            raise httpx.ReadTimeout("the answer is lost", request=request)
        return response


@dataclass
class Notes:
    """A checkpoint in memory."""

    saved: dict[str, Json] = field(default_factory=dict)

    async def save(self, **values: Json) -> None:
        self.saved.update(values)


def deaf(version: int, losing: Sequence[str], **options: Any) -> Erp:
    db = seeded(version=version, api_key=KEY)
    recorder = Deaf(db, losing)
    connector = OdooConnector("http://odoo.test", "odoo", "admin", KEY, name="erp", transport=recorder)
    ports = open_ports(connector.client, OdooOptions.model_validate(options), {})
    return Erp(db=db, recorder=recorder, ports=ports, entity_type=EntityType.ORDER)


def orders_of(odoo: Erp) -> list[Row]:
    return list(odoo.db.tables["sale.order"].values())


def lines_of(odoo: Erp) -> list[Row]:
    return list(odoo.db.tables["sale.order.line"].values())


def sold(**changed: Json) -> dict[str, Json]:
    return {**SOLD, **changed}
