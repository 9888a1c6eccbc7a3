"""Products with their variations as read together: a variation cannot be told from its own row alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.connectors.woocommerce import attributes, base_price, taxed, variations
from app.connectors.woocommerce.client import Row, WooClient
from app.connectors.woocommerce.measures import Measures, tax_class
from app.connectors.woocommerce.product_record import VARIABLE
from app.connectors.woocommerce.records import by_ids, is_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A product that is not in the trash, its live variations, what their prices are reckoned from, and its tax."""

    parent: Row
    variations: Sequence[Row]
    base: Decimal | None
    rate: Decimal

    @property
    def is_variable(self) -> bool:
        return self.parent.get("type") == VARIABLE

    def members(self) -> list[Row]:
        """Variations that stand for one combination each."""
        return [row for row in self.variations if attributes.is_one(row, self.parent)]


async def read(client: WooClient, measures: Measures, products: Sequence[str]) -> dict[str, Family]:
    """One list per 100 products, and one of the variations of each that has some."""
    numbers = [number for number in dict.fromkeys(products) if is_number(number)]
    rows = await by_ids(client, "products", numbers, {"status": "any", "context": "edit"})
    held = await variations.of_products(client, [one for one, row in rows.items() if row.get("type") == VARIABLE])
    return {number: await _family(measures, row, held.get(number, ())) for number, row in rows.items()}


async def _family(measures: Measures, parent: Row, held: Sequence[Row]) -> Family:
    state = {"tax_class": tax_class(parent.get("tax_status"), parent.get("tax_class"))}
    variable = parent.get("type") == VARIABLE
    return Family(
        parent=parent,
        variations=[row for row in held if row.get("status") != "trash"],
        base=base_price.of_product(parent, held) if variable else taxed.amount(parent.get("regular_price")),
        rate=await measures.rate(state),
    )
