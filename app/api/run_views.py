"""Runs as the API shows them: what was asked for, how far it is, how long it will take."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.api.paging import to_view
from app.entities.base import EntityType
from app.sync.models import RunKind, RunStatus
from app.sync.run_progress import RunCount
from app.sync.runs import RunView as StoredRun


class RunView(BaseModel):
    """`seen` records were looked at or listed; on `drifted` the sides were apart; `queued` jobs were made."""

    id: int = Field(examples=[3])
    link: str = Field(examples=["boutique"])
    kind: RunKind = Field(examples=["import"])
    entity_type: EntityType = Field(examples=["product"])
    options: dict[str, Any] = Field(examples=[{}])
    status: RunStatus = Field(examples=["running"])
    total: int | None = Field(examples=[10_000], description="Records there are; null where the peer does not say.")
    seen: int = Field(examples=[4500])
    done: int = Field(examples=[3990], description="Records that are done; of a reconciliation always 0.")
    drifted: int = Field(examples=[0])
    queued: int = Field(examples=[4500])
    failed: int = Field(examples=[3], description="Records that need a person: parked, refused, or given up.")
    error_message: str | None = Field(examples=[None], description="Why it failed, or what it waits for.")
    created_at: datetime
    finished_at: datetime | None


class RunDetail(RunView):
    cursor: dict[str, Any] = Field(examples=[{"moment": "", "id": "4512"}], description="Where it goes on.")
    failed_jobs: str | None = Field(
        examples=["/api/v1/jobs?link=boutique&run_id=3&needs_person=true"],
        description="Where the records that need a person are listed; null where there are none.",
    )
    waiting: int = Field(examples=[7], description="Its jobs that have not ended.")
    rate_per_s: float = Field(examples=[88.4], description="Records per second, of the last minute while it runs.")
    left_s: float | None = Field(examples=[68.0], description="Seconds until its end at this rate; null: not known.")


def detail(run: StoredRun, count: RunCount, slug: str) -> RunDetail:
    left = count.left_s(run)
    return to_view(
        RunDetail,
        run,
        link=slug,
        done=count.done,
        failed=count.failed,
        failed_jobs=failed_jobs(slug, run.id) if count.failed else None,
        waiting=count.waiting,
        error_message=run.error_message or count.reason,
        rate_per_s=round(count.rate_per_s(run), 1),
        left_s=None if left is None else round(left, 1),
    )


def failed_jobs(slug: str, run_id: int) -> str:
    """Where they are listed, from the service's own root."""
    return f"/api/v1/jobs?link={slug}&run_id={run_id}&needs_person=true"
