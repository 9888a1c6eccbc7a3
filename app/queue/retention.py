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
    # What a run found goes with it; a run that waits for somebody is not finished.
    "DELETE FROM drifts WHERE (link_id, id) IN (SELECT d.link_id, d.id FROM drifts d"
    " JOIN runs r ON r.link_id = d.link_id AND r.id = d.run_id"
    " WHERE r.finished_at < now() - CAST(:age AS interval) LIMIT :batch)",
    "DELETE FROM runs WHERE (link_id, id) IN (SELECT link_id, id FROM runs"
    " WHERE finished_at < now() - CAST(:age AS interval) LIMIT :batch)",
    # Deliveries of topics that nobody made from here, or not any more; a link's own rows go with the link.
    "DELETE FROM shop_webhooks WHERE (link_id, topic) IN (SELECT link_id, topic FROM shop_webhooks"
    " WHERE native_id IS NULL AND GREATEST(checked_at, last_seen_at) < now() - CAST(:age AS interval) LIMIT :batch)",
    "DELETE FROM sync_logs WHERE (link_id, id) IN (SELECT link_id, id FROM sync_logs"
    " WHERE created_at < now() - CAST(:age AS interval) LIMIT :batch)",
)


async def purge(sessions: SessionMaker, *, older_than: timedelta) -> int:
    """Rows removed. Failed and parked jobs stay, with their operations: they wait for a person. Leads and documents
    stay: they are the only copy, and the portal's."""
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
