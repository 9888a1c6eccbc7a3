"""What a transaction changed, row by row, so that it can be taken back (and, for an early hook, done again)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Row = dict[str, object]
Key = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One webhook a rule asked for: the values are those of the moment the rule ran."""

    url: str
    body: Row


@dataclass(slots=True)
class Journal:
    """The rows as they were before their first change here; None for a row that did not exist."""

    external_ids: dict[str, Key]
    before: dict[Key, Row | None] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)

    def note(self, key: Key, row: Row | None) -> None:
        self.before.setdefault(key, None if row is None else dict(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A transaction that set off webhooks: the rows before it, and whether it was committed."""

    before: dict[Key, Row | None]
    posts: list[Post]
    committed: bool


class Indexes:
    """Of each field that was asked for: which rows have a value, or once had it, in the order in which they got it."""

    def __init__(self) -> None:
        self._fields: dict[str, dict[object, dict[int, None]]] = {}

    def note(self, row_id: int, values: Row) -> None:
        for name, held in self._fields.items():
            if name in values:
                held.setdefault(values[name], {})[row_id] = None

    def find(self, name: str, value: object, rows: Mapping[int, Row]) -> list[int]:
        if name not in self._fields:
            self._fields[name] = {}
            for row_id, row in rows.items():
                self.note(row_id, {name: row[name]} if name in row else {})
        return list(self._fields[name].get(value, ()))


class StoredRow(dict[str, object]):
    """A row that tells the open transaction before it changes, and its table's indexes after."""

    __slots__ = ("_indexes", "_journals", "_key")

    def __init__(self, journals: list[Journal], indexes: Indexes, key: Key, values: Row) -> None:
        super().__init__(values)
        self._journals, self._indexes, self._key = journals, indexes, key
        indexes.note(key[1], values)

    def __setitem__(self, name: str, value: object) -> None:
        self._note()
        super().__setitem__(name, value)
        self._indexes.note(self._key[1], {name: value})

    def __delitem__(self, name: str) -> None:
        self._note()
        super().__delitem__(name)

    def update(self, *given: Row, **values: object) -> None:  # type: ignore[override]
        self._note()
        super().update(*given, **values)
        self._indexes.note(self._key[1], self)

    def _note(self) -> None:
        if self._journals:
            self._journals[-1].note(self._key, self)


class Table(dict[int, Row]):
    """The rows of one model by id; what is put in becomes a `StoredRow`."""

    def __init__(self, journals: list[Journal], model: str) -> None:
        super().__init__()
        self._journals, self._model = journals, model
        self._indexes = Indexes()

    def holding(self, name: str, value: object) -> list[Row]:
        """The rows that have this in a many2one field, without a look at the others."""
        ids = self._indexes.find(name, value, self)
        return [row for number in ids if (row := self.get(number)) is not None and row.get(name) == value]

    def __setitem__(self, row_id: int, row: Row) -> None:
        self._note(row_id)
        super().__setitem__(row_id, StoredRow(self._journals, self._indexes, (self._model, row_id), row))

    def __delitem__(self, row_id: int) -> None:
        self._note(row_id)
        super().__delitem__(row_id)

    def pop(self, row_id: int, *default: object) -> Row:
        self._note(row_id)
        return super().pop(row_id, *default)

    def _note(self, row_id: int) -> None:
        if self._journals:
            self._journals[-1].note((self._model, row_id), self.get(row_id))


def restore(tables: dict[str, Table], rows: dict[Key, Row | None]) -> None:
    """Puts rows back as given. Outside of any transaction, so nothing is noted."""
    for (model, row_id), row in rows.items():
        if row is None:
            tables[model].pop(row_id, None)
        elif row_id in tables[model]:
            tables[model][row_id].clear()
            tables[model][row_id].update(row)
        else:
            tables[model][row_id] = row


def current(tables: dict[str, Table], keys: Iterator[Key]) -> dict[Key, Row | None]:
    found = {key: tables[key[0]].get(key[1]) for key in keys}
    return {key: None if row is None else dict(row) for key, row in found.items()}


def merged(
    before: dict[Key, Row | None], after: dict[Key, Row | None], now: dict[Key, Row | None]
) -> dict[Key, Row | None]:
    """The rows of a late commit on top of what became of them meanwhile."""
    return {key: _merged(before[key], row, now[key]) for key, row in after.items()}


def _merged(before: Row | None, after: Row | None, now: Row | None) -> Row | None:
    if after is None or before is None or now is None:
        return after if now == before else now
    return {**now, **{name: value for name, value in after.items() if now.get(name) == before.get(name)}}
