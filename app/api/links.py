"""Links: their settings, and how each is doing; going on after a pause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from app.api import link_polling, link_settings, link_webhooks
from app.api.auth import Writer
from app.api.deps import Session, State
from app.api.errors import responses
from app.api.link_store import (
    LinkRow,
    check_link,
    find_pauses,
    find_refusals,
    get_connection,
    get_link,
    read_activity,
    read_links,
)
from app.api.paging import Word, to_view
from app.connections.store import unpause
from app.db.sync_log import LogEntry, write_logs
from app.entities.base import Direction
from app.redact import redact

router = APIRouter(prefix="/links", tags=["links"])
router.include_router(link_settings.router)
router.include_router(link_polling.router)
router.include_router(link_webhooks.router)


class LinkView(BaseModel):
    slug: str = Field(examples=["boutique"])
    odoo: str = Field(examples=["erp"], description="Name of the Odoo connection.")
    shop: str = Field(examples=["boutique"], description="Name of the shop connection.")
    enabled: bool
    reverse_sync: bool = Field(description="Whether Odoo's events are written into the shop.")
    modules: dict[str, Any] = Field(examples=[{"prestashop": {"default_country": "FR"}}])
    sync: dict[str, Any] = Field(
        examples=[{"entities": {"customer": {"direction": "both"}}}],
        description="What is kept the same; only what differs from the defaults. See docs/settings-of-a-link.md.",
    )
    in_force: dict[str, Any] = Field(
        examples=[{"entities": {"customer": {}, "stock": {"direction": "odoo_to_shop"}}, "documents": ["invoice"]}],
        description="What acts: `sync` laid over what the settings of the modules amount to, without defaults.",
    )
    paused: bool = Field(description="Some of it waits for a person or for `until`.")
    created_at: datetime
    updated_at: datetime


class PauseView(BaseModel):
    direction: Direction
    entity_type: str = Field(examples=[""], description="Empty: all of the direction.")
    reason: str = Field(examples=["boutique: the webservice key was refused (401)"])
    strikes: int
    since: datetime
    until: datetime = Field(description="Tried again by itself from then on.")


class RefusalView(BaseModel):
    """Webhooks that were refused at the door, since the link exists."""

    reason: str = Field(examples=["forbidden"])
    count: int
    last_at: datetime


class LinkDetail(LinkView):
    etag: str = Field(examples=['"1795267200.5"'], description="For `If-Match` of a change; also in the header `ETag`.")
    odoo_webhooks: str = Field(examples=["/webhooks/odoo/boutique"])
    shop_webhooks: str = Field(examples=["/webhooks/prestashop/boutique"])
    capabilities: link_polling.LinkCapabilities
    pauses: list[PauseView]
    refusals: list[RefusalView]
    jobs: dict[str, int] = Field(examples=[{"pending": 3, "failed": 1}], description="Those that are not finished.")
    unanswered: int = Field(description="Operations without an outcome yet.")
    last_accepted_at: datetime | None
    last_success_at: datetime | None


class Resumed(BaseModel):
    success: bool = True
    removed: int = Field(description="How many pauses there were.")


@router.get("", summary="All links")
async def list_links(session: Session) -> list[LinkView]:
    paused = {pause.link_id for pause in await find_pauses(session)}
    return [_view(row, paused=row.link.id in paused) for row in await read_links(session)]


@router.get("/{slug}", summary="One link and how it is doing", responses=responses(404))
async def open_link(slug: Word, session: Session, response: Response) -> LinkDetail:
    await check_link(session, slug)
    [row] = await read_links(session, slug=slug)
    pauses = await find_pauses(session, link_id=row.link.id)
    [activity] = await read_activity(session, link_id=row.link.id)
    shop = await get_connection(session, row.shop)
    response.headers["ETag"] = link_settings.etag(row.link)
    return LinkDetail(
        **_view(row, paused=bool(pauses)).model_dump(),
        etag=link_settings.etag(row.link),
        odoo_webhooks=f"/webhooks/odoo/{slug}",
        shop_webhooks=f"/webhooks/{shop.kind}/{slug}",
        capabilities=link_polling.link_capabilities(row.link, shop.kind),
        pauses=[to_view(PauseView, pause) for pause in pauses],
        refusals=[to_view(RefusalView, refusal) for refusal in await find_refusals(session, link_id=row.link.id)],
        jobs=activity.open_jobs,
        unanswered=activity.unanswered,
        last_accepted_at=activity.last_accepted_at,
        last_success_at=activity.last_success_at,
    )


@router.post("/{slug}/resume", summary="Remove its pauses: the cause is mended", responses=responses(404))
async def resume_link(slug: Word, caller: Writer, state: State) -> Resumed:
    async with state.sessions.begin() as session:
        link = await get_link(session, slug)
        removed = await unpause(session, link_id=link.id)
        if removed:
            message = f"resumed by {caller.name}"
            context = {"by": caller.name, "pauses": removed}
            entry = LogEntry(link_id=link.id, event="link.resumed", message=message, module="api", context=context)
            await write_logs(session, [entry])
    state.bell.ring()
    return Resumed(removed=removed)


def _view(row: LinkRow, *, paused: bool) -> LinkView:
    in_force = row.link.effective_sync.stored
    return to_view(
        LinkView,
        row.link,
        odoo=row.odoo,
        shop=row.shop,
        modules=redact(row.link.modules),
        in_force=in_force,
        paused=paused,
    )
