"""The webhooks of a link in its shop, where they are made through its API: how they are, put right, removed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.auth import Caller, Writer
from app.api.deps import State
from app.api.errors import responses
from app.api.paging import Filters, Word
from app.api.state import ApiState
from app.sync.shop_webhook_store import HookTerms, Known, Report, load_hook_terms
from app.sync.shop_webhooks import Doing
from app.sync.webhook_watch import order

router = APIRouter(prefix="/{slug}/webhooks", responses=responses(404))
_CALLS_THE_SHOP = responses(400, 404, 409, 502, 503)


class HookView(BaseModel):
    """The webhook of one topic, as it was last seen to. `*`: what is said holds for all of them."""

    topic: str = Field(examples=["product.updated"])
    native_id: str | None = Field(examples=["12"], description="Its id in the shop; null: it was not made by us.")
    status: str | None = Field(examples=["active"], description="active, paused or disabled.")
    problem: str | None = Field(examples=[None], description="Why it does not work, and what to do.")
    mended: int = Field(description="How often it had to be put right.")
    last_seen_at: datetime | None = Field(description="When it last delivered; null: never yet.")
    last_seen_age_s: float | None = Field(examples=[42.0])
    checked_at: datetime | None = Field(description="When it was last looked at in the shop.")


class HooksView(BaseModel):
    shop: str = Field(examples=["store"], description="Name of the connection.")
    address: str | None = Field(
        examples=["https://sync.example.com/webhooks/woocommerce/store"],
        description="Where they post to. null: PUBLIC_URL is not set, so that nobody sees to them.",
    )
    webhooks: list[HookView]


class InstallHooks(BaseModel):
    model_config = Filters.model_config

    dry_run: bool = Field(False, description="Say what would be done and do nothing.")
    url: str | None = Field(
        None, description="Where the shop reaches this service; else PUBLIC_URL.", examples=["https://sync.example.com"]
    )


class HookOutcome(BaseModel):
    topic: str = Field(examples=["product.updated"])
    act: str | None = Field(
        examples=["wake"], description="make, wake, mend, renew, remake, remove; null: it was right."
    )
    why: list[str] = Field(examples=[["somebody paused it"]])
    status: str | None = Field(examples=["active"])
    problem: str | None = Field(examples=[None])


class HooksReport(BaseModel):
    """What was done; with `dry_run`, what would be."""

    right: bool = Field(description="The shop has the webhooks that the link needs, and no others of ours.")
    address: str
    webhooks: list[HookOutcome]
    missed: list[str] = Field(description="Topics of which something may have been missed; it is being looked for.")
    notes: list[str]


@router.get("", summary="The webhooks of its shop, as they were last seen to")
async def show_webhooks(slug: Word, state: State) -> HooksView:
    """400 for a shop whose webhooks are not made from here (PrestaShop's module is set up in the shop)."""
    async with state.sessions() as session:
        terms = await load_hook_terms(session, state.ring, slug)
    base = state.settings.public_url
    return HooksView(
        shop=terms.shop,
        address=None if base is None else terms.address(base),
        webhooks=[_view(topic, known, terms) for topic, known in sorted(terms.known.items())],
    )


@router.post("", summary="Make the webhooks that are missing and put right the others, now", responses=_CALLS_THE_SHOP)
async def install_webhooks(slug: Word, wish: InstallHooks, caller: Writer, state: State) -> HooksReport:
    return await _order(state, slug, Doing.KEEP, caller, url=wish.url, dry_run=wish.dry_run)


@router.delete("", summary="Remove this link's webhooks from the shop, and nobody else's", responses=_CALLS_THE_SHOP)
async def remove_webhooks(
    slug: Word,
    caller: Writer,
    state: State,
    dry_run: Annotated[bool, Query(description="Say what would be done and do nothing.")] = False,
) -> HooksReport:
    """While the link is switched on and PUBLIC_URL is set, a worker makes them anew: switch the link off first."""
    return await _order(state, slug, Doing.REMOVE, caller, dry_run=dry_run)


async def _order(
    state: ApiState, slug: str, doing: Doing, caller: Caller, *, url: str | None = None, dry_run: bool
) -> HooksReport:
    return _report(
        await order(
            state.sessions,
            state.peers,
            state.ring,
            slug,
            doing,
            public_url=url or state.settings.public_url,
            by=caller.name,
            dry_run=dry_run,
        )
    )


def _view(topic: str, known: Known, terms: HookTerms) -> HookView:
    age = None if known.last_seen_at is None else max((terms.now - known.last_seen_at).total_seconds(), 0.0)
    return HookView(
        topic=topic,
        native_id=known.native_id,
        status=known.status,
        problem=known.problem,
        mended=known.mended,
        last_seen_at=known.last_seen_at,
        last_seen_age_s=age,
        checked_at=known.checked_at,
    )


def _report(report: Report) -> HooksReport:
    return HooksReport(
        right=report.right,
        address=report.url,
        webhooks=[
            HookOutcome(
                topic=each.topic,
                act=each.act,
                why=list(each.why),
                status=each.hook.status if each.hook else None,
                problem=each.problem,
            )
            for each in report.outcomes
        ],
        missed=list(report.missed),
        notes=list(report.notes),
    )
