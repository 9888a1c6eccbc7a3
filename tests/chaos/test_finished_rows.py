"""A database that has been in use for long: a million finished rows, and they are being removed, while work goes on."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from app.db.session import open_engine, open_sessions
from app.queue.retention import purge
from tests.chaos.installation import Installation, companies, edits, last_values
from tests.chaos.windows import SCALE

ROWS: Final = 5_000 if SCALE == 1 else 250_000
"""Events of the past; each left a row in four tables."""
CUSTOMERS: Final = 40
EVENTS: Final = 120 * SCALE
RETENTION: Final = timedelta(days=30)
ODOO_WAITS_S: Final = 1.0
"""How long Odoo waits for the answer to a webhook."""
# Half of them are past their retention. Finished as the service finishes them: a delivery, its job, its operation and a
# line of the journal each.
_FINISHED = """
    WITH made AS (
        SELECT n, gen_random_uuid() AS operation_id,
               now() - CASE WHEN n % 2 = 0 THEN interval '40 days' ELSE interval '1 day' END AS at
        FROM generate_series(1, $1::int) AS n
    ), jobs AS (
        INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action, payload,
                                status, outcome, max_attempts, created_at, scheduled_at, processed_at)
        SELECT 1, 'prestashop', 'odoo_to_shop', 'customer', 'shop', 'old' || n, 'old' || n, 'updated', '{}',
               'completed', 'written', 12, at, at, at
        FROM made RETURNING id, native_id
    ), operations AS (
        INSERT INTO reverse_operations (link_id, operation_id, job_id, event_id, entity_type, action_type, status,
                                        outcome, source_payload, created_at, finished_at)
        SELECT 1, operation_id, jobs.id, 'old-' || n, 'customer', 'updated', 'success', 'written', '{}', at, at
        FROM made JOIN jobs ON jobs.native_id = 'old' || n
    ), journal AS (
        INSERT INTO sync_logs (link_id, level, module, event, message, operation_id, created_at)
        SELECT 1, 'info', 'prestashop', 'sync.written', 'Customer updated', operation_id::text, at FROM made
    )
    INSERT INTO deliveries (link_id, source, event_id, body_hash, body, entity_type, native_id, operation_id,
                            received_at)
    SELECT 1, 'odoo', 'old-' || n, md5(n::text), '{}', 'customer', 'old' || n, operation_id, at FROM made
"""
_OLD = "SELECT count(*) AS count FROM sync_queue WHERE native_id LIKE 'old%'"


async def test_work_goes_on_beside_a_million_finished_rows_and_while_they_are_removed(
    installation: Installation,
) -> None:
    await installation.database.execute(_FINISHED, ROWS, timeout=300)
    await installation.shop.reset(customers=CUSTOMERS)
    await installation.start()
    events = edits(EVENTS, customers=CUSTOMERS)

    async with asyncio.TaskGroup() as group:
        removing = group.create_task(_purge(installation.settings["DATABASE_URL"]))
        for each in events:
            response = await installation.post(each, timeout=ODOO_WAITS_S)
            assert response.status_code == 202, response.text
            if len(installation.accepted) % CUSTOMERS == 0:
                await installation.settled()
                assert (await installation.odoo.get("/health", timeout=ODOO_WAITS_S)).is_success
    installation.fault_ended()
    await installation.settled()

    assert removing.result() >= ROWS // 2 * 4
    assert (await installation.rows(_OLD))[0]["count"] == ROWS - ROWS // 2
    assert await companies(installation.shop) == last_values(events)
    await installation.check_balance()


async def _purge(database_url: str) -> int:
    """As the worker's hourly cron does it."""
    engine = open_engine(database_url, pool_size=2)
    try:
        return await purge(open_sessions(engine), older_than=RETENTION)
    finally:
        await engine.dispose()
