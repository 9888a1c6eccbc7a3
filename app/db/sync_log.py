"""The journal that operators read: one row per decision, with the operation id, kept apart from process logs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Index, Text, func, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, JsonObject, LinkedId, text_enum
from app.db.rows import as_rows
from app.redact import redact_facts, redact_text


class LogLevel(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class SyncLog(Base):
    __tablename__ = "sync_logs"
    __table_args__ = (
        Index("ix_sync_logs_link_id_created_at", "link_id", "created_at"),
        Index("ix_sync_logs_operation_id", "operation_id"),
        Index(
            "ix_sync_logs_shop_id",
            "link_id",
            "entity_type",
            "shop_id",
            "id",
            postgresql_where=text("shop_id IS NOT NULL"),
        ),
        Index(
            "ix_sync_logs_odoo_id",
            "link_id",
            "entity_type",
            "odoo_id",
            "id",
            postgresql_where=text("odoo_id IS NOT NULL"),
        ),
    )

    link_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[LinkedId]
    level: Mapped[LogLevel] = mapped_column(text_enum(LogLevel, "level"))
    module: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column(Text)
    message: Mapped[str] = mapped_column(Text)
    context: Mapped[JsonObject] = mapped_column(server_default=text("'{}'::jsonb"))
    operation_id: Mapped[str | None] = mapped_column(Text)
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    entity_type: Mapped[str | None] = mapped_column(Text)
    odoo_id: Mapped[str | None] = mapped_column(Text)
    shop_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """`event` comes from a closed list (`sync.written`, `echo.dropped`, …); facts go into `context`, redacted.

    With `entity_type` and the ids that are known, the line stands on the timeline of that record.
    """

    link_id: int
    event: str
    message: str
    level: LogLevel = LogLevel.INFO
    module: str = "sync"
    context: dict[str, Any] = field(default_factory=dict)
    operation_id: str | None = None
    job_id: int | None = None
    entity_type: str | None = None
    odoo_id: str | None = None
    shop_id: str | None = None


_INSERT = text(
    """
    INSERT INTO sync_logs (link_id, level, module, event, message, context, operation_id, job_id,
                           entity_type, odoo_id, shop_id)
    SELECT link_id, level, module, event, message, context, operation_id, job_id, entity_type, odoo_id, shop_id
    FROM jsonb_to_recordset(CAST(:entries AS jsonb))
      AS new(link_id bigint, level text, module text, event text, message text, context jsonb, operation_id text,
             job_id bigint, entity_type text, odoo_id text, shop_id text)
    """
)


async def write_logs(session: AsyncSession | AsyncConnection, entries: Sequence[LogEntry]) -> None:
    """All entries in one statement, in the caller's transaction."""
    if entries:
        await session.execute(_INSERT, {"entries": as_rows([_shown(entry) for entry in entries])})


def _shown(entry: LogEntry) -> LogEntry:
    """Operators read it, and others what they copy of it."""
    return replace(entry, message=redact_text(entry.message), context=redact_facts(entry.context))
