"""A product's row as a state, and changes of a state as the shop takes them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from app.connectors.told import whole_of
from app.connectors.woocommerce import base_price, catalog_texts, taxed
from app.connectors.woocommerce.client import Row
from app.connectors.woocommerce.measures import tax_class
from app.connectors.woocommerce.notes import note_of, noting
from app.connectors.woocommerce.product_record import SIMPLE, VARIABLE, text
from app.connectors.woocommerce.records import text as read_text
from app.entities.base import Json, State

MAIN_CATEGORY: Final = "_shopsync_category"
"""Which of its categories stands for a product: the shop ranks none of them."""
DEFAULT_CATEGORY: Final = "uncategorized"
"""Slug of the category that the shop puts products in that have none."""
FIELDS: Final[Mapping[str, str]] = {
    "name": "text",
    "description": "html",
    "sku": "text",
    "global_unique_id": "text",
    "regular_price": "amount",
    "tax_class": "text",
    "weight": "amount",
    "status": "text",
    "category": "id",
    "categories": "ids",
    "virtual": "boolean",
    "type": "text",
}
_SENT_AS_THEY_ARE: Final = ("status", "virtual")
_EMPTY_IS_TEXT: Final = ("sku", "global_unique_id", "regular_price", "weight", "description")


def is_live(row: Row) -> bool:
    return row.get("status") != "trash" and row.get("type") != "variation"


def state_of(row: Row, base: Decimal | None) -> dict[str, Json]:
    """`base`: of a product with variations, what their prices are reckoned from."""
    price = base if row.get("type") == VARIABLE else taxed.amount(row.get("regular_price"))
    weight = taxed.amount(row.get("weight"))
    held = categories_of(row)
    state: dict[str, Json] = {
        "name": read_text(row.get("name")),
        "description": catalog_texts.read_html(row.get("description")),
        "sku": text(row.get("sku")),
        "regular_price": taxed.stored(price) if price is not None else None,
        "tax_class": tax_class(row.get("tax_status"), row.get("tax_class")),
        "weight": taxed.stored(weight) if weight is not None else None,
        "status": str(row.get("status")),
        "category": _main(row, held),
        "categories": list[Json](held),
        "virtual": bool(row.get("virtual")),
        "type": str(row.get("type") or SIMPLE),
    }
    if "global_unique_id" in row:
        state["global_unique_id"] = text(row["global_unique_id"])
    return state


def categories_of(row: Row) -> list[int]:
    """Without the one that means "none"."""
    listed = row.get("categories")
    rows = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return sorted(
        whole_of(one["id"], "category id") for one in rows if one.get("id") and one.get("slug") != DEFAULT_CATEGORY
    )


def body_of(changes: State, base: State | None) -> Row:
    """Of a product with variations the price goes into its note: the shop ignores one that is sent."""
    body: Row = {name: changes[name] for name in _SENT_AS_THEY_ARE if name in changes}
    body |= {name: changes[name] or "" for name in _EMPTY_IS_TEXT if name in changes}
    if "name" in changes:
        body["name"] = catalog_texts.sent_name(text(changes["name"]))
    notes: list[Json] = []
    if isinstance(held := changes.get("categories"), list):
        body["categories"] = [{"id": one} for one in held]
    if base is not None and "category" in changes:
        notes.append(noting(MAIN_CATEGORY, str(changes["category"] or 0)))
    if base is not None and base.get("type") == VARIABLE and "regular_price" in body:
        notes.append(noting(base_price.NOTE, body.pop("regular_price")))
    return {**body, "meta_data": notes} if notes else body


def _main(row: Row, held: list[int]) -> int | None:
    """The noted one while it is one of them, else the oldest; `0` notes that none of them is."""
    noted = str(note_of(row, MAIN_CATEGORY) or "")
    if noted == "0" or (noted.isdecimal() and int(noted) in held):
        return int(noted) or None
    return held[0] if held else None
