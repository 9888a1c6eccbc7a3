"""Reverse sync: patches in the shop's words, applied to the shop. One batch of one link and entity type.

resolve (ISO codes → ids) → locate (by id, by what we created before, by natural key) → plan (pure) → announce creates →
write → read back. A patch has no source state to compare with: it is compared with what the shop holds now, and only
fields that differ are written, so that the same event twice writes once and mails nobody twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.connectors.base import Checkpoint, EntityPort, Patch, Resolved, Write, Written
from app.db.session import SessionMaker
from app.entities.base import EntityType, NaturalKey, State
from app.entities.keys import natural_key, parse_key
from app.entities.order import creation_key
from app.errors import AppError, Snoozed
from app.queue.leases import still_ours
from app.queue.models import Outcome
from app.sync.intents import Intent, IntentCheckpoint, open_intent
from app.sync.locate import Locator
from app.sync.plan import Create, Unchanged, Update, plan_patch, sent_of, stored_otherwise
from app.sync.work import Unit, Work, is_native_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """How a unit went well. `before` is what the shop held, `after` what it holds, `written` what we changed.

    `agreed` are the fields on which Odoo and the shop are one now: written, or wanted and found as wanted. The second
    kind counts too: it may be our own write whose answer was lost. `overwritten`: what we wrote into fields that
    somebody in the shop saved again before the read-back.
    """

    unit: Unit
    outcome: Outcome
    native_id: str
    before: State | None
    after: State
    written: frozenset[str]
    agreed: frozenset[str]
    notes: tuple[str, ...]
    overwritten: State = field(default_factory=dict)
    intent: Intent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplied:
    unit: Unit
    error: AppError
    intent: Intent | None = None


Result = Applied | NotApplied


class ReverseSync:
    """One run over one batch; `port` is the shop's for this entity type."""

    def __init__(self, sessions: SessionMaker, port: EntityPort) -> None:
        self._sessions = sessions
        self._port = port
        self._entity_type: EntityType = port.entity_type
        self._locator = Locator(sessions, port)

    async def apply(self, units: Sequence[Unit]) -> list[Result]:
        """Position by position. Raises AppError only for what concerns the whole batch (the shop is down)."""
        works = [Work(unit, self._key_of(unit)) for unit in units]
        await self._resolve(works)
        await self._locator.locate(_alive(works))
        for work in _alive(works):
            self._plan(work)
        await self._check_lease(_alive(works))
        await self._announce(_alive(works))
        return await self._write(works)

    def _key_of(self, unit: Unit) -> NaturalKey | None:
        if not is_native_id(unit.job.native_id):
            return parse_key(self._entity_type, unit.job.native_id)
        key = natural_key(self._entity_type, unit.patch)
        if key is None and self._entity_type is EntityType.ORDER:
            # Named by an id that may not be the shop's: what was made under that name is found by it again.
            by_id = f"id:{unit.job.native_id}"
            key = creation_key(unit.patch, "") if "odoo_reference" in unit.patch else parse_key(EntityType.ORDER, by_id)
        return key

    async def _resolve(self, works: Sequence[Work]) -> None:
        answers = await self._port.resolve([Patch(fields=work.unit.patch) for work in works])
        for work, answer in zip(works, answers, strict=True):
            if isinstance(answer, Resolved):
                work.resolved = answer
                work.key = self._canonical_key(work.key, answer)
            else:
                work.error = answer

    def _plan(self, work: Work) -> None:
        assert work.resolved is not None
        job = work.job
        named = f"with id {job.native_id}" if is_native_id(job.native_id) else f"with {work.key}".replace(":", " ", 1)
        plan = plan_patch(
            entity_type=self._entity_type,
            action=work.unit.action,
            named=named,
            wanted=work.resolved.state,
            found=work.found,
        )
        if isinstance(plan, AppError):
            work.error = plan
        else:
            work.plan = plan
            if isinstance(plan, Create) and is_native_id(job.native_id):
                work.notes = (f"the shop has no {self._entity_type} {job.native_id} and gives new ones its own ids",)

    async def _check_lease(self, works: Sequence[Work]) -> None:
        """Raises `Snoozed` if we stood still for so long that others may have taken the jobs: our plans are old."""
        writing = [work.job for work in works if isinstance(work.plan, Create | Update)]
        if writing and not await still_ours(self._sessions, writing):
            raise Snoozed("the lease ran out before anything was written; whoever has the job now does it", code="busy")

    async def _announce(self, works: Sequence[Work]) -> None:
        for work in works:
            if isinstance(work.plan, Create):
                key = work.key or parse_key(self._entity_type, f"id:{work.job.native_id}")
                try:
                    work.intent = await open_intent(self._sessions, work.job, key)
                except Snoozed as busy:
                    work.error = busy

    def _canonical_key(self, key: NaturalKey | None, resolved: Resolved) -> NaturalKey | None:
        """From the resolved fields where they name the record: one address is one, whoever named its owner how.

        A new order keeps the name its event gave it; the shop has no place for that.
        """
        if self._entity_type is EntityType.ORDER:
            return key
        return natural_key(self._entity_type, resolved.state) or key

    async def _write(self, works: Sequence[Work]) -> list[Result]:
        writing = [work for work in _alive(works) if isinstance(work.plan, Create | Update)]
        answers = await self._port.write([self._order(work) for work in writing]) if writing else []
        written = {id(work): answer for work, answer in zip(writing, answers, strict=True)}
        return [_result(work, written.get(id(work))) for work in works]

    def _order(self, work: Work) -> Write:
        checkpoint: Checkpoint | None = None
        if work.intent is not None:
            checkpoint = IntentCheckpoint(self._sessions, work.intent)
        if isinstance(work.plan, Update):
            return Write(
                ref=work.plan.target.ref,
                changes=work.plan.changes,
                base=work.plan.target.state,
                operation_id=work.unit.operation_id,
            )
        assert isinstance(work.plan, Create)
        return Write(ref=None, changes=work.plan.state, operation_id=work.unit.operation_id, checkpoint=checkpoint)


def _alive(works: Sequence[Work]) -> list[Work]:
    return [work for work in works if work.error is None]


def _result(work: Work, answer: Written | AppError | None) -> Result:
    error = work.error or (answer if isinstance(answer, AppError) else None)
    if error is not None:
        return NotApplied(unit=work.unit, error=error, intent=work.intent)
    notes = (*(work.resolved.notes if work.resolved else ()), *work.notes)
    if isinstance(work.plan, Unchanged):
        target = work.plan.target
        # Our own create whose answer was lost: it is there, and it is ours.
        outcome = Outcome.CREATED if work.intent is not None else Outcome.UNCHANGED
        return Applied(
            unit=work.unit,
            outcome=outcome,
            native_id=target.ref.native_id,
            before=target.state,
            after=target.state,
            written=frozenset(),
            agreed=_found_as_wanted(work, target.state),
            notes=notes,
            intent=work.intent,
        )
    assert isinstance(answer, Written)
    assert isinstance(work.plan, Create | Update)
    changes = work.plan.state if isinstance(work.plan, Create) else work.plan.changes
    created = isinstance(work.plan, Create) or work.intent is not None
    return Applied(
        unit=work.unit,
        outcome=Outcome.CREATED if created else Outcome.WRITTEN,
        native_id=answer.ref.native_id,
        before=work.plan.target.state if isinstance(work.plan, Update) else None,
        after=answer.state,
        written=answer.sent | changes.keys(),
        agreed=answer.sent | changes.keys() | _found_as_wanted(work, answer.state),
        notes=(*notes, *answer.notes, *_otherwise(changes, answer)),
        overwritten=sent_of(changes, answer.overwritten),
        intent=work.intent,
    )


def _found_as_wanted(work: Work, held: State) -> frozenset[str]:
    wanted = work.resolved.state if work.resolved else {}
    return frozenset(name for name, value in wanted.items() if name in held and held[name] == value)


def _otherwise(changes: State, answer: Written) -> list[str]:
    return [
        f"{name}: {wanted!r} was written, and somebody in the shop saved {stored!r} right after"
        if name in answer.overwritten
        else f"{name}: the shop stored {stored!r} where {wanted!r} was written"
        for name, (wanted, stored) in stored_otherwise(changes, answer.state).items()
    ]
