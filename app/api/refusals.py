"""Counts webhooks that were refused, per link and reason, so that a link whose every webhook is refused shows.

Counted in memory and added to the table every few seconds: forged requests must not become as many writes.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db.session import SessionMaker
from app.metrics import WEBHOOKS

FLUSH_EVERY_S = 2.0

log = structlog.get_logger(__name__)

_ADD = text(
    """
    INSERT INTO refusals AS r (link_id, reason, count, last_at)
    SELECT link_id, reason, count, now()
    FROM unnest(CAST(:link_ids AS bigint[]), CAST(:reasons AS text[]), CAST(:counts AS bigint[]))
      AS new(link_id, reason, count)
    WHERE EXISTS (SELECT 1 FROM links WHERE links.id = new.link_id)
    ON CONFLICT (link_id, reason) DO UPDATE SET count = r.count + excluded.count, last_at = now()
    """
)


class Refusals:
    def __init__(self, sessions: SessionMaker) -> None:
        self._sessions = sessions
        self._counts: Counter[tuple[int, str]] = Counter()
        self._task: asyncio.Task[None] | None = None

    def count(self, *, link_id: int, slug: str, reason: str) -> None:
        WEBHOOKS.labels(slug, reason).inc()
        self._counts[link_id, reason] += 1

    def start(self) -> None:
        self._task = asyncio.create_task(self._flush_for_ever(), name="refusals")

    async def aclose(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.flush()

    async def flush(self) -> None:
        if not self._counts:
            return
        counted, self._counts = self._counts, Counter()
        keys = sorted(counted)
        try:
            async with self._sessions.begin() as session:
                await session.execute(
                    _ADD,
                    {
                        "link_ids": [link_id for link_id, _ in keys],
                        "reasons": [reason for _, reason in keys],
                        "counts": [counted[key] for key in keys],
                    },
                )
        except (SQLAlchemyError, OSError) as error:
            self._counts.update(counted)
            log.warning("refusals.not_stored", error=type(error).__name__)

    async def _flush_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            await self.flush()
