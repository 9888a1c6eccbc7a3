"""Leads that people left in a shop's form (`leads`), and what Odoo's documents say (`documents`)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Index, Numeric, UniqueConstraint, func, text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, CreatedAt, JsonObject, LinkedId, text_enum
from app.entities.base import EntityType


class Lead(Base):
    """The shop's side of a lead: there is no shop that has any. The fields are those of the neutral record."""

    __tablename__ = "leads"
    __table_args__ = (Index("ix_leads_updated_at", "link_id", "updated_at", "id"),)

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    name: Mapped[str]
    contact_name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    company: Mapped[str | None]
    description: Mapped[str | None]
    active: Mapped[bool] = mapped_column(server_default=true())
    source: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Document(Base):
    """An order, an invoice or a product as Odoo holds it, for the customer's portal. `data` has what has no column.

    `date` is ISO text as in the neutral record: a moment of an order, a day of an invoice.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("link_id", "entity_type", "odoo_id"),
        Index("ix_documents_partner_email", "link_id", "partner_email", "entity_type", "id"),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    odoo_id: Mapped[str]
    number: Mapped[str | None]
    partner_id: Mapped[str | None]
    partner_name: Mapped[str | None]
    partner_email: Mapped[str | None]
    date: Mapped[str | None]
    state: Mapped[str | None]
    payment_state: Mapped[str | None]
    total: Mapped[Decimal | None] = mapped_column(Numeric)
    currency: Mapped[str | None]
    data: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    fingerprint: Mapped[str]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
