"""What a model does besides keeping rows: the places where its own rules come in.

The models' files (`variants.py`, `stock.py`, ...) fill these tables; `business.py` puts them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.sandbox.odoo.call import Call
from app.sandbox.odoo.database import Row


def _as_given(call: Call, values: Row) -> Row:
    return values


def _allowed(call: Call, rows: list[Row], values: Row) -> Row:
    return values


def _new(call: Call, values: Row) -> int | None:
    return None


def _nothing(call: Call, row: Row) -> None:
    return None


def _nothing_written(call: Call, row: Row, values: Row) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """`prepare`: the values of a create with their defaults. `instead`: the record a create turns into.
    `allow`: refuses a write, or gives the values that count. `written`: with the values. `deleting`: refuses, cascades.
    """

    prepare: Callable[[Call, Row], Row] = _as_given
    instead: Callable[[Call, Row], int | None] = _new
    created: Callable[[Call, Row], None] = _nothing
    allow: Callable[[Call, list[Row], Row], Row] = _allowed
    written: Callable[[Call, Row, Row], None] = _nothing_written
    deleting: Callable[[Call, Row], None] = _nothing
    deleted: Callable[[Call, Row], None] = _nothing


PLAIN = Behaviour()
BEHAVIOURS: dict[str, Behaviour] = {}
# What a write of a field without a stored value does: (model, field) -> function of the call, the row, the value.
Inverse = Callable[[Call, Row, object], None]
INVERSES: dict[tuple[str, str], Inverse] = {}


def behaviour_of(model: str) -> Behaviour:
    return BEHAVIOURS.get(model, PLAIN)
