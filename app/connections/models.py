"""Connections (remote systems with sealed credentials), links (an Odoo and a shop kept in sync) and pauses."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    func,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.connections.effective_sync import EffectiveSync, effective
from app.db.base import Base, CreatedAt, JsonObject, text_enum
from app.entities.base import Direction


class Connection(Base):
    """`kind` is one of `connectors.registry.KINDS`: a file's entry of another is refused, and a new kind needs no
    migration.

    `sealed` is the JSON of the credentials, sealed with the key ring; it never leaves the process in the clear.
    """

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    url: Mapped[str]
    options: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Link(Base):
    """`sync` is a `LinkSync` (`sync_settings.py`), as the operator wrote it; `module_sync` is what the settings of the
    link's modules amount to, worked out when they are stored, under which `sync` is laid.

    `sealed_secrets` holds one or two webhook secrets: two are valid at once while one replaces the other.
    """

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name="slug_form"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    odoo_connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="RESTRICT"))
    shop_connection_id: Mapped[int] = mapped_column(ForeignKey("connections.id", ondelete="RESTRICT"))
    modules: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    sync: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    module_sync: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    reverse_sync: Mapped[bool] = mapped_column(server_default=false())
    enabled: Mapped[bool] = mapped_column(server_default=true())
    sealed_secrets: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    @property
    def effective_sync(self) -> EffectiveSync:
        return effective(self.module_sync, self.sync)


class Pause(Base):
    """A direction of a link that waits for a person; `entity_type` is '' for all of them.

    Work is tried again by itself after `until` (the key may have been mended in the shop), and a success removes it.
    """

    __tablename__ = "pauses"

    link_id: Mapped[int] = mapped_column(ForeignKey("links.id", ondelete="CASCADE"), primary_key=True)
    direction: Mapped[Direction] = mapped_column(text_enum(Direction, "direction"), primary_key=True)
    entity_type: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    reason: Mapped[str]
    strikes: Mapped[int] = mapped_column(server_default=text("1"))
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    until: Mapped[datetime]


class Refusal(Base):
    """How often a link's webhooks were refused, and why: a link whose every webhook is refused must show."""

    __tablename__ = "refusals"

    link_id: Mapped[int] = mapped_column(ForeignKey("links.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    last_at: Mapped[datetime] = mapped_column(server_default=func.now())


OWNER_WITHOUT_RIGHTS: Final = (
    "the shop's user who made this webhook may not read what it tells of (any more): give the user of the connection's "
    "key the role of a shop manager, and the webhook is made anew"
)
"""A `ShopWebhook.problem` that only its deliveries show."""


class ShopWebhook(Base):
    """A webhook of a shop that installs them through its API (WooCommerce): one per link and topic.

    `native_id` is its id in the shop, None while there is none. `last_seen_at`: when it delivered last; `problem` says
    in plain words why it does not.
    """

    __tablename__ = "shop_webhooks"

    link_id: Mapped[int] = mapped_column(ForeignKey("links.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    native_id: Mapped[str | None]
    status: Mapped[str | None]
    problem: Mapped[str | None]
    mended: Mapped[int] = mapped_column(server_default=text("0"))
    last_seen_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]
