"""The promises about content: both sides agree, no edit is missing, nothing exists twice or on one side only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from app.entities.base import EntityType, Record, Side
from app.entities.records import REFERENCES
from tests.simulation.findings import Couple, Findings, value_of
from tests.simulation.ledger import Edit
from tests.simulation.vocabulary import GUEST, MADE_HERE, NATURAL, PART_OF_ANOTHER, compared, same


def apart(found: Findings) -> Iterator[str]:
    """Both sides agree on every mapped field of every pair, but for fields that wait for a person.

    Read from the peers afresh. Of a pair whose one record is gone the other is gone as well, or archived.
    """
    for couple in found.couples:
        held = found.both(couple)
        if held is None:
            yield from _half(found, couple)
            continue
        if couple.shop_id.startswith(GUEST) or found.shown(*(couple.key(side) for side in Side)):
            continue
        for name in _differing(couple.entity_type, *held):
            if name not in found.open_fields(couple):
                odoo, shop = held[0][name], held[1][name]
                yield f"the sides differ: {name} of {couple} is {odoo!r} in Odoo and {shop!r} in the shop"


def lost(found: Findings) -> Iterator[str]:
    """What people saved last of a field stands, unless the other side's people saved the same field without having
    seen it, the record was removed, or the conflict inbox has it.

    A value that was seen: the other side held it when its people saved over it.
    """
    for couple in found.couples:
        held = found.both(couple)
        if held is None or couple.shop_id.startswith(GUEST) or found.shown(*(couple.key(side) for side in Side)):
            continue
        for name, edits in found.edits(couple).items():
            if name not in _watched(couple.entity_type, *held):
                continue
            missing = _missing(found, couple, name, edits, held)
            if missing is not None:
                now = f"now Odoo has {held[0][name]!r}, the shop {held[1][name]!r}"
                yield f"an edit is missing: {missing} of {couple}; {now}"


def doubled(found: Findings) -> Iterator[str]:
    """What people did not make, we made: it is the other side of one record, and nothing else has its name."""
    for (side, kind), records in found.held.items():
        for number in records if kind not in PART_OF_ANOTHER else ():
            key = (side, kind, number)
            if number not in found.ledger.made_on(side, kind) and found.couple_of(key) is None:
                yield f"{side} {kind} {number} was made by the service and belongs to no record of the other side"
        yield from _sharing_names(found, side, kind, records)


def uncrossed(found: Findings) -> Iterator[str]:
    """What people made is on the other side as well, or a job says why not."""
    for (side, kind), records in found.held.items():
        if kind in PART_OF_ANOTHER or (side is Side.ODOO and kind in MADE_HERE):
            continue
        for number, record in records.items():
            key = (side, kind, number)
            couple = found.couple_of(key)
            if couple is None and not found.shown(key) and crosses(found, kind, record):
                yield f"{side} {kind} {number} has no counterpart, and no job says why: {dict(record)}"


def crosses(found: Findings, kind: EntityType, record: Record) -> bool:
    """An archived record that the other side never had stays where it is."""
    return record.get("active") is not False


def _half(found: Findings, couple: Couple) -> Iterator[str]:
    """Of what is gone on both sides nothing is left to say."""
    keys = [couple.key(side) for side in Side]
    for key in keys:
        record = found.record(key)
        if record is not None and record.get("active") is not False and not found.shown(*keys):
            yield f"{couple}: one of them is gone, and the other side of it is there, for sale or active"


def _watched(kind: EntityType, odoo: Record, shop: Record) -> set[str]:
    """Whose edits are followed. A reference is in the words of its side, and compared where both sides must agree."""
    return set(compared(kind)) & odoo.keys() & shop.keys() - REFERENCES.get(kind, {}).keys()


def _differing(kind: EntityType, odoo: Record, shop: Record) -> list[str]:
    names = odoo.keys() & shop.keys()
    return [name for name in compared(kind) if name in names and not same(kind, name, odoo[name], shop[name])]


def _missing(
    found: Findings, couple: Couple, name: str, edits: Sequence[Edit], held: tuple[Record, Record]
) -> Edit | None:
    """The edit that nobody accounts for. The last one of each side is looked at: what a side saved over itself is
    replaced by its own people. Whatever stands is what somebody saved last."""
    kind = couple.entity_type
    last = {edit.side: edit for edit in edits}
    now = {Side.ODOO: held[0].get(name), Side.SHOP: held[1].get(name)}
    for edit in last.values():
        if same(kind, name, edit.value, now[edit.side]):
            continue
        others = [other for other in edits if other.side is not edit.side]
        stands = any(same(kind, name, other.value, now[edit.side]) for other in last.values())
        if not stands or not (_inbox(found, couple, name, edit) or _met(kind, name, edit, others)):
            return edit
    return None


def _met(kind: EntityType, name: str, edit: Edit, others: Sequence[Edit]) -> bool:
    """Whether the other side's people saved the field afterwards, seen or not, or before, and this one's had not seen
    it: their form showed another value."""
    before = [other for other in others if other.save <= edit.save]
    return len(before) < len(others) or bool(before and not same(kind, name, before[-1].value, edit.before))


def _inbox(found: Findings, couple: Couple, name: str, edit: Edit) -> bool:
    column = f"{edit.side.value}_value"
    rows = [row for row in found.conflicts_of(couple) if row.field == name]
    return any(same(couple.entity_type, name, edit.value, value_of(getattr(row, column))) for row in rows)


def _sharing_names(found: Findings, side: Side, kind: EntityType, records: Mapping[str, Record]) -> Iterator[str]:
    """Two records with one name are people's doing, or nobody's."""
    if kind not in NATURAL:
        return
    shown = {number: record for number, record in records.items() if record.get("active") is not False}
    live = {number: record.get(NATURAL[kind]) for number, record in shown.items()}
    counted = Counter(str(name).lower() for name in live.values() if name)
    for name, times in counted.items():
        numbers = [number for number, own in live.items() if str(own).lower() == name]
        by_people = set(numbers) & set(found.ledger.made_on(side, kind))
        if times > 1 and len(by_people) < times:
            yield f"{side} has {times} of {kind} {name}: {', '.join(numbers)}"
