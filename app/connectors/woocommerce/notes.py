"""Notes that this service keeps with a product of the shop: hidden `meta_data` under keys of its own. Pure."""

from __future__ import annotations

from app.connectors.woocommerce.client import Row
from app.entities.base import Json


def note_of(row: Row, key: str) -> Json:
    """None where there is none. Of two with one key the later, as the shop itself reads it."""
    listed = row.get("meta_data")
    found = (
        [one.get("value") for one in listed if isinstance(one, dict) and one.get("key") == key]
        if isinstance(listed, list)
        else []
    )
    return found[-1] if found else None


def noting(key: str, value: Json) -> Json:
    """An entry of `meta_data`: a known key is changed in place, the rest is left alone."""
    return {"key": key, "value": value}
