"""Rows for the API's tests, with good defaults; each builder commits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.connections.models import Connection, Link
from app.connections.store import Sealer, seal_json
from app.db.session import SessionMaker
from app.entities.base import Action, Direction, EntityType, Side
from app.ingest.store import NewOperation, insert_operations
from app.queue.store import NewJob, enqueue

WEBHOOK_SECRET = "test-webhook-secret"
ODOO_URL = "http://odoo.test"
SHOP_URL = "http://shop.test"
SHOP_CREDENTIALS = {
    "prestashop": {"api_key": "SHOPTESTKEY00000000000000000000"},
    "woocommerce": {"consumer_key": "ck_test-key-1234", "consumer_secret": "cs_test-secret-1234"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A link as a test needs it: what is in its address, what opens it, what its rows carry."""

    id: int
    slug: str
    secret: str = field(default=WEBHOOK_SECRET, repr=False)


async def make_connection(
    sessions: SessionMaker, ring: Sealer, *, name: str, kind: str, url: str, **credentials: str
) -> int:
    async with sessions.begin() as session:
        row = Connection(name=name, kind=kind, url=url, sealed=seal_json(ring, credentials))
        session.add(row)
        await session.flush()
        return row.id


async def make_link(
    sessions: SessionMaker,
    ring: Sealer,
    *,
    slug: str = "boutique",
    secrets: tuple[str, ...] = (WEBHOOK_SECRET,),
    modules: dict[str, Any] | None = None,
    reverse_sync: bool = True,
    enabled: bool = True,
    shop_url: str = SHOP_URL,
    shop_kind: str = "prestashop",
    sync: dict[str, Any] | None = None,
) -> LinkRow:
    """With an Odoo connection `erp-SLUG` and a shop's named like the link; the shop's module is on."""
    odoo = await make_connection(
        sessions,
        ring,
        name=f"erp-{slug}",
        kind="odoo",
        url=ODOO_URL,
        database="odoo",
        username="admin",
        api_key="odoo-test-key",
    )
    shop = await make_connection(sessions, ring, name=slug, kind=shop_kind, url=shop_url, **SHOP_CREDENTIALS[shop_kind])
    async with sessions.begin() as session:
        row = Link(
            slug=slug,
            odoo_connection_id=odoo,
            shop_connection_id=shop,
            modules={shop_kind: {}} if modules is None else modules,
            sync=sync or {},
            reverse_sync=reverse_sync,
            enabled=enabled,
            sealed_secrets=seal_json(ring, list(secrets)),
        )
        session.add(row)
        await session.flush()
        return LinkRow(id=row.id, slug=slug, secret=secrets[0])


async def make_job(sessions: SessionMaker, link: LinkRow, native_id: str = "67", **columns: Any) -> int:
    """Enqueued as ingest does it; `columns` are then set as they are (`status="failed"`)."""
    async with sessions.begin() as session:
        ids = await enqueue(session, [a_job(link, native_id)])
        [job_id] = ids.values()
        await _set(await session.connection(), "sync_queue", link.id, job_id, columns)
    return job_id


def a_job(link: LinkRow, native_id: str = "67", **changes: Any) -> NewJob:
    values: dict[str, Any] = {
        "link_id": link.id,
        "module": "prestashop",
        "direction": Direction.ODOO_TO_SHOP,
        "entity_type": EntityType.CUSTOMER,
        "side": Side.SHOP,
        "native_id": native_id,
        "action": Action.UPDATED,
        "payload": {"firstname": "John"},
    }
    return NewJob(**(values | changes))


async def make_operation(
    sessions: SessionMaker, link: LinkRow, job_id: int, *, event_id: str = "odoo-customer-123", **columns: Any
) -> str:
    """With its delivery. Returns the operation id as the API writes it."""
    operation_id = uuid.uuid4()
    operation = NewOperation(
        operation_id=operation_id,
        event_id=event_id,
        entity_type=EntityType.CUSTOMER,
        action=Action.UPDATED,
        patch={"firstname": "John"},
    )
    async with sessions.begin() as session:
        connection = await session.connection()
        await insert_operations(connection, [(link.id, job_id, operation)])
        await connection.execute(
            text(
                "INSERT INTO deliveries"
                " (link_id, source, event_id, body_hash, body, entity_type, native_id, operation_id)"
                " VALUES (:link_id, 'odoo', :event_id, :body_hash, :body, 'customer', '67', :operation_id)"
            ),
            {
                "link_id": link.id,
                "event_id": event_id,
                "body_hash": operation_id.hex,
                "body": b'{"event_id": "%s", "data": {"id": 67, "firstname": "John"}}' % event_id.encode(),
                "operation_id": operation_id,
            },
        )
        row_id = await connection.scalar(
            text("SELECT id FROM reverse_operations WHERE operation_id = :operation_id"), {"operation_id": operation_id}
        )
        assert row_id is not None
        await _set(connection, "reverse_operations", link.id, row_id, columns)
    return str(operation_id)


async def rows(sessions: SessionMaker, query: str, **values: Any) -> list[Any]:
    async with sessions() as session:
        return list((await session.execute(text(query), values)).all())


async def execute(sessions: SessionMaker, statement: str, **values: Any) -> None:
    async with sessions.begin() as session:
        await session.execute(text(statement), values)


async def _set(connection: AsyncConnection, table: str, link_id: int, row_id: int, columns: dict[str, Any]) -> None:
    if columns:
        changes = ", ".join(f"{name} = :{name}" for name in columns)
        await connection.execute(
            text(f"UPDATE {table} SET {changes} WHERE link_id = :link_id AND id = :row_id"),  # noqa: S608 - our words
            {**columns, "link_id": link_id, "row_id": row_id},
        )
