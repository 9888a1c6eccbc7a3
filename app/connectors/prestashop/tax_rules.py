"""The tax of a new product: a record has none, and a product without tax rules would be sold without VAT.

The shop's own back office proposes the rules that most products have, and so does this.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Final

from app.connectors.prestashop.client import PrestashopClient
from app.connectors.prestashop.fields import as_int

TTL_S: Final = 900.0
_SAMPLE: Final = 500
"""Products looked at; a row of two fields is small."""


class TaxRules:
    def __init__(self, client: PrestashopClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._most_used: int | None = None
        self._asked_at: float | None = None

    async def of_new(self) -> tuple[dict[str, str], tuple[str, ...]]:
        """The field to send, and what to say of it."""
        group = await self._of_most()
        if not group:
            return {}, ("the product has no tax rules in the shop, as its other products have none; set them there",)
        text = f"tax rules group {group} was taken, as most products of the shop have it"
        return {"id_tax_rules_group": str(group)}, (text,)

    async def _of_most(self) -> int:
        now = self._clock()
        if self._asked_at is None or now - self._asked_at >= TTL_S:
            rows = await self._client.rows("products", display=["id", "id_tax_rules_group"], limit=_SAMPLE)
            counted = Counter(as_int(row.get("id_tax_rules_group")) for row in rows)
            del counted[0]
            self._most_used = counted.most_common(1)[0][0] if counted else 0
            self._asked_at = now
        return self._most_used or 0
