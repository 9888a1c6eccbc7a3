"""Categories of products. Odoo's have no `active`, so a record here has none either.

Odoo's own top category (`All`) stands for the shop's top: what is right below it is on top for others, and the category
itself is no record (`CategoryRoot`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from app.connectors.base import MISSING, Cursor, Desired, Gone, Page, Patch, Removal, Resolved, Snapshot, Write, Written
from app.connectors.odoo import listing
from app.connectors.odoo.client import OdooClient, Row
from app.connectors.odoo.options import OdooOptions
from app.connectors.odoo.records import Table, is_id, refuse_patches
from app.connectors.odoo.values import many2one_for, ref_of, text_of, texts_of
from app.connectors.odoo.writing import Planned, as_known, settle, store_all
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.entities.records import record_key
from app.errors import AppError, Conflict, Rejected

MODEL: Final = "product.category"
ALL: Final = "product.product_category_all"
"""External id of Odoo's own top category; 19 may come without one."""


class CategoryRoot:
    """The category that stands for no category: the operator's, or Odoo's own. Asked once."""

    def __init__(self, client: OdooClient, options: OdooOptions) -> None:
        self._client = client
        self._chosen = options.category_root
        self._lock = asyncio.Lock()
        self._known: tuple[str | None] | None = None

    async def number(self) -> str | None:
        async with self._lock:
            if self._known is None:
                self._known = (await self._ask(),)
            return self._known[0]

    async def _ask(self) -> str | None:
        if self._chosen is not None:
            return str(self._chosen) if self._chosen else None
        found = await self._client.find_marker(ALL)
        return None if found is None else str(found)


class CategoryPort:
    entity_type = EntityType.CATEGORY

    def __init__(
        self, client: OdooClient, options: OdooOptions, root: CategoryRoot, *, extra: Sequence[str] = ()
    ) -> None:
        self._root = root
        self._table = Table(
            client=client,
            entity_type=self.entity_type,
            model=MODEL,
            fields=("name", "parent_id"),
            extra=tuple(extra),
            archives=False,
            overlap_s=options.poll_overlap_s,
        )

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        root = await self._root.number()
        found = await self._table.read(ids, state_of)
        return {number: MISSING if number == root else one for number, one in found.items()}

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """By parent and name: what stands below all these parents, in one call."""
        root = await self._root.number()
        parents = {key.value.split("|")[0] for key in keys}
        shots = await self._below({root if parent == "" else parent for parent in parents}) if keys else []
        found: dict[NaturalKey | None, list[Snapshot]] = {}
        for shot, record in zip(shots, await self.to_records([shot.state for shot in shots]), strict=True):
            if shot.ref.native_id != root:
                found.setdefault(record_key(self.entity_type, record), []).append(shot)
        return {key: found.get(key, []) for key in keys}

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        return refuse_patches(patches)

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        try:
            parents = await self._parents_among(writes)
        except AppError as error:
            return [error for _ in writes]
        refused = {at: _has_children() for at, write in enumerate(writes) if write.ref and _removed(write) in parents}
        rest = [at for at in range(len(writes)) if at not in refused]
        stored = dict(zip(rest, await store_all(self._table, [writes[at] for at in rest], self._plan), strict=True))
        return await settle([refused.get(at) or stored[at] for at in range(len(writes))], self._table, self.read)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        root = await self._root.number()
        return [
            {"name": state.get("name"), "parent": None if state.get("parent") == root else state.get("parent")}
            for state in states
        ]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._resolved(desired) for desired in wanted]

    async def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        root = await self._root.number()
        async for page in self._table.changed_since(cursor):
            yield Page(ids=tuple(number for number in page.ids if number != root), cursor=page.cursor)

    async def count(self) -> int:
        return await listing.count(self._table)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._table.native()

    async def _below(self, parents: set[str | None]) -> list[Snapshot]:
        numbers = list[Json](sorted(int(one) for one in parents if one and is_id(one)))
        domain: list[Json] = [["parent_id", "in", numbers]]
        if None in parents:
            domain = ["|", ["parent_id", "=", False], *domain]
        return await self._table.snapshots(await self._table.where(domain), state_of)

    async def _resolved(self, desired: Desired) -> Resolved | AppError:
        fields = desired.fields
        state: dict[str, Json] = {}
        try:
            if "name" in fields:
                state = texts_of(fields, {"name": "name"})
                if not state["name"]:
                    raise Rejected("Odoo refuses a category without a name", field="name", code="name_missing")
            if "parent" in fields or desired.base is None:
                state["parent"] = fields.get("parent") or await self._root.number()
            return Resolved(state=state)
        except Exception as error:
            return as_known(error, "translating a category")

    async def _plan(self, write: Write) -> Planned:
        values: Row = {"name": write.changes["name"]} if "name" in write.changes else {}
        if "parent" in write.changes:
            values["parent_id"] = many2one_for(write.changes["parent"])
        return Planned(values={**values, **await self._table.extra_values(write.changes)})

    async def _parents_among(self, writes: Sequence[Write]) -> set[str | None]:
        """Those of the categories to delete that have some below them: Odoo would delete these with them."""
        numbers: list[Json] = [int(number) for write in writes if (number := _removed(write))]
        if not numbers:
            return set()
        rows = await self._table.client.search_read(MODEL, [["parent_id", "in", numbers]], ["parent_id"])
        return {ref_of(row.get("parent_id")) for row in rows}


def state_of(row: Row) -> State:
    return {"name": text_of(row.get("name")), "parent": ref_of(row.get("parent_id"))}


def _removed(write: Write) -> str | None:
    number = write.ref.native_id if write.ref and write.removal is Removal.DELETE else ""
    return number if is_id(number) else None


def _has_children() -> AppError:
    return Conflict("there are categories below it, which Odoo would delete with it", code="has_children")
