"""Which places of an Odoo hold the stock that counts, and which one an adjustment goes to."""

from __future__ import annotations

import asyncio
from typing import Final

from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.values import id_of
from app.entities.base import Json
from app.errors import ActionRequired

WAREHOUSE: Final = "stock.warehouse"
INTERNAL: Final[list[Json]] = ["location_id.usage", "=", "internal"]
"""Quants lie with customers, suppliers and inventory losses too, with amounts below zero."""


class Places:
    """The operator's place, or the warehouse's, or every internal one our user sees. Asked once."""

    def __init__(self, client: OdooClient, options: OdooOptions) -> None:
        self._client = client
        self._options = options
        self._lock = asyncio.Lock()
        self._warehouse: Row | None = None

    async def domain(self) -> list[Json]:
        """Conditions on stock.quant."""
        if self._options.stock_location is not None:
            return [INTERNAL, ["location_id", "child_of", self._options.stock_location]]
        if self._options.stock_warehouse is not None:
            return [INTERNAL, ["location_id", "child_of", id_of((await self._found()).get("view_location_id"))]]
        return [INTERNAL]

    async def adjusted(self) -> int:
        """The location that takes what is too much or too little; the first warehouse's where none was chosen."""
        if self._options.stock_location is not None:
            return self._options.stock_location
        location = id_of((await self._found()).get("lot_stock_id"))
        if location is None:
            raise ActionRequired("the warehouse has no stock location; set stock_location", code="no_location")
        return location

    async def _found(self) -> Row:
        async with self._lock:
            if self._warehouse is None:
                self._warehouse = await self._ask()
            return self._warehouse

    async def _ask(self) -> Row:
        chosen = self._options.stock_warehouse
        domain: list[Json] = [] if chosen is None else [["id", "=", chosen]]
        fields = ["lot_stock_id", "view_location_id"]
        rows = await self._client.search_read(WAREHOUSE, domain, fields, limit=1, order="id")
        if not rows:
            raise ActionRequired(f"Odoo has no warehouse {chosen or ''}; set stock_warehouse", code="no_warehouse")
        return rows[0]
