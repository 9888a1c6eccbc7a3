"""Which record of the shop an event means: by id, by what we made before, by natural key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.connectors.base import EntityPort, Gone, Patch, Resolved
from app.db.session import SessionMaker
from app.entities.base import EntityType, NaturalKey
from app.errors import Snoozed
from app.queue.leases import relock
from app.sync.intents import Intent, find_intents
from app.sync.operations import find_superseded
from app.sync.work import Work, is_native_id

BUSY_RETRY_NOTE = "another event of the same record is being applied"


class Locator:
    def __init__(self, sessions: SessionMaker, port: EntityPort) -> None:
        self._sessions = sessions
        self._port = port
        self._entity_type: EntityType = port.entity_type

    async def locate(self, works: Sequence[Work]) -> None:
        """By id first; by key what has none, or whose id the shop does not know."""
        named = {work.job.native_id: [work] for work in works if is_native_id(work.job.native_id)}
        await self._read(named)
        by_key = [work for work in works if not work.found and work.key is not None]
        await self._find(by_key)
        # Found under another name than the one the queue serialises by: hold it by its own id, then look again,
        # because whoever held it until now may have changed it after our look.
        renamed: dict[str, list[Work]] = {}
        for work in by_key:
            if len(work.found) == 1:
                shop_id = work.found[0].ref.native_id
                work.found = []
                if await relock(self._sessions, work.job, shop_id):
                    renamed.setdefault(shop_id, []).append(work)
                else:
                    work.error = Snoozed(BUSY_RETRY_NOTE, code="busy")
        for shop_id, held in renamed.items():
            for work in held:
                await self._leave_out_superseded(work, shop_id)
        await self._read(renamed)

    async def _leave_out_superseded(self, work: Work, shop_id: str) -> None:
        """Under its other name the record may have been given newer values already; ours come too late for those."""
        async with self._sessions.autocommit() as session:
            newer = await find_superseded(
                session,
                link_id=work.job.link_id,
                entity_type=self._entity_type,
                entity_id=shop_id,
                operation_ids=[operation.operation_id for operation in work.unit.operations],
            )
        late = sorted(newer & work.unit.patch.keys())
        if not late:
            return
        patch = {name: value for name, value in work.unit.patch.items() if name not in newer}
        [answer] = await self._port.resolve([Patch(fields=patch)])
        if isinstance(answer, Resolved):
            work.resolved = answer
            work.notes = (f"left out, because a later event has set it: {', '.join(late)}",)
        else:
            work.error = answer

    async def _read(self, wanted: Mapping[str, Sequence[Work]]) -> None:
        if not wanted:
            return
        held = await self._port.read(list(wanted))
        for shop_id, works in wanted.items():
            snapshot = held[shop_id]
            for work in works:
                work.found = [] if isinstance(snapshot, Gone) else [snapshot]

    async def _find(self, works: Sequence[Work]) -> None:
        """Several events may name one record alike; all of them get what is found."""
        keyed: dict[NaturalKey, list[Work]] = {}
        for work in works:
            if work.key is not None:
                keyed.setdefault(work.key, []).append(work)
        if not keyed:
            return
        async with self._sessions.autocommit() as session:
            intents = await find_intents(
                session,
                link_id=works[0].job.link_id,
                entity_type=self._entity_type,
                side=works[0].job.side,
                keys=list(keyed),
            )
        if self._entity_type is EntityType.ORDER:
            await self._read(_noted(keyed, intents))
        answers = await self._port.find([key for key, named in keyed.items() if not named[0].found])
        for key, snapshots in answers.items():
            intent = intents.get(str(key))
            for work in keyed[key]:
                work.found = list(snapshots)
                if intent is not None and not intent.closed and intent.job_id == work.job.id:
                    work.intent = intent


def _noted(keyed: Mapping[NaturalKey, list[Work]], intents: Mapping[str, Intent]) -> dict[str, list[Work]]:
    """Orders we made are known by the id we noted, for the shop cannot be asked for their key.

    Only orders: an e-mail address that was one customer's may be another's by now, and the shop knows whose it is.
    """
    found: dict[str, list[Work]] = {}
    for key, works in keyed.items():
        intent = intents.get(str(key))
        if intent is not None and intent.closed and intent.native_id:
            found.setdefault(intent.native_id, []).extend(works)
    return found
