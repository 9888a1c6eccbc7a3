"""Deliveries (webhooks as received) and reverse operations (what became of each Odoo → shop event)."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, CreatedAt, JsonObject, LinkedId, text_enum
from app.entities.base import Action, EntityType, Side


class OperationStatus(StrEnum):
    PROCESSING = "processing"
    SUCCESS = "success"
    FAILED = "failed"


class Delivery(Base):
    """One event is one (`event_id`, `body_hash`): the sender's own name for it, and what it said.

    Sample ids carry whole seconds, two edits can share one and the sender never retries, so the same id with another
    body is another event. `native_id` is the key of the record in the queue.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("link_id", "source", "event_id", "body_hash"),
        Index("ix_deliveries_received_at", "received_at"),
        Index("ix_deliveries_record", "link_id", "entity_type", "native_id", "id"),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    source: Mapped[Side] = mapped_column(text_enum(Side, "source"))
    event_id: Mapped[str]
    body_hash: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    native_id: Mapped[str]
    operation_id: Mapped[uuid.UUID | None]
    received_at: Mapped[CreatedAt]


class ReverseOperation(Base):
    """`source_payload` is the validated patch; the body as it came is in the delivery.

    `error_status` is the HTTP status that a sender who waits for the outcome gets.
    """

    __tablename__ = "reverse_operations"
    __table_args__ = (
        UniqueConstraint("link_id", "operation_id"),
        Index("ix_reverse_operations_job", "link_id", "job_id"),
        Index("ix_reverse_operations_link_id_status", "link_id", "status", "id"),
        Index("ix_reverse_operations_created_at", "created_at"),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    operation_id: Mapped[uuid.UUID]
    job_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[str]
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    action_type: Mapped[Action] = mapped_column(text_enum(Action, "action_type"))
    status: Mapped[OperationStatus] = mapped_column(
        text_enum(OperationStatus, "status"), server_default=OperationStatus.PROCESSING
    )
    outcome: Mapped[str | None]
    source_payload: Mapped[JsonObject]
    entity_id: Mapped[str | None]
    message: Mapped[str | None]
    notes: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    error_code: Mapped[str | None]
    error_message: Mapped[str | None]
    error_status: Mapped[int | None]
    replay_of: Mapped[uuid.UUID | None]
    created_at: Mapped[CreatedAt]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
