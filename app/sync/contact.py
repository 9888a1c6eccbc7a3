"""First contact: is the source's record on the other side already? By natural key, never by guess.

None is made where one is found, several park the job with the candidates, and one that belongs to another record is
nobody's to take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.connectors.base import Snapshot
from app.db.session import SessionMaker
from app.entities.base import EntityType, NaturalKey, Side
from app.entities.records import MADE_IN_SHOP, record_key
from app.errors import Parked, Snoozed
from app.queue.leases import relock_all
from app.sync.intents import CREATING_RETRY, KEYLESS, Intent, find_intents, forget_intents
from app.sync.markers import marker_of
from app.sync.other_links import find_of_others
from app.sync.pair_work import Ends, PairWork
from app.sync.pairs import find_half_pairs, find_pairs

SHARING_NAMES: Final = frozenset({EntityType.ADDRESS})
"""Where one name may be two records: a customer's home and office in one house. One that has its pair is not meant."""


class Contact:
    def __init__(self, sessions: SessionMaker, ends: Ends) -> None:
        self._sessions = sessions
        self._ends = ends

    async def find(self, works: Sequence[PairWork], *, holding: bool = True) -> None:
        """Sets `target` where exactly one record is the same; `error` where a person has to say which."""
        keyed = {work.native_id: key for work in works if (key := self._key(work)) is not None}
        found = await self._ends.target.find(sorted(set(keyed.values()), key=str)) if keyed else {}
        found = await self._own(keyed, found)
        taken = await self._taken([one for some in found.values() for one in some])
        for work in works:
            if (key := keyed.get(work.native_id)) is not None:
                free = [one for one in found[key] if taken.get(one.ref.native_id, work.native_id) == work.native_id]
                self._take(work, key, free)
        await self._find_begun(works, keyed, acting=holding)
        adopted = [work for work in works if work.target is not None]
        if holding:
            await self._hold([work for work in adopted if work.alive])
        await self._check_free([work for work in adopted if work.alive])
        self._one_each(works, keyed)

    async def _own(
        self, keyed: Mapping[str, NaturalKey], found: Mapping[NaturalKey, Sequence[Snapshot]]
    ) -> dict[NaturalKey, list[Snapshot]]:
        """Without what another link of this Odoo has: orders of two shops may have one number."""
        if self._ends.entity_type not in MADE_IN_SHOP:
            return {key: list(some) for key, some in found.items()}
        from_odoo = self._ends.side is Side.ODOO
        ids = set(keyed) if from_odoo else {one.ref.native_id for some in found.values() for one in some}
        async with self._sessions.autocommit() as session:
            theirs = await find_of_others(
                session, link_id=self._ends.terms.id, entity_type=self._ends.entity_type, odoo_ids=ids
            )
        foreign = {keyed[number] for number in theirs} if from_odoo else set()
        return {
            key: [one for one in some if key not in foreign and (from_odoo or one.ref.native_id not in theirs)]
            for key, some in found.items()
        }

    async def _find_begun(self, works: Sequence[PairWork], keyed: Mapping[str, NaturalKey], *, acting: bool) -> None:
        """What this record's job began to make in an earlier attempt is its own. Where the peer keeps our marker the
        create is sent again, and completes what is there; elsewhere what is found is taken for it. What an older job of
        the record made before it was parked (an order whose total differed) is completed in the same way."""
        async with self._sessions.autocommit() as session:
            intents = await find_intents(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                side=self._ends.target_side,
                keys=list(keyed.values()),
            )
            if acting:
                former = [work.begun for work in works if work.begun is not None and self._is_former(work, keyed)]
                await forget_intents(session, self._ends.terms.id, [one.id for one in former if not one.saved])
        named = {number: intents.get(str(key)) for number, key in keyed.items()}
        begun = [(work, intent) for work in works if (intent := work.begun or _begun(work, named.get(work.native_id)))]
        marking = self._ends.marking
        markers = [marker_of(self._ends, work.native_id, intent) for work, intent in begun]
        marked = await marking.find_marked(markers) if markers and marking is not None else {}
        owned = await self._owned(list(marked.values()))
        for (work, intent), marker in zip(begun, markers, strict=True):
            if marker in marked:
                work.target, work.error = None, owned.get(marked[marker])
            elif work.target is not None and _is_its_own(work, intent, keyed.get(work.native_id)):
                work.intent = intent
        self._wait_for_others(works, named)

    async def _owned(self, made: Sequence[str]) -> dict[str, Parked]:
        """What our creates made and what is another record's by now: sent again, the create would write over it."""
        async with self._sessions.autocommit() as session:
            taken = await find_pairs(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                side=self._ends.target_side,
                ids=made,
            )
        return {
            number: Parked(
                f"{self._ends.entity_type} {number} of the other side was made of this record, but is paired with "
                f"{pair.native_id(self._ends.side)} by now: merge the two, or unlink that pair and retry",
                code="already_linked",
            )
            for number, pair in taken.items()
        }

    def _is_former(self, work: PairWork, keyed: Mapping[str, NaturalKey]) -> bool:
        """Whether an earlier create was sent under another name than the record has now. It was looked for under that
        name, and has made nothing."""
        assert work.begun is not None
        nameless = work.begun.natural_key.startswith(KEYLESS)
        looked = self._ends.marking is not None or not nameless
        return looked and work.native_id in keyed and work.begun.natural_key != str(keyed[work.native_id])

    def _wait_for_others(self, works: Sequence[PairWork], named: Mapping[str, Intent | None]) -> None:
        """What stands under this name may be what another record's create has made, whose retry looks for it."""
        for work in works:
            intent = named.get(work.native_id)
            if intent is None or intent.closed or not intent.waits or intent.source_id in (None, work.native_id):
                continue
            if work.alive:
                work.error = Snoozed(
                    f"{self._ends.entity_type} {intent.source_id} of the same {intent.natural_key} is being created; "
                    "looked at after it",
                    retry_in=CREATING_RETRY,
                    code="being_created",
                )

    async def _taken(self, found: Sequence[Snapshot]) -> dict[str, str]:
        """Which live record has each of these already, where several may have one name."""
        if self._ends.entity_type not in SHARING_NAMES or not found:
            return {}
        async with self._sessions.autocommit() as session:
            pairs = await find_pairs(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                side=self._ends.target_side,
                ids=[one.ref.native_id for one in found],
            )
        holders = {number: str(pair.native_id(self._ends.side)) for number, pair in pairs.items()}
        gone = await self._gone_holders(list(holders.values()))
        return {
            number: holder
            for number, holder in holders.items()
            if holder not in gone and pairs[number].gone_side is None
        }

    def _key(self, work: PairWork) -> NaturalKey | None:
        return record_key(self._ends.entity_type, work.record)

    def _take(self, work: PairWork, key: NaturalKey, found: Sequence[Snapshot]) -> None:
        if len(found) > 1:
            ids = ", ".join(snapshot.ref.native_id for snapshot in found)
            work.error = Parked(
                f"{self._ends.entity_type} {work.native_id} could be {len(found)} records of the other side by its "
                f"{key}: {ids}. Merge them there, or link the right one by hand",
                code="ambiguous",
            )
        elif found:
            work.target = found[0]

    async def _check_free(self, works: Sequence[PairWork]) -> None:
        ids = [work.target.ref.native_id for work in works if work.target]
        async with self._sessions.autocommit() as session:
            taken = await find_pairs(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                side=self._ends.target_side,
                ids=ids,
            )
        gone = await self._gone_holders([pair.native_id(self._ends.side) for pair in taken.values()])
        for work in works:
            assert work.target is not None
            pair = taken.get(work.target.ref.native_id)
            holder = pair.native_id(self._ends.side) if pair is not None else None
            if pair is None:
                continue
            if holder == work.native_id:
                if work.pair is None and work.replaces is None:
                    # By a job of the other side, after our look at the pairs: what we have read may be older than it.
                    work.error = Snoozed("this record was paired a moment ago; looked at anew", code="busy")
                continue
            if holder in gone or pair.gone_side is not None:
                work.notes += (f"took over from {self._ends.entity_type} {holder}, which is gone (merged or deleted)",)
                work.replaces = pair.shop_id
                continue
            work.error = Parked(
                f"{self._ends.entity_type} {work.native_id} is the same as {work.target.ref.native_id} of the other "
                f"side by its {self._key(work)}, but that one belongs to {holder}: two records with one name. "
                "Merge them, or give one another",
                code="already_linked",
            )

    async def _gone_holders(self, holders: Sequence[str | None]) -> set[str]:
        """Records that hold a pair and do not exist any more: merged into another, or deleted unseen. Or that another
        one stands for by now: a guest who has opened an account."""
        ids = sorted({holder for holder in holders if holder is not None})
        if not ids:
            return set()
        held = await self._ends.source.read(ids)
        return {number for number in ids if not isinstance(shot := held[number], Snapshot) or shot.same_as is not None}

    async def _hold(self, works: Sequence[PairWork]) -> None:
        """From Odoo: hold the shop's record from now on, and look at it again, for whoever held it until now."""
        await self._take_half_pairs(works)
        if self._ends.side is Side.SHOP or not works:
            return
        wanted = [(work.job, work.target.ref.native_id) for work in works if work.target]
        held = await relock_all(self._sessions, wanted)
        fresh = await self._ends.target.read([number for job, number in wanted if job.id in held])
        for work in works:
            assert work.target is not None
            again = fresh.get(work.target.ref.native_id)
            if work.job.id in held and isinstance(again, Snapshot):
                work.target = again
            else:
                work.error = Snoozed("the other side of this record is being worked on", code="busy")

    async def _take_half_pairs(self, works: Sequence[PairWork]) -> None:
        """What reverse sync agreed on of a shop's record counts for the pair that it becomes part of."""
        if self._ends.target_side is not Side.SHOP:
            return
        async with self._sessions.autocommit() as session:
            halves = await find_half_pairs(
                session,
                link_id=self._ends.terms.id,
                entity_type=self._ends.entity_type,
                shop_ids=[work.target.ref.native_id for work in works if work.target],
            )
        for work in works:
            if work.target is not None and work.pair is None:
                work.pair = halves.get(work.target.ref.native_id)

    def _one_each(self, works: Sequence[PairWork], keyed: dict[str, NaturalKey]) -> None:
        """Two records of one batch with the same key are made or adopted one after the other."""
        seen: set[tuple[EntityType, str]] = set()
        for work in works:
            key = keyed.get(work.native_id)
            if not work.alive or key is None:
                continue
            if (key.entity_type, str(key)) in seen:
                work.error = Snoozed(f"another record with the same {key} is being synced", code="busy")
            seen.add((key.entity_type, str(key)))


def _begun(work: PairWork, intent: Intent | None) -> Intent | None:
    """An open one of this name that is this record's: of this job, or of one that was parked."""
    if intent is None or intent.closed or intent.source_id not in (None, work.native_id):
        return None
    return intent if intent.job_id == work.job.id or intent.parked else None


def _is_its_own(work: PairWork, intent: Intent, key: NaturalKey | None) -> bool:
    """What was found under the name that the create was sent with; in the same job, or in a later one of its record."""
    same_record = intent.job_id == work.job.id or intent.source_id == work.native_id
    return same_record and key is not None and intent.natural_key == str(key)
