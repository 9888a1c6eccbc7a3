"""How a two-way job that went well ends: what is agreed of each side, what follows, what the timeline says. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from app.connectors.base import Written
from app.entities.base import Action, Json, State
from app.queue.models import Outcome
from app.queue.store import NewJob
from app.sync.conflicts import PairConflict
from app.sync.pair_work import TOUCH, Ends, PairWork, Preview, Synced, sided
from app.sync.pairs import PairSides
from app.sync.plan import agreed_state, sent_of, stored_otherwise
from app.sync.removal import Removals


def synced(ends: Ends, work: PairWork, written: Written) -> Synced:
    """Written: the target is agreed as it stored it, but for what its own user changed: what we did not write, and what
    they saved after us. The latter follows by a job of its own, for its event may have been lost."""
    assert work.resolved is not None
    before = work.target.state if work.target is not None else None
    sent = written.sent | work.resolved.state.keys()
    made = work.target is None or work.intent is not None
    number = written.ref.native_id
    verb = "created" if made else "updated"
    return Synced(
        job=work.job,
        outcome=Outcome.CREATED if made else Outcome.WRITTEN,
        message=f"{ends.entity_type} {number} {verb} on the other side: {', '.join(sorted(work.resolved.state))}",
        side=ends.side,
        target_id=number,
        pair=_agreed(ends, work, number, before, written.state, sent, written.overwritten),
        drop=_replaced(ends, work, number),
        conflicts=_conflicts(ends, work, number),
        same=_same(work) | (work.waiting & (work.merged.changes.keys() if work.merged else frozenset())),
        follow=_back(ends, work, number, saved_after=bool(written.overwritten)),
        changes=_shown(before or {}, written.state, sent),
        notes=(*work.notes, *work.resolved.notes, *written.notes, *_surprises(work, before, written, sent)),
        intent=work.intent,
    )


def converged(ends: Ends, work: PairWork) -> Synced:
    """Something changed, and there is nothing left to write."""
    assert work.target is not None
    number = work.target.ref.native_id
    state = work.target.state
    outcome, said = Outcome.CONVERGED, "holds what is wanted already"
    if work.intent is not None:
        # Our own create whose answer was lost.
        outcome, said = Outcome.CREATED, "was created by an attempt whose answer was lost"
    elif work.merged is not None and work.merged.conflicts:
        said = "differs in " + ", ".join(each.name for each in work.merged.conflicts) + "; see the conflicts"
    return Synced(
        job=work.job,
        outcome=outcome,
        message=f"{ends.entity_type} {number} of the other side {said}",
        side=ends.side,
        target_id=number,
        pair=_agreed(ends, work, number, state, state, ()),
        drop=_replaced(ends, work, number),
        conflicts=_conflicts(ends, work, number),
        same=_same(work),
        follow=_back(ends, work, number),
        notes=(*work.notes, *(work.resolved.notes if work.resolved else ())),
        intent=work.intent,
    )


def left_alone(ends: Ends, work: PairWork, why: str) -> Synced:
    """The other side does not want it; asked again, it says the same."""
    return Synced(job=work.job, outcome=Outcome.UNCHANGED, message=why, side=ends.side, intent=work.intent)


def leftover(ends: Ends, work: PairWork) -> Synced:
    """An edit of what is left of a pair: remembered, and taken nowhere."""
    assert work.pair is not None
    assert work.source is not None
    assert work.pair.odoo_id is not None
    target_id = work.pair.native_id(ends.target_side)
    odoo_state, shop_state = sided(ends.side, work.source.state, None)
    return Synced(
        job=work.job,
        outcome=Outcome.UNCHANGED,
        message=f"{ends.entity_type} {work.native_id} was edited; its other side, {target_id}, was deleted before",
        side=ends.side,
        target_id=target_id,
        pair=PairSides(
            link_id=ends.terms.id,
            module=ends.terms.module,
            entity_type=ends.entity_type,
            odoo_id=work.pair.odoo_id,
            shop_id=work.pair.shop_id,
            odoo_state=odoo_state,
            shop_state=shop_state,
            gone_side=work.pair.gone_side,
        ),
    )


def peer_gone(ends: Ends, work: PairWork) -> Synced:
    """The other record vanished and nobody told us: its own job says what the policy makes of it."""
    assert work.pair is not None
    number = str(work.pair.native_id(ends.target_side))
    return Synced(
        job=work.job,
        outcome=Outcome.UNCHANGED,
        message=f"{ends.entity_type} {number} of the other side is gone; that is seen to first",
        side=ends.side,
        target_id=number,
        follow=(_follow(ends, work, number, Action.DELETED, {}),),
    )


def with_other_side(ends: Ends, work: PairWork, ended: Synced) -> Synced:
    """A delete was told of a record that is there all the same. Jobs of the other side that ended because of that
    delete (`peer_gone`) are owed another look."""
    told_in_vain = work.job.action is Action.DELETED and not work.gone
    if not told_in_vain or work.pair is None or not ends.terms.sync.flows(ends.entity_type, ends.opposite):
        return ended
    number = work.pair.native_id(ends.target_side)
    if number is None:
        return ended
    return replace(ended, follow=(*ended.follow, _follow(ends, work, number, Action.UPDATED, {})))


def previewed(ends: Ends, work: PairWork, removals: Removals) -> Preview:
    target_id = work.target.ref.native_id if work.target is not None else None
    if work.gone:
        return Preview(native_id=work.native_id, target_id=target_id, outcome="gone", message=removals.describe(work))
    if work.error is not None:
        return Preview(
            native_id=work.native_id, target_id=target_id, outcome=work.error.code, message=work.error.message
        )
    if work.synced is not None:
        outcome, message = work.synced.outcome.value, work.synced.message
        changes: Mapping[str, Mapping[str, Json]] = {}
    else:
        assert work.resolved is not None
        before = work.target.state if work.target is not None else {}
        changes = {
            name: {"before": before.get(name), "after": value} for name, value in sorted(work.resolved.state.items())
        }
        outcome = "would_create" if work.target is None else "would_write"
        message = f"{len(changes)} field{'' if len(changes) == 1 else 's'} would be written"
    return Preview(
        native_id=work.native_id,
        target_id=target_id or (work.synced.target_id if work.synced else None),
        outcome=outcome,
        message=message,
        changes=changes,
        conflicts=tuple(each.name for each in work.merged.conflicts) if work.merged else (),
    )


def _agreed(
    ends: Ends,
    work: PairWork,
    number: str,
    before: State | None,
    after: State,
    sent: Collection[str],
    overwritten: Collection[str] = (),
) -> PairSides:
    assert work.source is not None
    ours = sent_of(work.resolved.state, overwritten) if work.resolved is not None else {}
    old = work.pair.state(ends.target_side) if work.pair is not None else None
    if _holds_only_ours(work):
        old = before
    target = agreed_state(old=old, before=before, after=after, written=sent, overwritten=ours)
    odoo_state, shop_state = sided(ends.side, work.source.state, target)
    return PairSides(
        link_id=ends.terms.id,
        module=ends.terms.module,
        entity_type=ends.entity_type,
        odoo_id=ends.odoo_id(work.native_id, number),
        shop_id=ends.shop_id(work.native_id, number),
        odoo_state=odoo_state,
        shop_state=shop_state,
        recent_writes=work.recent_writes,
        unsettled=work.unsettled,
    )


def _holds_only_ours(work: PairWork) -> bool:
    """Whether all that the target holds otherwise than agreed is what the source holds too, or is overwritten now.

    It may be our own write whose answer was lost. Not agreed on, it would pass for an edit of the target's own user,
    and win over the source's next one.
    """
    if work.target_base is None:
        return False
    base, written = work.target_base, work.merged.changes if work.merged is not None else {}
    moved = {name: now for name, now in work.target_record.items() if name not in base or base[name] != now}
    return all(name in written or work.record.get(name, now) == now for name, now in moved.items())


def _replaced(ends: Ends, work: PairWork, number: str) -> str | None:
    """The shop id of an older pair of one of these two records."""
    shop_id = ends.shop_id(work.native_id, number)
    older = work.replaces or (work.pair.shop_id if work.pair is not None else None)
    return older if older != shop_id else None


def overwriting(ends: Ends, work: PairWork) -> tuple[PairConflict, ...]:
    """What the write to come decides against the target's value, so that it is known whatever becomes of the answer."""
    if work.target is None:
        return ()
    found = _conflicts(ends, work, work.target.ref.native_id)
    return tuple(each for each in found if each.conflict.winner is ends.side)


def _conflicts(ends: Ends, work: PairWork, number: str) -> tuple[PairConflict, ...]:
    return tuple(
        PairConflict(
            link_id=ends.terms.id,
            entity_type=ends.entity_type,
            odoo_id=ends.odoo_id(work.native_id, number),
            shop_id=ends.shop_id(work.native_id, number),
            source_side=ends.side,
            rule=ends.terms.sync.rule(ends.entity_type).value,
            conflict=each,
        )
        for each in (work.merged.conflicts if work.merged is not None else ())
    )


def _same(work: PairWork) -> frozenset[str]:
    return frozenset(name for name in work.waiting if work.record.get(name) == work.target_record.get(name))


def _back(ends: Ends, work: PairWork, number: str, *, saved_after: bool = False) -> tuple[NewJob, ...]:
    """The target's value won, or somebody saved one there after us: it goes back by a job of its own."""
    back = work.merged.back if work.merged is not None else ()
    if not (back or saved_after) or not ends.terms.sync.flows(ends.entity_type, ends.opposite):
        return ()
    return (_follow(ends, work, number, Action.UPDATED, {f"{TOUCH}{name}": True for name in back}),)


def _follow(ends: Ends, work: PairWork, number: str, action: Action, payload: dict[str, Json]) -> NewJob:
    return NewJob(
        link_id=ends.terms.id,
        module=ends.terms.module,
        direction=ends.opposite,
        entity_type=ends.entity_type,
        side=ends.target_side,
        native_id=number,
        action=action,
        payload=payload,
        max_attempts=work.job.max_attempts,
        traceparent=work.job.traceparent,
    )


def _shown(before: State, after: State, sent: Collection[str]) -> dict[str, Mapping[str, Json]]:
    return {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in sorted(sent)
        if before.get(name) != after.get(name)
    }


def _surprises(work: PairWork, before: State | None, written: Written, sent: Collection[str]) -> list[str]:
    """Where the read-back is not what was expected."""
    assert work.resolved is not None
    after = written.state
    notes = [
        f"{name}: {wanted!r} was written, and somebody saved {stored!r} right after"
        if name in written.overwritten
        else f"{name}: {wanted!r} was written and {stored!r} is stored"
        for name, (wanted, stored) in stored_otherwise(work.resolved.state, after).items()
    ]
    if before is not None:
        moved = sorted(name for name in before.keys() & after.keys() - set(sent) if before[name] != after[name])
        notes += [f"{name} changed there between our look and our write; its own event follows" for name in moved]
    return notes
