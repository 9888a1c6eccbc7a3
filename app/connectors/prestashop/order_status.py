"""What an order's state in the shop means, and which state says what Odoo means.

A shop has as many states as its owner and its modules like. What one means follows from the option `order_states`; else
from the shop's own settings (`PS_OS_CANCELED`, …), or where these cannot be read from the ids that every installation
gives them; else from its flags: shipped, then paid; anything else still waits for the money (recording 505).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.prestashop.client import Row
from app.connectors.prestashop.fields import as_flag
from app.connectors.prestashop.reference import Reference
from app.entities.base import Json
from app.entities.records import OrderStatus

_MEANT: Final[Mapping[str, tuple[int, OrderStatus]]] = {
    "PS_OS_PREPARATION": (3, OrderStatus.CONFIRMED),
    "PS_OS_SHIPPING": (4, OrderStatus.SHIPPED),
    "PS_OS_DELIVERED": (5, OrderStatus.DONE),
    "PS_OS_CANCELED": (6, OrderStatus.CANCELLED),
    "PS_OS_REFUND": (7, OrderStatus.CANCELLED),
    "PS_OS_ERROR": (8, OrderStatus.CANCELLED),
}
"""The setting, its id in a new installation, its meaning. Of one meaning the first is the state to enter."""


class OrderStatuses:
    """`configured` is the option `order_states`."""

    def __init__(self, reference: Reference, configured: Mapping[OrderStatus, Sequence[int]]) -> None:
        self._reference = reference
        self._configured = configured

    async def status(self, number: Json) -> OrderStatus | None:
        """None for no state yet, and for one that the shop does not have."""
        if not isinstance(number, int) or not number:
            return None
        for status, numbers in self._configured.items():
            if number in numbers:
                return status
        row = await self._row(number)
        if row is None:
            return None
        named = dict(await self._named())
        return named.get(number) or _by_flags(row)

    async def state(self, status: OrderStatus) -> int | None:
        """The state to enter; None where nothing says which."""
        if numbers := self._configured.get(status):
            return numbers[0]
        for number, meaning in await self._named():
            if meaning is status and await self.status(number) is status:
                return number
        return None

    async def _named(self) -> list[tuple[int, OrderStatus]]:
        return [
            (await self._reference.setting_id(setting) or usual, status) for setting, (usual, status) in _MEANT.items()
        ]

    async def _row(self, number: int) -> Row | None:
        rows = await self._reference.order_states()
        return rows.get(number) or (await self._reference.order_states(fresh=True)).get(number)


def _by_flags(row: Row) -> OrderStatus:
    if as_flag(row.get("shipped")):
        return OrderStatus.SHIPPED
    return OrderStatus.CONFIRMED if as_flag(row.get("paid")) else OrderStatus.SENT
