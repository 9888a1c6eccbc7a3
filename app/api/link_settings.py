"""What a link keeps the same: shown, replaced, switched; checked as `shopsync apply` checks a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Query
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.exceptions import HTTPException

from app.api.auth import Caller, Writer
from app.api.deps import State
from app.api.errors import responses
from app.api.link_store import get_link
from app.api.paging import Word
from app.api.state import ApiState
from app.connections.effective_sync import EffectiveSync, effective, stored_sync
from app.connections.explain import dotted, explain
from app.connections.held import release_taken
from app.connections.models import Connection, Link
from app.connections.opening import Timing, load_link_peers
from app.connections.plan import CheckedModules
from app.connections.store import unpause
from app.connections.sync_changes import new_mappings, sync_differences, unsynced_references
from app.connections.sync_settings import ConflictRule, LinkSync
from app.connectors.registry import check_envelopes
from app.db.sync_log import LogEntry, write_logs
from app.entities.values import storable
from app.errors import ActionRequired, BadPayload
from app.modules.registry import check_modules
from app.sync.mapping_check import Checked, check_mappings

MOST_LEVELS = 32
"""Of nesting; the settings have six."""

router = APIRouter()

IfMatch = Annotated[
    str | None, Header(alias="If-Match", description="`etag` of the link as you saw it; 412 if it changed since.")
]


class SettingsChanged(BaseModel):
    """What was changed; with `dry_run`, what would be."""

    success: bool = True
    changes: list[str] = Field(examples=[["sync.entities.customer.direction: both → odoo_to_shop"]])
    warnings: list[str] = Field(examples=[[]], description="What is allowed and still worth a word.")
    released: int = Field(0, description="Shop events that were held and are looked at again, because they are taken.")
    etag: str = Field(examples=['"1795267200.5"'], description="Of the link as it is now, for `If-Match`.")


class LinkPatch(BaseModel):
    """Switches of a link; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool | None = None
    reverse_sync: bool | None = Field(None, description="Whether Odoo's events are written into the shop.")
    conflict_rule: ConflictRule | None = Field(None, description="`sync.conflict_rule`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A link as it shall be, and the link as it was when that was checked."""

    seen: datetime
    sync: LinkSync
    module_sync: dict[str, Any]
    enabled: bool
    reverse_sync: bool
    changes: tuple[str, ...]
    warnings: tuple[str, ...] = field(default=())


@router.put(
    "/{slug}/sync",
    summary="Replace what a link keeps the same",
    responses=responses(400, 404, HTTPStatus.CONFLICT, 412),
)
async def replace_sync(
    slug: Word,
    caller: Writer,
    state: State,
    sync: Annotated[
        dict[str, Any],
        Body(
            description="As the `sync` section of a settings file: see docs/settings-of-a-link.md.",
            examples=[{"entities": {"customer": {"direction": "both"}, "order": {"direction": "shop_to_odoo"}}}],
        ),
    ],
    dry_run: Annotated[bool, Query(description="Check it, say what would change, and store nothing.")] = False,
    if_match: IfMatch = None,
) -> SettingsChanged:
    """New and changed `mappings` are looked up on both sides; a side that does not answer is a warning."""
    settings = read_sync(sync)
    async with state.sessions() as session:
        link = await get_link(session, slug)
        _check_unchanged(link, if_match)
        modules = await _check_modules(session, link, settings)
        before = link.effective_sync
    after = effective(modules.sync, settings)
    checked = await _check_mappings(state, slug, before, after)
    checked.refuse()
    wanted = _Wanted(
        seen=link.updated_at,
        sync=settings,
        module_sync=modules.sync,
        enabled=link.enabled,
        reverse_sync=link.reverse_sync,
        changes=tuple(sync_differences(before, after)),
        warnings=(*unsynced_references(after), *checked.warnings),
    )
    return await _settle(state, slug, caller, wanted, dry_run=dry_run)


@router.patch(
    "/{slug}", summary="Switch a link, its reverse sync, or its conflict rule", responses=responses(400, 404, 412)
)
async def patch_link(
    slug: Word,
    patch: LinkPatch,
    caller: Writer,
    state: State,
    dry_run: Annotated[bool, Query(description="Say what would change, and store nothing.")] = False,
    if_match: IfMatch = None,
) -> SettingsChanged:
    async with state.sessions() as session:
        link = await get_link(session, slug)
        _check_unchanged(link, if_match)
        if patch.reverse_sync:
            await _check_shop_module(session, link)
    return await _settle(state, slug, caller, _patched(link, patch), dry_run=dry_run)


def read_sync(raw: object) -> LinkSync:
    """Raises `BadPayload` that lists everything that is wrong, each with its place: `sync.entities.customer.…`."""
    _check_storable(raw, levels=MOST_LEVELS)
    try:
        return LinkSync.model_validate(raw)
    except ValidationError as error:
        said = [(dotted(["sync", *path]), words) for path, words in explain(error, LinkSync, raw)]
        raise BadPayload("\n".join(f"{where} {words}" for where, words in said), field=said[0][0]) from None


def _check_storable(value: object, *, levels: int) -> None:
    """Raises `BadPayload` for what PostgreSQL does not hold, and for what is nested deeper than Python follows."""
    if levels == 0:
        raise BadPayload("sync is nested too deeply", field="sync")
    if isinstance(value, str) and storable(value) != value:
        raise BadPayload("sync holds a character that cannot be stored (NUL, or half of a pair)", field="sync")
    inner: Iterable[object] = ()
    if isinstance(value, dict):
        inner = chain(value, value.values())
    elif isinstance(value, list):
        inner = value
    for each in inner:
        _check_storable(each, levels=levels - 1)


def etag(link: Link) -> str:
    return f'"{link.updated_at.timestamp()!r}"'


def _patched(link: Link, patch: LinkPatch) -> _Wanted:
    sync = LinkSync.model_validate(link.sync or {})
    if patch.conflict_rule is not None:
        sync = sync.model_copy(update={"conflict_rule": patch.conflict_rule})
    enabled = link.enabled if patch.enabled is None else patch.enabled
    reverse_sync = link.reverse_sync if patch.reverse_sync is None else patch.reverse_sync
    switched = (("enabled", link.enabled, enabled), ("reverse_sync", link.reverse_sync, reverse_sync))
    changes = [f"{name}: {_yes(old)} → {_yes(new)}" for name, old, new in switched if old != new]
    return _Wanted(
        seen=link.updated_at,
        sync=sync,
        module_sync=link.module_sync,
        enabled=enabled,
        reverse_sync=reverse_sync,
        changes=(*changes, *sync_differences(link.effective_sync, effective(link.module_sync, sync))),
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _check_unchanged(link: Link, if_match: str | None) -> None:
    if if_match not in (None, "*", etag(link)):
        raise _outdated(link.slug)


def _outdated(slug: str) -> HTTPException:
    said = f"link {slug} was changed since you looked; look again, and send your change with the new etag"
    return HTTPException(HTTPStatus.PRECONDITION_FAILED, said)


async def _check_modules(session: AsyncSession, link: Link, sync: LinkSync) -> CheckedModules:
    shop = await session.get_one(Connection, link.shop_connection_id)
    return check_modules(link.modules, shop_kind=shop.kind, sync=sync)


async def _check_shop_module(session: AsyncSession, link: Link) -> None:
    shop = await session.get_one(Connection, link.shop_connection_id)
    check_envelopes(shop.kind)
    if shop.kind not in link.modules:
        wanted = f"modules: {{{shop.kind}: {{}}}}"
        raise BadPayload(f"reverse_sync needs the shop's module: {wanted} in the settings file", field="reverse_sync")


async def _check_mappings(state: ApiState, slug: str, before: EffectiveSync, sync: EffectiveSync) -> Checked:
    """No transaction is open while the peers are asked."""
    mappings = new_mappings(before, sync)
    if not mappings:
        return Checked()
    timing = Timing(timeout_s=state.settings.peer_timeout_s, width=state.settings.peer_width)
    try:
        async with state.sessions() as session:
            peers = await load_link_peers(session, state.ring, slug, timing, sync=sync)
    except ActionRequired as error:
        return Checked(warnings=(f"the mapped fields could not be checked: {error.message}",))
    return await check_mappings(mappings, peers)


async def _settle(state: ApiState, slug: str, caller: Caller, wanted: _Wanted, *, dry_run: bool) -> SettingsChanged:
    """Stored only if nobody changed the link since it was checked."""
    released = 0
    async with state.sessions.begin() as session:
        link = await session.scalar(select(Link).where(Link.slug == slug).with_for_update())
        if link is None or link.updated_at != wanted.seen:
            raise _outdated(slug)
        if wanted.changes and not dry_run:
            released = await _store(session, link, caller, wanted, timedelta(seconds=state.settings.link_cache_s))
    if released:
        state.bell.ring()
    return SettingsChanged(
        changes=list(wanted.changes), warnings=list(wanted.warnings), released=released, etag=etag(link)
    )


async def _store(session: AsyncSession, link: Link, caller: Caller, wanted: _Wanted, settle: timedelta) -> int:
    """How many held events were released."""
    link.sync, link.module_sync = stored_sync(wanted.sync, wanted.module_sync), wanted.module_sync
    link.enabled, link.reverse_sync = wanted.enabled, wanted.reverse_sync
    await session.flush()
    await session.refresh(link, ["updated_at"])
    await unpause(session, link_id=link.id)
    released = await release_taken(session, link_id=link.id, settle=settle)
    await write_logs(session, [_entry(link, caller, wanted, released)])
    return released


def _entry(link: Link, caller: Caller, wanted: _Wanted, released: int) -> LogEntry:
    context: dict[str, object] = {"by": caller.name, "changes": list(wanted.changes)}
    if released:
        context["released"] = released
    return LogEntry(
        link_id=link.id,
        event="link.changed",
        message=f"changed by {caller.name}: {'; '.join(_first(wanted.changes))}",
        module="api",
        context=context,
    )


def _first(changes: tuple[str, ...], most: int = 3) -> Iterator[str]:
    """A message is a line; all of them are in the context."""
    yield from changes[:most]
    if len(changes) > most:
        yield f"and {len(changes) - most} more"
