"""Pairs that people make and break by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.connectors.base import Snapshot
from app.entities.base import EntityType, Side
from app.errors import Conflict as NotPossible
from app.errors import NotFound
from app.sync.ends import open_ends
from app.sync.intents import forget_of_source
from app.sync.models import Conflict, ConflictStatus
from app.sync.pairs import Pair, drop_pairs, find_half_pairs, find_pairs
from app.sync.peers import LinkTerms, Peers

# A shop record that only reverse sync has touched is there already, without an Odoo id. One that was paired meanwhile
# stays what it is: no row comes back, and the caller says so.
_PAIR = text(
    """
    INSERT INTO entity_map AS m (link_id, module, entity_type, odoo_id, shop_id)
    VALUES (:link_id, :module, :entity_type, :odoo_id, :shop_id)
    ON CONFLICT (link_id, entity_type, shop_id) DO UPDATE SET odoo_id = excluded.odoo_id
    WHERE m.odoo_id IS NULL
    RETURNING 1
    """
)


async def find_pair(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side, native_id: str
) -> Pair | None:
    """Also one of a shop record whose Odoo record is not known."""
    pairs = await find_pairs(session, link_id=link_id, entity_type=entity_type, side=side, ids=[native_id])
    if not pairs and side is Side.SHOP:
        pairs = await find_half_pairs(session, link_id=link_id, entity_type=entity_type, shop_ids=[native_id])
    return pairs.get(native_id)


async def check_both_there(peers: Peers, terms: LinkTerms, entity_type: EntityType, odoo_id: str, shop_id: str) -> None:
    """Asks both peers. Raises `NotFound` naming the one that has no such record."""
    ends = await open_ends(peers, terms, entity_type, Side.ODOO)
    wanted = ((Side.ODOO, ends.source, odoo_id), (Side.SHOP, ends.target, shop_id))
    for side, port, native_id in wanted:
        held = await port.read([native_id])
        if not isinstance(held[native_id], Snapshot):
            where = "Odoo" if side is Side.ODOO else "the shop"
            raise NotFound(f"{where} has no {entity_type} {native_id}", code="not_there")


async def pair_by_hand(
    session: AsyncSession, terms: LinkTerms, entity_type: EntityType, *, odoo_id: str, shop_id: str
) -> None:
    """Nothing is agreed yet: the next job of either is a first contact. A create of one of them whose end was not known
    is done with. Raises `Conflict` if one of them is paired."""
    taken = f"one of {entity_type} {odoo_id} of Odoo and {shop_id} of the shop is paired already; unlink it first"
    parameters = {
        "link_id": terms.id,
        "module": terms.module,
        "entity_type": entity_type.value,
        "odoo_id": odoo_id,
        "shop_id": shop_id,
    }
    try:
        made = (await session.execute(_PAIR, parameters)).scalar_one_or_none()
    except IntegrityError as error:
        raise NotPossible(taken, code="already_paired") from error
    if made is None:
        raise NotPossible(taken, code="already_paired")
    for side, source_id in ((Side.SHOP, odoo_id), (Side.ODOO, shop_id)):
        await forget_of_source(session, link_id=terms.id, entity_type=entity_type, side=side, source_id=source_id)


async def forget_pair(session: AsyncSession, terms: LinkTerms, pair: Pair, *, by: str) -> None:
    """Both records stay as they are; their next change is a first contact. Its open conflicts are closed."""
    await drop_pairs(session, link_id=terms.id, pairs=[(pair.entity_type, pair.shop_id)])
    await session.execute(
        update(Conflict)
        .where(
            Conflict.link_id == terms.id,
            Conflict.entity_type == pair.entity_type,
            Conflict.shop_id == pair.shop_id,
            Conflict.status == ConflictStatus.OPEN,
        )
        .values(status=ConflictStatus.RESOLVED, resolved_by=by, resolved_at=datetime.now(UTC))
    )
