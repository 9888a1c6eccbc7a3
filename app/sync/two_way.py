"""Two-way sync of one batch: look, find the pair, merge, write, remember both sides as they are stored.

Jobs say only that a record may have changed. The source is read (`sources.py`), its references translated
(`records.py`), its peer read (`targets.py`) or found (`contact.py`), the three-way merge decides per field
(`decisions.py`), and only what has to differ is written (`writing.py`). A gone source goes its own way (`removal.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from app.db.session import SessionMaker
from app.errors import LeftAlone
from app.queue.store import ClaimedJob
from app.sync.contact import Contact
from app.sync.decisions import Decisions
from app.sync.pair_work import Ends, PairWork, Prefetched, Preview, Synced, alive
from app.sync.records import Records
from app.sync.removal import Removals
from app.sync.reverse import NotApplied
from app.sync.sources import Sources
from app.sync.synced import left_alone, previewed, with_other_side
from app.sync.targets import Targets
from app.sync.unsettled_sales import UnsettledSales, take_off
from app.sync.work import Unit
from app.sync.writing import Writing


class TwoWay:
    """One run over one batch of one link, direction and entity type."""

    def __init__(self, sessions: SessionMaker, ends: Ends) -> None:
        self._sessions = sessions
        self._ends = ends
        self._sources = Sources(sessions, ends)
        self._records = Records(sessions, ends)
        self._contact = Contact(sessions, ends)
        self._targets = Targets(ends, self._contact)
        self._decisions = Decisions(sessions, ends)
        self._writing = Writing(sessions, ends)
        self._removals = Removals(sessions, ends)

    async def apply(
        self, jobs: Sequence[ClaimedJob], prefetched: Prefetched | None = None
    ) -> list[Synced | NotApplied]:
        """Position by position. Raises AppError only for what concerns the whole batch (a peer is down)."""
        works = [PairWork(job=job) for job in jobs]
        await self._sources.look(works, prefetched=prefetched)
        gone = [work for work in alive(works) if work.gone]
        await self._writing.check_lease(gone)
        await self._removals.apply(gone)
        await self._decide(alive(works))
        await self._writing.apply(alive(works), looked_at=prefetched.since if prefetched is not None else None)
        return [_result(self._ends, work) for work in works]

    async def preview(self, jobs: Sequence[ClaimedJob]) -> list[Preview]:
        """What `apply` would do; nothing is locked, written or enqueued."""
        works = [PairWork(job=job) for job in jobs]
        await self._sources.look(works, holding=False)
        await self._decide([work for work in alive(works) if not work.gone], acting=False)
        return [previewed(self._ends, work, self._removals) for work in works]

    async def _decide(self, works: Sequence[PairWork], *, acting: bool = True) -> None:
        if not works:
            return
        await self._records.of_sources(works, calling=acting)
        await self._take_off_sales(alive(works))
        self._targets.judge_leftovers([work for work in alive(works) if work.is_paired])
        await self._targets.read([work for work in alive(works) if work.is_paired], acting=acting)
        await self._contact.find([work for work in alive(works) if work.target is None], holding=acting)
        known = [work for work in alive(works) if work.target is not None]
        await self._records.of_targets(known)
        await self._decisions.merge(known)
        await self._decisions.resolve(alive(works))

    async def _take_off_sales(self, works: Sequence[PairWork]) -> None:
        """Of a count that goes to the shop: what it sold meanwhile is not put back on the shelf."""
        if self._ends.orders is None or self._ends.sales is None or not works:
            return
        sales = UnsettledSales(
            self._sessions, self._ends.terms.id, shop_orders=self._ends.orders, odoo_orders=self._ends.sales
        )
        sold = await sales.quantities()
        for work in works:
            take_off(work, sold)


def _result(ends: Ends, work: PairWork) -> Synced | NotApplied:
    if work.synced is not None:
        return with_other_side(ends, work, work.synced)
    assert work.error is not None
    if isinstance(work.error, LeftAlone):
        return left_alone(ends, work, work.error.message)
    return NotApplied(unit=Unit(job=work.job, operations=[], patch={}), error=work.error, intent=work.intent)
