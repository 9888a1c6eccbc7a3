"""The shop's side of what is kept as documents: a copy that is made by reading Odoo, and nothing to be asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import NoReturn

from app.connectors.base import Cursor, Desired, Gone, Page, Patch, Resolved, Snapshot, Write, Written
from app.entities.base import EntityType, NaturalKey, Record, State
from app.errors import AppError, BadPayload


class DocumentPort:
    """Every question is a `BadPayload` that says what to do instead."""

    def __init__(self, entity_type: EntityType) -> None:
        self._entity_type = entity_type

    @property
    def entity_type(self) -> EntityType:
        return self._entity_type

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        self._refuse()

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        self._refuse()

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        self._refuse()

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        self._refuse()

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        self._refuse()

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        self._refuse()

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        self._refuse()

    async def native_fields(self) -> Mapping[str, str]:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise BadPayload(
            f"{self._entity_type} is kept as documents on this link: a copy of Odoo's, with nothing to compare; "
            f"`shopsync export LINK {self._entity_type}` makes it anew"
        )
