"""The jobs of hints: a record may have changed, somewhere; the record itself is read when the job runs. Pure.

What no module of the link keeps in sync, or its `sync` does not let out of Odoo, makes no job. The sender is told in a
note and not refused: Odoo can do nothing with an error, and a shop's module posts what it is built for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from app.connections.store import LinkView
from app.connectors.hint import Suspect
from app.connectors.odoo.webhook import OdooHint
from app.entities.base import Direction, EntityType, Json, Side
from app.modules.registry import MODULES
from app.queue.store import NewJob

# Lower goes first. An order may wait for its customer's address, never behind a bulk edit of customers.
PRIORITY: Final = {EntityType.ORDER: 3, EntityType.CUSTOMER: 4, EntityType.ADDRESS: 4}
DEFAULT_PRIORITY: Final = 5

Notes = tuple[str, ...]


def hint_event_id(body_hash: str, arrived_ns: int) -> str:
    """Odoo's webhook has no event id, and the same body again is news: the record may have changed in between.

    So every arrival is an event of its own. A burst costs one job all the same, as hints merge into the pending one.
    """
    return f"odoo-hint-{body_hash[:16]}-{arrived_ns}"


def odoo_jobs(
    link: LinkView, hint: OdooHint, *, max_attempts: int, delay: timedelta, traceparent: str | None
) -> tuple[tuple[NewJob, ...], Notes]:
    """One job per record that the hint may mean. No jobs: the notes say why."""
    if hint.module is not None and hint.module not in link.modules:
        return (), (f'module "{hint.module}" is not switched on for link {link.slug}: nothing was queued',)
    payload: dict[str, Json] = {} if hint.model is None else {"model": hint.model}
    jobs = [
        NewJob(
            link_id=link.id,
            module=module,
            direction=Direction.ODOO_TO_SHOP,
            entity_type=suspect.entity_type,
            side=Side.ODOO,
            native_id=suspect.native_id,
            action=suspect.action,
            payload=payload,
            priority=PRIORITY.get(suspect.entity_type, DEFAULT_PRIORITY),
            max_attempts=max_attempts,
            traceparent=traceparent,
            delay=delay,
        )
        for suspect in hint.suspects
        if link.sync.flows(suspect.entity_type, Direction.ODOO_TO_SHOP)
        and (module := find_module(link, suspect.entity_type, among=hint.module))
    ]
    if jobs or not hint.suspects:
        return tuple(jobs), hint.notes
    kinds = _kinds(hint.suspects)
    return (), (*hint.notes, f"link {link.slug} lets no {kinds} out of Odoo (`sync.entities`): nothing was queued")


def shop_jobs(
    link: LinkView, suspects: Sequence[Suspect], *, max_attempts: int, traceparent: str | None
) -> tuple[tuple[NewJob, ...], Notes]:
    """One job per record that a shop's event may mean. No jobs: the notes say why."""
    jobs = tuple(
        NewJob(
            link_id=link.id,
            module=link.shop_kind,
            direction=Direction.SHOP_TO_ODOO,
            entity_type=suspect.entity_type,
            side=Side.SHOP,
            native_id=suspect.native_id,
            action=suspect.action,
            payload={},
            priority=PRIORITY.get(suspect.entity_type, DEFAULT_PRIORITY),
            max_attempts=max_attempts,
            traceparent=traceparent,
        )
        for suspect in suspects
        if find_module(link, suspect.entity_type) is not None and suspect.entity_type not in link.sync.documents
    )
    if jobs or not suspects:
        return jobs, ()
    return (), (f"no module of link {link.slug} keeps {_kinds(suspects)} in sync: nothing was queued",)


def taken_out_of_the_shop(link: LinkView, suspects: Sequence[Suspect]) -> tuple[tuple[Suspect, ...], Notes]:
    """Those that go to Odoo, as the link is set.

    A shop that tells of everything about a product tells of much that a link has no use for; held jobs of that would
    pile up for ever. What is switched on later is found by its first sync.
    """
    taken = tuple(each for each in suspects if link.sync.flows(each.entity_type, Direction.SHOP_TO_ODOO))
    if taken or not suspects:
        return taken, ()
    return (), (f"link {link.slug} takes no {_kinds(suspects)} out of the shop: nothing was queued",)


def find_module(link: LinkView, entity_type: EntityType, *, among: str | None = None) -> str | None:
    """The module of the link that keeps this entity type in sync; None if there is none."""
    for name in link.modules if among is None else (among,):
        if name in MODULES and entity_type in MODULES[name].entity_types:
            return name
    return None


def _kinds(named: Sequence[Suspect]) -> str:
    return " or ".join(dict.fromkeys(each.entity_type.value for each in named))
