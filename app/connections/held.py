"""Shop events that were held because their link did not take them, and that it takes now."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# An entity type that is named without a direction goes both ways (`sync_settings.EntitySync`); what the operator wrote
# goes before what the modules amount to (`effective_sync.effective`).
_RELEASE = text(
    """
    UPDATE sync_queue q SET held_reason = NULL, scheduled_at = now() + CAST(:settle AS interval)
    FROM links l
    WHERE l.id = q.link_id AND (CAST(:link_id AS int) IS NULL OR l.id = :link_id)
      AND q.direction = 'shop_to_odoo' AND q.side = 'shop' AND q.status = 'pending' AND q.held_reason IS NOT NULL
      AND (l.sync -> 'entities' ? q.entity_type OR l.module_sync -> 'entities' ? q.entity_type)
      AND COALESCE(l.sync -> 'entities' -> q.entity_type ->> 'direction',
                   l.module_sync -> 'entities' -> q.entity_type ->> 'direction', 'both') IN ('both', 'shop_to_odoo')
    RETURNING 1
    """
)


async def release_taken(session: AsyncSession, *, link_id: int | None = None, settle: timedelta = timedelta()) -> int:
    """Let them be judged again; returns how many. None: of every link.

    `settle`: workers go by settings that may be as old as `LINK_CACHE_S`, and would hold them once more before that.
    """
    result = await session.execute(_RELEASE, {"link_id": link_id, "settle": settle})
    return len(result.all())
