"""The other side of paired records: read, found again under its name, or lost."""

from __future__ import annotations

from collections.abc import Sequence

from app.connections.sync_settings import OnDelete
from app.connectors.base import Snapshot
from app.errors import Parked, Retryable
from app.sync.contact import Contact
from app.sync.pair_work import Ends, PairWork
from app.sync.sources import LOOK_AGAIN, may_come_back
from app.sync.synced import leftover, peer_gone


class Targets:
    def __init__(self, ends: Ends, contact: Contact) -> None:
        self._ends = ends
        self._contact = contact

    def judge_leftovers(self, works: Sequence[PairWork]) -> None:
        """The other record was deleted once. What is left stays as the policy left it; one that a person takes out of
        the archive is a new record for the other side."""
        for work in works:
            if work.pair is None or work.pair.gone_side is not self._ends.target_side:
                continue
            archives = self._ends.terms.sync.entity(self._ends.entity_type).on_delete is OnDelete.ARCHIVE
            if archives and work.record.get("active") is True and (work.base or {}).get("active") is not True:
                work.replaces, work.pair, work.base = work.pair.shop_id, None, None
            else:
                work.synced = leftover(self._ends, work)

    async def read(self, works: Sequence[PairWork], *, acting: bool) -> None:
        """A pair whose other record is gone: looked for under its name first, for Odoo merges partners."""
        ids = {work.native_id: str(work.pair.native_id(self._ends.target_side)) for work in works if work.pair}
        held = await self._ends.target.read(list(ids.values())) if ids else {}
        for work in works:
            snapshot = held[ids[work.native_id]]
            work.target = snapshot if isinstance(snapshot, Snapshot) else None
        lost = [work for work in works if work.target is None]
        if lost:
            await self._contact.find(lost, holding=acting)
        for work in lost:
            if work.alive and work.target is None:
                self._lose(work)

    def _lose(self, work: PairWork) -> None:
        if may_come_back(work.job):
            work.error = Retryable(
                f"the other side of {self._ends.entity_type} {work.native_id} is not there; looked for again before it "
                "counts as gone",
                retry_in=LOOK_AGAIN,
                code="not_there",
            )
        elif self._ends.terms.sync.flows(self._ends.entity_type, self._ends.opposite):
            work.synced = peer_gone(self._ends, work)
        else:
            work.error = Parked(
                f"the other side of {self._ends.entity_type} {work.native_id} is gone; make it anew by unlinking the "
                "pair, or delete this one too",
                code="peer_gone",
            )
