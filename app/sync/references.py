"""References of a record into the other side's ids. Pure; the look-up is `sync/pairs.py::find_counterparts`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from app.entities.base import EntityType, Json, Record
from app.entities.records import LINE_REFERENCES, REFERENCES

Known: TypeAlias = Mapping[tuple[EntityType, str], str]
"""The other side's id by (entity type, id on the record's side)."""

REQUIRED: Final[Mapping[EntityType, frozenset[str]]] = {
    EntityType.ADDRESS: frozenset({"customer"}),
    EntityType.ORDER: frozenset({"customer"}),
    EntityType.REFUND: frozenset({"order"}),
    EntityType.VARIANT: frozenset({"product"}),
    EntityType.STOCK: frozenset({"product"}),
    EntityType.IMAGE: frozenset({"product"}),
}
"""Without these the record cannot be on the other side; other references are left empty where they have no pair."""


@dataclass(frozen=True, slots=True)
class Dangling:
    """A reference whose record has no pair yet."""

    field: str
    entity_type: EntityType
    native_id: str
    required: bool


def dangling(entity_type: EntityType, record: Record, known: Known) -> Iterator[Dangling]:
    for name, kind in REFERENCES.get(entity_type, {}).items():
        number = record.get(name)
        if isinstance(number, str) and (kind, number) not in known:
            required = name in REQUIRED.get(entity_type, ())
            yield Dangling(name, kind, number, required)
    for line in _lines(record):
        for name, kind in LINE_REFERENCES.items():
            number = line.get(name)
            if isinstance(number, str) and (kind, number) not in known:
                yield Dangling(f"lines.{name}", kind, number, False)


def unknown(entity_type: EntityType, record: Record, known: Known) -> Iterator[str]:
    """Fields that name a record without a pair. Their None in the other side's ids is no value, and erases none."""
    for name, kind in REFERENCES.get(entity_type, {}).items():
        number = record.get(name)
        if isinstance(number, str) and (kind, number) not in known:
            yield name


def translated(entity_type: EntityType, record: Record, known: Known) -> dict[str, Json]:
    """The record with the other side's ids; a reference without a pair becomes None."""
    result = dict(record)
    for name, kind in REFERENCES.get(entity_type, {}).items():
        if name in result:
            result[name] = _other(kind, result[name], known)
    if isinstance(result.get("lines"), list):
        result["lines"] = [_line(line, known) for line in _lines(record)]
    return result


def _line(line: Mapping[str, Json], known: Known) -> dict[str, Json]:
    return {
        name: _other(LINE_REFERENCES[name], value, known) if name in LINE_REFERENCES else value
        for name, value in line.items()
    }


def _other(kind: EntityType, number: Json, known: Known) -> Json:
    return known.get((kind, number)) if isinstance(number, str) else None


def _lines(record: Record) -> Iterator[Mapping[str, Json]]:
    lines = record.get("lines")
    for line in lines if isinstance(lines, list) else ():
        if isinstance(line, dict):
            yield line
