"""The promises about the service's own books: everything accepted is settled, and nothing is left lying about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from app.entities.base import Direction, EntityType
from tests.simulation.findings import Findings, World

UNSETTLED_DELIVERIES: Final = """
    SELECT d.id, d.source, d.entity_type, d.native_id FROM deliveries d
    WHERE d.operation_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM sync_queue q
        WHERE q.link_id = d.link_id AND q.entity_type = d.entity_type AND q.side = d.source
          AND q.native_id = d.native_id
          AND (q.processed_at IS NULL OR q.processed_at >= d.received_at - interval '10 minutes'))
    ORDER BY d.id
"""
"""With room for a database clock that was set back."""
AFTER_A_REMOVAL: Final = frozenset({"cannot_archive", "deleted_and_edited", "dependency"})
"""Codes of errors that a removal by people explains: the other side cannot be archived, or others edited it, or what
belonged to it has no place."""
AFTER_AN_EDIT: Final = frozenset({"ambiguous", "already_linked", "guest"})
"""Two records of people have one name; or somebody wrote about a guest, of whom a shop keeps what stands in orders."""


async def unsettled(world: World) -> list[str]:
    """Every accepted event: its operation has ended, and a job has seen to what its delivery named."""
    operations = await world.rows(
        "SELECT operation_id, event_id FROM reverse_operations WHERE status = 'processing' ORDER BY id"
    )
    deliveries = await world.rows(UNSETTLED_DELIVERIES)
    return [
        *(f"operation {row.operation_id} of event {row.event_id} was accepted and never ended" for row in operations),
        *(
            f"delivery {row.id} from {row.source} was accepted, and no job saw to {row.entity_type} {row.native_id}"
            for row in deliveries
        ),
    ]


def unfinished(found: Findings) -> Iterator[str]:
    """No job is at work, none is due, and none was given up but for what people did."""
    for job in found.jobs:
        name = f"job {job.id} ({job.side} {job.entity_type} {job.native_id}, {job.direction})"
        if job.status == "processing":
            yield f"{name} is still processing"
        elif job.status == "pending" and job.held_reason is None:
            yield f"{name} is still pending: {job.error_code} {job.error_message}"
        elif not _acceptable(found, job):
            yield f"{name} was left {job.status} ({job.error_code}, {job.held_reason}): {job.error_message}"


def open_intents(found: Findings) -> Iterator[str]:
    for row in found.intents:
        yield f"intent {row.id} is still open: {row.entity_type} {row.natural_key} on {row.side}"


def _acceptable(found: Findings, job: Any) -> bool:
    """What the link does not take from that side is kept for when it does."""
    assert found.ledger.onlooker is not None
    taken = found.ledger.onlooker.terms.sync.flows(EntityType(job.entity_type), Direction(job.direction))
    if job.held_reason and not taken:
        return True
    explained = AFTER_AN_EDIT | (AFTER_A_REMOVAL if found.ledger.gone else frozenset())
    return bool(job.error_message) and job.error_code in explained
