"""What is being created right now: a webhook about it is not taken for a stranger's record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import EntityType, Json, Side, State
from app.entities.keys import natural_key
from app.sync.intents import KEYLESS

# Only while the job that holds it, or another of its source, is at work or waiting for its next attempt; or for a
# person, who has to say which of the new records it made, or to mend the one that it did make (an order whose total
# differs).
_OPEN_ONES = text(
    """
    SELECT i.natural_key, i.saved, i.source_id, q.id AS job_id, q.status = 'parked' AS parked FROM create_intents i
    JOIN sync_queue q ON q.link_id = i.link_id AND q.id = i.job_id
    WHERE i.link_id = :link_id AND i.entity_type = :entity_type AND i.side = :side AND i.closed_at IS NULL
      AND (q.status IN ('pending', 'processing') OR (:parked_too AND q.status = 'parked'))
    UNION ALL
    SELECT i.natural_key, i.saved, i.source_id, q.id, false FROM create_intents i
    JOIN sync_queue q ON q.link_id = i.link_id AND q.side = :source_side AND q.entity_type = i.entity_type
      AND q.native_id = i.source_id AND q.status IN ('pending', 'processing') AND q.id <> i.job_id
    WHERE i.link_id = :link_id AND i.entity_type = :entity_type AND i.side = :side AND i.closed_at IS NULL
    """
)


class Creating:
    """What is being created on one side right now and not recorded yet."""

    def __init__(self, entity_type: EntityType, rows: Sequence[tuple[str, Mapping[str, Json]]]) -> None:
        self._entity_type = entity_type
        self._keys = {key for key, _ in rows}
        self._saved = [saved for _, saved in rows if saved]

    def covers(self, state: State) -> bool:
        """Whether this record may be one of them: by natural key, or by what the create has noted (a cart id)."""
        key = natural_key(self._entity_type, state)
        if key is not None and str(key) in self._keys:
            return True
        return any(all(str(state.get(name)) == str(value) for name, value in saved.items()) for saved in self._saved)


async def find_creating(session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side) -> Creating:
    rows = await session.execute(_OPEN_ONES, _open_ones(link_id, entity_type, side, parked_too=False))
    return Creating(entity_type, [(row.natural_key, _object(row.saved)) for row in rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A job that has a create under way. `source_id`: of the record it makes one of, where the intent says so."""

    natural_key: str
    job_id: int
    parked: bool
    source_id: str | None
    saved: Mapping[str, Json]


class CreatingKeys:
    """The same for records of the two-way sync, of creates that are open."""

    def __init__(self, holders: Sequence[Holder]) -> None:
        self.holders = holders

    def covers(self, key: str | None, *, not_of: int) -> bool:
        """Whether a record with this key may be one of them. One that has no natural key may be any that has none."""
        return bool(self._holders(key, not_of=not_of))

    def parked(self, key: str | None, *, not_of: int) -> bool:
        """Whether it is a person who has to say so."""
        holders = self._holders(key, not_of=not_of)
        return bool(holders) and all(holders.values())

    def _holders(self, key: str | None, *, not_of: int) -> dict[int, bool]:
        named = [one for one in self.holders if _may_be(one.natural_key, key)]
        return {one.job_id: one.parked for one in named if one.job_id != not_of}


def _may_be(created: str, key: str | None) -> bool:
    return created.startswith(KEYLESS) if key is None else created == key


async def find_creating_keys(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side
) -> CreatingKeys:
    rows = await session.execute(_OPEN_ONES, _open_ones(link_id, entity_type, side, parked_too=True))
    return CreatingKeys(
        [
            Holder(
                natural_key=row.natural_key,
                job_id=row.job_id,
                parked=row.parked,
                source_id=row.source_id,
                saved=_object(row.saved),
            )
            for row in rows
        ]
    )


def _open_ones(link_id: int, entity_type: EntityType, side: Side, *, parked_too: bool) -> dict[str, object]:
    return {
        "link_id": link_id,
        "entity_type": entity_type.value,
        "side": side.value,
        "source_side": side.other.value,
        "parked_too": parked_too,
    }


def _object(value: Any) -> dict[str, Json]:
    loaded: dict[str, Json] = value if isinstance(value, dict) else orjson.loads(value)
    return loaded
