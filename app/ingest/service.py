"""Verify → store → enqueue. What this module accepts is committed when it returns, or it raises.

The reverse-sync envelope is a command: its fields are applied. The shop's own event and Odoo's own webhook are hints:
the record is read when the job runs (`ingest/hints.py` makes their jobs).
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from app.connections.store import LinkView
from app.connectors.hint import Delivery
from app.connectors.odoo.webhook import OdooHint, parse_hint
from app.entities.base import Direction, Side
from app.errors import Forbidden, SwitchedOff
from app.ingest.group_commit import GroupCommit
from app.ingest.hints import DEFAULT_PRIORITY, PRIORITY, hint_event_id, odoo_jobs, shop_jobs, taken_out_of_the_shop
from app.ingest.schemas import Event, parse_envelope
from app.ingest.store import Incoming, NewOperation, Receipt, store_group
from app.metrics import GROUP_COMMIT_WEBHOOKS
from app.queue.store import NewJob
from app.redact import redact_json
from app.security.signatures import matches_any

log = structlog.get_logger(__name__)


class Ringer(Protocol):
    def ring(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A stored event. `duplicate`: the same event came before, this is its operation.

    `delivery_id` is None for a hint about what the link does not keep in sync: nothing was stored, `notes` say why.
    """

    operation_id: uuid.UUID | None
    delivery_id: int | None
    duplicate: bool = False
    notes: tuple[str, ...] = ()


def check_secret(link: LinkView, given: str | None) -> None:
    """Raises `Forbidden` unless `given` is one of the link's valid secrets; takes the same time either way."""
    if not matches_any(given or "", link.secrets):
        raise Forbidden(
            f"link {link.slug}: the webhook secret is missing or wrong; send the link's webhook_secret as "
            "X-Webhook-Secret, X-Odoo-Token or as the last part of the path"
        )


class Ingest:
    """One per process. `max_attempts` is stamped on the jobs it makes; a job from Odoo's hint waits `odoo_settle`.

    Odoo 17 posts inside the transaction, several times for one save: before it has settled there is nothing to be read.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        bell: Ringer,
        *,
        max_attempts: int,
        odoo_settle: timedelta = timedelta(seconds=1),
    ) -> None:
        self._engine = engine
        self._bell = bell
        self._max_attempts = max_attempts
        self._odoo_settle = odoo_settle
        self._group: GroupCommit[Incoming, Receipt] = GroupCommit(self._store)

    async def accept_odoo(
        self,
        link: LinkView,
        raw: bytes,
        *,
        action: str | None = None,
        entity_type: str | None = None,
        traceparent: str | None = None,
    ) -> Accepted:
        """Whatever Odoo posts: the envelope, or a hint. `action` and `entity_type` are the address's, for hints.

        Raises `BadPayload`, `SwitchedOff`.
        """
        hint = parse_hint(raw, action=action, entity_type=entity_type)
        if hint is None:
            return await self.accept_reverse(link, raw, traceparent=traceparent)
        return await self._accept_hint(link, hint, raw, traceparent)

    async def accept_reverse(self, link: LinkView, raw: bytes, *, traceparent: str | None = None) -> Accepted:
        """An Odoo → shop command. Raises `BadPayload`, `SwitchedOff`."""
        await self._group.turn()
        event = self.check_reverse(link, raw)
        operation = NewOperation(
            operation_id=uuid.uuid4(),
            event_id=event.event_id,
            entity_type=event.entity_type,
            action=event.action,
            patch=event.fields,
            notes=event.notes,
        )
        incoming = Incoming(
            link_id=link.id,
            source=Side.ODOO,
            event_id=event.event_id,
            body_hash=event.body_hash,
            body=redact_json(raw),
            jobs=(self._command(link, event, traceparent),),
            operation=operation,
        )
        receipt = await self._group.submit(incoming)
        self._tell(link, event.event_id, receipt)
        return Accepted(
            operation_id=receipt.operation_id,
            delivery_id=receipt.delivery_id,
            duplicate=receipt.duplicate,
            notes=event.notes,
        )

    def check_reverse(self, link: LinkView, raw: bytes) -> Event:
        """Everything that is checked before anything is stored."""
        self._check_enabled(link)
        if not link.reverse_sync:
            raise SwitchedOff(
                f"link {link.slug}: reverse sync is switched off; set reverse_sync: true on the link to accept "
                "events from Odoo. Nothing was stored"
            )
        return parse_envelope(raw)

    async def accept_shop(
        self, link: LinkView, delivery: Delivery, raw: bytes, *, traceparent: str | None = None
    ) -> Accepted:
        """A shop's own webhook: records that may have changed. Raises `SwitchedOff`."""
        self._check_enabled(link)
        await self._group.turn()
        suspects, refusal = (delivery.suspects, ()) if delivery.held else taken_out_of_the_shop(link, delivery.suspects)
        jobs, unkept = shop_jobs(link, suspects, max_attempts=self._max_attempts, traceparent=traceparent)
        notes = (*delivery.notes, *refusal, *unkept)
        if not jobs:
            return Accepted(operation_id=None, delivery_id=None, notes=notes)
        incoming = Incoming(
            link_id=link.id,
            source=Side.SHOP,
            event_id=delivery.event_id(time.time_ns()),
            body_hash=delivery.body_hash,
            body=redact_json(raw),
            jobs=jobs,
        )
        receipt = await self._group.submit(incoming)
        self._tell(link, incoming.event_id, receipt)
        return Accepted(operation_id=None, delivery_id=receipt.delivery_id, duplicate=receipt.duplicate, notes=notes)

    async def _accept_hint(self, link: LinkView, hint: OdooHint, raw: bytes, traceparent: str | None) -> Accepted:
        """Taken whether or not `reverse_sync` is on: that switch is for envelopes, which are applied unread."""
        self._check_enabled(link)
        await self._group.turn()
        jobs, notes = odoo_jobs(
            link, hint, max_attempts=self._max_attempts, delay=self._odoo_settle, traceparent=traceparent
        )
        if not jobs:
            return Accepted(operation_id=None, delivery_id=None, notes=notes)
        body_hash = hashlib.sha256(raw).hexdigest()
        incoming = Incoming(
            link_id=link.id,
            source=Side.ODOO,
            event_id=hint_event_id(body_hash, time.time_ns()),
            body_hash=body_hash,
            body=redact_json(raw),
            jobs=jobs,
        )
        receipt = await self._group.submit(incoming)
        return Accepted(operation_id=None, delivery_id=receipt.delivery_id, notes=notes)

    async def drain(self) -> None:
        await self._group.drain()

    async def _store(self, group: Sequence[Incoming]) -> Sequence[Receipt]:
        receipts = await store_group(self._engine, group)
        self._bell.ring()
        GROUP_COMMIT_WEBHOOKS.observe(len(group))
        # One line per commit: a line per webhook would cost more than the commit does.
        operations = [str(receipt.operation_id) for receipt in receipts if receipt.operation_id]
        log.info("deliveries.stored", count=len(receipts), operations=operations)
        return receipts

    def _check_enabled(self, link: LinkView) -> None:
        if not link.enabled:
            raise SwitchedOff(f"link {link.slug} is disabled; nothing was stored")

    def _command(self, link: LinkView, event: Event, traceparent: str | None) -> NewJob:
        return NewJob(
            link_id=link.id,
            module=link.shop_kind,
            direction=Direction.ODOO_TO_SHOP,
            entity_type=event.entity_type,
            side=Side.SHOP,
            native_id=event.entity_key,
            action=event.action,
            payload=event.fields,
            priority=PRIORITY.get(event.entity_type, DEFAULT_PRIORITY),
            max_attempts=self._max_attempts,
            traceparent=traceparent,
        )

    def _tell(self, link: LinkView, event_id: str, receipt: Receipt) -> None:
        if receipt.duplicate:
            log.info("delivery.duplicate", link=link.slug, event_id=event_id)
        elif receipt.twin:
            log.warning(
                "delivery.same_id_other_body", link=link.slug, event_id=event_id, effect="kept as its own event"
            )
