"""Odoo's rules of one link, from the settings to Odoo and back: show, install, repair, remove.

The database is read first and closed, then Odoo is asked: no transaction is open during a call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import httpx
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.connections.models import Connection, Link
from app.connections.store import ConnectionView, LinkView, Sealer, connection_view, get_link_view
from app.connectors.odoo.automation import (
    Act,
    Compared,
    Doing,
    Target,
    Verdict,
    Wanted,
    acts_of,
    check_target,
    check_version,
    compare,
    wanted_rules,
    watched_models,
)
from app.connectors.odoo.automation_calls import Rules
from app.connectors.odoo.connector import OdooConnector
from app.connectors.peer import Peer
from app.connectors.registry import open_connector
from app.entities.base import Direction, EntityType, Side
from app.errors import BadPayload, NotFound
from app.modules.registry import MODULES


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Another user than the connection's, for the rights it takes to make rules."""

    username: str
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the database says about a link. `shared`: other links use the same Odoo."""

    link: LinkView
    odoo: ConnectionView
    entity_types: frozenset[EntityType]
    extra: Mapping[EntityType, Sequence[str]]
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`rules`: how they are, after what was done. `acts`: what was done, or with a dry run would be."""

    link: str
    odoo: str
    version: str
    rules: tuple[Compared, ...]
    acts: tuple[tuple[Act, str], ...]
    notes: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Odoo has the rules that are wanted, and no others of ours."""
        return all(rule.verdict is Verdict.RIGHT for rule in self.rules)


async def load_terms(session: AsyncSession, ring: Sealer, slug: str) -> Terms:
    """Raises `NotFound`."""
    link = await get_link_view(session, ring, slug=slug)
    if link is None:
        raise NotFound(f"there is no link {slug!r}; see `shopsync link list`", code="unknown_link")
    row = await session.get_one(Connection, link.odoo_connection_id)
    sync = link.sync
    links = await session.scalar(
        select(func.count()).select_from(Link).where(Link.odoo_connection_id == link.odoo_connection_id)
    )
    known = {kind for name in link.modules if name in MODULES for kind in MODULES[name].entity_types}
    return Terms(
        link=link,
        odoo=connection_view(row, ring),
        entity_types=frozenset(kind for kind in known if sync.flows(kind, Direction.ODOO_TO_SHOP)),
        extra=sync.extra_fields(Side.ODOO),
        shared=(links or 0) > 1,
    )


async def manage(
    terms: Terms,
    doing: Doing,
    *,
    public_url: str | None,
    dry_run: bool = False,
    login: Login | None = None,
    timeout_s: float = 30.0,
    transport: httpx.AsyncBaseTransport | None = None,
) -> Report:
    """Raises `ActionRequired` for what a person has to mend first (rights, version), `BadPayload` without an address.

    `transport` replaces the network, for tests.
    """
    if public_url is None and doing is not Doing.REMOVE:
        raise BadPayload(
            "where does Odoo reach this service? Set PUBLIC_URL (https://sync.example.com), or give the url",
            code="no_public_url",
            field="url",
        )
    own = _open(terms.odoo, timeout_s, transport)
    acting = own if login is None else _open(_as(terms.odoo, login), timeout_s, transport)
    try:
        target = await _target(terms, own, public_url or "")
        return await _manage(terms, target, acting, doing, dry_run=dry_run)
    finally:
        await own.aclose()
        if acting is not own:
            await acting.aclose()


async def _target(terms: Terms, own: OdooConnector, public_url: str) -> Target:
    """What we write is an echo to this link, and news to the others of the same Odoo: no guard for those."""
    uid = None if terms.shared else await (await own.client.transport()).uid()
    return Target(slug=terms.link.slug, base_url=public_url, secrets=terms.link.secrets, own_uid=uid)


async def _manage(terms: Terms, target: Target, odoo: OdooConnector, doing: Doing, *, dry_run: bool) -> Report:
    server = await odoo.client.server()
    check_version(server.major, peer=terms.odoo.name)
    rules = Rules(odoo.client, name=terms.odoo.name)
    await rules.check_rights()
    wanted, notes = await _wanted(terms, target, rules, doing)
    compared = compare(wanted, await rules.find(target.prefix))
    acts = acts_of(compared, doing)
    if acts and not dry_run:
        await rules.carry_out(acts)
        compared = compare(wanted, await rules.find(target.prefix))
    return Report(
        link=terms.link.slug,
        odoo=terms.odoo.name,
        version=server.version,
        rules=tuple(compared),
        acts=tuple((act, each.name) for act, each in acts),
        notes=tuple(notes),
    )


async def _wanted(terms: Terms, target: Target, rules: Rules, doing: Doing) -> tuple[list[Wanted], list[str]]:
    if doing is Doing.REMOVE:
        return [], []
    check_target(target)
    if not terms.entity_types:
        return [], [f"link {target.slug} takes nothing out of Odoo: name entity types under its `sync`"]
    known = await rules.learn(watched_models(terms.entity_types, extra=terms.extra))
    return wanted_rules(target, terms.entity_types, known, extra=terms.extra)


def _open(view: ConnectionView, timeout_s: float, transport: httpx.AsyncBaseTransport | None) -> OdooConnector:
    connector = open_connector(
        Peer(
            name=view.name,
            kind=view.kind,
            url=view.url,
            credentials=view.credentials,
            connection_options=view.options,
            timeout_s=timeout_s,
            transport=transport,
        )
    )
    assert isinstance(connector, OdooConnector)  # the schema of links says which column is which
    return connector


def _as(view: ConnectionView, login: Login) -> ConnectionView:
    credentials = {**view.credentials, "username": login.username, "api_key": login.api_key}
    return replace(view, credentials=credentials)
