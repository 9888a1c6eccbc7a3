"""Finished rows leave after their retention, in batches, so that no statement locks or bloats for long."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from app.db.session import SessionMaker

BATCH = 5000

# A delivery outlives its operation by nothing: after this, the same event counts as a new one.
_PURGES = (
    "DELETE FROM sync_queue WHERE (link_id, id) IN (SELECT link_id, id FROM sync_queue"
    " WHERE processed_at < now() - CAST(:age AS interval) AND status IN ('completed', 'cancelled') LIMIT :batch)",
    "DELETE FROM reverse_operations WHERE (link_id, id) IN (SELECT link_id, id FROM reverse_operations"
    " WHERE created_at < now() - CAST(:age AS interval) AND status <> 'processing'"
    " AND NOT EXISTS (SELECT 1 FROM sync_queue q WHERE q.link_id = reverse_operations.link_id"
    " AND q.id = reverse_operations.job_id) LIMIT :batch)",
    "DELETE FROM deliveries WHERE (link_id, id) IN (SELECT d.link_id, d.id FROM deliveries d"
    " WHERE d.received_at < now() - CAST(:age AS interval)"
    " AND NOT EXISTS (SELECT 1 FROM reverse_operations o WHERE o.link_id = d.link_id"
    " AND o.operation_id = d.operation_id) LIMIT :batch)",
    "DELETE FROM sync_logs WHERE (link_id, id) IN (SELECT link_id, id FROM sync_logs"
    " WHERE created_at < now() - CAST(:age AS interval) LIMIT :batch)",
)


async def purge(sessions: SessionMaker, *, older_than: timedelta) -> int:
    """Rows removed. Failed and parked jobs stay, with their operations: they wait for a person."""
    removed = 0
    for statement in _PURGES:
        while True:
            async with sessions.begin() as session:
                # No RETURNING of rows: their number is enough.
                result = await session.execute(
                    text(f"WITH gone AS ({statement} RETURNING 1) SELECT count(*) FROM gone"),  # noqa: S608 - constants
                    {"age": older_than, "batch": BATCH},
                )
                count = int(result.scalar_one())
            removed += count
            if count < BATCH:
                break
    return removed
