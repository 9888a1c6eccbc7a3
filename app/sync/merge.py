"""Three-way merge of one pair, field by field. Pure: what changed since we last agreed, who wins, what to write.

`S′` and `T′` are what source and target hold now, `S0` and `T0` what they held when last agreed, all as neutral records
in the target's ids. A field that one side changed takes that side's value. A field that both changed to different
values is a conflict. A field of which one side was never agreed on counts as changed on both: at the first contact of
two filled systems every difference is a conflict, except that an empty field gives way to a filled one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.connections.sync_settings import ConflictRule
from app.entities.base import Json, Record, Side

_NEVER: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """`base` is None where nothing was agreed yet. `at`: when the record was changed last, None where unknown."""

    side: Side
    now: Record
    base: Record | None
    at: datetime | None = None

    def changed(self, name: str) -> bool:
        return self.agreed(name) is _NEVER or self.now.get(name) != self.agreed(name)

    def never_agreed(self, name: str) -> bool:
        return self.agreed(name) is _NEVER

    def agreed(self, name: str) -> object:
        """The agreed value; something that equals no value where there is none."""
        return _NEVER if self.base is None else self.base.get(name, _NEVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`fixed` fields are never rewritten. `touched` fields count as changed in the source, `forced` ones win as well.

    `open` fields have a conflict that waits for a person: nobody writes them. `decided` ones wait for the job that
    carries a person's decision out: only that one, which forces them, does. `nothing`: values that are as good as empty
    at the first contact, by field. `both_ways`: what the target changes comes over as well.
    """

    rule: ConflictRule
    owners: Mapping[str, Side] = field(default_factory=dict)
    fixed: Collection[str] = ()
    touched: Collection[str] = ()
    forced: Collection[str] = ()
    open: Collection[str] = ()
    decided: Collection[str] = ()
    nothing: Mapping[str, Json] = field(default_factory=dict)
    both_ways: bool = True

    def is_empty(self, name: str, value: Json) -> bool:
        return value in (None, "", [], {}) or (name in self.nothing and value == self.nothing[name])


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldConflict:
    """`winner` None: a person decides. `base` is the source's agreed value, or the target's, or None."""

    name: str
    base: Json
    source: Json
    target: Json
    winner: Side | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """`changes` go to the target. `back`: fields in which the target wins and the source is to follow."""

    changes: dict[str, Json]
    conflicts: tuple[FieldConflict, ...]
    back: tuple[str, ...]


def merge(source: Sides, target: Sides, rules: Rules) -> Merged:
    """Only fields that both sides have; a side that cannot hold a field has no opinion about it."""
    changes: dict[str, Json] = {}
    conflicts: list[FieldConflict] = []
    back: list[str] = []
    for name in sorted(source.now.keys() & target.now.keys() - set(rules.fixed)):
        ours, theirs = source.now[name], target.now[name]
        if ours == theirs:
            continue
        if name in rules.forced:
            changes[name] = ours
            continue
        if name in rules.decided:
            continue
        # Agreed on one side only (a command of Odoo's touched the shop's record): still a first contact.
        first = source.never_agreed(name) or target.never_agreed(name)
        if not (first or source.changed(name) or name in rules.touched):
            continue  # what the target changed comes with the target's own event
        if not first and name not in rules.open:
            # The agreements of the two sides are of different moments where a command of Odoo's wrote to the shop, or
            # an answer was lost. Who holds what the other one had agreed on has made no edit of its own.
            if not target.changed(name) or theirs == source.agreed(name):
                changes[name] = ours
                continue
            if rules.both_ways and name not in rules.touched and ours == target.agreed(name):
                continue  # the target's own event brings what it changed since
        conflict = _judge(name, source, target, rules)
        if conflict is None:
            (back.append(name) if rules.is_empty(name, ours) else changes.update({name: ours}))
            continue
        conflicts.append(conflict)
        if conflict.winner is source.side:
            changes[name] = ours
        elif conflict.winner is target.side:
            back.append(name)
    return Merged(changes=changes, conflicts=tuple(conflicts), back=tuple(back))


def _judge(name: str, source: Sides, target: Sides, rules: Rules) -> FieldConflict | None:
    """None at the first contact of a filled and an empty field."""
    ours, theirs = source.now[name], target.now[name]
    first = source.never_agreed(name) or target.never_agreed(name)
    free = first and name not in rules.open and name not in rules.owners
    if free and rules.is_empty(name, ours) != rules.is_empty(name, theirs):
        return None
    base = next((one.base[name] for one in (source, target) if one.base is not None and name in one.base), None)
    winner = None if name in rules.open else _winner(name, source, target, rules)
    return FieldConflict(name=name, base=base, source=ours, target=theirs, winner=winner)


def _winner(name: str, source: Sides, target: Sides, rules: Rules) -> Side | None:
    if name in rules.owners:
        return rules.owners[name]
    match rules.rule:
        case ConflictRule.MANUAL:
            return None
        case ConflictRule.ODOO_WINS:
            return Side.ODOO
        case ConflictRule.SHOP_WINS:
            return Side.SHOP
        case ConflictRule.NEWEST_WINS:
            if source.at is None or target.at is None or source.at == target.at:
                return Side.ODOO
            return source.side if source.at > target.at else target.side
