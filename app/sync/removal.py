"""A record that is gone: what becomes of the other side, under the link's policy. Never more than it says."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from app.connections.sync_settings import OnDelete
from app.connectors.base import Snapshot, Write, Written
from app.db.session import SessionMaker
from app.entities.base import Side
from app.entities.fingerprint import fingerprint
from app.errors import MANY_GONE, ActionRequired, AppError, Parked
from app.queue.models import Outcome
from app.sync.intents import KEYLESS, MAYBE_CREATED, forget_intents
from app.sync.pair_work import Ends, PairWork, Synced, sided
from app.sync.pairs import Pair, PairSides

_REMOVED_LATELY = text(
    """
    SELECT count(*) FROM sync_queue
    WHERE link_id = :link_id AND direction = :direction AND entity_type = :entity_type AND outcome = 'deleted'
      AND processed_at > now() - interval '1 day'
    """
)


class Removals:
    """For works whose source is gone."""

    def __init__(self, sessions: SessionMaker, ends: Ends) -> None:
        self._sessions = sessions
        self._ends = ends
        self._policy = ends.terms.sync.entity(ends.entity_type).on_delete

    async def apply(self, works: Sequence[PairWork]) -> None:
        for work in works:
            if work.pair is None or work.pair.odoo_id is None:
                await self._end_unsynced(work)
            elif work.pair.gone_side is not None:
                # Told of once more, what is left of the other side still stays with the pair.
                both = work.pair.gone_side is not self._ends.side
                self._end(work, Outcome.UNCHANGED, "is gone; the other side was seen to already", drop=both)
        await self._remove([work for work in works if work.alive])

    async def _end_unsynced(self, work: PairWork) -> None:
        """What a create of it may have made was looked for; where that cannot be, a person has to."""
        begun = work.begun
        if begun is not None and begun.natural_key.startswith(KEYLESS) and self._ends.marking is None:
            work.error = Parked(
                f"{self._ends.entity_type} {work.native_id} was deleted, but may have been made on the other side "
                "before, and has nothing to find it by; look there, delete it by hand, and cancel this job",
                code=MAYBE_CREATED,
            )
            return
        if begun is not None:
            async with self._sessions.autocommit() as session:
                await forget_intents(session, self._ends.terms.id, [begun.id])
        self._end(work, Outcome.UNCHANGED, "is gone, and was never synced")

    def describe(self, work: PairWork) -> str:
        """For a preview."""
        return f"is gone; the other side: {self._policy}" if work.pair else "is gone, and was never synced"

    async def _remove(self, works: Sequence[PairWork]) -> None:
        ids = [str(_target_id(work, self._ends)) for work in works]
        held = await self._ends.target.read(ids) if ids else {}
        writing: list[tuple[PairWork, Snapshot]] = []
        for work, number in zip(works, ids, strict=True):
            target = held[number]
            if not isinstance(target, Snapshot):
                self._end(work, Outcome.UNCHANGED, "is gone on both sides", drop=True)
            elif self._policy is OnDelete.UNLINK:
                self._end(work, Outcome.UNCHANGED, "is gone; its pair is forgotten", drop=True)
            elif self._policy.removal is None:
                self._end(work, Outcome.UNCHANGED, "is gone; its other side is left as it is", target=target)
            elif self._edited(work, target):
                work.error = self._edited_meanwhile(work, number)
            else:
                writing.append((work, target))
        writing = await self._within_limit(writing)
        answers = await self._ends.target.write([self._order(*each) for each in writing]) if writing else []
        for (work, target), answer in zip(writing, answers, strict=True):
            self._settle(work, target, answer)

    async def _within_limit(self, writing: Sequence[tuple[PairWork, Snapshot]]) -> list[tuple[PairWork, Snapshot]]:
        """A record rule, another company, another shop of the key: whatever hides all records must not remove them."""
        limit = self._ends.terms.sync.entity(self._ends.entity_type).removals_per_day
        if not writing or not limit:
            return list(writing)
        room = max(limit - await self._removed_lately(), 0)
        for work, _ in writing[room:]:
            work.error = self._many_gone(limit)
        return list(writing[:room])

    async def _removed_lately(self) -> int:
        parameters = {
            "link_id": self._ends.terms.id,
            "direction": self._ends.direction.value,
            "entity_type": self._ends.entity_type.value,
        }
        async with self._sessions.autocommit() as session:
            return int((await session.execute(_REMOVED_LATELY, parameters)).scalar_one())

    def _many_gone(self, limit: int) -> ActionRequired:
        entity_type, side = self._ends.entity_type, self._ends.side
        where = "Odoo" if side is Side.ODOO else "the shop"
        return ActionRequired(
            f"more than {limit} records of {entity_type} were removed within a day because {where} has theirs no more, "
            f"and further ones are gone: nothing more is removed. If they are hidden from this service (a right, a "
            "record rule, the company, the shop of the key), mend that; if they were deleted, raise "
            f"sync.entities.{entity_type}.removals_per_day",
            code=MANY_GONE,
        )

    def _edited(self, work: PairWork, target: Snapshot) -> bool:
        """Only a delete destroys; what is archived can be brought back with its edits."""
        if self._policy is not OnDelete.DELETE or work.pair is None:
            return False
        return work.pair.fingerprint(self._ends.target_side) != fingerprint(target.state)

    def _edited_meanwhile(self, work: PairWork, number: str) -> Parked:
        return Parked(
            f"{self._ends.entity_type} {work.native_id} was deleted, but {number} of the other side was edited since "
            "both were agreed; delete it there by hand, or unlink the pair: its next change makes the first one anew",
            code="deleted_and_edited",
        )

    def _order(self, work: PairWork, target: Snapshot) -> Write:
        return Write(
            ref=target.ref,
            changes={},
            base=target.state,
            operation_id=f"job-{work.job.id}",
            removal=self._policy.removal,
        )

    def _settle(self, work: PairWork, target: Snapshot, answer: Written | AppError) -> None:
        if isinstance(answer, AppError):
            work.error = answer
        elif answer.gone:
            self._end(
                work, Outcome.DELETED, f"is gone; {target.ref.native_id} of the other side was deleted", drop=True
            )
        else:
            stored = Snapshot(ref=answer.ref, state=answer.state)
            self._end(work, Outcome.DELETED, f"is gone; {target.ref.native_id} of the other side was archived", stored)

    def _end(
        self,
        work: PairWork,
        outcome: Outcome,
        said: str,
        target: Snapshot | None = None,
        *,
        drop: bool = False,
    ) -> None:
        """What is left of the other side stays with the pair, so that its events do not bring the record back."""
        pair = work.pair
        work.synced = Synced(
            job=work.job,
            outcome=outcome,
            message=f"{self._ends.entity_type} {work.native_id} {said}",
            side=self._ends.side,
            target_id=pair.native_id(self._ends.target_side) if pair else None,
            drop=pair.shop_id if pair is not None and drop else None,
            pair=None if pair is None or target is None else self._kept(pair, target),
        )

    def _kept(self, pair: Pair, target: Snapshot) -> PairSides:
        assert pair.odoo_id is not None
        odoo_state, shop_state = sided(self._ends.side, None, target.state)
        return PairSides(
            link_id=self._ends.terms.id,
            module=self._ends.terms.module,
            entity_type=self._ends.entity_type,
            odoo_id=pair.odoo_id,
            shop_id=pair.shop_id,
            odoo_state=odoo_state,
            shop_state=shop_state,
            gone_side=self._ends.side,
        )


def _target_id(work: PairWork, ends: Ends) -> str | None:
    return work.pair.native_id(ends.target_side) if work.pair is not None else None
