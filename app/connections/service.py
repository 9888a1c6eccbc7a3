"""Bring the stored connections and links to what a file asks for.

Nothing is ever deleted: what the file does not name is left as it is, and said so. Doing it twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.effective_sync import stored_sync
from app.connections.held import release_taken
from app.connections.models import Connection, Link
from app.connections.plan import Change, CheckModules, Doing, Stored, plan_changes
from app.connections.schemas import Config, LinkForm
from app.connections.store import seal_json, unpause
from app.db.sync_log import LogEntry, write_logs
from app.errors import BadPayload
from app.redact import register_secret
from app.security.crypto import KeyRing
from app.settings import is_sample_secret

_SERIALISE = text("LOCK TABLE connections, links IN SHARE ROW EXCLUSIVE MODE")
_LOOK_AGAIN = text("UPDATE poll_cursors SET next_at = LEAST(next_at, now() + :settle) WHERE link_id = :link_id")
_IN_USE = text(
    """
    SELECT id FROM links
    WHERE EXISTS (SELECT FROM entity_map WHERE link_id = links.id)
       OR EXISTS (SELECT FROM sync_queue WHERE link_id = links.id)
    """
)


def check_secrets(desired: Config, *, production: bool) -> list[str]:
    """Warnings about sample secrets; in production they are refused with `BadPayload`."""
    samples = [where for where, secret in desired.secrets() if is_sample_secret(secret)]
    said = [f"{where} is a sample or shorter than 8 characters: anybody can guess it" for where in samples]
    if said and production:
        raise BadPayload("\n".join(f"{each}. Production refuses it" for each in said), code="sample_secret")
    return said


async def plan(session: AsyncSession, ring: KeyRing, desired: Config, check_modules: CheckModules) -> list[Change]:
    """What `carry_out` would do. Raises `BadPayload` or `Conflict` for what cannot be."""
    for _where, secret in desired.secrets():
        register_secret(secret)
    return plan_changes(await _load(session), desired, ring, check_modules)


async def carry_out(
    session: AsyncSession,
    ring: KeyRing,
    desired: Config,
    check_modules: CheckModules,
    *,
    settle: timedelta = timedelta(),
) -> list[Change]:
    """In the caller's transaction: all or nothing. Who else applies a file meanwhile waits. Returns what was done.

    `settle`: how long workers may go by older settings (`LINK_CACHE_S`).
    """
    await session.execute(_SERIALISE)
    changes = await plan(session, ring, desired, check_modules)
    effective = [change for change in changes if change.changes_something]
    stored = await _load(session)
    connections = _write_connections(session, stored, effective, ring)
    await session.flush()  # links need the ids of new connections
    _write_links(session, stored, effective, connections, ring)
    await session.flush()
    await _wake_waiting(session, effective, settle)
    released = {change.name: await _follow_up(session, change, settle) for change in effective}
    return [_with_released(change, released.get(change.name, 0)) for change in changes]


async def _follow_up(session: AsyncSession, change: Change, settle: timedelta) -> int:
    """What was held and is taken now goes on; a changed link is in its journal. How many events were released."""
    if change.kind != "link":
        return 0
    link_id = (await session.execute(select(Link.id).where(Link.slug == change.name))).scalar_one()
    released = await release_taken(session, link_id=link_id, settle=settle)
    if change.doing is Doing.CHANGE:
        message = f"changed by shopsync apply: {'; '.join(change.details)}"
        context = {"by": "shopsync apply", "changes": list(change.details), "released": released}
        entry = LogEntry(link_id=link_id, event="link.changed", message=message, module="apply", context=context)
        await write_logs(session, [entry])
    return released


def _with_released(change: Change, released: int) -> Change:
    if change.kind != "link" or not released:
        return change
    said = f"held events of the shop that are looked at now: {released}"
    return replace(change, details=(*change.details, said))


def _write_connections(
    session: AsyncSession, stored: Stored, changes: Sequence[Change], ring: KeyRing
) -> Mapping[str, Connection]:
    """All there are now, by name."""
    connections = dict(stored.connections)
    for change in changes:
        if change.form is None or isinstance(change.form, LinkForm):
            continue
        row = connections.setdefault(change.name, Connection(name=change.name))
        row.kind = change.form.kind
        row.url, row.options = change.form.url, change.form.options
        row.sealed = seal_json(ring, change.form.credentials)
        session.add(row)
    return connections


def _write_links(
    session: AsyncSession,
    stored: Stored,
    changes: Sequence[Change],
    connections: Mapping[str, Connection],
    ring: KeyRing,
) -> None:
    for change in changes:
        if not isinstance(change.form, LinkForm):
            continue
        row = stored.links.get(change.name) or Link(slug=change.name)
        row.odoo_connection_id = connections[change.form.odoo].id
        row.shop_connection_id = connections[change.form.shop].id
        row.modules, row.module_sync = change.modules.settings, change.modules.sync
        row.sync = stored_sync(change.form.sync, row.module_sync)
        row.reverse_sync, row.enabled = change.form.reverse_sync, change.form.enabled
        row.sealed_secrets = seal_json(ring, change.form.secrets)
        session.add(row)


async def _wake_waiting(session: AsyncSession, changes: Sequence[Change], settle: timedelta) -> None:
    """A new key may be what a paused direction, or a look that failed, waits for: let it try at once."""
    changed = {(change.kind, change.name) for change in changes}
    stored = await _load(session)
    for slug, link in stored.links.items():
        ends = stored.ends(link).values()
        if ("link", slug) in changed or any(("connection", name) in changed for name in ends):
            await unpause(session, link_id=link.id)
            await session.execute(_LOOK_AGAIN, {"link_id": link.id, "settle": settle})


async def _load(session: AsyncSession) -> Stored:
    return Stored(
        connections={row.name: row for row in await session.scalars(select(Connection))},
        links={row.slug: row for row in await session.scalars(select(Link))},
        in_use=frozenset(await session.scalars(_IN_USE)),
    )
