"""Weights: records have kilograms, the shop its own unit (`woocommerce_weight_unit`). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from app.entities.values import plain

KILOGRAMS: Final[Mapping[str, Decimal]] = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "lbs": Decimal("0.45359237"),
    "oz": Decimal("0.028349523125"),
}
"""What one of each unit that WooCommerce knows is."""
_EXACT: Final = 6
_NEAR: Final = 4
"""Decimals of kilograms reckoned from pounds and ounces, so that what came from Odoo comes back the same."""


def kilograms(weight: Decimal, unit: str) -> str:
    """`("3.306934", "lbs")` is 1.5; an unknown unit is taken for kilograms."""
    places = _NEAR if unit in ("lbs", "oz") else _EXACT
    return plain(_rounded(weight * KILOGRAMS.get(unit, Decimal(1)), places))


def in_unit(weight: Decimal, unit: str) -> str:
    return plain(_rounded(weight / KILOGRAMS.get(unit, Decimal(1)), _EXACT))


def _rounded(weight: Decimal, places: int) -> Decimal:
    return weight.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
