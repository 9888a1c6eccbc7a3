"""What a link has under way and what is kept for it: runs and documents, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """`runs` under way by kind, `documents` by entity type; what there is none of is not named."""

    runs: dict[str, int] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)


_RUNS: Final = text(
    "SELECT link_id, kind, count(*) AS number FROM runs WHERE status = 'running' GROUP BY link_id, kind"
)
# Along the unique index, which leads with both.
_DOCUMENTS: Final = text(
    """
    SELECT link_id, entity_type, count(*) AS number FROM documents
    WHERE link_id = ANY(ARRAY(SELECT id FROM links)) GROUP BY link_id, entity_type
    """
)


async def read_holdings(session: AsyncSession) -> Mapping[int, Holdings]:
    """By link id; a link that has none is not there."""
    found: dict[int, Holdings] = {}
    for row in await session.execute(_RUNS):
        found.setdefault(row.link_id, Holdings()).runs[row.kind] = row.number
    for row in await session.execute(_DOCUMENTS):
        found.setdefault(row.link_id, Holdings()).documents[row.entity_type] = row.number
    return found
