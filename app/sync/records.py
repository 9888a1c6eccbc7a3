"""States of both sides as records that can be compared: neutral words, the operator's own fields, the target's ids."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import timedelta
from typing import Final, TypeAlias

from app.connectors.base import RecordPort, Snapshot
from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, Record, Side, State
from app.entities.records import FIXED, references
from app.errors import Parked, Retryable
from app.sync.dependencies import call_for
from app.sync.neutral import as_compared, of_sources
from app.sync.pair_work import Ends, PairWork
from app.sync.pairs import find_counterparts, find_left_alone
from app.sync.references import Dangling, Known, dangling, translated, unknown

PEOPLE: Final = EntityType.CUSTOMER
Refs: TypeAlias = Set[tuple[EntityType, str]]


UNFINISHED: Final = timedelta(seconds=2)
"""A shop writes an order's lines within the request that told of it."""


class Records:
    def __init__(self, sessions: SessionMaker, ends: Ends) -> None:
        self._sessions = sessions
        self._ends = ends

    async def of_sources(self, works: Sequence[PairWork], *, calling: bool = True) -> None:
        """Sets `record` and `base`. What depends on records without a pair waits for them (`calling`: they are told
        to come)."""
        said = await of_sources(self._ends, works)
        now = self._compared(works, said, [_state(work.source) for work in works], self._ends.side)
        base = await self._bases(works, self._ends.source, self._ends.side)
        known, alone = await self._known([*now, *base.values()])
        missing: list[tuple[PairWork, list[Dangling]]] = []
        for work, record in zip(works, now, strict=True):
            if not work.alive:
                continue
            lacking = self._lacking(work, record, known, alone)
            if lacking and work.alive:
                missing.append((work, lacking))
            work.unknown = frozenset(unknown(self._ends.entity_type, record, known))
            work.record = translated(self._ends.entity_type, record, known)
            before = base.get(work.native_id)
            work.base = None if before is None else translated(self._ends.entity_type, before, known)
            self._check_complete(work)
        if calling:
            await self._call(missing)

    async def of_targets(self, works: Sequence[PairWork]) -> None:
        """Sets `target_record` and `target_base`, for works that have a target."""
        states = [_state(work.target) for work in works]
        now = await self._records(works, self._ends.target, states, self._ends.target_side)
        base = await self._bases(works, self._ends.target, self._ends.target_side)
        for work, record in zip(works, now, strict=True):
            work.target_record = record
            work.target_base = base.get(work.native_id)

    async def _records(
        self, works: Sequence[PairWork], port: RecordPort, states: Sequence[State], side: Side
    ) -> list[dict[str, Json]]:
        """Position by position."""
        return self._compared(works, await port.to_records(states) if states else [], states, side)

    def _compared(
        self, works: Sequence[PairWork], records: Sequence[Record], states: Sequence[State], side: Side
    ) -> list[dict[str, Json]]:
        """What a plugin fails on is empty, and its work has the error."""
        compared = []
        for work, record, state in zip(works, records, states, strict=True):
            try:
                whole = as_compared(
                    record, state, terms=self._ends.terms, entity_type=self._ends.entity_type, side=side
                )
            except Retryable as error:
                work.error, whole = error, {}
            compared.append(whole)
        return compared

    async def _bases(self, works: Sequence[PairWork], port: RecordPort, side: Side) -> dict[str, dict[str, Json]]:
        """By the source's native id; works whose side was never agreed on are absent."""
        known = [
            (work, state) for work in works if work.pair is not None and (state := work.pair.state(side)) is not None
        ]
        records = await self._records([work for work, _ in known], port, [state for _, state in known], side)
        return {work.native_id: record for (work, _), record in zip(known, records, strict=True)}

    async def _known(self, records: Sequence[Record]) -> tuple[Known, Refs]:
        """Counterparts, and the records whose counterpart was deleted."""
        link_id, side = self._ends.terms.id, self._ends.side
        refs = {ref for record in records for ref in references(self._ends.entity_type, record)}
        known = await self._counterparts(refs)
        known = {**known, **await self._stood_for({number for kind, number in refs - known.keys() if kind is PEOPLE})}
        async with self._sessions.autocommit() as session:
            missing = refs - known.keys()
            return known, await find_left_alone(session, link_id=link_id, side=side, refs=missing)

    async def _counterparts(self, refs: Refs) -> Known:
        async with self._sessions.autocommit() as session:
            return await find_counterparts(session, link_id=self._ends.terms.id, side=self._ends.side, refs=refs)

    async def _stood_for(self, customers: Set[str]) -> Known:
        """Customers without a pair of their own, for whom another one stands: a guest who bought before."""
        if self._ends.people is None or not customers:
            return {}
        held = await self._ends.people.read(sorted(customers))
        others = {number: shot.same_as for number, shot in held.items() if isinstance(shot, Snapshot) and shot.same_as}
        known = await self._counterparts({(PEOPLE, other) for other in others.values()})
        return {(PEOPLE, number): known[PEOPLE, other] for number, other in others.items() if (PEOPLE, other) in known}

    def _lacking(self, work: PairWork, record: Record, known: Known, alone: Refs) -> list[Dangling]:
        """What has to come first. Of a pair, only what can still change counts: what was bought is not written again.

        A reference to an entity type that this link does not sync, or to a record whose other side was deleted, is left
        empty, unless nothing goes without it.
        """
        if work.pair is not None and work.pair.odoo_id is not None:
            fixed = FIXED.get(self._ends.entity_type, frozenset())
            record = {name: value for name, value in record.items() if name not in fixed}
        lacking = []
        for each in dangling(self._ends.entity_type, record, known):
            if (each.entity_type, each.native_id) in alone and not each.required:
                continue
            if self._ends.terms.sync.flows(each.entity_type, self._ends.direction):
                lacking.append(each)
            elif each.required:
                work.error = Parked(
                    f"{self._ends.entity_type} {work.native_id} belongs to {each.entity_type} {each.native_id}, which "
                    f"has no counterpart, and {each.entity_type} is not synced in this direction on this link; switch "
                    "it on, or link the two by hand",
                    code="dependency",
                    field=each.field,
                )
        return lacking

    def _check_complete(self, work: PairWork) -> None:
        """A shop tells of an order while it is still being made."""
        new = work.pair is None or work.pair.odoo_id is None
        if new and "lines" not in work.record and self._ends.entity_type.value == "order" and work.alive:
            work.error = Retryable(
                f"order {work.native_id} has no lines yet; it is looked at again",
                retry_in=UNFINISHED,
                code="incomplete",
            )

    async def _call(self, missing: Sequence[tuple[PairWork, Sequence[Dangling]]]) -> None:
        if not missing:
            return
        waits = await call_for(
            self._sessions,
            missing[0][0].job,
            self._ends.side,
            [(work.job, lacking) for work, lacking in missing],
        )
        for work, _ in missing:
            work.error = waits.get(work.job.id, work.error)


def _state(snapshot: Snapshot | None) -> State:
    assert snapshot is not None
    return snapshot.state
