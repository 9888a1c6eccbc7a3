"""Queries on `entity_map` for both sides: which Odoo record is which shop record, and what was agreed of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.rows import as_rows
from app.db.session import SessionMaker
from app.entities.base import EntityType, Side, State
from app.entities.fingerprint import fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two records that are one. A state is None where nothing was agreed about that side yet."""

    entity_type: EntityType
    odoo_id: str | None
    shop_id: str
    odoo_state: State | None = None
    shop_state: State | None = None
    odoo_fingerprint: str | None = None
    shop_fingerprint: str | None = None
    recent_writes: Mapping[str, Any]
    blocked_reason: str | None = None
    gone_side: Side | None = None
    last_synced_at: datetime | None = None

    def native_id(self, side: Side) -> str | None:
        return self.odoo_id if side is Side.ODOO else self.shop_id

    def state(self, side: Side) -> State | None:
        return self.odoo_state if side is Side.ODOO else self.shop_state

    def fingerprint(self, side: Side) -> str | None:
        return self.odoo_fingerprint if side is Side.ODOO else self.shop_fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSides:
    """A new agreement about both sides. A state of None leaves what is stored; `gone_side` as in `EntityMap`.

    `unsettled`: a count of Odoo's that was told with the shop's sales taken off. It is looked at again at every event
    and by polling, though Odoo's own number be the same.
    """

    link_id: int
    module: str
    entity_type: EntityType
    odoo_id: str
    shop_id: str
    odoo_state: State | None
    shop_state: State | None
    recent_writes: Mapping[str, Any] | None = None
    gone_side: Side | None = None
    unsettled: bool = False


UNSETTLED: Final = "unsettled"
"""In place of the fingerprint of Odoo's side: what was told to the shop is not what Odoo holds."""
_COLUMNS = """
    SELECT entity_type, odoo_id, shop_id, odoo_state, shop_state, odoo_fingerprint, shop_fingerprint, recent_writes,
           blocked_reason, gone_side, last_synced_at
    FROM entity_map WHERE link_id = :link_id AND entity_type = :entity_type AND
"""
_FIND = {
    Side.ODOO: text(_COLUMNS + " odoo_id = ANY(CAST(:ids AS text[]))"),
    Side.SHOP: text(_COLUMNS + " shop_id = ANY(CAST(:ids AS text[])) AND odoo_id IS NOT NULL"),
}
_FIND_HALF = text(_COLUMNS + " shop_id = ANY(CAST(:ids AS text[])) AND odoo_id IS NULL")


async def find_pairs(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side, ids: Iterable[str]
) -> dict[str, Pair]:
    """By the native id on `side`; records that are not paired are absent."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = await session.execute(_FIND[side], {"link_id": link_id, "entity_type": entity_type.value, "ids": wanted})
    pairs = [_pair(row) for row in rows]
    return {str(pair.native_id(side)): pair for pair in pairs}


async def find_half_pairs(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, shop_ids: Iterable[str]
) -> dict[str, Pair]:
    """Shop records that reverse sync has written and whose Odoo record is not known yet, by shop id."""
    wanted = sorted(set(shop_ids))
    if not wanted:
        return {}
    parameters = {"link_id": link_id, "entity_type": entity_type.value, "ids": wanted}
    return {row.shop_id: _pair(row) for row in await session.execute(_FIND_HALF, parameters)}


_TRANSLATE = {
    Side.ODOO: text(
        """
        SELECT m.entity_type, m.odoo_id AS given, m.shop_id AS other FROM entity_map m
        JOIN unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS wanted(entity_type, id)
          ON m.entity_type = wanted.entity_type AND m.odoo_id = wanted.id
        WHERE m.link_id = :link_id AND m.gone_side IS NULL
        """
    ),
    Side.SHOP: text(
        """
        SELECT m.entity_type, m.shop_id AS given, m.odoo_id AS other FROM entity_map m
        JOIN unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS wanted(entity_type, id)
          ON m.entity_type = wanted.entity_type AND m.shop_id = wanted.id
        WHERE m.link_id = :link_id AND m.gone_side IS NULL AND m.odoo_id IS NOT NULL
        """
    ),
}


async def find_counterparts(
    session: AsyncSession, *, link_id: int, side: Side, refs: Iterable[tuple[EntityType, str]]
) -> dict[tuple[EntityType, str], str]:
    """The other side's id of each (entity type, id on `side`) that is paired. One query, whatever the types."""
    wanted = sorted(set(refs))
    if not wanted:
        return {}
    parameters = {
        "link_id": link_id,
        "types": [entity_type.value for entity_type, _ in wanted],
        "ids": [native_id for _, native_id in wanted],
    }
    rows = await session.execute(_TRANSLATE[side], parameters)
    return {(EntityType(row.entity_type), row.given): row.other for row in rows}


_GONE = {
    Side.ODOO: text(
        """
        SELECT m.entity_type, m.odoo_id AS given FROM entity_map m
        JOIN unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS wanted(entity_type, id)
          ON m.entity_type = wanted.entity_type AND m.odoo_id = wanted.id
        WHERE m.link_id = :link_id AND m.gone_side = 'shop'
        """
    ),
    Side.SHOP: text(
        """
        SELECT m.entity_type, m.shop_id AS given FROM entity_map m
        JOIN unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS wanted(entity_type, id)
          ON m.entity_type = wanted.entity_type AND m.shop_id = wanted.id
        WHERE m.link_id = :link_id AND m.gone_side = 'odoo'
        """
    ),
}


async def find_left_alone(
    session: AsyncSession, *, link_id: int, side: Side, refs: Iterable[tuple[EntityType, str]]
) -> set[tuple[EntityType, str]]:
    """Those among `refs`, records on `side`, whose other side was deleted: they have no counterpart and get none."""
    wanted = sorted(set(refs))
    if not wanted:
        return set()
    parameters = {
        "link_id": link_id,
        "types": [entity_type.value for entity_type, _ in wanted],
        "ids": [native_id for _, native_id in wanted],
    }
    rows = await session.execute(_GONE[side], parameters)
    return {(EntityType(row.entity_type), row.given) for row in rows}


# A record that was adopted may stand there already: from reverse sync without an Odoo id, or paired with one that is
# gone. Whoever holds the lock of the shop's record decides; another pair of the same Odoo record is an error to be seen
# (`uq_entity_map_odoo`), never overwritten.
_STORE = text(
    """
    INSERT INTO entity_map AS m (link_id, module, entity_type, odoo_id, shop_id, odoo_state, odoo_fingerprint,
                                 shop_state, shop_fingerprint, recent_writes, gone_side)
    SELECT link_id, module, entity_type, odoo_id, shop_id, odoo_state, odoo_fingerprint, shop_state, shop_fingerprint,
           COALESCE(recent_writes, '{}'::jsonb), gone_side
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
      AS new(link_id bigint, module text, entity_type text, odoo_id text, shop_id text, odoo_state jsonb,
             odoo_fingerprint text, shop_state jsonb, shop_fingerprint text, recent_writes jsonb, gone_side text)
    ON CONFLICT (link_id, entity_type, shop_id) DO UPDATE SET
        odoo_id = excluded.odoo_id,
        odoo_state = CASE WHEN excluded.odoo_fingerprint IS NULL THEN m.odoo_state ELSE excluded.odoo_state END,
        odoo_fingerprint = COALESCE(excluded.odoo_fingerprint, m.odoo_fingerprint),
        shop_state = CASE WHEN excluded.shop_fingerprint IS NULL THEN m.shop_state ELSE excluded.shop_state END,
        shop_fingerprint = COALESCE(excluded.shop_fingerprint, m.shop_fingerprint),
        recent_writes = CASE WHEN excluded.recent_writes = '{}'::jsonb THEN m.recent_writes
                             ELSE excluded.recent_writes END,
        gone_side = excluded.gone_side,
        last_synced_at = now()
    """
)


_RESERVE = text(
    """
    INSERT INTO entity_map AS m (link_id, module, entity_type, odoo_id, shop_id)
    VALUES (:link_id, :module, :entity_type, :odoo_id, :shop_id)
    ON CONFLICT (link_id, entity_type, shop_id) DO UPDATE SET odoo_id = excluded.odoo_id
    WHERE m.odoo_id IS NULL
    RETURNING 1
    """
)


async def reserve_pair(sessions: SessionMaker, sides: PairSides) -> bool:
    """Before anything is written to a record that was found by its name; committed. False: one of the two is another's.

    Two guests of the shop with one e-mail address, looked at by two workers: both find the same contact, and nobody
    holds it. Without states the pair is a first contact still, whatever becomes of the job.
    """
    parameters = {
        "link_id": sides.link_id,
        "module": sides.module,
        "entity_type": sides.entity_type.value,
        "odoo_id": sides.odoo_id,
        "shop_id": sides.shop_id,
    }
    try:
        async with sessions.begin() as session:
            return (await session.execute(_RESERVE, parameters)).scalar_one_or_none() is not None
    except IntegrityError:
        return False


async def store_pairs(session: AsyncSession, sides: Sequence[PairSides]) -> None:
    """One statement; of two agreements about one shop record the last counts."""
    unique = {(each.link_id, each.entity_type, each.shop_id): each for each in sides}
    ordered = [unique[key] for key in sorted(unique)]
    if not ordered:
        return
    await session.execute(_STORE, {"rows": as_rows([_row(each) for each in ordered])})


def _row(sides: PairSides) -> dict[str, object]:
    return {
        "link_id": sides.link_id,
        "module": sides.module,
        "entity_type": sides.entity_type,
        "odoo_id": sides.odoo_id,
        "shop_id": sides.shop_id,
        "odoo_state": _dict(sides.odoo_state),
        "odoo_fingerprint": UNSETTLED if sides.unsettled else _fingerprint(sides.odoo_state),
        "shop_state": _dict(sides.shop_state),
        "shop_fingerprint": _fingerprint(sides.shop_state),
        "recent_writes": _dict(sides.recent_writes),
        "gone_side": sides.gone_side,
    }


_DROP = text(
    """
    DELETE FROM entity_map m
    USING unnest(CAST(:types AS text[]), CAST(:shop_ids AS text[])) AS gone(entity_type, shop_id)
    WHERE m.link_id = :link_id AND m.entity_type = gone.entity_type AND m.shop_id = gone.shop_id
    """
)


async def drop_pairs(session: AsyncSession, *, link_id: int, pairs: Sequence[tuple[EntityType, str]]) -> None:
    """By (entity type, shop id)."""
    if pairs:
        parameters = {
            "link_id": link_id,
            "types": [entity_type.value for entity_type, _ in pairs],
            "shop_ids": [shop_id for _, shop_id in pairs],
        }
        await session.execute(_DROP, parameters)


_FIND_UNSETTLED = text(
    """
    SELECT odoo_id FROM entity_map
    WHERE link_id = :link_id AND entity_type = :entity_type AND odoo_fingerprint = 'unsettled' AND gone_side IS NULL
    ORDER BY id LIMIT :limit
    """
)


async def find_unsettled(session: AsyncSession, *, link_id: int, entity_type: EntityType, limit: int) -> list[str]:
    """Odoo's ids of the records that are to be looked at again, whoever told or did not tell of them."""
    parameters = {"link_id": link_id, "entity_type": entity_type.value, "limit": limit}
    return [row.odoo_id for row in await session.execute(_FIND_UNSETTLED, parameters)]


_BLOCK = text(
    """
    UPDATE entity_map SET blocked_reason = :reason, recent_writes = '{}'::jsonb
    WHERE link_id = :link_id AND entity_type = :entity_type AND shop_id = :shop_id
    RETURNING 1
    """
)


async def set_block(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, shop_id: str, reason: str | None
) -> bool:
    """Leave a pair alone, or (None) release it. False if there is no such pair."""
    parameters = {"link_id": link_id, "entity_type": entity_type.value, "shop_id": shop_id, "reason": reason}
    return (await session.execute(_BLOCK, parameters)).scalar_one_or_none() is not None


def _pair(row: Any) -> Pair:
    return Pair(
        entity_type=EntityType(row.entity_type),
        odoo_id=row.odoo_id,
        shop_id=row.shop_id,
        odoo_state=_object(row.odoo_state),
        shop_state=_object(row.shop_state),
        odoo_fingerprint=row.odoo_fingerprint,
        shop_fingerprint=row.shop_fingerprint,
        recent_writes=_object(row.recent_writes) or {},
        blocked_reason=row.blocked_reason,
        gone_side=Side(row.gone_side) if row.gone_side else None,
        last_synced_at=row.last_synced_at,
    )


def _object(value: Any) -> Mapping[str, Any] | None:
    # A textual statement does not know the column's type: the driver hands jsonb over as text.
    loaded = orjson.loads(value) if isinstance(value, str) else value
    return loaded if isinstance(loaded, dict) else None


def _dict(state: State | None) -> dict[str, Any] | None:
    return None if state is None else dict(state)


def _fingerprint(state: State | None) -> str | None:
    return None if state is None else fingerprint(state)
