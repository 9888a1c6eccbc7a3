"""What other links of the same Odoo have there. Customers and products are everybody's; an order is one shop's only.

Two shops count their orders from 1: Odoo's order 23 of the one is not the order 23 of the other, even if one person
made both.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.entities.base import EntityType

_OF_OTHERS: Final = text(
    """
    SELECT m.odoo_id FROM links mine
    JOIN links other ON other.odoo_connection_id = mine.odoo_connection_id AND other.id <> mine.id
    JOIN entity_map m ON m.link_id = other.id
    WHERE mine.id = :link_id AND m.entity_type = :entity_type AND m.odoo_id = ANY(CAST(:ids AS text[]))
    """
)


async def find_of_others(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, odoo_ids: Collection[str]
) -> set[str]:
    """Those of these records of Odoo that are paired with another shop's."""
    if not odoo_ids:
        return set()
    parameters = {"link_id": link_id, "entity_type": entity_type.value, "ids": sorted(odoo_ids)}
    return set((await session.execute(_OF_OTHERS, parameters)).scalars())
