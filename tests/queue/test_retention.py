"""What is finished leaves after its time, and what is somebody's only copy or waits for a person stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from app.db.session import SessionMaker
from app.queue.retention import purge
from app.security.crypto import KeyRing
from tests.api.builders import LinkRow, execute, make_job, make_link

MONTH = timedelta(days=30)
NOW = datetime.now(UTC)
OLD = NOW - timedelta(days=31)


async def a_link(sessions: SessionMaker) -> LinkRow:
    return await make_link(sessions, KeyRing([b"k" * 32]))


async def left(sessions: SessionMaker, table: str, column: str = "id") -> list[Any]:
    async with sessions() as session:
        return list(await session.scalars(text(f"SELECT {column} FROM {table} ORDER BY {column}")))  # noqa: S608


async def test_ended_runs_leave_with_what_they_found_and_those_under_way_stay(sessions: SessionMaker) -> None:
    link = await a_link(sessions)
    ages = [("completed", OLD), ("failed", OLD), ("running", None), ("cancelled", NOW)]
    for status, finished in ages:
        await execute(
            sessions,
            "INSERT INTO runs (link_id, kind, entity_type, status, created_at, finished_at)"
            " VALUES (:link_id, 'reconcile', 'customer', :status, :old, :finished)",
            link_id=link.id,
            status=status,
            old=OLD,
            finished=finished,
        )
    await execute(
        sessions,
        "INSERT INTO drifts (link_id, run_id, entity_type, kind, fields)"
        " SELECT link_id, id, entity_type, 'differs', '{}' FROM runs",
    )

    await purge(sessions, older_than=MONTH)

    assert await left(sessions, "runs", "status") == ["cancelled", "running"]
    assert await left(sessions, "drifts", "run_id") == await left(sessions, "runs")


async def test_webhooks_that_are_no_more_are_forgotten_and_those_in_use_are_known(sessions: SessionMaker) -> None:
    link = await a_link(sessions)
    rows = {
        "product.deleted": (None, OLD, None),
        "product.updated": ("7", OLD, OLD),
        "order.updated": (None, NOW, None),
        "*": (None, None, NOW),
    }
    for topic, (native_id, seen, checked) in rows.items():
        await execute(
            sessions,
            "INSERT INTO shop_webhooks (link_id, topic, native_id, last_seen_at, checked_at)"
            " VALUES (:link_id, :topic, :native_id, :seen, :checked)",
            link_id=link.id,
            topic=topic,
            native_id=native_id,
            seen=seen,
            checked=checked,
        )

    await purge(sessions, older_than=MONTH)

    assert set(await left(sessions, "shop_webhooks", "topic")) == {"*", "order.updated", "product.updated"}


async def test_leads_documents_and_jobs_that_need_a_person_stay_however_old(sessions: SessionMaker) -> None:
    link = await a_link(sessions)
    await make_job(sessions, link, "1", status="completed", outcome="written")
    await make_job(sessions, link, "2", status="parked")
    await execute(sessions, "UPDATE sync_queue SET created_at = :old, processed_at = :old", old=OLD)
    await execute(
        sessions,
        "INSERT INTO leads (link_id, name, created_at, updated_at) VALUES (:link_id, 'A table', :old, :old)",
        link_id=link.id,
        old=OLD,
    )
    await execute(
        sessions,
        "INSERT INTO documents (link_id, entity_type, odoo_id, fingerprint, created_at, updated_at)"
        " VALUES (:link_id, 'invoice', '31', 'x', :old, :old)",
        link_id=link.id,
        old=OLD,
    )

    await purge(sessions, older_than=MONTH)

    assert await left(sessions, "sync_queue", "native_id") == ["2"]
    assert await left(sessions, "leads", "name") == ["A table"]
    assert await left(sessions, "documents", "odoo_id") == ["31"]
