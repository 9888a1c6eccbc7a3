"""Whether Odoo reckons an order to the same totals as the shop that took the money. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from app.entities.base import Json, State

TOTALS: Final = (("amount_total", "with tax"), ("amount_untaxed", "without tax"))
LESS_THAN_A_CENT: Final = Decimal("0.005")


def difference(wanted: State, stored: State) -> str | None:
    """What differs, for a person: `with tax 66.70 in the shop, 66.71 in Odoo`. None where the totals agree.

    `wanted` has the totals as the shop reckoned them; one that it does not have is not compared.
    """
    found = [
        f"{label} {_amount(wanted[name]):.2f} in the shop, {_amount(stored.get(name)):.2f} in Odoo"
        for name, label in TOTALS
        if wanted.get(name) is not None and _differs(wanted[name], stored.get(name))
    ]
    return "; ".join(found) or None


def _differs(wanted: Json, stored: Json) -> bool:
    return abs(_amount(wanted) - _amount(stored)) >= LESS_THAN_A_CENT


def _amount(value: Json) -> Decimal:
    return Decimal(str(value)) if value is not None else Decimal()
