"""A reconciliation: both sides compared record by record, whoever told or did not tell of changes.

Three stages, each in pages that are read on both sides in one call each: the pairs we know; then what Odoo has and no
pair; then what the shop has and no pair. A page and the cursor behind it are one commit, so that a killed run goes on
where it was. With `fix` every difference that the two-way sync can settle becomes a job like any other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import text

from app.connectors.base import Cursor, RecordPort, Snapshot
from app.db.session import SessionMaker
from app.entities.base import Action, Json, Record, Side, State
from app.entities.fingerprint import fingerprint
from app.entities.records import FIXED, references
from app.queue.store import NewJob
from app.sync.models import DriftKind
from app.sync.neutral import as_compared
from app.sync.pair_work import TOUCH, Ends
from app.sync.pairs import Pair, find_counterparts, find_pairs
from app.sync.references import Known, translated
from app.sync.runs import FoundDrift, Progress

PAGE: Final = 100
PRIORITY: Final = 9
PAIRS_ONLY: Final = "pairs_only"
"""Option of a run: what one side alone has is left where it is."""
STAGES: Final = ("pairs", "odoo", "shop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page: what it found, and the jobs that mend it (none without `fix`)."""

    progress: Progress
    jobs: Sequence[NewJob] = ()


_PAGE_OF_PAIRS = text(
    """
    SELECT id, odoo_id FROM entity_map
    WHERE link_id = :link_id AND entity_type = :entity_type AND odoo_id IS NOT NULL AND gone_side IS NULL
      AND id > :after
    ORDER BY id LIMIT :limit
    """
)


class Reconciliation:
    """`ends` as seen from Odoo: `source` is Odoo's port, `target` the shop's."""

    def __init__(self, sessions: SessionMaker, ends: Ends, *, fix: bool, max_attempts: int) -> None:
        self._sessions = sessions
        self._ends = ends
        self._fix = fix
        self._max_attempts = max_attempts

    async def steps(self, cursor: Mapping[str, Any], *, pairs_only: bool = False) -> AsyncIterator[Step]:
        """From where `cursor` says: `{"stage": "pairs", "after": 17}`, `{"stage": "odoo", "moment": …, "id": …}`."""
        stage = str(cursor.get("stage") or STAGES[0])
        if stage == "pairs":
            async for step in self._pairs(int(cursor.get("after") or 0)):
                yield step
            cursor, stage = {}, "odoo"
        if pairs_only:
            return
        for side in (Side.ODOO, Side.SHOP):
            if STAGES.index(stage) > STAGES.index(side.value) or not self._takes(side):
                continue
            at = Cursor(moment=str(cursor.get("moment") or ""), native_id=str(cursor.get("id") or ""))
            async for step in self._unpaired(side, at if stage == side.value else Cursor()):
                yield step

    def _takes(self, side: Side) -> bool:
        """What this side alone has is drift only where the link would take it to the other."""
        return self._ends.terms.sync.flows(self._ends.entity_type, side.outward)

    async def _pairs(self, after: int) -> AsyncIterator[Step]:
        while True:
            async with self._sessions.autocommit() as session:
                parameters = {
                    "link_id": self._ends.terms.id,
                    "entity_type": self._ends.entity_type.value,
                    "after": after,
                    "limit": PAGE,
                }
                rows = (await session.execute(_PAGE_OF_PAIRS, parameters)).all()
                pairs = await find_pairs(
                    session,
                    link_id=self._ends.terms.id,
                    entity_type=self._ends.entity_type,
                    side=Side.ODOO,
                    ids=[row.odoo_id for row in rows],
                )
            if not rows:
                return
            after = rows[-1].id
            yield await self._compare(list(pairs.values()), {"stage": "pairs", "after": after})

    async def _compare(self, pairs: Sequence[Pair], cursor: Mapping[str, Any]) -> Step:
        odoo = await self._ends.source.read([str(pair.odoo_id) for pair in pairs])
        shop = await self._ends.target.read([pair.shop_id for pair in pairs])
        drifts: list[FoundDrift] = []
        jobs: list[NewJob] = []
        whole: list[tuple[Pair, Snapshot, Snapshot]] = []
        for pair in pairs:
            one, other = odoo[str(pair.odoo_id)], shop[pair.shop_id]
            if isinstance(one, Snapshot) and isinstance(other, Snapshot):
                whole.append((pair, one, other))
                continue
            kind = DriftKind.MISSING_IN_SHOP if isinstance(one, Snapshot) else DriftKind.MISSING_IN_ODOO
            drifts.append(FoundDrift(kind=kind, odoo_id=pair.odoo_id, shop_id=pair.shop_id, fields={}))
            gone = Side.SHOP if kind is DriftKind.MISSING_IN_SHOP else Side.ODOO
            jobs += self._job(gone, str(pair.native_id(gone)), Action.DELETED)
        for pair, one, other, fields in await self._differences(whole):
            moved = self._moved(pair, one, other)
            if fields:
                kind = DriftKind.CONFLICTING if len(moved) == 2 else DriftKind.DIFFERS
                drifts.append(FoundDrift(kind=kind, odoo_id=pair.odoo_id, shop_id=pair.shop_id, fields=fields))
            jobs += self._mending(pair, moved, fields)
        return Step(progress=Progress(cursor=cursor, seen=len(pairs), queued=len(jobs), drifts=drifts), jobs=jobs)

    def _mending(self, pair: Pair, moved: Sequence[Side], fields: Mapping[str, object]) -> list[NewJob]:
        """A job of each side that moved. An edit of a side that nothing is taken from gives way: the other side's job
        says which fields to look at, for its own record has not changed."""
        jobs = [job for side in moved for job in self._job(side, str(pair.native_id(side)), Action.UPDATED)]
        if jobs or not moved or not fields:
            return jobs
        source = Side.ODOO if moved[0] is Side.SHOP else Side.SHOP
        again = self._job(source, str(pair.native_id(source)), Action.UPDATED)
        return [replace(job, payload={f"{TOUCH}{name}": True for name in fields}) for job in again]

    async def _differences(
        self, whole: Sequence[tuple[Pair, Snapshot, Snapshot]]
    ) -> list[tuple[Pair, Snapshot, Snapshot, dict[str, dict[str, Json]]]]:
        """Per pair the fields that the sides hold differently, in neutral words and the shop's ids.

        A difference that was there when both were agreed is none: a shop redraws a picture and cuts a long name.
        """
        pairs = [pair for pair, _, _ in whole]
        odoo = await self._records(self._ends.source, Side.ODOO, [one.state for _, one, _ in whole])
        shop = await self._records(self._ends.target, Side.SHOP, [other.state for _, _, other in whole])
        odoo_base = await self._bases(self._ends.source, Side.ODOO, pairs)
        shop_base = await self._bases(self._ends.target, Side.SHOP, pairs)
        known = await self._counterparts(odoo)
        found = []
        for (pair, one, other), theirs, ours in zip(whole, odoo, shop, strict=True):
            moved = _moved_fields(theirs, odoo_base.get(pair.shop_id, {}))
            moved |= _moved_fields(ours, shop_base.get(pair.shop_id, {}))
            fields = self._fields(translated(self._ends.entity_type, theirs, known), ours, moved)
            found.append((pair, one, other, fields))
        return found

    async def _bases(self, port: RecordPort, side: Side, pairs: Sequence[Pair]) -> dict[str, Record]:
        """By shop id; pairs of which that side was never agreed on are absent."""
        agreed = {pair.shop_id: state for pair in pairs if (state := pair.state(side)) is not None}
        records = await self._records(port, side, list(agreed.values()))
        return dict(zip(agreed, records, strict=True))

    async def _counterparts(self, odoo: Sequence[Record]) -> Known:
        async with self._sessions.autocommit() as session:
            return await find_counterparts(
                session,
                link_id=self._ends.terms.id,
                side=Side.ODOO,
                refs={ref for record in odoo for ref in references(self._ends.entity_type, record)},
            )

    async def _records(self, port: RecordPort, side: Side, states: Sequence[State]) -> list[Record]:
        records = await port.to_records(states) if states else []
        terms, entity_type = self._ends.terms, self._ends.entity_type
        return [
            as_compared(record, state, terms=terms, entity_type=entity_type, side=side)
            for record, state in zip(records, states, strict=True)
        ]

    def _fields(self, odoo: Record, shop: Record, moved: set[str]) -> dict[str, dict[str, Json]]:
        fixed = FIXED.get(self._ends.entity_type, frozenset())
        return {
            name: {"odoo": odoo[name], "shop": shop[name]}
            for name in sorted((odoo.keys() & shop.keys() & moved) - fixed)
            if odoo[name] != shop[name]
        }

    def _moved(self, pair: Pair, odoo: Snapshot, shop: Snapshot) -> list[Side]:
        """The sides on which something changed since both were agreed."""
        now = {Side.ODOO: fingerprint(odoo.state), Side.SHOP: fingerprint(shop.state)}
        return [side for side, seen in now.items() if pair.fingerprint(side) != seen]

    async def _unpaired(self, side: Side, cursor: Cursor) -> AsyncIterator[Step]:
        port = self._ends.source if side is Side.ODOO else self._ends.target
        seen: set[str] = set()
        async for page in port.changed_since(cursor):
            ids = [number for number in page.ids if number not in seen]
            seen.update(ids)
            at = {"stage": side.value, "moment": page.cursor.moment, "id": page.cursor.native_id}
            yield await self._find_unpaired(side, port, ids, at)

    async def _find_unpaired(self, side: Side, port: RecordPort, ids: Sequence[str], cursor: Mapping[str, Any]) -> Step:
        async with self._sessions.autocommit() as session:
            known = await find_pairs(
                session, link_id=self._ends.terms.id, entity_type=self._ends.entity_type, side=side, ids=ids
            )
        # A record that counted as gone and is there again is as good as new.
        unknown = [number for number in ids if number not in known or known[number].gone_side is side]
        held = await port.read(unknown) if unknown else {}
        alone = [number for number in unknown if isinstance(held[number], Snapshot)]
        kind = DriftKind.MISSING_IN_SHOP if side is Side.ODOO else DriftKind.MISSING_IN_ODOO
        drifts = [
            FoundDrift(
                kind=kind,
                odoo_id=number if side is Side.ODOO else None,
                shop_id=number if side is Side.SHOP else None,
                fields={},
            )
            for number in alone
        ]
        jobs = [job for number in alone for job in self._job(side, number, Action.UPDATED)]
        return Step(progress=Progress(cursor=cursor, seen=len(alone), queued=len(jobs), drifts=drifts), jobs=jobs)

    def _job(self, side: Side, native_id: str, action: Action) -> list[NewJob]:
        """Nothing without `fix`, or where this direction is not synced."""
        if not self._fix or not self._takes(side):
            return []
        return [
            bulk_job(self._ends, side, native_id, action, max_attempts=self._max_attempts),
        ]


def _moved_fields(now: Record, base: Record) -> set[str]:
    return {name for name, value in now.items() if name not in base or base[name] != value}


def bulk_job(ends: Ends, side: Side, native_id: str, action: Action, *, max_attempts: int) -> NewJob:
    """Behind everything live."""
    return NewJob(
        link_id=ends.terms.id,
        module=ends.terms.module,
        direction=side.outward,
        entity_type=ends.entity_type,
        side=side,
        native_id=native_id,
        action=action,
        payload={},
        priority=PRIORITY,
        max_attempts=max_attempts,
    )
