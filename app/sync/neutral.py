"""A record as both sides are compared by: neutral words, the operator's own fields, and what plugins make of it."""

from __future__ import annotations

from collections.abc import Sequence

from app import hooks
from app.entities.base import EntityType, Json, Record, Side, State
from app.modules.registry import keeper
from app.sync.custom_fields import with_custom
from app.sync.pair_work import Ends, PairWork
from app.sync.peers import LinkTerms


async def of_sources(ends: Ends, works: Sequence[PairWork]) -> list[Record]:
    """Each source in the words of its port, which is asked once for each."""
    unsaid = [(work, work.source.state) for work in works if work.neutral is None and work.source is not None]
    records = await ends.source.to_records([state for _, state in unsaid]) if unsaid else []
    for (work, _), record in zip(unsaid, records, strict=True):
        work.neutral = record
    return [work.neutral or {} for work in works]


def as_compared(
    record: Record, state: State, *, terms: LinkTerms, entity_type: EntityType, side: Side
) -> dict[str, Json]:
    """Of a state and its record as the port of `side` gave them. Raises `Retryable` naming the plugin that failed."""
    whole = with_custom(record, state, terms.sync.mappings_of(entity_type), side)
    module = keeper(terms.modules, entity_type) or terms.module
    tell = hooks.map_to_odoo if side is Side.SHOP else hooks.map_from_odoo
    return dict(tell(module, entity_type.value, whole))
