"""Polling behind the webhooks: what was changed since we last looked becomes jobs, whoever told or did not tell of it.

Per link, side and entity type there is a cursor. Looks overlap, because a peer's date of change is not its commit;
what comes twice costs a read and ends as unchanged. The very first look only finds out where "now" is: what both
systems hold already is the matter of a first sync, which a person asks for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.connections.effective_sync import effective
from app.connections.sync_settings import LinkSync
from app.connectors.base import Connector, Cursor, Page, RecordPort
from app.db.session import SessionMaker
from app.entities.base import Action, Direction, EntityType, Side
from app.entities.records import COUNTED
from app.errors import AppError
from app.portal.capabilities import CAPABILITIES as HERE
from app.portal.capabilities import KEPT_HERE
from app.queue.store import NewJob, enqueue
from app.sync.pairs import find_unsettled
from app.sync.peers import LinkTerms, Peers

PRIORITY: Final = 8
"""Behind everything live: what polling finds is late already."""
LOOKING_FOR: Final = timedelta(minutes=10)
"""How long a look may take before another worker begins it anew."""
MOST_UNSETTLED: Final = 500
FIRST_RETRY: Final = timedelta(seconds=30)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One cursor that is due. `first`: it has never been looked before."""

    link_id: int
    side: Side
    entity_type: EntityType
    cursor: Cursor
    first: bool


_LINKS = text(
    """
    SELECT id, sync, module_sync FROM links
    WHERE enabled AND (sync <> '{}'::jsonb OR module_sync <> '{}'::jsonb)
    """
)
_MAKE = text(
    """
    INSERT INTO poll_cursors (link_id, side, entity_type)
    SELECT * FROM unnest(CAST(:link_ids AS int[]), CAST(:sides AS text[]), CAST(:types AS text[]))
    ON CONFLICT DO NOTHING
    """
)
_TAKE = text(
    """
    UPDATE poll_cursors p SET next_at = now() + CAST(:looking AS interval)
    WHERE (p.link_id, p.side, p.entity_type) IN (
        SELECT c.link_id, c.side, c.entity_type FROM poll_cursors c
        JOIN unnest(CAST(:link_ids AS int[]), CAST(:sides AS text[]), CAST(:types AS text[]))
          AS wanted(link_id, side, entity_type)
          ON c.link_id = wanted.link_id AND c.side = wanted.side AND c.entity_type = wanted.entity_type
        WHERE c.next_at <= now()
          AND NOT EXISTS (SELECT 1 FROM pauses x WHERE x.link_id = c.link_id AND x.until > now()
                          AND x.entity_type IN ('', c.entity_type))
        ORDER BY c.next_at LIMIT 1 FOR UPDATE OF c SKIP LOCKED)
    RETURNING p.link_id, p.side, p.entity_type, p.moment, p.native_id, p.polled_at IS NULL AS first
    """
)
_ADVANCE = text(
    """
    UPDATE poll_cursors SET moment = :moment, native_id = :native_id, found = :found,
        next_at = now() + CAST(:looking AS interval)
    WHERE link_id = :link_id AND side = :side AND entity_type = :entity_type
    """
)
_DONE = text(
    """
    UPDATE poll_cursors SET polled_at = CASE WHEN CAST(:error AS text) IS NULL THEN now() ELSE polled_at END,
        error_message = :error, next_at = now() + CAST(:pause AS interval)
    WHERE link_id = :link_id AND side = :side AND entity_type = :entity_type
    """
)


class Poller:
    """`run` looks for ever; `look_once` serves one due cursor. `ring` is called when jobs were made."""

    def __init__(
        self,
        sessions: SessionMaker,
        peers: Peers,
        *,
        max_attempts: int,
        idle_s: float,
        ring: Callable[[], None] = lambda: None,
    ) -> None:
        self._sessions = sessions
        self._peers = peers
        self._max_attempts = max_attempts
        self._idle_s = idle_s
        self._ring = ring

    async def run(self) -> None:
        while True:
            try:
                while await self.look_once():
                    pass
            except (SQLAlchemyError, OSError) as error:
                log.warning("poll.database_away", error=type(error).__name__)
            except Exception:
                # A poller that died would leave a service that looks well and misses what nobody tells it.
                log.exception("poll.broken")
            await asyncio.sleep(self._idle_s)

    async def look_once(self) -> bool:
        """Serve the cursor that has been due longest; False when none is."""
        look = await self._take()
        if look is None:
            return False
        terms = await self._peers.terms(look.link_id)
        try:
            connector = await self._peers.get(look.link_id, look.side)
            if _is_polled(connector, look):
                await self._look(look, terms, await self._peers.port(look.link_id, look.side, look.entity_type))
        except AppError as error:
            log.warning("poll.failed", link=terms.slug, entity_type=look.entity_type.value, error=error.message)
            await self._done(look, max(FIRST_RETRY, _every(terms.sync, look.entity_type)), error.message)
        else:
            await self._done(look, _every(terms.sync, look.entity_type), None)
        return True

    async def _take(self) -> Look | None:
        async with self._sessions.begin() as session:
            wanted = [
                (row.id, side, entity_type)
                for row in await session.execute(_LINKS)
                for entity_type, side in _watched(effective(row.module_sync, row.sync))
            ]
            parameters = {
                "link_ids": [link_id for link_id, _, _ in wanted],
                "sides": [side.value for _, side, _ in wanted],
                "types": [entity_type.value for _, _, entity_type in wanted],
            }
            await session.execute(_MAKE, parameters)
            row = (await session.execute(_TAKE, {**parameters, "looking": LOOKING_FOR})).one_or_none()
        if row is None:
            return None
        return Look(
            link_id=row.link_id,
            side=Side(row.side),
            entity_type=EntityType(row.entity_type),
            cursor=Cursor(moment=row.moment, native_id=row.native_id),
            first=row.first,
        )

    async def _look(self, look: Look, terms: LinkTerms, port: RecordPort) -> None:
        found = 0
        async for page in port.changed_since(look.cursor):
            found += len(page.ids)
            await self._store(look, terms, page, found)
        await self._look_again(look, terms)
        if found and not look.first:
            log.info("poll.found", link=terms.slug, side=look.side, entity_type=look.entity_type, count=found)

    async def _look_again(self, look: Look, terms: LinkTerms) -> None:
        """At what was told to the shop with its sales taken off: what became of them moves no date in Odoo."""
        if look.side is not Side.ODOO or look.entity_type not in COUNTED:
            return
        async with self._sessions.begin() as session:
            ids = await find_unsettled(
                session, link_id=look.link_id, entity_type=look.entity_type, limit=MOST_UNSETTLED
            )
            if ids:
                await enqueue(session, polled_jobs(look, terms.module, ids, self._max_attempts))
        if ids:
            self._ring()

    async def _store(self, look: Look, terms: LinkTerms, page: Page, found: int) -> None:
        """The page's jobs and the cursor behind them are one commit: a look that dies goes on where it was."""
        async with self._sessions.begin() as session:
            if not look.first:
                await enqueue(session, polled_jobs(look, terms.module, page.ids, self._max_attempts))
            await session.execute(
                _ADVANCE,
                {
                    **_key(look),
                    "moment": page.cursor.moment,
                    "native_id": page.cursor.native_id,
                    "found": found,
                    "looking": LOOKING_FOR,
                },
            )
        if not look.first:
            self._ring()

    async def _done(self, look: Look, pause: timedelta, error: str | None) -> None:
        async with self._sessions.begin() as session:
            await session.execute(_DONE, {**_key(look), "pause": pause, "error": error})


def polled_jobs(look: Look, module: str, ids: Sequence[str], max_attempts: int) -> list[NewJob]:
    return [
        NewJob(
            link_id=look.link_id,
            module=module,
            direction=look.side.outward,
            entity_type=look.entity_type,
            side=look.side,
            native_id=native_id,
            action=Action.UPDATED,
            payload={},
            priority=PRIORITY,
            max_attempts=max_attempts,
        )
        for native_id in dict.fromkeys(ids)
    ]


def _watched(sync: LinkSync) -> list[tuple[EntityType, Side]]:
    sides = ((Side.ODOO, Direction.ODOO_TO_SHOP), (Side.SHOP, Direction.SHOP_TO_ODOO))
    return [
        (entity_type, side)
        for entity_type, entity in sync.entities.items()
        for side, direction in sides
        if entity.poll_every_s and entity.flows(direction)
    ]


def _every(sync: LinkSync, entity_type: EntityType) -> timedelta:
    return timedelta(seconds=sync.entity(entity_type).poll_every_s)


def _is_polled(connector: Connector, look: Look) -> bool:
    kept_here = look.side is Side.SHOP and look.entity_type in KEPT_HERE
    cells = HERE if kept_here else connector.capabilities
    return any(cell.polled for cell in cells if cell.entity_type is look.entity_type)


def _key(look: Look) -> dict[str, object]:
    return {"link_id": look.link_id, "side": look.side.value, "entity_type": look.entity_type.value}
