"""The shop's memory: one table per resource, the clock, the mails sent and what the running request changed.

A row holds `id` as a number and every other value as the database gives it back: text, null, or language
-> text. An association that is stored, not computed, is kept beside the row in `Table.linked`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal
from zoneinfo import ZoneInfo

from .resources import Resource, Value
from .rows import stored
from .tables_catalog import CATALOG
from .tables_sales import SALES

Row = dict[str, Value]
Links = list[dict[str, str]]
Verb = Literal["created", "updated", "deleted"]
RESOURCES: Mapping[str, Resource] = {resource.name: resource for resource in (*SALES, *CATALOG)}
_TIME = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    order: str


@dataclass(frozen=True, slots=True)
class Change:
    """One `actionObject...After` hook: what a module sees. `row` is what was written or deleted."""

    resource: str
    id: int
    verb: Verb
    row: Row


@dataclass(slots=True)
class Table:
    resource: Resource
    rows: dict[int, Row] = field(default_factory=dict)
    linked: dict[tuple[int, str], Links] = field(default_factory=dict)
    next_id: int = 1
    _index: dict[str, dict[str, dict[int, None]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index = {name: defaultdict(dict) for name in self.resource.indexed}

    def put(self, row_id: int, row: Row) -> None:
        self._unindex(row_id)
        self.rows[row_id] = row
        self.next_id = max(self.next_id, row_id + 1)
        for name, entries in self._index.items():
            entries[str(row.get(name)).lower()][row_id] = None

    def drop(self, row_id: int) -> Row:
        self._unindex(row_id)
        for association in self.resource.associations:
            self.linked.pop((row_id, association.name), None)
        return self.rows.pop(row_id)

    def where(self, name: str, values: Iterable[str]) -> Iterator[Row]:
        """Rows whose `name` equals one of `values` without regard to case, in the order of an index."""
        wanted = {value.lower() for value in values}
        if name in self._index:
            ordered = sorted(wanted, key=_index_key)
            ids = [row_id for value in ordered for row_id in sorted(self._index[name].get(value, ()))]
            return (self.rows[row_id] for row_id in ids)
        if name == "id":
            ids = sorted({int(value) for value in wanted if value.isdecimal()} & self.rows.keys())
            return (self.rows[row_id] for row_id in ids)
        return (row for row in self.rows.values() if str(row.get(name)).lower() in wanted)

    def _unindex(self, row_id: int) -> None:
        old = self.rows.get(row_id)
        if old is not None:
            for name, entries in self._index.items():
                entries[str(old.get(name)).lower()].pop(row_id, None)


class Shop:
    """State of one shop. `changes` collects the hooks of the running request until the server takes them."""

    def __init__(self, *, timezone: str, clock: Callable[[], datetime] | None = None) -> None:
        self.zone = ZoneInfo(timezone)
        self.clock = clock or (lambda: datetime.now(UTC))
        self.tables = {name: Table(resource) for name, resource in RESOURCES.items()}
        self.pictures: dict[int, bytes] = {}
        """What is on disk, by image id."""
        self.mails: list[Mail] = []
        self.changes: list[Change] = []
        self.name = "RealShop"
        self.random = Random(1)
        self._numbers: dict[str, int] = {}

    def now(self, ago: timedelta = timedelta()) -> str:
        """Shop local time without an offset, whole seconds, as every date column holds it."""
        return (self.clock().astimezone(self.zone) - ago).strftime(_TIME)

    def db_now(self) -> str:
        """The database's own clock is UTC; it shows where a column default fills a date."""
        return self.clock().astimezone(UTC).strftime(_TIME)

    def next_number(self, series: str) -> str:
        """Invoices and delivery slips are counted shop-wide."""
        self._numbers[series] = self._numbers.get(series, 0) + 1
        return str(self._numbers[series])

    def table(self, name: str) -> Table:
        return self.tables[name]

    def row(self, name: str, row_id: Value) -> Row | None:
        return self.tables[name].rows.get(_as_id(row_id))

    def text(self, name: str, row_id: Value, column: str) -> str:
        """A row's column as text, or '' where the row is not there."""
        row = self.row(name, row_id)
        return "" if row is None else str(row.get(column) or "")

    def languages(self) -> list[int]:
        return [row_id for row_id, row in self.table("languages").rows.items() if row["active"] == "1"]

    def insert(self, name: str, memory: Row) -> int:
        """Like `ObjectModel::add`: dates are now whatever was sent; `memory` gets its id and dates."""
        table = self.table(name)
        memory["id"] = table.next_id
        for column in ("date_add", "date_upd"):
            if column in table.resource.fields:
                memory[column] = self.now()
        table.put(table.next_id, self._as_row(table.resource, memory, nulls=False))
        self._changed(name, int(str(memory["id"])), "created")
        return int(str(memory["id"]))

    def save(self, name: str, memory: Row) -> None:
        """Like `ObjectModel::update`: all is written, and `date_upd` is now even if nothing differs."""
        table = self.table(name)
        if "date_upd" in table.resource.fields:
            memory["date_upd"] = self.now()
        if "date_add" in table.resource.fields and not memory.get("date_add"):
            memory["date_add"] = self.now()
        row_id = _as_id(memory["id"])
        table.put(row_id, self._as_row(table.resource, memory, nulls=True))
        self._changed(name, row_id, "updated")

    def put(self, name: str, row_id: int, memory: Row) -> None:
        """Writes a row as it is given, without dates, hooks or checks: for seeds."""
        table = self.table(name)
        table.put(row_id, self._as_row(table.resource, memory, nulls=False))

    def remove(self, name: str, row_id: int) -> None:
        row = self.table(name).drop(row_id)
        self.changes.append(Change(name, row_id, "deleted", row))

    def load(self, name: str, row_id: int) -> Row | None:
        """A copy to work on, as the shop loads an object."""
        row = self.row(name, row_id)
        if row is None:
            return None
        return {key: dict(value) if isinstance(value, dict) else value for key, value in row.items()}

    def take_changes(self) -> list[Change]:
        taken, self.changes = self.changes, []
        return taken

    def _changed(self, name: str, row_id: int, verb: Verb) -> None:
        self.changes.append(Change(name, row_id, verb, self.table(name).rows[row_id]))

    def _as_row(self, resource: Resource, memory: Row, *, nulls: bool) -> Row:
        db_now = self.db_now()
        row: Row = {"id": memory["id"]}
        for column, spec in resource.fields.items():
            value = memory.get(column)
            row[column] = (
                self._all_languages(value, required=spec.required) if spec.i18n
                else stored(spec, value, nulls=nulls, db_now=db_now)
            )  # fmt: skip
        return row

    def _all_languages(self, value: Value, *, required: bool) -> dict[int, str]:
        """A required text that a language lacks takes the default language's; any other becomes ''."""
        texts = value if isinstance(value, dict) else {}
        default = texts.get(1, "") if required else ""
        return {language: texts.get(language) or default for language in self.table("languages").rows}


def _index_key(value: str) -> tuple[bool, int, str]:
    return not value.isdecimal(), int(value) if value.isdecimal() else 0, value


def _as_id(value: object) -> int:
    text = str(value)
    return int(text) if text.isdecimal() else 0
