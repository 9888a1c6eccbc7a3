"""What to do with one patch, given what the shop holds. Pure: no clock, no network, no database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from app.connectors.base import Snapshot
from app.entities.base import Action, EntityType, Json, State
from app.entities.order import is_handling
from app.errors import NotFound, Parked, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Only the fields that differ."""

    target: Snapshot
    changes: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    target: Snapshot
    notes: tuple[str, ...] = ()


Plan = Create | Update | Unchanged | Rejected


def plan_patch(
    *, entity_type: EntityType, action: Action, named: str, wanted: State, found: Sequence[Snapshot]
) -> Plan:
    """`named` is how the event named the record, for messages. `found`: none, the one, or the candidates."""
    noun = str(entity_type).capitalize()
    if len(found) > 1:
        ids = ", ".join(snapshot.ref.native_id for snapshot in found)
        return Parked(
            f"{noun} {named} is ambiguous: the shop has {len(found)} ({ids}); send the id of the right one",
            code="ambiguous",
        )
    if not found:
        if action is Action.CREATED:
            return Create(state=wanted)
        return NotFound(f"{noun} not found: the shop has no {entity_type} {named}")
    target = found[0]
    if entity_type is EntityType.ORDER and (stranger := _other_customer(wanted, target.state)):
        return Parked(
            f"Order {named} is order {target.ref.native_id} in the shop, but of {stranger}; nothing was changed",
            code="other_customer",
            field="id_customer",
        )
    changes = differing(wanted, target.state)
    if entity_type is EntityType.ORDER:
        # What was bought is never rewritten; a repeated create of an order is its first one. A total that differs goes
        # to the port all the same: it parks the order, the second time as the first.
        changes = {name: value for name, value in changes.items() if is_handling(name) or name == "total_paid"}
    if not changes:
        return Unchanged(target=target)
    return Update(target=target, changes=changes)


def _other_customer(wanted: State, stored: State) -> str | None:
    """Odoo's reference in a message is no proof: an order of somebody else must not be taken for ours."""
    given, held = wanted.get("id_customer"), stored.get("id_customer")
    return None if given is None or given == held else f"customer {held}, not {given}"


def differing(wanted: State, stored: State) -> dict[str, Json]:
    """The wanted fields that the peer holds otherwise, or not at all."""
    return {name: value for name, value in wanted.items() if name not in stored or stored[name] != value}


def agreed_state(
    *, old: State | None, before: State | None, after: State, written: Collection[str], overwritten: State | None = None
) -> dict[str, Json]:
    """The shop's side of what is now agreed, `T0`.

    A field that we wrote is agreed as the shop stored it. One that we did not write keeps what was agreed before, so
    that an edit of the shop's own user which we have not seen still counts as a change when its event comes. At the
    first contact nothing was agreed yet: the record enters as it stood when we read it.

    `overwritten`: what we wrote into fields that somebody saved again before the read-back. That is what was agreed,
    and what they saved is a change of it, also where it is what the field held before.
    """
    agreed: dict[str, Json] = {}
    for name, value in after.items():
        if overwritten is not None and name in overwritten:
            agreed[name] = overwritten[name]
        elif name in written:
            agreed[name] = value
        elif old is not None and name in old:
            agreed[name] = old[name]
        else:
            agreed[name] = before[name] if before is not None and name in before else value
    return agreed


def sent_of(changes: State, overwritten: Collection[str]) -> dict[str, Json]:
    """What we wrote into those fields."""
    return {name: value for name, value in changes.items() if name in overwritten}


def stored_otherwise(changes: State, after: State) -> dict[str, tuple[Json, Json]]:
    """Fields that read back otherwise than written, as (wanted, stored): the shop normalised or refused them."""
    return {name: (value, after[name]) for name, value in changes.items() if name in after and after[name] != value}
