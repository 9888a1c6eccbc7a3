"""Is the shop's event the echo of our own write, or somebody's edit? One read, no write, no clock.

The record is read and its fingerprint compared with the one agreed last. Equal: nobody changed anything we have not
seen, whoever caused the event. It needs no header, no time window and no delivery id, and is right in any process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.connectors.base import EntityPort, Gone
from app.db.session import SessionMaker
from app.entities.base import Side, State
from app.entities.fingerprint import fingerprint
from app.errors import AppError, Snoozed
from app.queue.store import ClaimedJob
from app.sync.entity_map import Agreed, find_agreed
from app.sync.intents import find_creating

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


async def judge(sessions: SessionMaker, port: EntityPort, jobs: Sequence[ClaimedJob]) -> list[Verdict]:
    """Position by position, one read for the whole batch."""
    ids = [job.native_id for job in jobs]
    held = await port.read(ids)
    async with sessions() as session:
        agreed = await find_agreed(session, link_id=jobs[0].link_id, entity_type=jobs[0].entity_type, shop_ids=ids)
        creating = await find_creating(
            session, link_id=jobs[0].link_id, entity_type=jobs[0].entity_type, side=Side.SHOP
        )
    verdicts: list[Verdict] = []
    for job in jobs:
        snapshot = held[job.native_id]
        state = None if isinstance(snapshot, Gone) else snapshot.state
        known = agreed.get(job.native_id)
        if known is None and state is not None and creating.covers(state):
            # The record we are creating at this moment: its id is not noted yet.
            busy = Snoozed(
                f"{job.entity_type} {job.native_id} is being created by us; judged when that is recorded",
                retry_in=CREATING_RETRY,
                code="being_created",
            )
            verdicts.append(Undecided(job=job, error=busy))
        else:
            verdicts.append(_verdict(job, state, known))
    return verdicts


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
