"""The two ports between which a batch goes."""

from __future__ import annotations

from typing import cast

from app.connectors.base import Marking, RecordPort
from app.entities.base import EntityType, Side
from app.sync.pair_work import Ends
from app.sync.peers import LinkTerms, Peers


async def open_ends(peers: Peers, terms: LinkTerms, entity_type: EntityType, side: Side) -> Ends:
    """`side` is the source's. Raises `BadPayload` for an entity type that one of the two peers has not."""
    sender = await peers.get(terms.id, side)
    source = sender.port(entity_type)
    receiver = await peers.get(terms.id, side.other)
    target = receiver.port(entity_type)
    return Ends(
        terms=terms,
        entity_type=entity_type,
        side=side,
        source=cast(RecordPort, source),
        target=cast(RecordPort, target),
        marking=receiver if isinstance(receiver, Marking) else None,
        people=cast(RecordPort, sender.port(EntityType.CUSTOMER)) if side is Side.SHOP else None,
    )
