"""What to write to the target, and what to leave: the merge under the link's rules, in the target's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from app.connections.sync_settings import ConflictRule
from app.connectors.base import Desired, Resolved
from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, Side
from app.entities.currency import in_one_currency
from app.entities.records import FIXED, MADE_IN_SHOP
from app.errors import Parked
from app.queue.models import Outcome
from app.sync.breaker import flipping, note_write
from app.sync.conflicts import FORCE, find_decided, find_open
from app.sync.custom_fields import one_way, split_custom
from app.sync.merge import Rules, Sides, merge
from app.sync.pair_work import TOUCH, Ends, PairWork, Synced, alive
from app.sync.plan import differing
from app.sync.synced import converged

_UNCOUNTED: Final[Mapping[str, Json]] = {"quantity": "0"}
"""A product that one side has just got from the other has no stock there: that is no count, and takes none away."""
_WINS: Final = {Side.ODOO: ConflictRule.ODOO_WINS, Side.SHOP: ConflictRule.SHOP_WINS}


class Decisions:
    def __init__(self, sessions: SessionMaker, ends: Ends) -> None:
        self._sessions = sessions
        self._ends = ends

    async def merge(self, works: Sequence[PairWork]) -> None:
        link_id, entity_type = self._ends.terms.id, self._ends.entity_type
        shop_ids = [work.shop_id(self._ends) for work in works]
        async with self._sessions.autocommit() as session:
            waiting = await find_open(session, link_id=link_id, entity_type=entity_type, shop_ids=shop_ids)
            decided = await find_decided(session, link_id=link_id, entity_type=entity_type, shop_ids=shop_ids)
        for work in works:
            assert work.source is not None
            assert work.target is not None
            if revived := _is_revived(work):
                work.record = {**work.record, "active": True}
            ours, theirs, notes = in_one_currency(entity_type, work.record, work.target_record, base=work.base)
            work.notes += notes
            # What was gone and is there again: meanwhile its other side was archived and perhaps edited, told of by
            # nobody. A first contact, except that being there wins.
            back = work.is_back(self._ends.side)
            source = Sides(
                side=self._ends.side,
                now=ours,
                base=None if back else work.base,
                at=work.source.modified_at,
            )
            target = Sides(
                side=self._ends.target_side,
                now=theirs,
                base=None if back else work.target_base,
                at=work.target.modified_at,
            )
            work.waiting = frozenset(waiting.get(work.shop_id(self._ends), ()))
            work.decided = frozenset(decided.get(work.shop_id(self._ends), ()))
            work.merged = merge(source, target, self._rules(work, revived=revived))
            self._check_same_order(work)

    def _check_same_order(self, work: PairWork) -> None:
        """A reference is no proof: an order of somebody else must not be taken for this one."""
        if self._ends.entity_type is not EntityType.ORDER or work.is_paired:
            return
        ours, theirs = work.record.get("customer"), work.target_record.get("customer")
        if ours != theirs:
            work.error = Parked(
                f"order {work.native_id} has the reference of an order of the other side, which belongs to customer "
                f"{theirs} and not {ours}; give one another reference, or link them by hand",
                code="other_customer",
            )

    def _rules(self, work: PairWork, *, revived: bool) -> Rules:
        sync, kind = self._ends.terms.sync, self._ends.entity_type
        against = one_way(sync.mappings_of(kind), self._ends.direction)
        both_ways = sync.flows(kind, self._ends.opposite)
        return Rules(
            # One way only: nothing of the target's goes back, so its own edits give way, and are kept as conflicts.
            rule=sync.rule(kind) if both_ways else _WINS[self._ends.side],
            owners=sync.entity(kind).owners if both_ways else {},
            fixed=FIXED.get(kind, frozenset()) | against | work.unknown,
            touched=work.named(TOUCH),
            forced=work.named(FORCE) | ({"active"} if revived or work.is_back(self._ends.side) else set()),
            open=work.waiting,
            decided=work.decided,
            both_ways=both_ways,
            nothing=_UNCOUNTED if both_ways and kind is EntityType.STOCK else {},
        )

    async def resolve(self, works: Sequence[PairWork]) -> None:
        """The wanted fields in the target's words; what is so already is left out."""
        writing = [work for work in works if self._wants(work)]
        desired = [self._desired(work) for work in writing]
        answers = await self._ends.target.from_records([each for each, _ in desired]) if desired else []
        for work, (_, raw), answer in zip(writing, desired, answers, strict=True):
            if isinstance(answer, Resolved):
                work.resolved = self._left_to_write(work, answer, raw)
            else:
                work.error = answer
        for work in alive(works):
            self._judge(work)

    def _wants(self, work: PairWork) -> bool:
        if work.target is not None:
            return bool(work.merged and work.merged.changes)
        made_there = self._ends.target_side is Side.SHOP and self._ends.entity_type in MADE_IN_SHOP
        if self._ends.terms.sync.entity(self._ends.entity_type).creates(self._ends.target_side) and not made_there:
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
                native_id=work.shop_id(self._ends),
            )
        work.recent_writes = noted


def _is_revived(work: PairWork) -> bool:
    """Whether a record whose side has no archive meets an archived one: it is there, so the other one is to be, too.
    A shop's account that was deleted and opened anew, or a guest who had one."""
    return work.base is None and "active" not in work.record and work.target_record.get("active") is False
