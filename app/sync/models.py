"""What was agreed (`entity_map`) and what is being created (`create_intents`)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, CreatedAt, JsonObject, LinkedId, text_enum
from app.entities.base import EntityType, Side


class EntityMap(Base):
    """Which Odoo record is which shop record, and what each side looked like when last agreed.

    A record that only reverse sync has touched has no `odoo_id` yet: the envelope is in the shop's words and ids.
    """

    __tablename__ = "entity_map"
    __table_args__ = (
        UniqueConstraint("link_id", "entity_type", "shop_id"),
        Index(
            "uq_entity_map_odoo",
            "link_id",
            "entity_type",
            "odoo_model",
            "odoo_id",
            unique=True,
            postgresql_where=text("odoo_id IS NOT NULL"),
        ),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    module: Mapped[str]
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    odoo_model: Mapped[str | None]
    odoo_id: Mapped[str | None]
    shop_id: Mapped[str]
    shop_fingerprint: Mapped[str | None]
    shop_state: Mapped[JsonObject | None]
    odoo_fingerprint: Mapped[str | None]
    odoo_state: Mapped[JsonObject | None]
    last_synced_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_at: Mapped[CreatedAt]


class CreateIntent(Base):
    """Committed before a create is sent, closed in the transaction that records its result.

    An open intent found by a retry means: the create may have happened, look before you call. `saved` holds what a
    create of several calls has already got back (a cart id).
    """

    __tablename__ = "create_intents"
    __table_args__ = (
        UniqueConstraint("link_id", "entity_type", "side", "natural_key"),
        Index("ix_create_intents_open", "link_id", "entity_type", postgresql_where=text("closed_at IS NULL")),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    side: Mapped[Side] = mapped_column(text_enum(Side, "side"))
    natural_key: Mapped[str]
    job_id: Mapped[int] = mapped_column(BigInteger)
    saved: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    native_id: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]
