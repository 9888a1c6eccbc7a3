"""Every record of a resource with its content, by id: what a bulk sync goes through."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from typing import Final

from app.connectors.base import Cursor, ListedPage, Snapshot
from app.connectors.prestashop.client import Row
from app.connectors.prestashop.dated import DatedPort
from app.connectors.prestashop.fields import as_int, native_id

LIMIT: Final = 250
"""Whole rows of one list: a shop renders each of them."""


class ListedPort(DatedPort, ABC):
    """A dated port that says what a row that was listed amounts to."""

    @abstractmethod
    async def shown(self, rows: Mapping[str, Row]) -> dict[str, Snapshot]:
        """By id; what is missing to visitors is absent."""

    async def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        after = as_int(cursor.native_id)
        while True:
            behind = {"id": f">[{after}]"}
            rows = await self._client.rows(self.resource, display=self._display, filters=behind, limit=LIMIT)
            shots = tuple((await self.shown({native_id(row): row for row in rows})).values())
            if shots:
                yield ListedPage(snapshots=shots, cursors=tuple(Cursor(native_id=shot.ref.native_id) for shot in shots))
            if len(rows) < LIMIT:
                return
            after = as_int(rows[-1].get("id"))

    async def count(self) -> int:
        """One list of all ids: the shop has no number to ask for."""
        return len(await self._client.rows(self.resource, display=["id"]))
