"""Every record of a model with its content, by id: what a bulk sync goes through."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final, TypeAlias

from app.connectors.base import Cursor, ListedPage, Snapshot
from app.connectors.odoo.client import Row
from app.connectors.odoo.records import Table, is_id, native_id
from app.connectors.odoo.search import rows_of
from app.entities.base import Json

LIMIT: Final = 500
SnapshotsOf: TypeAlias = Callable[[Sequence[Row]], Awaitable[Sequence[Snapshot]]]


async def listed(table: Table, cursor: Cursor, snapshots_of: SnapshotsOf) -> AsyncIterator[ListedPage]:
    """The rows that polling offers, archived ones too, one call per page. New ones have higher ids."""
    after = int(cursor.native_id) if is_id(cursor.native_id) else 0
    while True:
        rows = await _behind(table, after)
        shots = tuple(await snapshots_of(rows))
        if shots:
            cursors = tuple(Cursor(native_id=shot.ref.native_id) for shot in shots)
            yield ListedPage(snapshots=shots, cursors=cursors)
        if len(rows) < LIMIT:
            return
        after = int(native_id(rows[-1]))


async def count(table: Table) -> int:
    args: Row = {"domain": list(table.kind)}
    answer = await table.client.call(table.model, "search_count", args=args, context={"active_test": False})
    return answer if isinstance(answer, int) else 0


async def _behind(table: Table, after: int) -> list[Row]:
    domain: list[Json] = [*table.kind, ["id", ">", after]]
    return await rows_of(table.client, table.model, domain, await table.columns(), limit=LIMIT)
