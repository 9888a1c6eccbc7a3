"""What the shop's numbers are in: its currency, the tax that its prices have in them, its unit of weight."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from app.connectors.woocommerce.client import WooClient
from app.connectors.woocommerce.reference import Reference
from app.connectors.woocommerce.taxed import NO_TAX
from app.entities.base import Json, State
from app.errors import NOT_PERMITTED, ActionRequired

TTL_S: Final = 900.0
UNTAXED: Final = "none"
"""`tax_class` in the state of a product that is not taxed."""
_KILOGRAMS: Final = "kg"
_UNIT: Final = "settings/products/woocommerce_weight_unit"


class Measures:
    def __init__(self, client: WooClient, reference: Reference, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._reference, self._clock = client, reference, clock
        self._unit = _KILOGRAMS
        self._asked_at: float | None = None

    async def currency(self) -> str:
        return await self._reference.currency()

    async def rate(self, state: State) -> Decimal:
        """The percent of tax in a product's price; none where prices are without tax, or the product is untaxed."""
        tax_class = str(state.get("tax_class") or "")
        if tax_class == UNTAXED or not await self._reference.prices_include_tax():
            return NO_TAX
        return await self._reference.base_rate(tax_class)

    async def weight_unit(self) -> str:
        """A shop that does not say, or not to this key, is taken to weigh in kilograms."""
        now = self._clock()
        if self._asked_at is None or now - self._asked_at >= TTL_S:
            self._unit = await self._ask()
            self._asked_at = now
        return self._unit

    async def _ask(self) -> str:
        try:
            row = await self._client.one(_UNIT)
        except ActionRequired as error:
            if error.code != NOT_PERMITTED:
                raise
            row = None
        return str(row.get("value") or _KILOGRAMS) if row else _KILOGRAMS


def tax_class(tax_status: Json, named: Json) -> str:
    """`("taxable", "")` is the standard class: `""`."""
    return str(named or "") if tax_status in (None, "taxable") else UNTAXED
