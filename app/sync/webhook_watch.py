"""Keeps the webhooks of shops alive that switch them off by themselves: looked at every so often, and put right.

One process at a time sees to a link, however many workers there are; who asks for it at once (the API, a command) waits
for nobody and is told when somebody is at it.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.connections.store import Sealer
from app.connectors.hooked import HookTarget
from app.connectors.registry import SHOPS
from app.db.advisory import Space, only_here
from app.db.session import SessionMaker
from app.entities.base import Side
from app.errors import AppError, Conflict
from app.sync.peers import Peers
from app.sync.shop_webhook_store import HookTerms, Report, load_hook_terms, store_report
from app.sync.shop_webhooks import Doing, manage, target_of, unreached

_KINDS: Final = [name for name, kind in SHOPS.items() if kind.makes_webhooks]
LOOK_S: Final = 5.0
"""How often a link that is due is looked for."""

log = structlog.get_logger(__name__)

_DUE: Final = text(
    """
    SELECT l.slug FROM links l JOIN connections c ON c.id = l.shop_connection_id
    WHERE l.enabled AND c.kind = ANY(:kinds)
      AND NOT EXISTS (SELECT 1 FROM shop_webhooks w
                      WHERE w.link_id = l.id AND w.checked_at > now() - CAST(:every AS interval))
    ORDER BY l.id
    """
)


class WebhookWatch:
    """`run` watches for ever; `check_due` looks once at every link that is due. `public_url`: where we are reached."""

    def __init__(self, sessions: SessionMaker, peers: Peers, ring: Sealer, *, public_url: str, every_s: float) -> None:
        self._sessions = sessions
        self._peers = peers
        self._ring = ring
        self._public_url = public_url
        self._every = timedelta(seconds=every_s)
        self._not_before: dict[str, float] = {}

    async def run(self) -> None:
        while True:
            try:
                await self.check_due()
            except (SQLAlchemyError, OSError) as error:
                log.warning("webhooks.database_away", error=type(error).__name__)
            except Exception:
                # A watch that died would leave a service that looks well and is told of nothing.
                log.exception("webhooks.watch_broken")
            await asyncio.sleep(LOOK_S)

    async def check_due(self) -> int:
        """How many links were seen to."""
        async with self._sessions.autocommit() as session:
            due = list(await session.scalars(_DUE, {"kinds": _KINDS, "every": self._every}))
        return sum([await self._check(slug) for slug in due if self._not_before.get(slug, 0.0) <= time.monotonic()])

    async def _check(self, slug: str) -> bool:
        try:
            terms = await self._terms(slug)
            async with only_here(self._sessions, Space.WEBHOOKS_OF_LINK, terms.link_id) as held:
                if not held:
                    return False
                terms = await self._terms(slug)
                if not self._is_due(terms):
                    return False
                await self._keep(terms)
        except AppError as error:
            # Its secrets open with no key of ours, say, which health tells of: not asked for every few seconds.
            self._not_before[slug] = time.monotonic() + self._every.total_seconds()
            log.warning("webhooks.not_looked_at", link=slug, error=error.message)
            return False
        return True

    async def _keep(self, terms: HookTerms) -> None:
        target = target_of(terms, self._public_url)
        report = await keep(self._peers, terms, target)
        async with self._sessions.begin() as session:
            await store_report(session, terms, report, by="the service")
        problems = {each.topic: each.problem for each in report.outcomes if each.problem}
        acts = [f"{each.act} {each.topic}" for each in report.outcomes if report.done and each.act]
        if acts or problems:
            log.warning("webhooks.kept", link=terms.slug, acts=acts, problems=problems)

    async def _terms(self, slug: str) -> HookTerms:
        async with self._sessions.autocommit() as session:
            return await load_hook_terms(session, self._ring, slug)

    def _is_due(self, terms: HookTerms) -> bool:
        """Another process may have come first. A link that is told of nothing, and has nothing, needs no call."""
        if not terms.entity_types and not terms.ours:
            return False
        return terms.checked_at is None or terms.checked_at < terms.now - self._every


async def keep(peers: Peers, terms: HookTerms, target: HookTarget) -> Report:
    """Puts right what is not; a shop that cannot be looked at is a report as well."""
    try:
        return await manage(await peers.get(terms.link_id, Side.SHOP), terms, target, Doing.KEEP)
    except AppError as error:
        return unreached(terms, target, error)


async def order(
    sessions: SessionMaker,
    peers: Peers,
    ring: Sealer,
    slug: str,
    doing: Doing,
    *,
    public_url: str | None,
    by: str,
    dry_run: bool = False,
) -> Report:
    """At once, for a person. Raises what is in the way: no address, a shop that is away, a key without the right."""
    async with sessions.autocommit() as session:
        terms = await load_hook_terms(session, ring, slug)
    target = target_of(terms, public_url)
    connector = await peers.get(terms.link_id, Side.SHOP)
    async with only_here(sessions, Space.WEBHOOKS_OF_LINK, terms.link_id) as held:
        if not held:
            raise Conflict(f"the webhooks of link {slug} are being looked at at this moment; try again", code="busy")
        report = await manage(connector, terms, target, doing, dry_run=dry_run)
        if report.done:
            async with sessions.begin() as session:
                await store_report(session, terms, report, by=by)
    return report
