"""What all ports of an Odoo share about reading: one model's rows in one call, and fields of an operator's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.connectors.base import MISSING, Cursor, Gone, Page, Patch, Resolved, Snapshot
from app.connectors.native_types import READ_ONLY
from app.connectors.odoo import polling
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.moments import from_odoo_moment
from app.connectors.odoo.search import rows_of
from app.connectors.odoo.values import amount_of, flag_of, id_of, ids_of, many2one_for, number_of, text_of
from app.entities.base import EntityType, Json, Ref, Side, State
from app.errors import AppError, BadPayload

EXTRA: Final = "extra:"
"""Before the name of an operator's own field, in states and in changes."""
NO_PATCHES: Final = "Odoo takes no reverse-sync events; its ports speak records"

_LAST_WRITTEN: Final = ("write_date", "write_uid")
_AMOUNTS: Final = frozenset({"float", "monetary"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one Odoo model that are records of one entity type.

    `fields` are read where the version has them. `kind` is the domain of the rows that polling offers; `read` shows
    any row of the model. `archives`: the model has `active`; `hides_archived`: an archived one is missing to its port.
    """

    client: OdooClient
    entity_type: EntityType
    model: str
    fields: tuple[str, ...]
    extra: tuple[str, ...] = ()
    kind: tuple[Json, ...] = ()
    archives: bool = True
    hides_archived: bool = False
    overlap_s: int = 600

    async def rows(self, ids: Iterable[str]) -> dict[str, Row]:
        """The rows that exist, by id, in one call."""
        numbers = [int(number) for number in dict.fromkeys(ids) if is_id(number)]
        if not numbers:
            return {}
        return {native_id(row): row for row in await self.client.read(self.model, numbers, await self.columns())}

    async def where(self, domain: Sequence[Json], *, order: str = "id") -> list[Row]:
        """The rows of a domain, archived ones too."""
        return await rows_of(self.client, self.model, domain, await self.columns(), order=order)

    async def columns(self) -> list[str]:
        """What is read: our fields as far as the version has them, the operator's own, and when and by whom it was
        written last."""
        known = await self.types()
        return [name for name in dict.fromkeys((*self.fields, *self.extra, *_LAST_WRITTEN)) if name in known]

    async def types(self) -> Mapping[str, str]:
        """Type by field name, in Odoo's words; from memory after the first call."""
        return {name: field.type for name, field in (await self.client.fields(self.model)).items()}

    async def native(self) -> Mapping[str, str]:
        """Type by field name, with `, read only` after those that Odoo lets nobody write."""
        fields = await self.client.fields(self.model)
        return {name: field.type + (READ_ONLY if field.readonly else "") for name, field in fields.items()}

    async def has(self, name: str) -> bool:
        return await self.client.has_field(self.model, name)

    def snapshot(self, row: Row, state: State) -> Snapshot:
        return Snapshot(
            ref=self.ref(row),
            state=state,
            modified_at=from_odoo_moment(row.get("write_date")),
            modified_by=id_of(row.get("write_uid")),
        )

    def ref(self, row: Row) -> Ref:
        return self.ref_to(native_id(row))

    def ref_to(self, number: str | int) -> Ref:
        return Ref(side=Side.ODOO, entity_type=self.entity_type, native_id=str(number))

    async def snapshots(self, rows: Sequence[Row], state_of: Callable[[Row], State]) -> list[Snapshot]:
        """Each row with its state: the port's part and the operator's own fields."""
        types = await self.types() if self.extra else {}
        return [self.snapshot(row, {**state_of(row), **self._extra_state(row, types)}) for row in rows]

    async def read(self, ids: Sequence[str], state_of: Callable[[Row], State]) -> dict[str, Snapshot | Gone]:
        found = await self.rows(ids)
        snapshots = {shot.ref.native_id: shot for shot in await self.snapshots(list(found.values()), state_of)}
        return {number: snapshots.get(number, MISSING) for number in ids}

    async def extra_values(self, changes: State) -> Row:
        """The operator's own fields among the changes, as Odoo takes them."""
        wanted = {name.removeprefix(EXTRA): value for name, value in changes.items() if name.startswith(EXTRA)}
        types = await self.types() if wanted else {}
        return {name: to_odoo(types.get(name, "char"), value) for name, value in wanted.items()}

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return polling.changed_since(self.client, self.model, self.kind, cursor, overlap_s=self.overlap_s)

    def _extra_state(self, row: Row, types: Mapping[str, str]) -> dict[str, Json]:
        return {EXTRA + name: from_odoo(types[name], row.get(name)) for name in self.extra if name in types}


def from_odoo(kind: str, value: Json) -> Json:
    """The canonical value of a field of this type; a relation as its id or its sorted ids."""
    if kind == "boolean":
        return flag_of(value)
    if kind == "integer":
        return int(value) if isinstance(value, int | float) else 0
    if kind in _AMOUNTS:
        return amount_of(value)
    if kind in ("many2one", "many2one_reference"):
        return id_of(value)
    if kind.endswith("2many"):
        return list[Json](sorted(ids_of(value)))
    return text_of(value)


def to_odoo(kind: str, value: Json) -> Json:
    """What to write for a canonical value; raises `BadPayload` for what Odoo would turn into NULL or refuse."""
    if kind == "boolean":
        return flag_of(value)
    if kind in _AMOUNTS:
        return number_of(value)
    if kind == "many2one":
        return many2one_for(value)
    if kind.endswith("2many"):
        return [[6, 0, list[Json](ids_of(value))]]
    return False if value is None else value


def native_id(row: Row) -> str:
    """Raises `BadPayload` for a row without an id: no answer of Odoo's."""
    number = id_of(row.get("id"))
    if number is None:
        raise BadPayload("Odoo gave a row without its id")
    return str(number)


def is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) > 0


def refuse_patches(patches: Sequence[Patch]) -> list[Resolved | AppError]:
    """`resolve` of every port here: the events of a reverse sync come from Odoo, none goes to it."""
    return [BadPayload(NO_PATCHES, code="no_events") for _ in patches]
