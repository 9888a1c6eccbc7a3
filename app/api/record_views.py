"""One record on both sides as the operator API shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.api.conflicts import ConflictView
from app.api.paging import to_view
from app.api.record_store import Event, RecordIds
from app.api.views import JobView
from app.entities.base import EntityType, Side
from app.queue.models import Job
from app.redact import redact
from app.sync.models import Conflict, EntityMap
from app.sync.peers import LinkTerms


class EventView(BaseModel):
    """One line of the timeline."""

    at: datetime
    kind: str = Field(examples=["journal"], description="`delivery` (a webhook came), `journal` (a decision), `job`.")
    id: int = Field(examples=[20711])
    facts: dict[str, Any] = Field(
        examples=[
            {
                "event": "sync.written",
                "message": "customer 67 updated on the other side: lastname",
                "context": {"changes": {"lastname": {"before": "Lovelace", "after": "King"}}},
                "job_id": 1041,
            }
        ]
    )


class FieldView(BaseModel):
    odoo: Any = Field(examples=["Ada King"])
    shop: Any = Field(examples=["Ada Lovelace"])
    same: bool | None = Field(examples=[False], description="Null: one side cannot hold this field.")


class LiveView(BaseModel):
    """What both peers hold at this moment; a state is null where there is no such record."""

    odoo: dict[str, Any] | None
    shop: dict[str, Any] | None
    fields: dict[str, FieldView] = Field(description="In neutral words; references are the shop's ids.")


class RecordDetail(BaseModel):
    link: str = Field(examples=["boutique"])
    entity_type: EntityType = Field(examples=["customer"])
    odoo_id: str | None = Field(examples=["41"])
    shop_id: str | None = Field(examples=["67"])
    paired: bool
    gone_side: Side | None = Field(examples=[None], description="Whose record was deleted.")
    blocked_reason: str | None = Field(examples=[None], description="Why it is left alone, until it is released.")
    last_synced_at: datetime | None
    agreed_odoo: dict[str, Any] | None = Field(
        examples=[{"name": "Ada Lovelace"}], description="In Odoo's words, as it was when last agreed."
    )
    agreed_shop: dict[str, Any] | None = Field(
        examples=[{"firstname": "Ada", "lastname": "Lovelace"}], description="In the shop's words."
    )
    live: LiveView | None = Field(description="Only with `live=true`.")
    conflicts: list[ConflictView] = Field(description="The open ones.")
    jobs: list[JobView] = Field(description="What is not finished, of both sides.")
    timeline: list[EventView] = Field(description="Newest first.")
    next_cursor: str | None = Field(None, description="Give it as `cursor` for what is older; null on the last page.")


def to_detail(
    terms: LinkTerms,
    ids: RecordIds,
    row: EntityMap | None,
    live: LiveView | None,
    conflicts: list[Conflict],
    jobs: list[Job],
    timeline: Sequence[Event],
    older: str | None,
) -> RecordDetail:
    return RecordDetail(
        link=terms.slug,
        entity_type=ids.entity_type,
        odoo_id=ids.odoo_id,
        shop_id=ids.shop_id,
        paired=row is not None and row.odoo_id is not None,
        gone_side=row.gone_side if row else None,
        blocked_reason=row.blocked_reason if row else None,
        last_synced_at=row.last_synced_at if row else None,
        agreed_odoo=row.odoo_state if row else None,
        agreed_shop=row.shop_state if row else None,
        live=live,
        conflicts=[to_view(ConflictView, each, link=terms.slug) for each in conflicts],
        jobs=[to_view(JobView, each, link=terms.slug) for each in jobs],
        timeline=[to_view(EventView, each, facts=redact(each.facts)) for each in timeline],
        next_cursor=older,
    )
