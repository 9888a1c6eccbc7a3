"""What kind of product: goods, service or combo. Odoo says it in three ways, by version. Pure.

17: `detailed_type` consu, product (stock is tracked) or service; `type` follows it. 18 and later: `type` consu, service
or combo, and `is_storable` for tracked stock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.connectors.base import Desired
from app.connectors.odoo.client import Row
from app.connectors.odoo.schema import FieldInfo
from app.connectors.odoo.values import flag_of, text_of
from app.entities.base import Json, State

FIELDS: Final = ("type", "detailed_type", "is_storable")
TRACKED: Final = "product"
GOODS: Final = "goods"
_NEUTRAL: Final[Mapping[str, str]] = {"consu": GOODS, TRACKED: GOODS, "service": "service", "combo": "combo"}


def state_of(row: Row) -> State:
    """`storable`: whether Odoo tracks its stock."""
    kind = text_of(row.get("detailed_type")) or text_of(row.get("type"))
    return {"type": kind, "storable": kind == TRACKED or flag_of(row.get("is_storable"))}


def tracked(fields: Mapping[str, FieldInfo]) -> list[Json]:
    """The domain of products whose stock Odoo tracks."""
    return [["is_storable", "=", True]] if "is_storable" in fields else [["type", "=", TRACKED]]


def neutral(state: State) -> str:
    """A kind that a module of its own brought (`event`, `course`) is sold like a service."""
    return _NEUTRAL.get(str(state.get("type")), "service")


def wanted(desired: Desired, fields: Mapping[str, FieldInfo], *, storable: bool) -> tuple[State, tuple[str, ...]]:
    """The state's words for a record's `type`; nothing where it is of that kind already. A new one is goods."""
    kind = desired.fields.get("type") or (GOODS if desired.base is None else None)
    if kind is None or (desired.base is not None and neutral(desired.base) == kind):
        return {}, ()
    choice = fields["detailed_type" if "detailed_type" in fields else "type"].selection
    if kind == GOODS:
        by_word, by_flag = storable and TRACKED in choice, storable and "is_storable" in fields
        return {"type": TRACKED if by_word else "consu", "storable": by_word or by_flag}, ()
    if kind not in choice:
        return {}, (f"this Odoo has no products of type {kind!r}; it was left out",)
    return {"type": kind, "storable": False}, ()


def values_of(changes: State, fields: Mapping[str, FieldInfo]) -> Row:
    values: dict[str, Json] = {}
    if "type" in changes:
        values["detailed_type" if "detailed_type" in fields else "type"] = changes["type"]
    if "storable" in changes and "is_storable" in fields:
        values["is_storable"] = changes["storable"]
    return values
