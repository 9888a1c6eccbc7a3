"""One kind of the catalogue in a sandbox shop, and the steps of the engine that a conversation about it needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from app.connectors.base import (
    Cursor,
    Desired,
    Gone,
    ImagePort,
    RecordPort,
    Removal,
    Resolved,
    Snapshot,
    Write,
    Written,
)
from app.entities.base import EntityType, Json, NaturalKey, Record, State
from app.entities.records import record_key
from app.errors import AppError
from tests.connectors.prestashop.boutique import OPERATION, Boutique

LATER = Cursor(moment="2001-01-02 00:00:00")
"""After everything of `long_ago`."""


@dataclass
class Shelf:
    shop: Boutique
    kind: EntityType

    @property
    def port(self) -> RecordPort:
        return cast("RecordPort", self.shop.connector.port(self.kind))

    @property
    def images(self) -> ImagePort:
        return cast("ImagePort", self.port)

    async def read(self, *ids: str) -> dict[str, Snapshot | Gone]:
        self.shop.sandbox.requests.clear()
        return await self.port.read(ids)

    async def state(self, number: str) -> State:
        snapshot = (await self.port.read([number]))[number]
        assert isinstance(snapshot, Snapshot), f"{number} is missing"
        return snapshot.state

    async def record(self, number: str) -> Record:
        [record] = await self.port.to_records([await self.state(number)])
        return record

    async def found(self, **fields: Json) -> list[str]:
        """Ids of what the shop has with the natural key of these fields."""
        key = record_key(self.kind, fields)
        assert key is not None
        return await self.with_key(key)

    async def with_key(self, key: NaturalKey) -> list[str]:
        self.shop.sandbox.requests.clear()
        return [snapshot.ref.native_id for snapshot in (await self.port.find([key]))[key]]

    async def wanted(self, number: str | None = None, /, **fields: Json) -> Resolved | AppError:
        base = await self.state(number) if number else None
        [resolved] = await self.port.from_records([Desired(fields=fields, base=base)])
        return resolved

    async def keep(self, number: str | None = None, /, *, picture: bytes | None = None, **fields: Json) -> Written:
        """Written as the engine does it, with what every port promises: what was wanted is in the words that are sent,
        and read again."""
        resolved = await self.wanted(number, **fields)
        assert isinstance(resolved, Resolved), resolved
        base = await self.state(number) if number else None
        [said] = await self.port.to_records([{**(base or {}), **resolved.state}])
        assert resolved.notes or {name: said.get(name) for name in fields} == fields
        written = await self.write(number, resolved.state, content=picture)
        assert isinstance(written, Written), written
        return written

    async def write(
        self, number: str | None, changes: State, *, content: bytes | None = None, removal: Removal | None = None
    ) -> Written | AppError:
        snapshot = (await self.port.read([number]))[number] if number else None
        there = snapshot if isinstance(snapshot, Snapshot) else None
        self.shop.sandbox.requests.clear()
        write = Write(
            ref=there.ref if there else None,
            changes=changes,
            operation_id=OPERATION,
            base=there.state if there else None,
            checkpoint=None if there else self.shop.notes,
            removal=removal,
            content=content,
        )
        [written] = await self.port.write([write])
        return written

    async def remove(self, number: str, removal: Removal) -> Written | AppError:
        return await self.write(number, {}, removal=removal)

    async def changed_ids(self, cursor: Cursor | None = None) -> list[str]:
        return [number async for page in self.port.changed_since(cursor or Cursor()) for number in page.ids]

    def long_ago(self) -> None:
        """Everything there is was changed last in 2001, whatever the date of today."""
        for resource in ("products", "categories"):
            for row in self.shop.sandbox.rows(resource):
                row["date_upd"] = "2001-01-01 00:00:00"

    def gets(self) -> int:
        return sum(request.method == "GET" for request in self.shop.sandbox.requests)
