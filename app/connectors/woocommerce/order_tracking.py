"""Where an order's tracking number stands: in its meta data, under the key of the option `tracking_meta`. Pure.

Plugins for parcels read and show it from there. Most keep a text (`_tracking_number`); those that know of several
parcels keep a list under `_wc_shipment_tracking_items`, of which the last one is the order's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.entities.base import Json

ITEMS: Final = "_wc_shipment_tracking_items"
NUMBER: Final = "tracking_number"


def tracking_of(value: Json) -> str | None:
    """Of what the shop keeps under the key."""
    if isinstance(value, list):
        numbers = [item.get(NUMBER) for item in value if isinstance(item, Mapping)]
        return _text(numbers[-1]) if numbers else None
    return _text(value)


def with_tracking(key: str, value: Json, number: str | None) -> Json:
    """What to keep there instead; None takes the key away."""
    if key != ITEMS:
        return number
    items = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
    last: Mapping[str, Json] = items[-1] if items else {"tracking_provider": "", "custom_tracking_provider": ""}
    kept: list[Json] = [dict(item) for item in items[:-1]]
    return [*kept, {**last, NUMBER: number}] if number else (kept or None)


def _text(value: Json) -> str | None:
    return None if value is None or isinstance(value, bool | list | dict) else str(value).strip() or None
