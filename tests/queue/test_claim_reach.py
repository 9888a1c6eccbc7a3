"""What a claim has to look at does not grow with what waits, is done or is paused."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.db.session import SessionMaker
from app.queue import store
from app.queue.store import claim
from app.settings import Settings

BATCH = Settings().batch_size
LEASE = timedelta(seconds=60)
FILL = text(
    """
    INSERT INTO sync_queue (link_id, module, direction, entity_type, side, native_id, lock_id, action, status, outcome,
                            max_attempts, scheduled_at, processed_at)
    SELECT 1, 'prestashop', :direction, (ARRAY['customer', 'product', 'order'])[1 + n % 3], :side, n::text, n::text,
           'updated', CAST(:status AS text), CASE CAST(:status AS text) WHEN 'completed' THEN 'written' END, 5,
           now() - interval '1 day' + interval '1 second' * n,
           CASE CAST(:status AS text) WHEN 'completed' THEN now() END
    FROM generate_series(1, 3000) AS n
    """
)
CONNECTION = text("INSERT INTO connections (id, name, kind, url, sealed) VALUES (1, 'x', 'odoo', 'http://x', '')")
LINK = text(
    "INSERT INTO links (id, slug, odoo_connection_id, shop_connection_id, sealed_secrets) VALUES (1, 'one', 1, 1, '')"
)
PAUSE = text(
    "INSERT INTO pauses (link_id, direction, entity_type, reason, until)"
    " VALUES (1, 'odoo_to_shop', '', 'the shop is down', now() + interval '1 hour')"
)


@pytest.fixture
async def busy_month(sessions: SessionMaker) -> None:
    """Done, waiting, and waiting for a shop that is down, which would be first; the server has counted its tables."""
    async with sessions.begin() as session:
        await session.execute(CONNECTION)
        await session.execute(LINK)
        await session.execute(FILL, {"direction": "shop_to_odoo", "side": "shop", "status": "completed"})
        await session.execute(FILL, {"direction": "shop_to_odoo", "side": "shop", "status": "pending"})
        await session.execute(FILL, {"direction": "odoo_to_shop", "side": "odoo", "status": "pending"})
        await session.execute(text("UPDATE sync_queue SET priority = 1 WHERE direction = 'odoo_to_shop'"))
        await session.execute(PAUSE)
        await session.execute(text("ANALYZE sync_queue, pauses, links"))


@pytest.mark.usefixtures("busy_month")
async def test_a_claim_looks_at_little_more_than_it_takes_however_many_wait(sessions: SessionMaker) -> None:
    assert await looked_at(sessions) < 5 * BATCH


@pytest.mark.usefixtures("busy_month")
async def test_a_claim_passes_by_what_is_held_whatever_the_server_has_counted(sessions: SessionMaker) -> None:
    """It counted its tables before all the customers were held."""
    async with sessions.begin() as session:
        await session.execute(text("UPDATE sync_queue SET held_reason = 'genuine' WHERE entity_type = 'customer'"))

    assert await looked_at(sessions) < 5 * BATCH


@pytest.mark.usefixtures("busy_month")
async def test_two_workers_that_look_at_once_both_find_a_batch(sessions: SessionMaker) -> None:
    first, second = await asyncio.gather(
        *(claim(sessions, worker=name, batch_size=BATCH, lease=LEASE) for name in ("w1", "w2"))
    )

    assert len(first) == len(second) == BATCH
    assert not {job.id for job in first} & {job.id for job in second}


async def looked_at(sessions: SessionMaker) -> float:
    """Rows of the queue that a claim fetches."""
    given = {"lease_token": uuid.uuid4(), "worker": "w1", "batch_size": BATCH, "lease": LEASE, "alone_from": 3}
    async with sessions.begin() as session:
        explained = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {store._CLAIM.text}")
        [plan] = (await session.execute(explained, given)).scalar_one()
    return sum(_rows(node) for node in _nodes(plan["Plan"]) if node.get("Relation Name") == "sync_queue")


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _rows(node: dict[str, Any]) -> float:
    seen = float(node["Actual Rows"]) + float(node.get("Rows Removed by Filter", 0))
    return seen * float(node["Actual Loops"])
