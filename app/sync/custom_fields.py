"""An operator's own pairs of fields: raw in the state of each side, converted in the record. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from app.connections.sync_settings import FieldMapping, Flow
from app.entities.base import Direction, Json, Record, Side, State
from app.entities.converter import Converter
from app.entities.values import as_day, plain, storable

_DIGITS: Final = 18
"""Before and behind the point."""


def with_custom(record: Record, state: State, mappings: Sequence[FieldMapping], side: Side) -> dict[str, Json]:
    """The record with the operator's fields, under `x:<odoo field>:<shop field>`."""
    more = {
        mapping.name: converted(state[mapping.native(side)], mapping.converter)
        for mapping in mappings
        if mapping.native(side) in state
    }
    return {**record, **more}


def split_custom(
    changes: Record, mappings: Sequence[FieldMapping], side: Side
) -> tuple[dict[str, Json], dict[str, Json]]:
    """The record's own changes, and the operator's in the words of `side`'s state."""
    names = {mapping.name: mapping for mapping in mappings}
    own = {name: value for name, value in changes.items() if name not in names}
    raw = {names[name].native(side): value for name, value in changes.items() if name in names}
    return own, raw


def one_way(mappings: Sequence[FieldMapping], direction: Direction) -> set[str]:
    """Names of the operator's fields that are not copied in this direction."""
    return {mapping.name for mapping in mappings if mapping.direction not in (Flow.BOTH, Flow(direction.value))}


def converted(value: Json, converter: Converter) -> Json:
    """One canonical form for what the two sides write differently; what does not fit is None."""
    if (value is None or value is False or value == "") and converter is not Converter.BOOLEAN:
        return None
    match converter:
        case Converter.BOOLEAN:
            return value in (True, 1, "1", "true", "True")
        case Converter.INTEGER:
            number = _number(value)
            return None if number is None else int(number)
        case Converter.DECIMAL:
            number = _number(value)
            return None if number is None else plain(number)
        case Converter.DATE:
            try:
                return as_day(value)
            except ValueError:
                return None
        case Converter.TEXT:
            return storable(str(value)).strip() or None


def _number(value: Json) -> Decimal | None:
    """None for what no side holds: `1e999` is a number, and a thousand digits long."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and -_DIGITS < number.adjusted() < _DIGITS else None
