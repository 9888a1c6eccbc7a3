"""`sync_queue` (one row says: this ref may have changed) and the heartbeat of workers.

The promises are kept by the database: one pending job per (link, direction, entity type, side, native id), into which
a newer event merges; one *processing* job per (link, entity type, lock id), whatever the direction and side. `lock_id`
starts as the native id (`odoo:<id>` on Odoo's side) and becomes the shop's id once the record of the shop is known, so
that the two records of a pair are never worked on at once.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, CreatedAt, JsonObject, LinkedId, text_enum
from app.entities.base import Action, Direction, EntityType, Side


class JobStatus(StrEnum):
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    PARKED = "parked"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What a finished job did. `merged`: its content went into a newer pending job of the same record."""

    WRITTEN = "written"
    CREATED = "created"
    DELETED = "deleted"
    UNCHANGED = "unchanged"
    CONVERGED = "converged"
    PARKED = "parked"
    REJECTED = "rejected"
    MERGED = "merged"


class Job(Base):
    __tablename__ = "sync_queue"
    __table_args__ = (
        Index(
            "uq_sync_queue_pending",
            "link_id",
            "direction",
            "entity_type",
            "side",
            "native_id",
            unique=True,
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "uq_sync_queue_processing",
            "link_id",
            "entity_type",
            "lock_id",
            unique=True,
            postgresql_where=text("status = 'processing'"),
        ),
        Index(
            "ix_sync_queue_claim",
            "link_id",
            "direction",
            "entity_type",
            "side",
            "priority",
            "scheduled_at",
            "id",
            postgresql_where=text("status = 'pending' AND held_reason IS NULL"),
        ),
        Index("ix_sync_queue_link_id_status_id", "link_id", "status", "id"),
        Index("ix_sync_queue_record", "link_id", "side", "entity_type", "native_id", "id"),
        Index("ix_sync_queue_processed_at", "processed_at", postgresql_where=text("processed_at IS NOT NULL")),
        Index("ix_sync_queue_run_id", "link_id", "run_id", postgresql_where=text("run_id IS NOT NULL")),
        CheckConstraint("priority BETWEEN 1 AND 10", name="priority_range"),
        CheckConstraint("(status = 'processing') = (leased_until IS NOT NULL)", name="lease_while_processing"),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    module: Mapped[str]
    direction: Mapped[Direction] = mapped_column(text_enum(Direction, "direction"))
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    side: Mapped[Side] = mapped_column(text_enum(Side, "side"))
    native_id: Mapped[str]
    lock_id: Mapped[str]
    action: Mapped[Action] = mapped_column(text_enum(Action, "action"))
    payload: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    priority: Mapped[int] = mapped_column(SmallInteger, server_default=text("5"))
    status: Mapped[JobStatus] = mapped_column(text_enum(JobStatus, "status"), server_default=JobStatus.PENDING)
    outcome: Mapped[Outcome | None] = mapped_column(text_enum(Outcome, "outcome"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    max_attempts: Mapped[int]
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    held_reason: Mapped[str | None]
    scheduled_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_token: Mapped[uuid.UUID | None]
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    traceparent: Mapped[str | None]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[CreatedAt]
    claimed_at: Mapped[datetime | None]
    processed_at: Mapped[datetime | None]


class Worker(Base):
    """A worker process that says it lives; health looks at `seen_at`."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
