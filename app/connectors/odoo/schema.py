"""The fields of Odoo's models as this database has them, remembered; and what may be written into them.

Odoo answers true to a many2one given as a text or as the `[id, name]` pair that its own `read` gave, and stores NULL
(17.0, 19.0). Such a value is refused here, before it is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from app.connectors.odoo.moments import is_odoo_moment
from app.entities.base import Json
from app.errors import BadPayload

ATTRIBUTES: Final = ("type", "relation", "selection", "readonly", "required", "string", "digits")
KEPT_FOR: Final = timedelta(minutes=15)
CREATE_LINE: Final = 0
WRITE_LINE: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInfo:
    """`type` in Odoo's words (`char`, `many2one`, …); `selection` the keys a selection field takes, in order;
    `decimals` how many a number keeps, None for as many as it is given."""

    type: str
    label: str = ""
    relation: str | None = None
    selection: tuple[str, ...] = ()
    readonly: bool = False
    required: bool = False
    decimals: int | None = None


Fields: TypeAlias = Mapping[str, FieldInfo]


class Schema:
    """One question per model, whoever asks at the same time, and again after `KEPT_FOR`."""

    def __init__(self, ask: Callable[[str], Awaitable[Json]], *, now: Callable[[], datetime]) -> None:
        self._ask = ask
        self._now = now
        self._known: dict[str, tuple[datetime, Fields]] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def fields(self, model: str) -> Fields:
        if (known := self._fresh(model)) is not None:
            return known
        async with self._asking.setdefault(model, asyncio.Lock()):
            if (known := self._fresh(model)) is None:
                known = read_fields(await self._ask(model))
                self._known[model] = (self._now(), known)
            return known

    def _fresh(self, model: str) -> Fields | None:
        asked_at, known = self._known.get(model, (None, {}))
        return None if asked_at is None or self._now() - asked_at >= KEPT_FOR else known

    def forget(self, model: str) -> None:
        """The next question about the model goes to Odoo."""
        self._known.pop(model, None)

    async def check(self, model: str, values: Mapping[str, Json], *, call: str) -> None:
        """Raises `BadPayload` naming the field whose value Odoo would store as something else."""
        fields = await self.fields(model)
        check_values(fields, values, call=call)
        for relation, line in lines_of(fields, values):
            await self.check(relation, line, call=call)


def read_fields(answer: Json) -> Fields:
    """`{"country_id": {"type": "many2one", "relation": "res.country", "required": false, …}}` of `fields_get`."""
    described = answer if isinstance(answer, dict) else {}
    return {name: _field(one) for name, one in described.items() if isinstance(one, dict)}


def check_values(fields: Fields, values: Mapping[str, Json], *, call: str) -> None:
    """A field this database does not have is left to Odoo, which names it."""
    for name, value in values.items():
        field = fields.get(name)
        if field and field.type == "many2one" and not _is_link(value):
            raise BadPayload(f"{call}: {name} takes the id of a record, or false, and not {value!r:.60}", field=name)
        if field and field.type == "datetime" and not is_odoo_moment(value):
            raise BadPayload(
                f"{call}: {name} takes a moment in UTC like 2026-01-02 03:04:05, and not {value!r:.60}", field=name
            )


def lines_of(fields: Fields, values: Mapping[str, Json]) -> Iterator[tuple[str, Mapping[str, Json]]]:
    """The rows inside x2many commands, `[0, 0, {…}]` and `[1, id, {…}]`, with their model."""
    for name, commands in values.items():
        relation = fields[name].relation if name in fields and fields[name].type.endswith("2many") else None
        for command in commands if relation and isinstance(commands, list) else ():
            if isinstance(command, list) and len(command) == 3 and command[0] in (CREATE_LINE, WRITE_LINE):
                line = command[2]
                if isinstance(line, dict):
                    yield str(relation), line


def _field(one: Mapping[str, Json]) -> FieldInfo:
    relation, selection = one.get("relation"), one.get("selection")
    pairs = selection if isinstance(selection, list) else []
    return FieldInfo(
        type=str(one.get("type") or ""),
        label=str(one.get("string") or ""),
        relation=relation if isinstance(relation, str) else None,
        selection=tuple(str(pair[0]) for pair in pairs if isinstance(pair, list) and pair),
        readonly=bool(one.get("readonly")),
        required=bool(one.get("required")),
        decimals=_decimals(one.get("digits")),
    )


def _decimals(digits: Json) -> int | None:
    """`[16, 2]`: by the decimal accuracy of "Product Price", "Stock Weight" …, which an operator may raise."""
    scale = digits[1] if isinstance(digits, list) and len(digits) == 2 else None
    return scale if isinstance(scale, int) else None


def _is_link(value: Json) -> bool:
    # None is `false` to Odoo; True is an int to Python only.
    return value is None or value is False or (isinstance(value, int) and not isinstance(value, bool) and value > 0)
