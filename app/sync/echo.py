"""Is the shop's event the echo of our own write, or somebody's edit? One read, no write, no clock.

The record is read and its fingerprint compared with the one agreed last. Equal: nobody changed anything we have not
seen, whoever caused the event. It needs no header, no time window and no delivery id, and is right in any process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.connectors.base import EntityPort, Gone
from app.db.session import SessionMaker
from app.entities.base import Direction, Side, State
from app.entities.fingerprint import fingerprint
from app.entities.keys import natural_key
from app.errors import AppError, Snoozed
from app.queue.store import ClaimedJob
from app.queue.waiting import find_retrying
from app.sync.creating import Creating, find_creating
from app.sync.entity_map import Agreed, find_agreed

CREATING_RETRY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    job: ClaimedJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """`changed` names the fields that differ from what was agreed; empty for a record that is new or gone."""

    job: ClaimedJob
    reason: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    job: ClaimedJob
    error: AppError


Verdict = Echo | Genuine | Undecided


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What the database knows about a batch of records."""

    agreed: Mapping[str, Agreed]
    creating: Creating
    retrying: Mapping[str, timedelta]


async def judge(sessions: SessionMaker, port: EntityPort, jobs: Sequence[ClaimedJob]) -> list[Verdict]:
    """Position by position, one read for the whole batch."""
    held = await port.read([job.native_id for job in jobs])
    states = {key: None if isinstance(each, Gone) else each.state for key, each in held.items()}
    async with sessions.autocommit() as session:
        known = await _find_known(session, jobs[0], states)
    verdicts: list[Verdict] = []
    for job in jobs:
        state = states[job.native_id]
        wait = None if state is None else _not_yet(job, state, known)
        verdicts.append(wait or _verdict(job, state, known.agreed.get(job.native_id)))
    return verdicts


async def _find_known(session: AsyncSession, one: ClaimedJob, states: Mapping[str, State | None]) -> _Known:
    """What is under way is asked first and what is agreed last: a create that ends in between is in the second."""
    keys = [natural_key(one.entity_type, state) for state in states.values() if state is not None]
    creating = await find_creating(session, link_id=one.link_id, entity_type=one.entity_type, side=Side.SHOP)
    retrying = await find_retrying(
        session,
        link_id=one.link_id,
        direction=Direction.ODOO_TO_SHOP,
        entity_type=one.entity_type,
        side=Side.SHOP,
        native_ids=[*states, *(str(key) for key in keys if key is not None)],
    )
    agreed = await find_agreed(session, link_id=one.link_id, entity_type=one.entity_type, shop_ids=sorted(states))
    return _Known(agreed=agreed, creating=creating, retrying=retrying)


def _not_yet(job: ClaimedJob, state: State, known: _Known) -> Undecided | None:
    """While a write of ours to this record hangs in the air, nobody can say whose change the shop shows."""
    if job.native_id not in known.agreed and known.creating.covers(state):
        delay = CREATING_RETRY
    else:
        key = natural_key(job.entity_type, state)
        found = known.retrying.get(job.native_id) or known.retrying.get(str(key))
        if found is None:
            return None
        delay = found
    busy = Snoozed(
        f"our own write to {job.entity_type} {job.native_id} is not settled yet; judged after it",
        retry_in=delay,
        code="own_write_open",
    )
    return Undecided(job=job, error=busy)


def _verdict(job: ClaimedJob, state: State | None, known: Agreed | None) -> Verdict:
    noun = f"{job.entity_type} {job.native_id}"
    if state is None:
        return Genuine(job=job, reason=f"{noun} is gone from the shop")
    if known is None or known.shop_state is None:
        return Genuine(job=job, reason=f"{noun} is not known here yet: it is new, or was never synced")
    if fingerprint(state) == known.shop_fingerprint:
        return Echo(job=job)
    changed = tuple(
        sorted(name for name in state.keys() | known.shop_state.keys() if state.get(name) != known.shop_state.get(name))
    )
    return Genuine(job=job, reason=f"{noun} was changed in the shop: {', '.join(changed)}", changed=changed)
