"""What people did, in order: what they saved, made and removed, as their own side stored it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from app.entities.base import EntityType, Json, Record, Side
from tests.simulation.onlooker import Onlooker


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One field of one save. `record` is an id of `side`; `before` and `value` are neutral, as that side stored them;
    `save` numbers the saves, `at` is when (virtual seconds)."""

    save: int
    at: float
    side: Side
    entity_type: EntityType
    record: str
    field: str
    before: Json
    value: Json

    def __str__(self) -> str:
        return (
            f"save {self.save} at {self.at:.1f} s: {self.field} of {self.side} {self.entity_type} {self.record}, "
            f"{self.before!r} → {self.value!r}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An envelope that was accepted: `number` of the shop's record, `field` and `value` in the shop's words."""

    number: str
    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A record that a person made, or had when the service began."""

    side: Side
    entity_type: EntityType
    record: str


@dataclass(slots=True, kw_only=True)
class Ledger:
    """`now`: virtual seconds. `saves` counts every save, also one that changed nothing that is kept the same."""

    now: Callable[[], float]
    edits: list[Edit] = field(default_factory=list)
    made: dict[Made, int] = field(default_factory=dict)
    """With the number of the save."""
    gone: dict[Made, int] = field(default_factory=dict)
    unseen: set[tuple[Made, str]] = field(default_factory=set)
    """Fields that were saved to what their own side does not show."""
    commands: list[Command] = field(default_factory=list)
    saves: int = 0
    onlooker: Onlooker | None = None
    shop_text: Callable[[str, str], str | None] = field(default=lambda number, name: None)
    """What the shop holds in a field of a customer, in its own words; None for one that is not there."""

    def note_made(self, side: Side, entity_type: EntityType, records: Mapping[str, Record]) -> None:
        """Whoever makes a record saves each of its fields."""
        self.saves += 1
        for number, record in records.items():
            self.made.setdefault(Made(side=side, entity_type=entity_type, record=number), self.saves)
            self._note(side, entity_type, number, {name: (None, value) for name, value in record.items()})

    def note_gone(self, side: Side, entity_type: EntityType, number: str) -> None:
        self.saves += 1
        self.gone[Made(side=side, entity_type=entity_type, record=number)] = self.saves

    def note_saved(
        self, side: Side, entity_type: EntityType, number: str, before: Record, after: Record, *, named: Collection[str]
    ) -> None:
        """`named`: the fields that were typed into. Up to 16 an archived product shows no empty SKU and weight: what
        shows up by itself is no edit, and what is typed and does not show cannot be followed any more."""
        self.saves += 1
        shown = after.keys() & (before.keys() | set(named))
        changed = {name: (before.get(name), after[name]) for name in shown if before.get(name) != after[name]}
        self._note(side, entity_type, number, changed)
        hidden = set(named) - after.keys() if after else set()
        self.unseen |= {(Made(side=side, entity_type=entity_type, record=number), name) for name in hidden}

    def note_command(self, number: str, name: str, value: str) -> None:
        self.saves += 1
        self.commands.append(Command(number=number, field=name, value=value))

    def edits_of(self, side: Side, entity_type: EntityType, number: str) -> Iterator[Edit]:
        return (
            edit
            for edit in self.edits
            if edit.side is side and edit.entity_type is entity_type and edit.record == number
        )

    def made_on(self, side: Side, entity_type: EntityType) -> list[str]:
        return [one.record for one in self.made if one.side is side and one.entity_type is entity_type]

    def is_gone(self, side: Side, entity_type: EntityType, number: str) -> bool:
        return Made(side=side, entity_type=entity_type, record=number) in self.gone

    def _note(self, side: Side, kind: EntityType, number: str, changes: Mapping[str, tuple[Json, Json]]) -> None:
        self.edits += [
            Edit(
                save=self.saves, at=self.now(), side=side, entity_type=kind, record=number, field=name,
                before=before, value=value,
            )
            for name, (before, value) in sorted(changes.items())
        ]  # fmt: skip
