"""Carrying a decision out: still ours, kept for later eyes, announced, written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.connectors.base import ImagePort, Write, Written
from app.db.session import SessionMaker
from app.entities.base import EntityType, NaturalKey
from app.entities.records import record_key
from app.errors import AppError, Parked, Snoozed
from app.queue.leases import still_ours
from app.sync.conflicts import store_conflicts
from app.sync.intents import (
    KEYLESS,
    MAYBE_CREATED,
    Announcement,
    Intent,
    IntentCheckpoint,
    find_intents,
    forget_intents,
    open_intents,
)
from app.sync.markers import SAVED, find_new_markers, marker_of
from app.sync.pair_work import Ends, PairWork, alive
from app.sync.pairs import PairSides, reserve_pair
from app.sync.synced import overwriting, synced


class Writing:
    def __init__(self, sessions: SessionMaker, ends: Ends) -> None:
        self._sessions = sessions
        self._ends = ends

    async def apply(self, works: Sequence[PairWork], *, looked_at: datetime | None = None) -> None:
        """In this order: nothing is written before what a crash would need afterwards is committed. `looked_at`: as
        in `open_intents`."""
        await self.check_lease(works)
        await self._reserve([work for work in works if work.is_adopted])
        await self._note_overwritten(alive(works))
        await self._announce([work for work in alive(works) if work.target is None], looked_at)
        await self._write(alive(works))

    async def check_lease(self, works: Sequence[PairWork]) -> None:
        """Raises `Snoozed` if we stood still for so long that others may have taken the jobs: our plans are old."""
        if works and not await still_ours(self._sessions, [work.job for work in works]):
            raise Snoozed("the lease ran out before anything was written; whoever has the job now does it", code="busy")

    async def _note_overwritten(self, works: Sequence[PairWork]) -> None:
        """Before it is overwritten: after a lost answer or a crash both sides look as if they had always agreed."""
        conflicts = [conflict for work in works for conflict in overwriting(self._ends, work)]
        if conflicts:
            async with self._sessions.autocommit() as session:
                await store_conflicts(session, conflicts)

    async def _reserve(self, works: Sequence[PairWork]) -> None:
        for work in works:
            assert work.target is not None
            number = work.target.ref.native_id
            pair = PairSides(
                link_id=self._ends.terms.id,
                module=self._ends.terms.module,
                entity_type=self._ends.entity_type,
                odoo_id=self._ends.odoo_id(work.native_id, number),
                shop_id=self._ends.shop_id(work.native_id, number),
                odoo_state=None,
                shop_state=None,
            )
            if not await reserve_pair(self._sessions, pair):
                work.error = Snoozed("one of the two was paired with another record a moment ago", code="busy")

    async def _announce(self, works: Sequence[PairWork], looked_at: datetime | None) -> None:
        """Creates are announced before they are sent. One without a name that was announced before may have happened:
        nobody can look for it, so it is not sent again."""
        keys = {work.native_id: self._intent_key(work) for work in works}
        async with self._sessions.autocommit() as session:
            known = await find_intents(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                side=self._ends.target_side,
                keys=list(keys.values()),
            )
            named = {str(keys[work.native_id]): work for work in works} if self._ends.marking is not None else {}
            markers = await find_new_markers(session, self._ends, named, known)
        for work in works:
            before = work.begun or known.get(str(keys[work.native_id]))
            if before is not None and not before.closed and self._cannot_look(before):
                work.error = Parked(
                    f"{self._ends.entity_type} {work.native_id} may have been made on the other side already, and has "
                    "nothing to find it by; look there, and link the two by hand, or delete what is there and retry",
                    code=MAYBE_CREATED,
                )
        await self._open([work for work in works if work.alive], keys, markers, looked_at)

    async def _open(
        self,
        works: Sequence[PairWork],
        keys: Mapping[str, NaturalKey],
        markers: Mapping[str, str],
        looked_at: datetime | None,
    ) -> None:
        announced = [self._announcement(work, keys[work.native_id], markers) for work in works]
        opened = await open_intents(self._sessions, announced, side=self._ends.target_side, looked_at=looked_at)
        for work in works:
            work.intent = opened.get(work.job.id)
            if work.intent is None:
                work.error = Snoozed(
                    f"{self._ends.entity_type} {keys[work.native_id]} is being created by another job",
                    code="being_created",
                )
        await self._forget_former(works)

    def _announcement(self, work: PairWork, key: NaturalKey, markers: Mapping[str, str]) -> Announcement:
        """What an earlier create of the record has noted goes with it under another name."""
        assert work.source is not None
        assert work.resolved is not None
        marker = {SAVED: markers[str(key)]} if str(key) in markers else {}
        return Announcement(
            job=work.job,
            key=key,
            source_state=work.source.state,
            sent=work.resolved.state,
            saved={**(work.begun.saved if work.begun else {}), **marker},
        )

    async def _forget_former(self, works: Sequence[PairWork]) -> None:
        former = [
            work.begun.id
            for work in works
            if work.begun is not None and work.intent is not None and work.intent.id != work.begun.id
        ]
        if former:
            async with self._sessions.autocommit() as session:
                await forget_intents(session, self._ends.terms.id, former)

    def _cannot_look(self, before: Intent) -> bool:
        return before.natural_key.startswith(KEYLESS) and self._ends.marking is None

    def _intent_key(self, work: PairWork) -> NaturalKey:
        key = record_key(self._ends.entity_type, work.record)
        name, _, value = f"{KEYLESS}{self._ends.side}:{work.native_id}".partition(":")
        return key or NaturalKey(entity_type=self._ends.entity_type, name=name, value=value)

    async def _write(self, works: Sequence[PairWork]) -> None:
        orders = [await self._order(work) for work in works]
        sent = [(work, order) for work, order in zip(works, orders, strict=True) if isinstance(order, Write)]
        for work, order in zip(works, orders, strict=True):
            if isinstance(order, AppError):
                work.error = order
        answers = await self._ends.target.write([order for _, order in sent]) if sent else []
        for (work, _), answer in zip(sent, answers, strict=True):
            if isinstance(answer, Written):
                work.synced = synced(self._ends, work, answer)
            else:
                work.error = answer

    async def _order(self, work: PairWork) -> Write | AppError:
        assert work.resolved is not None
        try:
            content = await self._content(work)
        except AppError as error:
            return error
        return Write(
            ref=work.target.ref if work.target else None,
            changes=work.resolved.state,
            base=work.target.state if work.target else None,
            operation_id=f"job-{work.job.id}",
            checkpoint=IntentCheckpoint(self._sessions, work.intent) if work.intent else None,
            marker=marker_of(self._ends, work.native_id, work.intent),
            content=content,
        )

    async def _content(self, work: PairWork) -> bytes | None:
        """The bytes of an image travel only when they have to."""
        if self._ends.entity_type is not EntityType.IMAGE:
            return None
        port = self._ends.source
        wanted = work.merged.changes if work.merged is not None else work.record
        if "content" not in wanted or not isinstance(port, ImagePort):
            return None
        return await port.content(work.native_id)
