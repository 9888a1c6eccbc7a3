"""Two-way sync of one batch: look, find the pair, merge, write, remember both sides as they are stored.

Jobs say only that a record may have changed. The source is read (`sources.py`), its references translated
(`records.py`), its peer read or found (`contact.py`), the three-way merge decides per field (`merge.py`), and only what
has to differ is written. A gone source goes its own way (`removal.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from app.connections.sync_settings import ConflictRule, OnDelete
from app.connectors.base import Desired, ImagePort, Resolved, Snapshot, Write, Written
from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, NaturalKey, Side
from app.entities.records import FIXED, MADE_IN_SHOP, record_key
from app.errors import AppError, Parked, Retryable, Snoozed
from app.queue.leases import still_ours
from app.queue.models import Outcome
from app.queue.store import ClaimedJob
from app.sync.breaker import flipping, note_write
from app.sync.conflicts import FORCE, find_decided, find_open, store_conflicts
from app.sync.contact import Contact
from app.sync.custom_fields import one_way, split_custom
from app.sync.intents import KEYLESS, MAYBE_CREATED, IntentCheckpoint, find_intents, open_intents
from app.sync.merge import Rules, Sides, merge
from app.sync.pair_work import TOUCH, Ends, PairWork, Preview, Synced
from app.sync.pairs import PairSides, reserve_pair
from app.sync.plan import differing
from app.sync.records import Records
from app.sync.removal import Removals
from app.sync.reverse import NotApplied
from app.sync.sources import LOOK_AGAIN, Sources, may_come_back
from app.sync.synced import converged, leftover, overwriting, peer_gone, previewed, synced, with_other_side
from app.sync.work import Unit

_UNCOUNTED: Final[Mapping[str, Json]] = {"quantity": "0"}
"""A product that one side has just got from the other has no stock there: that is no count, and takes none away."""
_WINS: Final = {Side.ODOO: ConflictRule.ODOO_WINS, Side.SHOP: ConflictRule.SHOP_WINS}


class TwoWay:
    """One run over one batch of one link, direction and entity type."""

    def __init__(self, sessions: SessionMaker, ends: Ends) -> None:
        self._sessions = sessions
        self._ends = ends
        self._sources = Sources(sessions, ends)
        self._records = Records(sessions, ends)
        self._contact = Contact(sessions, ends)
        self._removals = Removals(sessions, ends)

    async def apply(self, jobs: Sequence[ClaimedJob]) -> list[Synced | NotApplied]:
        """Position by position. Raises AppError only for what concerns the whole batch (a peer is down)."""
        works = [PairWork(job=job) for job in jobs]
        await self._sources.look(works)
        gone = [work for work in _alive(works) if work.gone]
        await self._check_lease(gone)
        await self._removals.apply(gone)
        await self._decide(_alive(works))
        await self._check_lease(_alive(works))
        await self._reserve([work for work in _alive(works) if _is_adopted(work)])
        await self._note_overwritten(_alive(works))
        await self._announce([work for work in _alive(works) if work.target is None])
        await self._write(_alive(works))
        return [_result(self._ends, work) for work in works]

    async def preview(self, jobs: Sequence[ClaimedJob]) -> list[Preview]:
        """What `apply` would do; nothing is locked, written or enqueued."""
        works = [PairWork(job=job) for job in jobs]
        await self._sources.look(works, holding=False)
        await self._decide([work for work in _alive(works) if not work.gone], acting=False)
        return [previewed(self._ends, work, self._removals) for work in works]

    async def _decide(self, works: Sequence[PairWork], *, acting: bool = True) -> None:
        if not works:
            return
        await self._records.of_sources(works, calling=acting)
        self._judge_leftovers([work for work in _alive(works) if _is_paired(work)])
        await self._read_targets([work for work in _alive(works) if _is_paired(work)], acting=acting)
        await self._contact.find([work for work in _alive(works) if work.target is None], holding=acting)
        known = [work for work in _alive(works) if work.target is not None]
        await self._records.of_targets(known)
        await self._merge(known)
        await self._resolve(_alive(works))

    def _judge_leftovers(self, works: Sequence[PairWork]) -> None:
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

    async def _read_targets(self, works: Sequence[PairWork], *, acting: bool) -> None:
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

    async def _merge(self, works: Sequence[PairWork]) -> None:
        link_id, entity_type = self._ends.terms.id, self._ends.entity_type
        shop_ids = [self._shop_id(work) for work in works]
        async with self._sessions() as session:
            waiting = await find_open(session, link_id=link_id, entity_type=entity_type, shop_ids=shop_ids)
            decided = await find_decided(session, link_id=link_id, entity_type=entity_type, shop_ids=shop_ids)
        for work in works:
            assert work.source is not None
            assert work.target is not None
            # What was gone and is there again: meanwhile its other side was archived and perhaps edited, told of by
            # nobody. A first contact, except that being there wins.
            back = work.is_back(self._ends.side)
            source = Sides(
                side=self._ends.side,
                now=work.record,
                base=None if back else work.base,
                at=work.source.modified_at,
            )
            target = Sides(
                side=self._ends.target_side,
                now=work.target_record,
                base=None if back else work.target_base,
                at=work.target.modified_at,
            )
            work.waiting = frozenset(waiting.get(self._shop_id(work), ()))
            work.decided = frozenset(decided.get(self._shop_id(work), ()))
            work.merged = merge(source, target, self._rules(work))
            self._check_same_order(work)

    def _check_same_order(self, work: PairWork) -> None:
        """A reference is no proof: an order of somebody else must not be taken for this one."""
        if self._ends.entity_type is not EntityType.ORDER or _is_paired(work):
            return
        ours, theirs = work.record.get("customer"), work.target_record.get("customer")
        if ours != theirs:
            work.error = Parked(
                f"order {work.native_id} has the reference of an order of the other side, which belongs to customer "
                f"{theirs} and not {ours}; give one another reference, or link them by hand",
                code="other_customer",
            )

    def _rules(self, work: PairWork) -> Rules:
        sync, kind = self._ends.terms.sync, self._ends.entity_type
        against = one_way(sync.mappings_of(kind), self._ends.direction)
        both_ways = sync.flows(kind, self._ends.opposite)
        return Rules(
            # One way only: nothing of the target's goes back, so its own edits give way, and are kept as conflicts.
            rule=sync.rule(kind) if both_ways else _WINS[self._ends.side],
            owners=sync.entity(kind).owners if both_ways else {},
            fixed=FIXED.get(kind, frozenset()) | against | work.unknown,
            touched=work.named(TOUCH),
            forced=work.named(FORCE) | ({"active"} if work.is_back(self._ends.side) else set()),
            open=work.waiting,
            decided=work.decided,
            both_ways=both_ways,
            nothing=_UNCOUNTED if both_ways and kind is EntityType.STOCK else {},
        )

    async def _resolve(self, works: Sequence[PairWork]) -> None:
        """The wanted fields in the target's words; what is so already is left out."""
        writing = [work for work in works if self._wants(work)]
        desired = [self._desired(work) for work in writing]
        answers = await self._ends.target.from_records([each for each, _ in desired]) if desired else []
        for work, (_, raw), answer in zip(writing, desired, answers, strict=True):
            if isinstance(answer, Resolved):
                work.resolved = self._left_to_write(work, answer, raw)
            else:
                work.error = answer
        for work in _alive(works):
            self._judge(work)

    def _wants(self, work: PairWork) -> bool:
        if work.target is not None:
            return bool(work.merged and work.merged.changes)
        made_there = self._ends.target_side is Side.SHOP and self._ends.entity_type in MADE_IN_SHOP
        if self._ends.terms.sync.entity(self._ends.entity_type).create and not made_there:
            return True
        why = "such are made in the shop only" if made_there else "creating is switched off"
        work.synced = Synced(
            job=work.job,
            outcome=Outcome.UNCHANGED,
            message=f"{self._ends.entity_type} {work.native_id} is not on the other side, and {why}",
            side=self._ends.side,
        )
        return False

    def _desired(self, work: PairWork) -> tuple[Desired, dict[str, Json]]:
        mappings = self._ends.terms.sync.mappings_of(self._ends.entity_type)
        against = one_way(mappings, self._ends.direction)
        fields = work.record if work.merged is None else work.merged.changes
        own, raw = split_custom(
            {name: value for name, value in fields.items() if name not in against}, mappings, self._ends.target_side
        )
        return Desired(fields=own, base=work.target.state if work.target else None), raw

    def _left_to_write(self, work: PairWork, answer: Resolved, raw: dict[str, Json]) -> Resolved:
        state = {**answer.state, **raw}
        if work.target is not None:
            state = differing(state, work.target.state)
        return Resolved(state=state, notes=answer.notes)

    def _judge(self, work: PairWork) -> None:
        if work.target is None:
            return
        if work.resolved is None or not work.resolved.state:
            work.synced = converged(self._ends, work)
            return
        recent = work.pair.recent_writes if work.pair is not None else {}
        noted = note_write(recent, self._ends.target_side, work.resolved.state, datetime.now(UTC))
        reason = flipping(noted)
        if reason is not None:
            work.error = Parked(
                f"{self._ends.entity_type} {work.native_id} is parked: {reason}. Mend that, then release the pair",
                code="flipping",
                native_id=self._shop_id(work),
            )
        work.recent_writes = noted

    async def _check_lease(self, works: Sequence[PairWork]) -> None:
        """Raises `Snoozed` if we stood still for so long that others may have taken the jobs: our plans are old."""
        if works and not await still_ours(self._sessions, [work.job for work in works]):
            raise Snoozed("the lease ran out before anything was written; whoever has the job now does it", code="busy")

    async def _note_overwritten(self, works: Sequence[PairWork]) -> None:
        """Before it is overwritten: after a lost answer or a crash both sides look as if they had always agreed."""
        conflicts = [conflict for work in works for conflict in overwriting(self._ends, work)]
        if conflicts:
            async with self._sessions.begin() as session:
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

    async def _announce(self, works: Sequence[PairWork]) -> None:
        """Creates are announced before they are sent. One without a name that was announced before may have happened:
        nobody can look for it, so it is not sent again."""
        keys = {work.native_id: self._intent_key(work) for work in works}
        async with self._sessions() as session:
            known = await find_intents(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                side=self._ends.target_side,
                keys=list(keys.values()),
            )
        for work in works:
            before = known.get(str(keys[work.native_id]))
            if before is not None and not before.closed and self._cannot_look(keys[work.native_id]):
                work.error = Parked(
                    f"{self._ends.entity_type} {work.native_id} may have been made on the other side already, and has "
                    "nothing to find it by; look there, and link the two by hand or delete the half-made one",
                    code=MAYBE_CREATED,
                )
        await self._open([work for work in works if work.alive], keys)

    async def _open(self, works: Sequence[PairWork], keys: Mapping[str, NaturalKey]) -> None:
        wanted = [(work.job, keys[work.native_id]) for work in works]
        opened = await open_intents(self._sessions, wanted, side=self._ends.target_side)
        for work in works:
            work.intent = opened.get(work.job.id)
            if work.intent is None:
                work.error = Snoozed(
                    f"{self._ends.entity_type} {keys[work.native_id]} is being created by another job",
                    code="being_created",
                )

    def _cannot_look(self, key: NaturalKey) -> bool:
        return str(key).startswith(KEYLESS) and self._ends.marking is None

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
            marker=self._ends.marker(work.native_id),
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

    def _shop_id(self, work: PairWork) -> str:
        assert work.target is not None
        return self._ends.shop_id(work.native_id, work.target.ref.native_id)


def _alive(works: Sequence[PairWork]) -> list[PairWork]:
    return [work for work in works if work.alive]


def _is_paired(work: PairWork) -> bool:
    return work.pair is not None and work.pair.odoo_id is not None


def _is_adopted(work: PairWork) -> bool:
    """Found by its name just now. One that takes over an older pair, or that we made ourselves, is nobody else's."""
    return work.target is not None and not _is_paired(work) and work.replaces is None and work.intent is None


def _result(ends: Ends, work: PairWork) -> Synced | NotApplied:
    if work.synced is not None:
        return with_other_side(ends, work, work.synced)
    assert work.error is not None
    return NotApplied(unit=Unit(job=work.job, operations=[], patch={}), error=work.error, intent=work.intent)
