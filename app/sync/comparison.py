"""One pair as both peers hold it now, compared field by field in neutral words. For people; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from app.connectors.base import RecordPort, Snapshot
from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, Record, Side, State
from app.entities.records import references
from app.sync.ends import open_ends
from app.sync.neutral import as_compared
from app.sync.pair_work import Ends
from app.sync.pairs import find_counterparts
from app.sync.peers import LinkTerms, Peers
from app.sync.references import translated


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPair:
    """References are the shop's ids on both sides. `same` is None where one side cannot hold the field."""

    odoo: Json
    shop: Json
    same: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A state is None where that side has no such record."""

    odoo: State | None
    shop: State | None
    fields: dict[str, FieldPair]


async def compare(
    sessions: SessionMaker,
    peers: Peers,
    terms: LinkTerms,
    entity_type: EntityType,
    *,
    odoo_id: str | None,
    shop_id: str | None,
) -> Comparison:
    """Two reads at most. Raises what the peers raise."""
    ends = await open_ends(peers, terms, entity_type, Side.ODOO)
    odoo, shop = await _read(ends.source, odoo_id), await _read(ends.target, shop_id)
    theirs = await _record(ends, ends.source, Side.ODOO, odoo)
    async with sessions.autocommit() as session:
        known = await find_counterparts(
            session, link_id=terms.id, side=Side.ODOO, refs=set(references(entity_type, theirs))
        )
    ours = await _record(ends, ends.target, Side.SHOP, shop)
    return Comparison(odoo=odoo, shop=shop, fields=_fields(translated(entity_type, theirs, known), ours))


async def _read(port: RecordPort, native_id: str | None) -> State | None:
    if native_id is None:
        return None
    held = (await port.read([native_id]))[native_id]
    return held.state if isinstance(held, Snapshot) else None


async def _record(ends: Ends, port: RecordPort, side: Side, state: State | None) -> Record:
    if state is None:
        return {}
    [record] = await port.to_records([state])
    return as_compared(record, state, terms=ends.terms, entity_type=ends.entity_type, side=side)


def _fields(odoo: Record, shop: Record) -> dict[str, FieldPair]:
    return {
        name: FieldPair(
            odoo=odoo.get(name),
            shop=shop.get(name),
            same=odoo[name] == shop[name] if name in odoo and name in shop else None,
        )
        for name in sorted(odoo.keys() | shop.keys())
    }
