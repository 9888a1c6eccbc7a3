"""What coupons took off orders: part of an order's state, `[{"name", "value", "value_tax_excl"}]`, both above zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.connectors.prestashop import filters
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.fields import Kind, as_flag, from_shop
from app.entities.base import Json
from app.errors import Rejected

_FIELDS: Final = {"name": Kind.TEXT, "value": Kind.AMOUNT, "value_tax_excl": Kind.AMOUNT}
_DELETED: Final = "deleted"
"""A coupon that was taken off the order again keeps its row, in versions that have this field."""


class OrderDiscounts:
    def __init__(self, client: PrestashopClient) -> None:
        self._client = client
        self._display = ["id", "id_order", *_FIELDS, _DELETED]

    async def of(self, orders: Mapping[str, Row]) -> dict[str, list[Json]]:
        """By order; asked for only where an order's total says that there are any."""
        numbers = [number for number, row in orders.items() if _has_any(row)]
        found: dict[str, list[Json]] = {}
        for batch in filters.batches(numbers):
            for row in await self._rows({"id_order": filters.any_of(batch)}):
                if not as_flag(row.get(_DELETED)):
                    found.setdefault(str(row.get("id_order")), []).append(from_shop(row, _FIELDS))
        return found

    async def _rows(self, wanted: Mapping[str, str]) -> Iterable[Row]:
        try:
            return await self._client.rows("order_cart_rules", display=self._display, filters=wanted)
        except Rejected as error:
            if error.code != "unknown_field" or _DELETED not in self._display:
                raise
        self._display = [name for name in self._display if name != _DELETED]
        return await self._client.rows("order_cart_rules", display=self._display, filters=wanted)


def _has_any(row: Row) -> bool:
    kinds = {"total_discounts_tax_excl": Kind.AMOUNT, "total_discounts_tax_incl": Kind.AMOUNT}
    return any(value != "0" for value in from_shop(row, kinds).values())
