"""Reconciliations that nobody asks for: what both sides have paired is compared now and then, and mended.

Some changes neither a webhook nor polling shows: a customer of a WooCommerce edited while its webhook was off, a
product deleted for good, a stock written by SQL. Only pairs are looked at: what one side alone has is the matter of a
first sync, which a person asks for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.effective_sync import EffectiveSync, effective
from app.db.session import SessionMaker
from app.entities.base import Direction, EntityType
from app.sync.models import RunKind
from app.sync.reconcile import PAIRS_ONLY
from app.sync.run_orders import order_run

LOOK_S: Final = 60.0
OPTIONS: Final[dict[str, Any]] = {"fix": True, PAIRS_ONLY: True}

log = structlog.get_logger(__name__)

_LINKS = text(
    """
    SELECT id, slug, sync, module_sync FROM links
    WHERE enabled AND (sync <> '{}'::jsonb OR module_sync <> '{}'::jsonb)
    """
)
# A link that was just made has nothing that could have been missed: its first turn comes after as long.
_DUE = text(
    """
    SELECT now() >= COALESCE(
        (SELECT max(r.created_at) FROM runs r
         WHERE r.link_id = l.id AND r.entity_type = :entity_type AND r.kind = 'reconcile'
           AND r.options @> '{"pairs_only": true}'::jsonb),
        l.created_at) + make_interval(hours => :hours)
    FROM links l WHERE l.id = :link_id
    """
)
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('reconcile/' || :link_id || '/' || :entity_type, 0))")


class ReconcileSchedule:
    """Of one worker; with several, one of them orders each run."""

    def __init__(self, sessions: SessionMaker, *, ring: Callable[[], None] = lambda: None) -> None:
        self._sessions = sessions
        self._ring = ring

    async def run(self) -> None:
        while True:
            try:
                await self.order_due()
            except (SQLAlchemyError, OSError) as error:
                log.warning("reconcile.database_away", error=type(error).__name__)
            except Exception:
                log.exception("reconcile.schedule_broken")
            await asyncio.sleep(LOOK_S)

    async def order_due(self) -> int:
        """How many runs were ordered."""
        async with self._sessions.autocommit() as session:
            links = (await session.execute(_LINKS)).all()
        ordered = 0
        for link in links:
            for entity_type, hours in scheduled(effective(link.module_sync, link.sync)).items():
                if await self._order(link.id, entity_type, hours):
                    ordered += 1
                    log.info("reconcile.ordered", link=link.slug, entity_type=entity_type.value)
        if ordered:
            self._ring()
        return ordered

    async def _order(self, link_id: int, entity_type: EntityType, hours: int) -> bool:
        async with self._sessions.begin() as session:
            named = {"link_id": str(link_id), "entity_type": entity_type.value}
            await session.execute(_ALONE, named)
            if not await _is_due(session, link_id, entity_type, hours):
                return False
            await order_run(session, link_id=link_id, kind=RunKind.RECONCILE, entity_type=entity_type, options=OPTIONS)
            return True


def scheduled(sync: EffectiveSync) -> dict[EntityType, int]:
    """Hours by entity type, of those that are compared by themselves."""
    return {
        kind: hours
        for kind, entity in sync.entities.items()
        if kind not in sync.documents
        and any(entity.flows(direction) for direction in Direction)
        and (hours := sync.reconcile_every_h(kind))
    }


async def _is_due(session: AsyncSession, link_id: int, entity_type: EntityType, hours: int) -> bool:
    parameters = {"link_id": link_id, "entity_type": entity_type.value, "hours": hours}
    return bool((await session.execute(_DUE, parameters)).scalar_one_or_none())
