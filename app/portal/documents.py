"""The table `documents`: what Odoo's orders, invoices and products say, for the customers whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import EntityType, Json
from app.entities.fingerprint import fingerprint

TEXTS: Final = ("number", "partner_id", "partner_name", "partner_email", "date", "state", "payment_state", "currency")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentContent:
    """`total` is plain decimal text, with tax; `data` what has no column of its own."""

    odoo_id: str
    number: str | None = None
    partner_id: str | None = None
    partner_name: str | None = None
    partner_email: str | None = None
    date: str | None = None
    state: str | None = None
    payment_state: str | None = None
    total: str | None = None
    currency: str | None = None
    data: Mapping[str, Json]

    @property
    def fingerprint(self) -> str:
        texts: dict[str, Json] = {name: getattr(self, name) for name in TEXTS}
        return fingerprint({**texts, "total": self.total, "data": dict(self.data)})


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    id: int
    entity_type: EntityType
    odoo_id: str
    number: str | None
    partner_id: str | None
    partner_name: str | None
    partner_email: str | None
    date: str | None
    state: str | None
    payment_state: str | None
    total: Decimal | None
    currency: str | None
    data: Mapping[str, Any]


_KNOWN = text(
    """
    SELECT odoo_id, fingerprint FROM documents
    WHERE link_id = :link_id AND entity_type = :entity_type AND odoo_id = ANY(CAST(:ids AS text[]))
    """
)
_STORE = text(
    """
    INSERT INTO documents (link_id, entity_type, odoo_id, number, partner_id, partner_name, partner_email, date, state,
                           payment_state, total, currency, data, fingerprint)
    SELECT :link_id, :entity_type, new.*
    FROM unnest(
        CAST(:odoo_ids AS text[]), CAST(:number AS text[]), CAST(:partner_id AS text[]), CAST(:partner_name AS text[]),
        CAST(:partner_email AS text[]), CAST(:date AS text[]), CAST(:state AS text[]), CAST(:payment_state AS text[]),
        CAST(:totals AS numeric[]), CAST(:currency AS text[]), CAST(:data AS jsonb[]), CAST(:fingerprints AS text[]))
      AS new
    ON CONFLICT (link_id, entity_type, odoo_id) DO UPDATE SET
        number = EXCLUDED.number, partner_id = EXCLUDED.partner_id, partner_name = EXCLUDED.partner_name,
        partner_email = EXCLUDED.partner_email, date = EXCLUDED.date, state = EXCLUDED.state,
        payment_state = EXCLUDED.payment_state, total = EXCLUDED.total, currency = EXCLUDED.currency,
        data = EXCLUDED.data, fingerprint = EXCLUDED.fingerprint, updated_at = now()
    """
)
_REMOVE = text(
    """
    DELETE FROM documents
    WHERE link_id = :link_id AND entity_type = :entity_type AND odoo_id = ANY(CAST(:ids AS text[]))
    RETURNING odoo_id
    """
)
# A customer is known by an e-mail address or by the contact in Odoo; products are everybody's.
_WHERE = """
    FROM documents
    WHERE link_id = :link_id
      AND (CAST(:entity_type AS text) IS NULL OR entity_type = :entity_type)
      AND (CAST(:everybody AS boolean) OR entity_type = 'product' OR partner_email = :email
           OR partner_id = ANY(CAST(:partners AS text[])))
"""
_COUNT = text("SELECT count(*)" + _WHERE)
_PAGE = text("SELECT *" + _WHERE + " ORDER BY date DESC NULLS LAST, id DESC LIMIT :limit OFFSET :offset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose documents: `email` and `partners` (ids of contacts in Odoo) are of one customer; None is everybody's."""

    entity_type: EntityType | None = None
    email: str | None = None
    partners: tuple[str, ...] = ()
    everybody: bool = False


async def known_fingerprints(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, ids: Sequence[str]
) -> dict[str, str]:
    rows = await session.execute(_KNOWN, {"link_id": link_id, "entity_type": entity_type.value, "ids": list(ids)})
    return {row.odoo_id: row.fingerprint for row in rows}


async def store_documents(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, documents: Sequence[DocumentContent]
) -> None:
    if not documents:
        return
    parameters: dict[str, Any] = {name: [getattr(each, name) for each in documents] for name in TEXTS}
    parameters |= {
        "link_id": link_id,
        "entity_type": entity_type.value,
        "odoo_ids": [each.odoo_id for each in documents],
        "totals": [None if each.total is None else Decimal(each.total) for each in documents],
        "data": [orjson.dumps(dict(each.data)).decode() for each in documents],
        "fingerprints": [each.fingerprint for each in documents],
    }
    await session.execute(_STORE, parameters)


async def remove_documents(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, ids: Sequence[str]
) -> set[str]:
    rows = await session.execute(_REMOVE, {"link_id": link_id, "entity_type": entity_type.value, "ids": list(ids)})
    return {row.odoo_id for row in rows}


async def page_of_documents(
    session: AsyncSession, *, link_id: int, wanted: Wanted, limit: int, offset: int
) -> tuple[int, list[StoredDocument]]:
    """How many there are, and those of one page, newest first."""
    parameters = {
        "link_id": link_id,
        "entity_type": wanted.entity_type.value if wanted.entity_type else None,
        "everybody": wanted.everybody,
        "email": wanted.email.lower() if wanted.email else None,
        "partners": list(wanted.partners),
    }
    count = int((await session.execute(_COUNT, parameters)).scalar_one())
    rows = await session.execute(_PAGE, {**parameters, "limit": limit, "offset": offset})
    return count, [_stored(row) for row in rows]


def _stored(row: Any) -> StoredDocument:
    data = row.data if isinstance(row.data, dict) else orjson.loads(row.data)
    return StoredDocument(
        id=row.id,
        entity_type=EntityType(row.entity_type),
        odoo_id=row.odoo_id,
        **{name: getattr(row, name) for name in TEXTS},
        total=row.total,
        data=data,
    )
