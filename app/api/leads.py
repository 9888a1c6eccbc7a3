"""Leads of a link for operators: what people left in the form and what came from Odoo, with the id in Odoo of each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.deps import Session
from app.api.errors import responses
from app.api.link_store import get_link
from app.api.paging import MOST_ROWS, Filters, Page, PageFilters, Word, read_page
from app.entities.base import EntityType, Side
from app.portal.models import Lead
from app.sync.pairs import find_counterparts

router = APIRouter(prefix="/links/{slug}/leads", tags=["portal"])


class LeadFilters(Filters):
    email: Word | None = Field(None, description="Of the person, whatever its case.", examples=["jane@example.com"])
    active: bool | None = Field(None, description="Only those that are not archived (true), or only archived ones.")
    limit: int = Field(50, ge=1, le=MOST_ROWS)
    cursor: int | None = Field(None, ge=1, le=2**63 - 1, description="`next_cursor` of the page before.")


class _Stored(BaseModel):
    id: int = Field(examples=[12])
    name: str = Field(examples=["A table for eight"], description="What it is about.")
    contact_name: str | None = Field(examples=["Jane Doe"])
    email: str | None = Field(examples=["jane@example.com"])
    phone: str | None = Field(examples=[None])
    company: str | None = Field(examples=[None])
    description: str | None = Field(examples=["Oak, please."])
    active: bool = Field(description="false: archived in Odoo.")
    source: str | None = Field(examples=["form"], description="`form`, or `odoo` for a lead that was made there.")
    created_at: datetime
    updated_at: datetime


class LeadView(_Stored):
    odoo_id: str | None = Field(examples=["31"], description="Of the lead in Odoo; null: it is not there yet.")


@router.get("", summary="Leads of a link, newest first", responses=responses(404))
async def list_leads(slug: Word, filters: Annotated[LeadFilters, Query()], session: Session) -> Page[LeadView]:
    """They are kept until they are deleted in Odoo, however old."""
    link = await get_link(session, slug)
    conditions = [] if filters.email is None else [Lead.email == filters.email.lower()]
    if filters.active is not None:
        conditions.append(Lead.active == filters.active)
    wanted = PageFilters(link=slug, limit=filters.limit, cursor=filters.cursor)
    page = await read_page(session, Lead, _Stored, wanted, conditions)
    refs = [(EntityType.LEAD, str(each.id)) for each in page.items]
    known = await find_counterparts(session, link_id=link.id, side=Side.SHOP, refs=refs)
    items = [LeadView(**each.model_dump(), odoo_id=known.get((EntityType.LEAD, str(each.id)))) for each in page.items]
    return Page(items=items, next_cursor=page.next_cursor)
