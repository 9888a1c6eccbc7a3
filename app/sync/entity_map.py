"""Queries on `entity_map`: what each side looked like when last agreed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import EntityType, State
from app.entities.fingerprint import fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """The shop's side of one mapped record."""

    shop_id: str
    shop_fingerprint: str | None
    shop_state: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSide:
    """A new agreement about one shop record."""

    link_id: int
    module: str
    entity_type: EntityType
    shop_id: str
    state: State


_FIND = text(
    """
    SELECT shop_id, shop_fingerprint, shop_state FROM entity_map
    WHERE link_id = :link_id AND entity_type = :entity_type AND shop_id = ANY(CAST(:shop_ids AS text[]))
    """
)
_STORE = text(
    """
    INSERT INTO entity_map (link_id, module, entity_type, shop_id, shop_fingerprint, shop_state)
    SELECT * FROM unnest(
        CAST(:link_ids AS bigint[]), CAST(:modules AS text[]), CAST(:entity_types AS text[]),
        CAST(:shop_ids AS text[]), CAST(:fingerprints AS text[]), CAST(:states AS jsonb[]))
    ON CONFLICT (link_id, entity_type, shop_id) DO UPDATE SET
        shop_fingerprint = excluded.shop_fingerprint, shop_state = excluded.shop_state, last_synced_at = now()
    """
)


async def find_agreed(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, shop_ids: Sequence[str]
) -> dict[str, Agreed]:
    """By shop id; records never agreed are absent."""
    if not shop_ids:
        return {}
    rows = await session.execute(
        _FIND, {"link_id": link_id, "entity_type": entity_type.value, "shop_ids": list(shop_ids)}
    )
    return {
        row.shop_id: Agreed(
            shop_id=row.shop_id, shop_fingerprint=row.shop_fingerprint, shop_state=_object(row.shop_state)
        )
        for row in rows
    }


def _object(value: Any) -> Mapping[str, Any] | None:
    # A textual statement does not know the column's type: the driver hands jsonb over as text.
    loaded = orjson.loads(value) if isinstance(value, str) else value
    return loaded if isinstance(loaded, dict) else None


async def store_shop_sides(session: AsyncSession, sides: Sequence[ShopSide]) -> None:
    """One statement; of two sides of one record the last counts."""
    unique = {(side.link_id, side.entity_type, side.shop_id): side for side in sides}
    ordered = [unique[key] for key in sorted(unique)]
    if not ordered:
        return
    await session.execute(
        _STORE,
        {
            "link_ids": [side.link_id for side in ordered],
            "modules": [side.module for side in ordered],
            "entity_types": [side.entity_type.value for side in ordered],
            "shop_ids": [side.shop_id for side in ordered],
            "fingerprints": [fingerprint(side.state) for side in ordered],
            "states": [orjson.dumps(dict(side.state)).decode() for side in ordered],
        },
    )
