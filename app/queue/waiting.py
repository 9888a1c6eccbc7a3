"""Jobs that wait and what for: held ones that may be judged anew, open ones that others wait for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import Direction, EntityType, Side
from app.queue.store import ClaimedJob

_RELEASE_HELD = text(
    """
    UPDATE sync_queue SET held_reason = NULL, scheduled_at = now()
    WHERE link_id = :link_id AND direction = :direction AND entity_type = :entity_type AND side = :side
      AND status = 'pending' AND held_reason IS NOT NULL AND native_id = ANY(CAST(:native_ids AS text[]))
    """
)


async def release_held(
    session: AsyncSession,
    *,
    link_id: int,
    direction: Direction,
    entity_type: EntityType,
    side: Side,
    native_ids: Sequence[str],
) -> None:
    """Let these records' held jobs be judged again."""
    await session.execute(
        _RELEASE_HELD,
        {
            "link_id": link_id,
            "direction": direction.value,
            "entity_type": entity_type.value,
            "side": side.value,
            "native_ids": list(native_ids),
        },
    )


_RETRYING = text(
    """
    SELECT native_id, GREATEST(scheduled_at - now(), interval '2 seconds') AS due_in FROM sync_queue
    WHERE link_id = :link_id AND direction = :direction AND entity_type = :entity_type AND side = :side
      AND status = 'pending' AND claimed_at IS NOT NULL AND (attempts > 0 OR NOT :attempted)
      AND native_id = ANY(CAST(:native_ids AS text[]))
    """
)


async def find_retrying(
    session: AsyncSession,
    *,
    link_id: int,
    direction: Direction,
    entity_type: EntityType,
    side: Side,
    native_ids: Sequence[str],
    attempted: bool = False,
) -> dict[str, timedelta]:
    """Records on which an attempt was begun and not ended, perhaps carried out, and when they are tried again.

    `attempted` leaves out jobs that only waited for something: nothing of theirs can have been carried out.
    """
    if not native_ids:
        return {}
    rows = await session.execute(
        _RETRYING,
        {
            "link_id": link_id,
            "direction": direction.value,
            "entity_type": entity_type.value,
            "side": side.value,
            "native_ids": list(native_ids),
            "attempted": attempted,
        },
    )
    return {row.native_id: row.due_in for row in rows}


_CLOSE_PARKED = text(
    """
    UPDATE sync_queue q SET status = 'cancelled', outcome = 'merged', processed_at = now(),
        error_message = 'taken over by job ' || done.id || ', which a later event of the same record made'
    FROM unnest(CAST(:native_ids AS text[]), CAST(:ids AS bigint[])) AS done(native_id, id)
    WHERE q.link_id = :link_id AND q.side = :side AND q.entity_type = :entity_type AND q.native_id = done.native_id
      AND q.status = 'parked' AND q.direction = :direction AND q.id < done.id
    """
)


async def close_parked(session: AsyncSession, done: Sequence[ClaimedJob]) -> None:
    """Older jobs of these records that waited for a person: a newer one did their work, or waits in their place. Of one
    batch."""
    if not done:
        return
    first = done[0]
    await session.execute(
        _CLOSE_PARKED,
        {
            "link_id": first.link_id,
            "side": first.side.value,
            "entity_type": first.entity_type.value,
            "direction": first.direction.value,
            "native_ids": [job.native_id for job in done],
            "ids": [job.id for job in done],
        },
    )
