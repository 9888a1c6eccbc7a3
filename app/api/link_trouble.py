"""What of a link waits for a person besides its queue: open conflicts, blocked pairs, polling that does not get on,
webhooks that do not work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.effective_sync import effective
from app.connections.hearing import unheard
from app.connections.models import Connection, Link
from app.connections.sync_settings import LinkSync
from app.entities.base import Direction, EntityType, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A cursor that is looked at, as the link is set. `looked_at`: when a look last ended well."""

    side: Side
    entity_type: EntityType
    looked_at: datetime | None
    next_at: datetime
    error: str | None

    def __str__(self) -> str:
        return f"{self.entity_type} of {self.side}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookState:
    """A webhook in the shop, where they are made through its API. `topic` may be `*`, all of them."""

    topic: str
    problem: str | None
    last_seen_at: datetime | None


@dataclass(slots=True, kw_only=True)
class Trouble:
    open_conflicts: int = 0
    blocked_pairs: int = 0
    watches: list[Watch] = field(default_factory=list)
    hooks: list[HookState] = field(default_factory=list)
    shop_kind: str = ""
    sync: LinkSync = field(default_factory=LinkSync)

    def unheard(self, public_url: str | None) -> str | None:
        """Why nobody tells of the shop's changes. Webhooks that a person had made are there without `public_url`."""
        return unheard(self.shop_kind, self.sync, public_url) if not self.hooks else None


_CONFLICTS: Final = text(
    """
    SELECT link_id, count(*) AS number FROM conflicts
    WHERE link_id = ANY(ARRAY(SELECT id FROM links)) AND status = 'open' GROUP BY link_id
    """
)
# From the parked jobs, which are few, to their pairs: a pair is blocked with a job that is parked, and looking through
# all pairs for a reason would read a table of millions at each scrape.
_BLOCKED: Final = text(
    """
    SELECT q.link_id, count(DISTINCT m.id) AS number
    FROM sync_queue q
    JOIN entity_map m ON m.link_id = q.link_id AND m.entity_type = q.entity_type AND m.blocked_reason IS NOT NULL
      AND ((q.side = 'shop' AND m.shop_id = q.native_id) OR (q.side = 'odoo' AND m.odoo_id = q.native_id))
    WHERE q.link_id = ANY(ARRAY(SELECT id FROM links)) AND q.status = 'parked' AND q.error_code = 'flipping'
    GROUP BY q.link_id
    """
)
_CURSORS: Final = text(
    """
    SELECT link_id, side, entity_type, polled_at, next_at, error_message FROM poll_cursors
    WHERE link_id = ANY(ARRAY(SELECT id FROM links)) ORDER BY link_id, entity_type, side
    """
)
_HOOKS: Final = text("SELECT link_id, topic, problem, last_seen_at FROM shop_webhooks ORDER BY link_id, topic")
_OUT_OF: Final = {Side.ODOO: Direction.ODOO_TO_SHOP, Side.SHOP: Direction.SHOP_TO_ODOO}


async def read_troubles(session: AsyncSession) -> Mapping[int, Trouble]:
    """By link id; every link is there."""
    shop = Connection.id == Link.shop_connection_id
    links = list(
        await session.execute(select(Link.id, Link.module_sync, Link.sync, Connection.kind).join(Connection, shop))
    )
    settings = {row.id: effective(row.module_sync, row.sync) for row in links}
    troubles = {row.id: Trouble(shop_kind=row.kind, sync=settings[row.id]) for row in links}
    for row in await session.execute(_CONFLICTS):
        troubles[row.link_id].open_conflicts = row.number
    for row in await session.execute(_BLOCKED):
        troubles[row.link_id].blocked_pairs = row.number
    for row in await session.execute(_CURSORS):
        if _is_watched(settings[row.link_id], row):
            troubles[row.link_id].watches.append(_watch(row))
    for row in await session.execute(_HOOKS):
        if row.link_id in troubles:
            state = HookState(topic=row.topic, problem=row.problem, last_seen_at=row.last_seen_at)
            troubles[row.link_id].hooks.append(state)
    return troubles


def _is_watched(sync: LinkSync, row: Row[Any]) -> bool:
    entity = sync.entity(EntityType(row.entity_type))
    return bool(entity.poll_every_s) and entity.flows(_OUT_OF[Side(row.side)])


def _watch(row: Row[Any]) -> Watch:
    return Watch(
        side=Side(row.side),
        entity_type=EntityType(row.entity_type),
        looked_at=row.polled_at,
        next_at=row.next_at,
        error=row.error_message,
    )
