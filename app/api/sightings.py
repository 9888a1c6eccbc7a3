"""Keeps when each webhook of a shop delivered last, so that one that has gone quiet shows.

Noted in memory and stored every few seconds: what the shop sends must not become as many writes.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.connections.models import OWNER_WITHOUT_RIGHTS
from app.db.session import SessionMaker

FLUSH_EVERY_S = 2.0

log = structlog.get_logger(__name__)

# A delivery that says nothing but that its owner may not read is a webhook's trouble; one that says something ends it.
_STORE = text(
    """
    INSERT INTO shop_webhooks AS w (link_id, topic, last_seen_at, problem)
    SELECT link_id, topic, seen_at, problem
    FROM unnest(CAST(:link_ids AS int[]), CAST(:topics AS text[]), CAST(:moments AS timestamptz[]),
                CAST(:problems AS text[])) AS new(link_id, topic, seen_at, problem)
    WHERE EXISTS (SELECT 1 FROM links WHERE links.id = new.link_id)
    ORDER BY link_id, topic
    ON CONFLICT (link_id, topic) DO UPDATE SET
        last_seen_at = GREATEST(w.last_seen_at, excluded.last_seen_at),
        problem = CASE WHEN excluded.problem IS NOT NULL THEN excluded.problem
                       WHEN w.problem = :no_right THEN NULL ELSE w.problem END
    """
)


@dataclass(frozen=True, slots=True)
class Seen:
    at: datetime
    no_right: bool


class Sightings:
    def __init__(self, sessions: SessionMaker) -> None:
        self._sessions = sessions
        self._seen: dict[tuple[int, str], Seen] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, *, link_id: int, topic: str, no_right: bool = False) -> None:
        self._seen[link_id, topic] = Seen(datetime.now(UTC), no_right)

    def start(self) -> None:
        self._task = asyncio.create_task(self._flush_for_ever(), name="sightings")

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.flush()

    async def flush(self) -> None:
        if not self._seen:
            return
        seen, self._seen = self._seen, {}
        try:
            async with self._sessions.begin() as session:
                await session.execute(
                    _STORE,
                    {
                        "link_ids": [link_id for link_id, _ in seen],
                        "topics": [topic for _, topic in seen],
                        "moments": [each.at for each in seen.values()],
                        "problems": [OWNER_WITHOUT_RIGHTS if each.no_right else None for each in seen.values()],
                        "no_right": OWNER_WITHOUT_RIGHTS,
                    },
                )
        except (SQLAlchemyError, OSError) as error:
            self._seen = seen | self._seen
            log.warning("sightings.not_stored", error=type(error).__name__)

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            await self.flush()
