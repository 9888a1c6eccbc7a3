"""What is known of a link's webhooks in its shop, and what became of them: `shop_webhooks` and the journal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.models import OWNER_WITHOUT_RIGHTS, Connection, ShopWebhook
from app.connections.store import Sealer, get_link_view
from app.connectors.hooked import Act, Hook
from app.connectors.registry import SHOPS
from app.db.sync_log import LogEntry, LogLevel, write_logs
from app.entities.base import Direction, EntityType
from app.errors import BadPayload, NotFound
from app.modules.registry import entity_types


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What was last known of the webhook of one topic."""

    native_id: str | None
    status: str | None
    problem: str | None
    mended: int
    last_seen_at: datetime | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookTerms:
    """What the database says about a link's webhooks. `now` is its clock, at which this was read."""

    link_id: int
    slug: str
    shop: str
    shop_kind: str
    enabled: bool
    secret: str = field(repr=False)
    entity_types: frozenset[EntityType]
    changed_at: datetime
    now: datetime
    known: Mapping[str, Known]

    @property
    def checked_at(self) -> datetime | None:
        return max((each.checked_at for each in self.known.values() if each.checked_at), default=None)

    @property
    def ours(self) -> bool:
        """Whether the shop has, or may have, webhooks that we made."""
        return any(each.native_id is not None for each in self.known.values())

    def address(self, public_url: str) -> str:
        """Where they post to."""
        return f"{public_url.rstrip('/')}/webhooks/{self.shop_kind}/{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one topic. `act` is what was done, or with a dry run would be; `problem` why it does not work.

    `missing_out`: until then, events may have been lost that nobody tells of again.
    """

    topic: str
    act: Act | None
    why: tuple[str, ...]
    hook: Hook | None
    problem: str | None = None
    missing_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    link: str
    shop: str
    url: str
    outcomes: tuple[Outcome, ...]
    done: bool
    notes: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """The shop has the webhooks that are wanted, and no others of ours. Their secrets nobody can see."""
        settled = self.done or all(each.act in (None, Act.RENEW) for each in self.outcomes)
        return settled and all(each.problem is None for each in self.outcomes)

    @property
    def missed(self) -> tuple[str, ...]:
        """Topics of which something may have happened that nobody told."""
        return tuple(each.topic for each in self.outcomes if self.done and each.missing_out)


async def load_hook_terms(session: AsyncSession, ring: Sealer, slug: str) -> HookTerms:
    """Raises `NotFound`, and `BadPayload` for a shop whose webhooks are not made through its API."""
    link = await get_link_view(session, ring, slug=slug)
    if link is None:
        raise NotFound(f"there is no link {slug!r}; see `shopsync link list`", code="unknown_link")
    if not SHOPS[link.shop_kind].makes_webhooks:
        raise BadPayload(f"link {slug} is with a {link.shop_kind}, which has no webhooks to be made from here")
    shop = await session.get_one(Connection, link.shop_connection_id)
    kinds = entity_types(link.modules)
    rows = await session.scalars(select(ShopWebhook).where(ShopWebhook.link_id == link.id))
    return HookTerms(
        link_id=link.id,
        slug=slug,
        shop=shop.name,
        shop_kind=link.shop_kind,
        enabled=link.enabled,
        secret=link.secrets[0],
        entity_types=frozenset(kind for kind in kinds if link.sync.flows(kind, Direction.SHOP_TO_ODOO)),
        changed_at=link.updated_at,
        now=(await session.execute(select(func.now()))).scalar_one(),
        known={row.topic: _known(row) for row in rows},
    )


_STORE: Final = text(
    """
    INSERT INTO shop_webhooks AS w (link_id, topic, native_id, status, problem, mended, checked_at)
    VALUES (:link_id, :topic, :native_id, :status, :problem, :mended, :checked_at)
    ON CONFLICT (link_id, topic) DO UPDATE SET
        native_id = COALESCE(excluded.native_id, w.native_id),
        status = COALESCE(excluded.status, w.status),
        problem = CASE WHEN excluded.problem IS NULL AND w.problem = :no_right AND NOT :remade THEN w.problem
                       ELSE excluded.problem END,
        mended = w.mended + excluded.mended,
        checked_at = excluded.checked_at
    """
)
_FORGET: Final = text(
    "DELETE FROM shop_webhooks WHERE link_id = :link_id AND checked_at IS NOT NULL AND topic <> ALL(:topics)"
)
_LOOK_NOW: Final = text(
    "UPDATE poll_cursors SET next_at = LEAST(next_at, now()) WHERE link_id = :link_id AND side = 'shop'"
)


async def store_report(session: AsyncSession, terms: HookTerms, report: Report, *, by: str) -> None:
    """What was found, what was done, and a look for what was missed. `by`: who asked, for the journal."""
    kept = [each for each in report.outcomes if each.act is not Act.REMOVE]
    for each in sorted(kept, key=lambda each: each.topic):
        await session.execute(_STORE, _row(terms, each))
    await session.execute(_FORGET, {"link_id": terms.link_id, "topics": [each.topic for each in kept]})
    acts = [f"{each.act} {each.topic}" for each in report.outcomes if each.act is not None]
    if not report.done or not acts:
        return
    if report.missed:
        await session.execute(_LOOK_NOW, {"link_id": terms.link_id})
    said = "; what was missed is looked for now" if report.missed else ""
    entry = LogEntry(
        link_id=terms.link_id,
        level=LogLevel.WARNING if report.missed else LogLevel.INFO,
        event="webhooks.kept",
        message="; ".join((f"the shop's webhooks were put right by {by}{said}", *report.notes)),
        module="sync",
        context={"by": by, "acts": acts, "why": {each.topic: list(each.why) for each in report.outcomes if each.act}},
    )
    await write_logs(session, [entry])


def _row(terms: HookTerms, each: Outcome) -> dict[str, object]:
    mended = each.missing_out and each.hook is not None
    return {
        "link_id": terms.link_id,
        "topic": each.topic,
        "native_id": each.hook.native_id if each.hook else None,
        "status": each.hook.status if each.hook else None,
        "problem": each.problem,
        "mended": int(mended),
        "checked_at": terms.now,
        "no_right": OWNER_WITHOUT_RIGHTS,
        "remade": each.act is Act.REMAKE,
    }


def _known(row: ShopWebhook) -> Known:
    return Known(
        native_id=row.native_id,
        status=row.status,
        problem=row.problem,
        mended=row.mended,
        last_seen_at=row.last_seen_at,
        checked_at=row.checked_at,
    )
