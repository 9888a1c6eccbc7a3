"""What the ports of resources with a `date_upd` do alike: records by a class of their own, changes by date."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import ClassVar, Protocol

from app.connectors.base import Cursor, Desired, Page, Resolved
from app.connectors.prestashop import changes
from app.connectors.prestashop.client import PrestashopClient
from app.connectors.prestashop.extra import OwnFields
from app.connectors.prestashop.reference import Reference
from app.entities.base import Record, State
from app.errors import AppError


class Translation(Protocol):
    """Between the state of one entity type and its record."""

    async def record(self, state: State) -> Record: ...

    async def resolved(self, desired: Desired) -> Resolved | AppError: ...


class DatedPort:
    """`columns`: what is displayed besides an operator's own fields."""

    resource: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]

    def __init__(
        self, client: PrestashopClient, reference: Reference, records: Translation, *, extra: Sequence[str] = ()
    ) -> None:
        self._client = client
        self._reference = reference
        self._records = records
        self._own = OwnFields(client, reference, self.resource, extra)

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        return [await self._records.record(state) for state in states]

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        return [await self._records.resolved(desired) for desired in wanted]

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        return changes.by_date(self._client, self._reference, self.resource, cursor)

    async def native_fields(self) -> Mapping[str, str]:
        return await self._own.native()

    @property
    def _display(self) -> tuple[str, ...]:
        return (*self.columns, *self._own.names)
