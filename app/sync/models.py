"""What was agreed (`entity_map`), what is being created, what both sides changed, and how far we looked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, CreatedAt, JsonObject, LinkedId, text_enum
from app.entities.base import EntityType, Side


class EntityMap(Base):
    """Which Odoo record is which shop record, and what each side looked like when last agreed.

    A record that only reverse sync has touched has no `odoo_id` yet: the envelope is in the shop's words and ids.
    `recent_writes` is what the breaker counts (`sync/breaker.py`); a pair with a `blocked_reason` is left alone until a
    person releases it. `gone_side` remembers a pair of which one record was deleted, so that what is left of the other
    (archived, or left alone) does not bring it back.
    """

    __tablename__ = "entity_map"
    __table_args__ = (
        UniqueConstraint("link_id", "entity_type", "shop_id"),
        Index(
            "uq_entity_map_odoo",
            "link_id",
            "entity_type",
            "odoo_id",
            unique=True,
            postgresql_where=text("odoo_id IS NOT NULL"),
        ),
        # Orders that hold nothing back in Odoo yet (`sync/unsettled_sales.py`).
        Index(
            "ix_entity_map_quotations",
            "link_id",
            "id",
            postgresql_where=text("entity_type = 'order' AND (odoo_state ->> 'state') IN ('draft', 'sent')"),
        ),
        Index(
            "ix_entity_map_unsettled",
            "link_id",
            "entity_type",
            "id",
            postgresql_where=text("odoo_fingerprint = 'unsettled'"),
        ),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    module: Mapped[str]
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    odoo_id: Mapped[str | None]
    shop_id: Mapped[str]
    shop_fingerprint: Mapped[str | None]
    shop_state: Mapped[JsonObject | None]
    odoo_fingerprint: Mapped[str | None]
    odoo_state: Mapped[JsonObject | None]
    recent_writes: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    blocked_reason: Mapped[str | None]
    gone_side: Mapped[Side | None] = mapped_column(text_enum(Side, "gone_side"))
    last_synced_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_at: Mapped[CreatedAt]


class CreateIntent(Base):
    """Committed before a create is sent, closed in the transaction that records its result.

    An open intent found by a retry means: the create may have happened, look before you call. `saved` holds what a
    create of several calls has already got back (a cart id). `source_id` is the record of the other side that a two-way
    create is made for; while it is open, `source_state` holds that record and `sent` what was sent, each in its side's
    words.
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
    source_id: Mapped[str | None]
    source_state: Mapped[JsonObject | None]
    sent: Mapped[JsonObject | None]
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]


class ConflictStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


class Conflict(Base):
    """One field that both sides changed to different values.

    `open` ones wait for a person: the field is written by nobody until then. Others keep what was overwritten, so that
    it can be looked up. `base` is what both sides had agreed on, NULL where they never had.
    """

    __tablename__ = "conflicts"
    __table_args__ = (
        Index(
            "uq_conflicts_open",
            "link_id",
            "entity_type",
            "shop_id",
            "field",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_conflicts_link_id_status_id", "link_id", "status", "id"),
        Index("ix_conflicts_shop_id", "link_id", "entity_type", "shop_id"),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    odoo_id: Mapped[str]
    shop_id: Mapped[str]
    field: Mapped[str]
    base: Mapped[JsonObject | None]
    odoo_value: Mapped[JsonObject | None]
    shop_value: Mapped[JsonObject | None]
    rule: Mapped[str]
    status: Mapped[ConflictStatus] = mapped_column(
        text_enum(ConflictStatus, "status"), server_default=ConflictStatus.OPEN
    )
    winner: Mapped[Side | None] = mapped_column(text_enum(Side, "winner"))
    resolved_by: Mapped[str | None]
    created_at: Mapped[CreatedAt]
    resolved_at: Mapped[datetime | None]


class PollCursor(Base):
    """How far one side's changes of one entity type were looked at, and when it is looked at again."""

    __tablename__ = "poll_cursors"

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    side: Mapped[Side] = mapped_column(text_enum(Side, "side"), primary_key=True)
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"), primary_key=True)
    moment: Mapped[str] = mapped_column(server_default=text("''"))
    native_id: Mapped[str] = mapped_column(server_default=text("''"))
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    polled_at: Mapped[datetime | None]
    found: Mapped[int] = mapped_column(server_default=text("0"))
    error_message: Mapped[str | None]


class RunKind(StrEnum):
    SYNC = "sync"
    IMPORT = "import"
    EXPORT = "export"
    RECONCILE = "reconcile"


class RunStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Run(Base):
    """A piece of work over many records with progress; `cursor` is where a killed one goes on.

    `total`: how many records there are, NULL where the peer does not say. `seen`: listed so far. `done` and `failed`:
    jobs of the run that have ended.
    """

    __tablename__ = "runs"
    __table_args__ = (Index("ix_runs_link_id_status_id", "link_id", "status", "id"),)

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    kind: Mapped[RunKind] = mapped_column(text_enum(RunKind, "kind"))
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    options: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    cursor: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    status: Mapped[RunStatus] = mapped_column(text_enum(RunStatus, "status"), server_default=RunStatus.RUNNING)
    total: Mapped[int | None]
    seen: Mapped[int] = mapped_column(server_default=text("0"))
    done: Mapped[int] = mapped_column(server_default=text("0"))
    drifted: Mapped[int] = mapped_column(server_default=text("0"))
    queued: Mapped[int] = mapped_column(server_default=text("0"))
    failed: Mapped[int] = mapped_column(server_default=text("0"))
    error_message: Mapped[str | None]
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    finished_at: Mapped[datetime | None]


class DriftKind(StrEnum):
    """`conflicting`: both sides changed the same field since they were agreed."""

    DIFFERS = "differs"
    CONFLICTING = "conflicting"
    MISSING_IN_ODOO = "missing_in_odoo"
    MISSING_IN_SHOP = "missing_in_shop"
    AMBIGUOUS = "ambiguous"


class Drift(Base):
    """One record on which a reconciliation found the sides apart. `fields`: {name: {"odoo": …, "shop": …}}."""

    __tablename__ = "drifts"
    __table_args__ = (Index("ix_drifts_run_id", "link_id", "run_id", "id"),)

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    run_id: Mapped[int] = mapped_column(BigInteger)
    entity_type: Mapped[EntityType] = mapped_column(text_enum(EntityType, "entity_type"))
    kind: Mapped[DriftKind] = mapped_column(text_enum(DriftKind, "kind"))
    odoo_id: Mapped[str | None]
    shop_id: Mapped[str | None]
    fields: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    created_at: Mapped[CreatedAt]
