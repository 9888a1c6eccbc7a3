"""Prices of two sides that sell in different currencies: not compared, not written, and said so. Pure."""

from __future__ import annotations

from app.entities.base import EntityType, Record
from app.entities.records import MONEY


def in_one_currency(
    entity_type: EntityType, ours: Record, theirs: Record, *, base: Record | None
) -> tuple[Record, Record, tuple[str, ...]]:
    """Both records, without their prices where those are in different currencies. A price that changed since `base`,
    what was agreed of `ours`, is worth a note."""
    names = MONEY.get(entity_type, frozenset())
    mine, other = ours.get("currency"), theirs.get("currency")
    if not names or not mine or not other or mine == other:
        return ours, theirs, ()
    edited = sorted(name for name in names & ours.keys() if base is None or base.get(name) != ours[name])
    notes = tuple(
        f"{name} {ours[name]} {mine} was not written: the other side sells in {other}, and the same number there would "
        "be another price"
        for name in edited
    )
    return _without(ours, names), _without(theirs, names), notes


def without_foreign_prices(
    entity_type: EntityType, record: Record, currency: str | None
) -> tuple[Record, tuple[str, ...]]:
    """A record for a new one on a side that sells in `currency`: as `in_one_currency`."""
    kept, _, notes = in_one_currency(entity_type, record, {"currency": currency}, base=None)
    return kept, notes


def _without(record: Record, names: frozenset[str]) -> Record:
    return {name: value for name, value in record.items() if name not in names}
