"""The conflict inbox: fields that both sides changed, kept open for a person or with what was overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import EntityType, Json, Side
from app.sync.merge import FieldConflict

FORCE = "force:"
"""Prefix in a job's payload: fields that win whatever the target holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairConflict:
    """One field's conflict of one pair, seen from the side the change came from."""

    link_id: int
    entity_type: EntityType
    odoo_id: str
    shop_id: str
    source_side: Side
    rule: str
    conflict: FieldConflict

    def value(self, side: Side) -> Json:
        return self.conflict.source if side is self.source_side else self.conflict.target


_FIND_OPEN = text(
    """
    SELECT shop_id, field FROM conflicts
    WHERE link_id = :link_id AND entity_type = :entity_type AND status = 'open'
      AND shop_id = ANY(CAST(:shop_ids AS text[]))
    """
)
# The job that carries a decision out names the field; until it is done, nobody else writes it.
_FIND_DECIDED = text(
    """
    SELECT c.shop_id, c.field FROM conflicts c
    WHERE c.link_id = :link_id AND c.entity_type = :entity_type AND c.status = 'resolved'
      AND c.shop_id = ANY(CAST(:shop_ids AS text[]))
      AND EXISTS (SELECT 1 FROM sync_queue q
                  WHERE q.link_id = c.link_id AND q.entity_type = c.entity_type AND q.side = c.winner
                    AND q.direction = CASE c.winner WHEN 'odoo' THEN 'odoo_to_shop' ELSE 'shop_to_odoo' END
                    AND q.native_id = CASE c.winner WHEN 'odoo' THEN c.odoo_id ELSE c.shop_id END
                    AND q.status IN ('pending', 'processing') AND q.payload ? (:force || c.field))
    """
)
# An open conflict follows the values while it waits; a decided one is a line of history. It is noted before the write
# that overwrites a value, and once more when the job ends: the second note of the same decision makes no second line.
_STORE = text(
    """
    INSERT INTO conflicts AS c (link_id, entity_type, odoo_id, shop_id, field, base, odoo_value, shop_value, rule,
                                status, winner, resolved_by, resolved_at)
    SELECT link_id, entity_type, odoo_id, shop_id, field, base, odoo_value, shop_value, rule, status, winner,
           CASE WHEN status = 'resolved' THEN 'rule' END, CASE WHEN status = 'resolved' THEN now() END
    FROM unnest(
        CAST(:link_ids AS bigint[]), CAST(:types AS text[]), CAST(:odoo_ids AS text[]), CAST(:shop_ids AS text[]),
        CAST(:fields AS text[]), CAST(:bases AS jsonb[]), CAST(:odoo_values AS jsonb[]),
        CAST(:shop_values AS jsonb[]), CAST(:rules AS text[]), CAST(:statuses AS text[]), CAST(:winners AS text[]))
      AS new(link_id, entity_type, odoo_id, shop_id, field, base, odoo_value, shop_value, rule, status, winner)
    WHERE new.status = 'open' OR NOT EXISTS (
        SELECT 1 FROM conflicts k
        WHERE k.link_id = new.link_id AND k.entity_type = new.entity_type AND k.shop_id = new.shop_id
          AND k.field = new.field AND k.status = 'resolved' AND k.winner = new.winner
          AND k.odoo_value = new.odoo_value AND k.shop_value = new.shop_value
          AND k.created_at > now() - interval '1 hour')
    ON CONFLICT (link_id, entity_type, shop_id, field) WHERE status = 'open' DO UPDATE SET
        odoo_id = excluded.odoo_id, odoo_value = excluded.odoo_value, shop_value = excluded.shop_value
    """
)
# Both sides hold the same by now, whoever saw to it.
_SETTLE = text(
    """
    UPDATE conflicts c SET status = 'resolved', resolved_at = now(), resolved_by = COALESCE(c.resolved_by, 'agreed')
    FROM unnest(CAST(:types AS text[]), CAST(:shop_ids AS text[]), CAST(:fields AS text[]))
      AS same(entity_type, shop_id, field)
    WHERE c.link_id = :link_id AND c.status = 'open' AND c.entity_type = same.entity_type
      AND c.shop_id = same.shop_id AND c.field = same.field
    """
)


async def find_open(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, shop_ids: Iterable[str]
) -> dict[str, set[str]]:
    """Names of the fields with an open conflict, by shop id."""
    wanted = sorted(set(shop_ids))
    parameters = {"link_id": link_id, "entity_type": entity_type.value, "shop_ids": wanted}
    return _by_shop_id(await session.execute(_FIND_OPEN, parameters)) if wanted else {}


async def find_decided(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, shop_ids: Iterable[str]
) -> dict[str, set[str]]:
    """Names of the fields that a person has decided and whose job is still to come, by shop id."""
    wanted = sorted(set(shop_ids))
    parameters = {"link_id": link_id, "entity_type": entity_type.value, "shop_ids": wanted, "force": FORCE}
    return _by_shop_id(await session.execute(_FIND_DECIDED, parameters)) if wanted else {}


def _by_shop_id(rows: Iterable[Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.shop_id, set()).add(row.field)
    return found


async def store_conflicts(session: AsyncSession, conflicts: Sequence[PairConflict]) -> None:
    if not conflicts:
        return
    await session.execute(
        _STORE,
        {
            "link_ids": [each.link_id for each in conflicts],
            "types": [each.entity_type.value for each in conflicts],
            "odoo_ids": [each.odoo_id for each in conflicts],
            "shop_ids": [each.shop_id for each in conflicts],
            "fields": [each.conflict.name for each in conflicts],
            "bases": [_wrapped(each.conflict.base) for each in conflicts],
            "odoo_values": [_wrapped(each.value(Side.ODOO)) for each in conflicts],
            "shop_values": [_wrapped(each.value(Side.SHOP)) for each in conflicts],
            "rules": [each.rule for each in conflicts],
            "statuses": ["open" if each.conflict.winner is None else "resolved" for each in conflicts],
            "winners": [each.conflict.winner.value if each.conflict.winner else None for each in conflicts],
        },
    )


async def settle_conflicts(session: AsyncSession, *, link_id: int, same: Sequence[tuple[EntityType, str, str]]) -> None:
    """`same`: (entity type, shop id, field) that both sides hold alike now."""
    if same:
        parameters = {
            "link_id": link_id,
            "types": [entity_type.value for entity_type, _, _ in same],
            "shop_ids": [shop_id for _, shop_id, _ in same],
            "fields": [name for _, _, name in same],
        }
        await session.execute(_SETTLE, parameters)


_FORGET = text(
    """
    UPDATE conflicts c SET status = 'resolved', resolved_at = now(), resolved_by = 'pair forgotten'
    FROM unnest(CAST(:types AS text[]), CAST(:shop_ids AS text[])) AS gone(entity_type, shop_id)
    WHERE c.link_id = :link_id AND c.status = 'open' AND c.entity_type = gone.entity_type AND c.shop_id = gone.shop_id
    """
)


async def forget_conflicts(session: AsyncSession, *, link_id: int, pairs: Sequence[tuple[EntityType, str]]) -> None:
    """Nobody has anything to decide about pairs (entity type, shop id) that are no more."""
    if pairs:
        parameters = {
            "link_id": link_id,
            "types": [entity_type.value for entity_type, _ in pairs],
            "shop_ids": [shop_id for _, shop_id in pairs],
        }
        await session.execute(_FORGET, parameters)


def _wrapped(value: Json) -> str:
    return orjson.dumps({"value": value}).decode()


def unwrapped(stored: Any) -> Json:
    """The inverse of what is stored: `{"value": …}`."""
    loaded = orjson.loads(stored) if isinstance(stored, str) else stored
    value: Json = loaded.get("value") if isinstance(loaded, dict) else None
    return value
