"""Categories of a PrestaShop. Its root and "Home" are the shop itself: they are not there for us, and a category that
stands in Home has no parent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Final

from app.connectors.base import (
    MISSING,
    Cursor,
    Desired,
    Gone,
    Page,
    Patch,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.connectors.prestashop import catalog_texts, changes, texts
from app.connectors.prestashop.client import PrestashopClient, Row
from app.connectors.prestashop.customer_record import text
from app.connectors.prestashop.extra import OwnFields
from app.connectors.prestashop.fields import Kind, as_flag, as_int, from_shop, native_id, to_shop
from app.connectors.prestashop.once import Once
from app.connectors.prestashop.product_record import HOME, TOP, native_reference, reference_to
from app.connectors.prestashop.records import answered, by_id, by_value, cannot, delete, modified_at
from app.connectors.prestashop.reference import Reference
from app.connectors.writing import Stored, write_all
from app.entities.base import EntityType, Json, NaturalKey, Record, Ref, Side, State
from app.entities.records import record_key
from app.errors import AppError, Conflict, Rejected

FIELDS: Final = {"name": Kind.TEXTS, "id_parent": Kind.ID, "active": Kind.BOOL}
TEXTS: Final = ("name",)
_DISPLAY: Final = ("id", *FIELDS, "is_root_category", "date_upd")


class CategoryPort:
    entity_type = EntityType.CATEGORY

    def __init__(self, client: PrestashopClient, reference: Reference, *, extra: Sequence[str] = ()) -> None:
        self._client = client
        self._reference = reference
        self._own = OwnFields(client, reference, "categories", extra)

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        rows = await by_id(self._client, "categories", ids, self._display)
        live = {number: row for number, row in rows.items() if not _is_top(row)}
        return {number: await self._snapshot(live[number]) if number in live else MISSING for number in ids}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By parent and name, `6|stationery`; `|clothes` stands in Home."""
        found: dict[str, list[Snapshot]] = {}
        for snapshot in await self._below([key.value.partition("|")[0] or str(HOME) for key in keys]):
            found.setdefault(await self._path(snapshot.state), []).append(snapshot)
        return {key: found.get(key.value, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Events name categories by id only; what a patch holds is in the state's own words."""
        return [Resolved(state=dict(patch.fields)) for patch in patches]

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        parents = [str(as_int(write.changes.get("id_parent")) or HOME) for write in writes if write.ref is None]
        there = Once(partial(self._below, parents))
        return await write_all(writes, partial(self._store, there), self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [await self._record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        name = await self._name_key()
        return [_resolved(desired, name) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return changes.by_date(self._client, self._reference, "categories", cursor)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._own.native()

    @property
    def _display(self) -> tuple[str, ...]:
        return (*_DISPLAY, *self._own.names)

    async def _below(self, parents: Sequence[str]) -> list[Snapshot]:
        numbers = [number for number in dict.fromkeys(parents) if number.isascii() and number.isdecimal()]
        found = await by_value(self._client, "categories", "id_parent", numbers, self._display)
        return [await self._snapshot(row) for rows in found.values() for row in rows if not _is_top(row)]

    async def _snapshot(self, row: Row) -> Snapshot:
        ref = Ref(side=Side.SHOP, entity_type=EntityType.CATEGORY, native_id=native_id(row))
        state = from_shop(row, FIELDS, only_language=await self._reference.only_language())
        changed = modified_at(row, await self._reference.time_zone())
        own = await self._own.state(row)
        return Snapshot(ref=ref, state=catalog_texts.spread(state, TEXTS) | own, modified_at=changed)

    async def _record(self, state: State) -> Record:
        """Of a state that may hold only some of its fields."""
        record: dict[str, Json] = {}
        if (name := await self._name_key()) in state:
            record["name"] = text(state[name])
        if "id_parent" in state:
            record["parent"] = reference_to(state["id_parent"])
        if "active" in state:
            record["active"] = state["active"]
        return record

    async def _name_key(self) -> str:
        return texts.key("name", str(await self._reference.default_language()))

    async def _path(self, state: State) -> str:
        key = record_key(EntityType.CATEGORY, await self._record(state))
        return key.value if key else ""

    async def _store(self, there: Once[list[Snapshot]], write: Write) -> Stored:
        if write.ref is None:
            return await self._create(write.changes, there)
        number = write.ref.native_id
        if write.removal is Removal.DELETE:
            return await self._delete(number)
        wanted: State = {"active": False} if write.removal is Removal.ARCHIVE else write.changes
        base = write.base or {}
        fields = to_shop(catalog_texts.gathered(wanted, base, TEXTS), FIELDS) | await self._own.changed(wanted, base)
        answer = await self._client.update("categories", number, fields)
        return Stored(native_id=number, answer=await answered(answer, self._snapshot))

    async def _create(self, changes: State, there: Once[list[Snapshot]]) -> Stored:
        """Looks once more: the shop takes a second category of that name in the same place."""
        supplied: State = {"active": True, "id_parent": HOME}
        wanted = await catalog_texts.everywhere(self._reference, {**supplied, **changes}, TEXTS)
        path = await self._path(wanted)
        taken = [one.ref.native_id for one in await there() if await self._path(one.state) == path]
        if path and taken:
            raise Conflict(
                f"category {taken[0]} has this name in the same place already",
                code="duplicate_name",
                field="name",
            )
        fields = to_shop(catalog_texts.gathered(wanted, {}, TEXTS), FIELDS) | await self._own.changed(changes, {})
        slugs = catalog_texts.slugs(wanted, otherwise="category")
        number, answer = await self._client.create_shown("categories", {**fields, "link_rewrite": slugs})
        return Stored(
            native_id=number,
            sent=frozenset(wanted.keys() - changes.keys()),
            answer=await answered(answer, self._snapshot),
        )

    async def _delete(self, number: str) -> Stored:
        """The shop deletes what stands below a category along with it; that is nobody's wish here."""
        below = await self._client.rows("categories", display=["id"], filters={"id_parent": f"[{number}]"}, limit=1)
        if below:
            raise cannot(Removal.DELETE, f"category {number}", "it has categories below it, which would go with it")
        return await delete(self._client, "categories", number)


def _is_top(row: Row) -> bool:
    return as_int(row.get("id")) in TOP or as_flag(row.get("is_root_category")) or not as_int(row.get("id_parent"))


def _resolved(desired: Desired, name: str) -> Resolved | AppError:
    fields, new = desired.fields, desired.base is None
    state: dict[str, Json] = {}
    if (new or "name" in fields) and not text(fields.get("name")):
        return Rejected("a category of the shop needs a name", code="required", field="name")
    if "name" in fields:
        state[name] = text(fields["name"])
    try:
        if "parent" in fields:
            state["id_parent"] = native_reference(fields["parent"], field="parent") or HOME
    except AppError as error:
        return error
    if isinstance(active := fields.get("active"), bool):
        state["active"] = active
    return Resolved(state=state)
