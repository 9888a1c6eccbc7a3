"""Documents: what Odoo's orders, invoices and products say, kept for the portal. One way, no pair, no conflict.

A batch is one read of the records, one of their customers, and one statement for all that changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.connectors.base import Gone, RecordPort, Snapshot
from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, Record, Side, State
from app.errors import Retryable
from app.portal.documents import DocumentContent, known_fingerprints, remove_documents, store_documents
from app.queue.models import Outcome
from app.queue.store import ClaimedJob
from app.sync.pair_work import Synced
from app.sync.reverse import NotApplied
from app.sync.sources import LOOK_AGAIN, may_come_back
from app.sync.work import Unit

# An order has the number that Odoo gave it: its reference is the shop's.
NUMBER: Final[Mapping[EntityType, str]] = {
    EntityType.INVOICE: "number",
    EntityType.PRODUCT: "sku",
}
KEPT: Final[Mapping[EntityType, tuple[str, ...]]] = {
    EntityType.ORDER: ("lines", "shipping", "discounts", "total_untaxed", "tracking"),
    EntityType.INVOICE: ("total_untaxed", "order"),
    EntityType.PRODUCT: ("name", "description", "price", "barcode", "category", "active"),
}
"""What goes into `data`, by its neutral name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Partner:
    name: str | None
    email: str | None


class Documents:
    """`source` is Odoo's port of the entity type, `people` its customers."""

    def __init__(
        self, sessions: SessionMaker, *, link_id: int, entity_type: EntityType, source: RecordPort, people: RecordPort
    ) -> None:
        self._sessions = sessions
        self._link_id = link_id
        self._entity_type = entity_type
        self._source = source
        self._people = people

    async def apply(self, jobs: Sequence[ClaimedJob]) -> list[Synced | NotApplied]:
        """Position by position. Raises AppError only for what concerns the whole batch (Odoo is down)."""
        held = await self._source.read([job.native_id for job in jobs])
        contents = {each.odoo_id: each for each in await self._contents(held)}
        gone = [job.native_id for job in jobs if job.native_id not in contents and not _too_early(job)]
        async with self._sessions.begin() as session:
            known = await known_fingerprints(
                session, link_id=self._link_id, entity_type=self._entity_type, ids=list(contents)
            )
            changed = [each for number, each in contents.items() if known.get(number) != each.fingerprint]
            await store_documents(session, link_id=self._link_id, entity_type=self._entity_type, documents=changed)
            removed = await remove_documents(session, link_id=self._link_id, entity_type=self._entity_type, ids=gone)
        written = {each.odoo_id for each in changed}
        return [self._ended(job, contents, known, written, removed) for job in jobs]

    async def _contents(self, held: Mapping[str, Snapshot | Gone]) -> list[DocumentContent]:
        shots = [shot for shot in held.values() if isinstance(shot, Snapshot)]
        records = await self._source.to_records([shot.state for shot in shots])
        partners = await self._partners(records)
        return [
            self._content(shot, record, partners.get(str(record.get("customer"))))
            for shot, record in zip(shots, records, strict=True)
        ]

    async def _partners(self, records: Sequence[Record]) -> dict[str, _Partner]:
        ids = sorted({number for record in records if isinstance(number := record.get("customer"), str)})
        held = await self._people.read(ids) if ids else {}
        known = {number: shot for number, shot in held.items() if isinstance(shot, Snapshot)}
        people = await self._people.to_records([shot.state for shot in known.values()])
        return {
            number: _Partner(name=_text(person.get("name")), email=(_text(person.get("email")) or "").lower() or None)
            for number, person in zip(known, people, strict=True)
        }

    def _content(self, shot: Snapshot, record: Record, partner: _Partner | None) -> DocumentContent:
        total, number = record.get("total", record.get("price")), NUMBER.get(self._entity_type, "")
        return DocumentContent(
            odoo_id=shot.ref.native_id,
            number=_text(shot.state["name"]) if self._entity_type is EntityType.ORDER else _text(record.get(number)),
            partner_id=_text(record.get("customer")),
            partner_name=partner.name if partner else None,
            partner_email=partner.email if partner else None,
            date=_text(record.get("date")),
            state=_state(shot.state, record),
            payment_state=_text(record.get("payment_status")),
            total=_text(total),
            currency=_text(record.get("currency")),
            data={name: record[name] for name in KEPT[self._entity_type] if name in record},
        )

    def _ended(
        self,
        job: ClaimedJob,
        contents: Mapping[str, DocumentContent],
        known: Mapping[str, str],
        written: set[str],
        removed: set[str],
    ) -> Synced | NotApplied:
        number = job.native_id
        what = f"document of {self._entity_type} {number}"
        if number not in contents and _too_early(job):
            error = Retryable(
                f"{self._entity_type} {number} is not there; looked for again before its document goes",
                retry_in=LOOK_AGAIN,
                code="not_there",
            )
            return NotApplied(unit=Unit(job=job, operations=[], patch={}), error=error)
        if number in written:
            outcome = Outcome.WRITTEN if number in known else Outcome.CREATED
            return Synced(job=job, outcome=outcome, message=f"{what} {outcome.value}", side=Side.ODOO)
        if number in removed:
            return Synced(job=job, outcome=Outcome.DELETED, message=f"{what} deleted", side=Side.ODOO)
        return Synced(job=job, outcome=Outcome.UNCHANGED, message=f"{what} is as it was", side=Side.ODOO)


def _too_early(job: ClaimedJob) -> bool:
    return may_come_back(job) and job.action.value != "deleted"


def _state(state: State, record: Record) -> str | None:
    """Odoo's own word, which its users know from its portal; a product has none."""
    return _text(state.get("state")) or _text(record.get("status"))


def _text(value: Json) -> str | None:
    return None if value is None or value == "" else str(value)
