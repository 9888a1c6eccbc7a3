"""What the prices of a product's variations are reckoned from. Pure.

WooCommerce keeps no price of a product with variations: one that is sent is ignored (recording var-13). Records know
the product's price and what each variation adds. So the product's stands in a note of the product (`_shopsync_price`),
and where there is none it is the lowest price of its variations.

When the product's price changes, so do those of its variations, one call each. Each then carries the price that it was
reckoned from, too: cut off half way, no variation is reckoned from the wrong one, nor raised twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from app.connectors.woocommerce import taxed
from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.notes import note_of, noting
from app.entities.base import Json

NOTE: Final = "_shopsync_price"


def noted(row: Row) -> Decimal | None:
    """Of a product or a variation."""
    return taxed.amount(note_of(row, NOTE))


def of_product(parent: Row, variations: Iterable[Row]) -> Decimal | None:
    """`variations`: all of them; none need be known of a product that has a note. None: nothing has a price."""
    if (kept := noted(parent)) is not None:
        return kept
    prices = [price for row in variations if (price := taxed.amount(row.get("regular_price"))) is not None]
    return min(prices, default=None)


def extra(variation: Row, base: Decimal | None, rate: Decimal) -> str | None:
    """What it adds to the product's price, without tax; None where it has no price."""
    price = taxed.amount(variation.get("regular_price"))
    return None if price is None else taxed.stored(taxed.net(price, rate) - _net(own_base(variation, base), rate))


def with_extra(variation: Row | None, base: Decimal | None, wanted: Decimal, rate: Decimal) -> str:
    """The price to be sent for `extra` to be `wanted`; `variation` is None for a new one."""
    from_ = own_base(variation, base) if variation is not None else base
    return taxed.stored(taxed.gross(_net(from_, rate) + wanted, rate))


def moved(variation: Row, old: Decimal | None, new: Decimal, rate: Decimal) -> dict[str, Json] | None:
    """What to send so that it adds to `new` what it added to the price it was reckoned from; None: nothing. One
    without a price stays so, unless none had one."""
    added = extra(variation, old, rate) or ("0" if old is None else None)
    if added is None or own_base(variation, old) == new:
        return None
    price = taxed.gross(_net(new, rate) + Decimal(added), rate)
    return {
        "id": variation["id"],
        "regular_price": taxed.stored(price),
        "meta_data": [noting(NOTE, taxed.stored(new))],
    }


def own_base(variation: Row, base: Decimal | None) -> Decimal | None:
    return base if (kept := noted(variation)) is None else kept


def _net(price: Decimal | None, rate: Decimal) -> Decimal:
    return taxed.net(price, rate) if price is not None else Decimal(0)
