"""Creates whose answer was lost: what they made is found, and is a pair from then on.

The story: a create is sent, the shop makes the customer, the answer is lost. Before the retry a person edits what was
made, or the source, or gives the source another e-mail address. Looked for under the new address it would be made
twice; taken for a stranger of the same name, one of the two edits would lose. So it is paired before anything else, and
what was sent counts as agreed: the merge then decides field by field as of any pair
([0031](../../docs/decisions/0031-a-create-remembers-what-it-sent.md)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy.exc import IntegrityError

from app.connectors.base import InSteps, Snapshot
from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, Record, Side, State
from app.entities.keys import parse_key
from app.entities.records import record_key
from app.errors import Snoozed
from app.sync.intents import KEYLESS, Intent, find_begun, take_over
from app.sync.markers import marker_of
from app.sync.pair_work import Ends, PairWork, sided
from app.sync.pairs import PairSides, find_pairs, store_pairs

_ALIKE: Final = frozenset({"category", "country", "currency", "language", "type"})
"""Fields in which records that have nothing to do with one another are the same."""
_NOTHING: Final[tuple[Json, ...]] = (None, "", "0", [], {})


class Unfinished:
    def __init__(self, sessions: SessionMaker, ends: Ends) -> None:
        self._sessions = sessions
        self._ends = ends

    async def find(self, works: Sequence[PairWork]) -> None:
        """Sets `begun` of works that have no pair."""
        unpaired = [work for work in works if not work.is_paired]
        if not unpaired:
            return
        async with self._sessions.autocommit() as session:
            begun = await find_begun(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                side=self._ends.target_side,
                source_ids=[work.native_id for work in unpaired],
            )
        for work in unpaired:
            work.begun = begun.get(work.native_id)

    async def adopt(self, works: Sequence[PairWork], *, in_steps: bool = False) -> list[PairWork]:
        """Those whose record was found; it is paired by then, and their intent closed. `in_steps`: also what a create
        of several calls has made, which the same create would otherwise complete."""
        begun = {work.native_id: work.begun for work in works if work.begun and work.begun.sent is not None}
        if not begun or (isinstance(self._ends.target, InSteps) and not in_steps):
            return []
        made = await self._free(await self._made(begun))
        pairs = {number: self._pair(number, begun[number], held) for number, held in made.items()}
        return await self._store([work for work in works if work.native_id in pairs], pairs)

    async def _made(self, begun: Mapping[str, Intent]) -> dict[str, Snapshot]:
        """What each create made, by the source's id. Where the peer keeps markers, that is sure."""
        marking = self._ends.marking
        if marking is None:
            return await self._named(begun)
        markers = {number: marker_of(self._ends, number, intent) for number, intent in begun.items()}
        marked = await marking.find_marked(list(markers.values()))
        held = await self._ends.target.read(list(marked.values())) if marked else {}
        shots = {number: held[marked[marker]] for number, marker in markers.items() if marker in marked}
        return {number: shot for number, shot in shots.items() if isinstance(shot, Snapshot)}

    async def _named(self, begun: Mapping[str, Intent]) -> dict[str, Snapshot]:
        """Elsewhere it is what stands there now under the name that was sent, and holds what was sent."""
        keys = {
            number: parse_key(self._ends.entity_type, intent.natural_key)
            for number, intent in begun.items()
            if not intent.natural_key.startswith(KEYLESS)
        }
        found = await self._ends.target.find(sorted(set(keys.values()), key=str)) if keys else {}
        made: dict[str, Snapshot] = {}
        for number, key in keys.items():
            ours = [shot for shot in found[key] if await self._holds(shot, begun[number])]
            if len(ours) == 1:
                made[number] = ours[0]
        return made

    async def _holds(self, shot: Snapshot, intent: Intent) -> bool:
        was, now = await self._ends.target.to_records([_agreed(intent, shot), shot.state])
        return is_what_was_sent(self._ends.entity_type, was, now)

    async def _free(self, made: Mapping[str, Snapshot]) -> dict[str, Snapshot]:
        """Without what belongs to another record by now."""
        if not made:
            return {}
        async with self._sessions.autocommit() as session:
            taken = await find_pairs(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                side=self._ends.target_side,
                ids=[shot.ref.native_id for shot in made.values()],
            )
        return {number: shot for number, shot in made.items() if shot.ref.native_id not in taken}

    def _pair(self, number: str, intent: Intent, held: Snapshot) -> PairSides:
        made = held.ref.native_id
        odoo_state, shop_state = sided(self._ends.side, intent.source_state, _agreed(intent, held))
        return PairSides(
            link_id=self._ends.terms.id,
            module=self._ends.terms.module,
            entity_type=self._ends.entity_type,
            odoo_id=self._ends.odoo_id(number, made),
            shop_id=self._ends.shop_id(number, made),
            odoo_state=odoo_state,
            shop_state=shop_state,
        )

    async def _store(self, works: Sequence[PairWork], pairs: Mapping[str, PairSides]) -> list[PairWork]:
        """The pair and the end of its intent are one. Who finds the intent closed is late: it was somebody else's."""
        if not works:
            return []
        made = {work.begun.id: self._made_id(pairs[work.native_id]) for work in works if work.begun}
        try:
            async with self._sessions.begin() as session:
                ours = await take_over(session, self._ends.terms.id, made)
                adopted = [work for work in works if work.begun and work.begun.id in ours]
                await store_pairs(session, [pairs[work.native_id] for work in adopted])
        except IntegrityError:
            for work in works:
                work.error = Snoozed("one of the two was paired with another record a moment ago", code="busy")
            return []
        for work in adopted:
            assert work.begun is not None
            work.intent = replace(work.begun, closed=True, native_id=made[work.begun.id])
        return adopted

    def _made_id(self, pair: PairSides) -> str:
        return pair.shop_id if self._ends.target_side is Side.SHOP else pair.odoo_id


def is_what_was_sent(entity_type: EntityType, was: Record, now: Record) -> bool:
    """Whether a record under the name of a create is what that made, perhaps edited since, and not another's.

    Nothing is told by what is alike in most records, or by the name itself. An edit is of one field mostly; more may
    differ where half of what was sent is still there.
    """
    telling = [name for name in was if _tells(entity_type, was, name)]
    differing = [name for name in telling if now.get(name) != was[name]]
    return len(differing) <= 1 or 2 * len(differing) <= len(telling)


def _tells(entity_type: EntityType, was: Record, name: str) -> bool:
    if name in _ALIKE or isinstance(was[name], bool) or was[name] in _NOTHING:
        return False
    return record_key(entity_type, {**was, name: None}) == record_key(entity_type, was)


def _agreed(intent: Intent, held: Snapshot) -> State:
    """What was sent, and what the peer gave the new record of itself. A list that is not there is not agreed on: some
    are written after the create (`connectors/odoo/writing.py`), which may have been cut off before it."""
    assert intent.sent is not None
    missing = {
        name for name, value in intent.sent.items() if isinstance(value, list) and value and not held.state.get(name)
    }
    return {name: value for name, value in {**held.state, **intent.sent}.items() if name not in missing}
