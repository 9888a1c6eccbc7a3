"""Operations, jobs and journal rows as the operator API shows them. Names are the tables' own; times are ISO, UTC."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.db.sync_log import LogLevel
from app.entities.base import Action, Direction, EntityType, Side
from app.ingest.models import OperationStatus
from app.queue.models import JobStatus, Outcome


class OperationView(BaseModel):
    """What became of one event out of Odoo."""

    operation_id: uuid.UUID
    link: str = Field(examples=["boutique"])
    event_id: str = Field(examples=["odoo-customer-123-1699365000"])
    entity_type: EntityType = Field(examples=["customer"])
    action_type: Action = Field(examples=["updated"])
    status: OperationStatus = Field(examples=["success"], description="Did it run to an end.")
    outcome: str | None = Field(examples=["written"], description="What it did; `rejected`: the shop said no.")
    entity_id: str | None = Field(examples=["67"], description="The record's id in the shop.")
    message: str | None = Field(examples=["Customer updated successfully"])
    notes: list[str] = Field(examples=[["the shop's default country was used"]])
    error_code: str | None = Field(examples=[None])
    error_message: str | None = Field(examples=[None])
    error_status: int | None = Field(examples=[None], description="The HTTP status a sender who waited would get.")
    replay_of: uuid.UUID | None = Field(examples=[None], description="The operation this one repeats.")
    job_id: int = Field(examples=[1041])
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobView(BaseModel):
    """One row of the queue: this record may have changed."""

    id: int = Field(examples=[1041])
    link: str = Field(examples=["boutique"])
    module: str = Field(examples=["prestashop"])
    direction: Direction = Field(examples=["odoo_to_shop"])
    entity_type: EntityType = Field(examples=["customer"])
    side: Side = Field(examples=["shop"])
    native_id: str = Field(examples=["67"], description="The record's id on that side, or its natural key.")
    action: Action = Field(examples=["updated"])
    priority: int = Field(examples=[4], description="1 to 10, lower goes first.")
    status: JobStatus = Field(examples=["completed"])
    outcome: Outcome | None = Field(examples=["written"])
    attempts: int = Field(examples=[1])
    max_attempts: int = Field(examples=[12])
    error_code: str | None = Field(examples=[None])
    error_message: str | None = Field(examples=[None])
    held_reason: str | None = Field(examples=[None], description="Why a pending job is not worked on.")
    scheduled_at: datetime
    leased_by: str | None = Field(examples=[None], description="The worker that has it now.")
    leased_until: datetime | None
    run_id: int | None = Field(examples=[None], description="The bulk run that made it; null: something changed.")
    traceparent: str | None = Field(examples=[None])
    created_at: datetime
    claimed_at: datetime | None
    processed_at: datetime | None


class LogView(BaseModel):
    """One line of the journal: a decision and its facts."""

    id: int = Field(examples=[20711])
    link: str = Field(examples=["boutique"])
    level: LogLevel = Field(examples=["info"])
    module: str = Field(examples=["prestashop"])
    event: str = Field(examples=["sync.written"])
    message: str = Field(examples=["Customer updated successfully"])
    context: dict[str, Any] = Field(examples=[{"entity_id": "67", "fields": ["newsletter"]}])
    operation_id: str | None
    job_id: int | None = Field(examples=[1041])
    created_at: datetime


class DeliveryView(BaseModel):
    """The webhook as it came."""

    received_at: datetime
    body: str = Field(
        description="As received; fields named like a secret are blanked.",
        examples=['{"event_id":"odoo-customer-123-1699365000","entity_type":"customer","action_type":"updated",…}'],
    )


class OperationDetail(OperationView):
    source_payload: dict[str, Any] = Field(
        examples=[{"email": "john@example.com", "newsletter": True}], description="The validated fields."
    )
    delivery: DeliveryView | None = Field(description="None for a replay, and after the retention time.")
    job: JobView | None
    timeline: list[LogView] = Field(
        description="Oldest first. Events that were applied as one write have one line, under the last one's id."
    )


class JobDetail(JobView):
    payload: dict[str, Any] = Field(examples=[{"newsletter": True}])
    operations: list[OperationView] = Field(description="The events it carries, oldest first.")
