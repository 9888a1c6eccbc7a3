"""The two ports between which a batch goes."""

from __future__ import annotations

from typing import cast

from app.connectors.base import Connector, Marking, RecordPort
from app.entities.base import Direction, EntityType, Side
from app.portal.document_port import DocumentPort
from app.sync.pair_work import Ends
from app.sync.peers import LinkTerms, Peers


async def open_ends(peers: Peers, terms: LinkTerms, entity_type: EntityType, side: Side) -> Ends:
    """`side` is the source's. Raises `BadPayload` for an entity type that one of the two peers has not."""
    sender, receiver = await peers.get(terms.id, side), await peers.get(terms.id, side.other)
    return Ends(
        terms=terms,
        entity_type=entity_type,
        side=side,
        source=await _port(peers, terms, entity_type, side),
        target=await _port(peers, terms, entity_type, side.other),
        marking=receiver if isinstance(receiver, Marking) else None,
        marked=sender if isinstance(sender, Marking) else None,
        orders=_orders(receiver) if _counts(terms, entity_type, side) else None,
        sales=_orders(sender) if _counts(terms, entity_type, side) else None,
        people=cast(RecordPort, sender.port(EntityType.CUSTOMER)) if side is Side.SHOP else None,
    )


async def _port(peers: Peers, terms: LinkTerms, entity_type: EntityType, side: Side) -> RecordPort:
    if side is Side.SHOP and entity_type in terms.sync.documents:
        return DocumentPort(entity_type)
    return await peers.port(terms.id, side, entity_type)


def _counts(terms: LinkTerms, entity_type: EntityType, side: Side) -> bool:
    """Where a count goes to the shop, and its orders go to Odoo."""
    told = entity_type is EntityType.STOCK and side is Side.ODOO
    return told and terms.sync.flows(EntityType.ORDER, Direction.SHOP_TO_ODOO)


def _orders(peer: Connector) -> RecordPort:
    return cast(RecordPort, peer.port(EntityType.ORDER))
