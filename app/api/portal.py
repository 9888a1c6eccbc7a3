"""Documents of Odoo for the shop's customers: asked for by the shop, on behalf of one customer who is logged in there.

The shop proves itself with the link's webhook secret and says whose documents it wants. Products are everybody's.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.deps import Session, State
from app.api.door import admit
from app.api.errors import responses
from app.api.link_store import get_link
from app.api.paging import Filters, Word
from app.entities.base import EntityType, Side
from app.errors import BadPayload, SwitchedOff
from app.portal.documents import StoredDocument, Wanted, page_of_documents
from app.sync.pairs import find_counterparts

router = APIRouter(tags=["portal"])
operator_router = APIRouter(prefix="/links/{slug}", tags=["portal"])


class DocumentView(BaseModel):
    entity_type: EntityType = Field(examples=["invoice"])
    odoo_id: str = Field(examples=["31"])
    number: str | None = Field(examples=["INV/2026/00031"], description="Of a product its SKU.")
    date: str | None = Field(examples=["2026-11-21"], description="A day, or a moment in UTC.")
    state: str | None = Field(examples=["posted"], description="In Odoo's words: draft, sale, posted, cancel …")
    payment_state: str | None = Field(examples=["paid"], description="Of an invoice, in Odoo's words.")
    total: str | None = Field(examples=["96.6"], description="With tax; of a product its price.")
    currency: str | None = Field(examples=["EUR"], description="ISO 4217.")
    partner: str | None = Field(examples=["Jane Doe"])
    partner_email: str | None = Field(examples=["jane@example.com"])
    data: dict[str, Any] = Field(description="What else is kept: an order's lines, a product's description.")


class DocumentPage(BaseModel):
    items: list[DocumentView]
    page: int = Field(examples=[1])
    pages: int = Field(examples=[3])
    total: int = Field(examples=[27])


class DocumentFilters(Filters):
    entity_type: EntityType | None = Field(None, description="order, invoice or product; empty: all.")
    page: int = Field(1, ge=1, le=100_000)


class CustomerFilters(DocumentFilters):
    email: Word | None = Field(None, description="The customer's address.", examples=["jane@example.com"])
    customer: Word | None = Field(None, description="The customer's id in the shop.", examples=["67"])


@router.get(
    "/portal/{link}/documents",
    summary="Orders and invoices of one customer, as Odoo holds them",
    description="For the shop's own pages: with the link's webhook secret in `X-Webhook-Secret`, and `email` or "
    "`customer` of whoever is logged in. Needs a module that keeps documents.",
    responses=responses(400, 403, 404, 409, 429, 500, 503),
)
async def list_customer_documents(
    link: str,
    filters: Annotated[CustomerFilters, Query()],
    request: Request,
    state: State,
    x_webhook_secret: Annotated[str | None, Header(description="The link's webhook secret")] = None,
) -> DocumentPage:
    view = await admit(request, state, link, x_webhook_secret)
    if not view.enabled or not view.sync.portal.enabled:
        raise SwitchedOff(
            f"link {view.slug} has no portal; set portal_enabled: true of its module sales, or sync_orders: true of "
            "its shop's module"
        )
    if filters.email is None and filters.customer is None:
        raise BadPayload("say whose documents: email=… or customer=… (the id in the shop)", field="email")
    async with state.sessions() as session:
        wanted = await _of_customer(session, view.id, filters)
        return await _page(session, view.id, wanted, filters.page, view.sync.portal.orders_per_page)


@operator_router.get("/documents", summary="What is kept for the portal", responses=responses(404))
async def list_documents(slug: Word, filters: Annotated[DocumentFilters, Query()], session: Session) -> DocumentPage:
    link = await get_link(session, slug)
    per_page = link.effective_sync.portal.orders_per_page
    wanted = Wanted(entity_type=filters.entity_type, everybody=True)
    return await _page(session, link.id, wanted, filters.page, per_page)


async def _of_customer(session: AsyncSession, link_id: int, filters: CustomerFilters) -> Wanted:
    partners: tuple[str, ...] = ()
    if filters.customer is not None:
        ref = (EntityType.CUSTOMER, filters.customer)
        known = await find_counterparts(session, link_id=link_id, side=Side.SHOP, refs=[ref])
        partners = tuple(known.values())
    return Wanted(entity_type=filters.entity_type, email=filters.email, partners=partners)


async def _page(session: AsyncSession, link_id: int, wanted: Wanted, page: int, per_page: int) -> DocumentPage:
    count, documents = await page_of_documents(
        session, link_id=link_id, wanted=wanted, limit=per_page, offset=(page - 1) * per_page
    )
    pages = max(1, -(-count // per_page))
    return DocumentPage(items=[_view(each) for each in documents], page=page, pages=pages, total=count)


def _view(document: StoredDocument) -> DocumentView:
    return DocumentView(
        entity_type=document.entity_type,
        odoo_id=document.odoo_id,
        number=document.number,
        date=document.date,
        state=document.state,
        payment_state=document.payment_state,
        total=None if document.total is None else format(document.total.normalize(), "f"),
        currency=document.currency,
        partner=document.partner_name,
        partner_email=document.partner_email,
        data=dict(document.data),
    )
