"""What people ask of a link's two-way sync: this record now, all of an entity type, or only what would change."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from app.connections.sync_settings import Flow, LinkSync
from app.connectors.base import Cursor, RecordPort
from app.db.session import SessionMaker
from app.entities.base import Action, EntityType, Json, Side
from app.errors import Conflict, NotFound
from app.queue.store import ClaimedJob, NewJob
from app.sync.ends import open_ends
from app.sync.pair_work import Preview
from app.sync.peers import LinkTerms, Peers
from app.sync.two_way import TwoWay

PRIORITY: Final = 3
"""Somebody waits for it."""


def known_entity(terms: LinkTerms, name: str, *, module: str | None = None) -> EntityType:
    """Raises `NotFound` for a module that is not this link's and for what is no entity type."""
    if module is not None and module != terms.module:
        raise NotFound(f"link {terms.slug} has no module {module!r}; its shop's is {terms.module}", code="no_module")
    try:
        return EntityType(name)
    except ValueError:
        known = ", ".join(EntityType)
        raise NotFound(f"{name!r} is no entity type; there are: {known}", code="no_entity_type") from None


def source_side(terms: LinkTerms, entity_type: EntityType, wanted: Side | None) -> Side:
    """The side that is read: the wanted one, else the source of a one-way entity type, else Odoo. Raises `Conflict`
    where the link does not take changes of that side."""
    flow = terms.sync.entity(entity_type).direction
    check_switched_on(terms, entity_type)
    side = wanted or (Side.SHOP if flow is Flow.SHOP_TO_ODOO else Side.ODOO)
    if not terms.sync.flows(entity_type, side.outward):
        raise Conflict(
            f"link {terms.slug} syncs {entity_type} {flow} only; ask for the other side, or set "
            f"sync.entities.{entity_type}.direction to both",
            code="direction_off",
        )
    return side


def check_switched_on(terms: LinkTerms, entity_type: EntityType) -> None:
    """Raises `Conflict` with what to set."""
    if terms.sync.entity(entity_type).direction is Flow.OFF:
        raise Conflict(
            f"link {terms.slug} does not sync {entity_type}: put `{entity_type}: {{direction: both}}` into its "
            f"sync.entities and apply the file. What this shop takes: `shopsync link check {terms.slug}`",
            code="entity_off",
        )


def asked_job(
    terms: LinkTerms,
    entity_type: EntityType,
    side: Side,
    native_id: str,
    *,
    max_attempts: int,
    payload: Mapping[str, Json] | None = None,
) -> NewJob:
    """Look at this record now."""
    return NewJob(
        link_id=terms.id,
        module=terms.module,
        direction=side.outward,
        entity_type=entity_type,
        side=side,
        native_id=native_id,
        action=Action.UPDATED,
        payload=dict(payload or {}),
        priority=PRIORITY,
        max_attempts=max_attempts,
    )


def taken_sides(sync: LinkSync, entity_type: EntityType) -> list[Side]:
    """Sides whose changes go over."""
    return [side for side in Side if sync.flows(entity_type, side.outward)]


async def preview(
    sessions: SessionMaker, peers: Peers, terms: LinkTerms, entity_type: EntityType, side: Side, ids: Sequence[str]
) -> list[Preview]:
    """What syncing these records of `side` would do. Both peers are read; nothing is written anywhere."""
    ends = await open_ends(peers, terms, entity_type, side)
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    jobs = [_pretended(terms, entity_type, side, native_id) for native_id in wanted]
    return await TwoWay(sessions, ends).preview(jobs)


async def first_ids(port: RecordPort, count: int) -> list[str]:
    """The first records of a side, in the order in which a run takes them."""
    found: dict[str, None] = {}
    async for page in port.changed_since(Cursor()):
        found.update(dict.fromkeys(page.ids))
        if len(found) >= count:
            break
    return list(found)[:count]


def _pretended(terms: LinkTerms, entity_type: EntityType, side: Side, native_id: str) -> ClaimedJob:
    """A job that is in no queue. Its attempts are used up: a record that is not there counts as gone at once."""
    return ClaimedJob(
        link_id=terms.id,
        id=0,
        module=terms.module,
        direction=side.outward,
        entity_type=entity_type,
        side=side,
        native_id=native_id,
        action=Action.UPDATED,
        payload={},
        attempts=99,
        max_attempts=99,
        lease_token=uuid.UUID(int=0),
        traceparent=None,
        created_at=datetime.now(UTC),
    )
