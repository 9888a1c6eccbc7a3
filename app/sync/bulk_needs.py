"""What the records of a bulk sync refer to is synced before them, once: an order's customer, a product's category.

Without this every order of a page would be put back until the customer's own job was done. What cannot be made is left
to the order's own job, which says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Final, TypeAlias

from app.connectors.base import Gone, Snapshot
from app.db.session import SessionMaker
from app.entities.base import EntityType, Record
from app.entities.records import references
from app.sync.bulk_work import BulkWork
from app.sync.ends import open_ends
from app.sync.pair_work import Ends, Prefetched
from app.sync.pairs import find_counterparts, find_left_alone
from app.sync.peers import Peers

Ref: TypeAlias = tuple[EntityType, str]
MOST: Final = 500


class Needs:
    def __init__(self, sessions: SessionMaker, peers: Peers, work: BulkWork) -> None:
        self._sessions = sessions
        self._peers = peers
        self._work = work

    async def make(
        self, ends: Ends, shots: Sequence[Snapshot], *, called: set[Ref] | None = None
    ) -> Mapping[str, Record]:
        """Returns `shots` in neutral words, by native id. `called`: what is on its way already; a record that needs
        itself is called once."""
        called = set() if called is None else called
        records = await ends.source.to_records([shot.state for shot in shots]) if shots else []
        wanted = await self._missing(ends, self._named(ends, records) - called)
        called |= wanted
        for entity_type in EntityType:
            ids = sorted(number for kind, number in wanted if kind is entity_type)
            for start in range(0, len(ids), MOST):
                await self._make(ends, entity_type, ids[start : start + MOST], called)
        return {shot.ref.native_id: record for shot, record in zip(shots, records, strict=True)}

    def _named(self, ends: Ends, records: Sequence[Record]) -> Set[Ref]:
        """What they refer to of the entity types that the link takes this way."""
        named = {ref for record in records for ref in references(ends.entity_type, record)}
        return {(kind, number) for kind, number in named if ends.terms.sync.flows(kind, ends.direction)}

    async def _missing(self, ends: Ends, refs: Set[Ref]) -> Set[Ref]:
        """Those without a pair; one whose other side was deleted stays without."""
        async with self._sessions.autocommit() as session:
            known = await find_counterparts(session, link_id=ends.terms.id, side=ends.side, refs=refs)
            missing = refs - known.keys()
            return missing - await find_left_alone(session, link_id=ends.terms.id, side=ends.side, refs=missing)

    async def _make(self, above: Ends, entity_type: EntityType, ids: Sequence[str], called: set[Ref]) -> None:
        ends = await open_ends(self._peers, above.terms, entity_type, above.side)
        since = await self._work.clock()
        held = _alive(await ends.source.read(ids))
        held = {**held, **await self._stand_ins(ends, held)}
        own = {number: shot for number, shot in held.items() if shot.same_as is None}
        records = await self.make(ends, list(own.values()), called=called)
        # What another's record needed may have been made since, this one among it.
        ids = [number for _, number in sorted(await self._missing(ends, {(entity_type, number) for number in own}))]
        async with self._sessions.begin() as session:
            jobs, _ = await self._work.claim(session, ends, ids)
        await self._work.carry_out(jobs, Prefetched(since=since, snapshots=own, records=records))

    async def _stand_ins(self, ends: Ends, held: dict[str, Snapshot]) -> dict[str, Snapshot]:
        """Who stands for those that have no other side of their own: the account of a guest."""
        others = {(ends.entity_type, shot.same_as) for shot in held.values() if shot.same_as is not None}
        missing = [number for _, number in await self._missing(ends, others)] if others else []
        return _alive(await ends.source.read(missing)) if missing else {}


def _alive(held: dict[str, Snapshot | Gone]) -> dict[str, Snapshot]:
    return {number: shot for number, shot in held.items() if isinstance(shot, Snapshot)}
