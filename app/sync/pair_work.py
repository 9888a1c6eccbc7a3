"""One record of a batch on its way through the two-way engine (`PairWork`), and how it ended well (`Synced`)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from app.connectors.base import Marking, RecordPort, Resolved, Snapshot
from app.entities.base import Direction, EntityType, Json, Record, Side, State
from app.errors import AppError
from app.queue.models import Outcome
from app.queue.store import ClaimedJob, NewJob
from app.sync.conflicts import FORCE, PairConflict
from app.sync.intents import Intent
from app.sync.merge import Merged
from app.sync.pairs import Pair, PairSides
from app.sync.peers import LinkTerms

_PLAIN: Final = re.compile(r"[A-Za-z0-9-]+", re.ASCII)
_STRANGE: Final = re.compile(r"[^A-Za-z0-9-]+", re.ASCII)
TOUCH = "touch:"
"""Prefix in a job's payload: fields to take as changed in the source. `FORCE` ones win whatever the target holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Where a batch comes from and where it goes. `marking`: the target's peer, if it keeps markers of creates;
    `marked`: the source's.
    `people`: the source's customers. `orders` and `sales`: the shop's and Odoo's orders, where what the shop sold
    counts against Odoo's stock."""

    terms: LinkTerms
    entity_type: EntityType
    side: Side
    source: RecordPort
    target: RecordPort
    marking: Marking | None = None
    marked: Marking | None = None
    people: RecordPort | None = None
    orders: RecordPort | None = None
    sales: RecordPort | None = None

    @property
    def target_side(self) -> Side:
        return self.side.other

    @property
    def direction(self) -> Direction:
        return self.side.outward

    @property
    def opposite(self) -> Direction:
        return self.side.other.outward

    def shop_id(self, source_id: str, target_id: str) -> str:
        return source_id if self.side is Side.SHOP else target_id

    def odoo_id(self, source_id: str, target_id: str) -> str:
        return source_id if self.side is Side.ODOO else target_id

    def marker(self, source_id: str) -> str:
        """In letters that every peer's names may have; `12/31` and `12~31` stay apart."""
        return f"shopsync_{self.terms.slug}.{self.entity_type}_{_named(source_id)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefetched:
    """Records of the source as a bulk listed them, by native id; the listing began at `since`, on our database's
    clock. `records`: those of them that it has put in neutral words already."""

    since: datetime
    snapshots: Mapping[str, Snapshot]
    records: Mapping[str, Record] = field(default_factory=dict)

    def of(self, native_id: str, pair: Pair | None) -> Snapshot | None:
        """None where the record has to be read: it is not among them, or its pair was synced since."""
        synced_at = pair.last_synced_at if pair is not None else None
        return None if synced_at is not None and synced_at >= self.since else self.snapshots.get(native_id)


@dataclass(slots=True, kw_only=True)
class PairWork:
    """`error` or `synced` ends it. Records are in the target's ids; `base` ones are None where nothing was agreed.
    `neutral` is the source in neutral words and its own ids, as its port said it.

    `waiting` are fields with an open conflict, `decided` those whose decision is still to be carried out, `unknown`
    references whose record has no pair. `replaces` is the shop id of an older pair, whose record is gone, that this one
    takes the place of. `unsettled`: the record is less than what the source holds (`PairSides.unsettled`). `begun`: an
    earlier create of this record whose end is not known; `intent`: what this job creates, or an earlier one did.
    """

    job: ClaimedJob
    pair: Pair | None = None
    source: Snapshot | None = None
    gone: bool = False
    neutral: Record | None = None
    record: Record = field(default_factory=dict)
    base: Record | None = None
    unknown: frozenset[str] = frozenset()
    target: Snapshot | None = None
    target_record: Record = field(default_factory=dict)
    target_base: Record | None = None
    waiting: frozenset[str] = frozenset()
    decided: frozenset[str] = frozenset()
    merged: Merged | None = None
    resolved: Resolved | None = None
    recent_writes: Mapping[str, Any] | None = None
    begun: Intent | None = None
    intent: Intent | None = None
    replaces: str | None = None
    unsettled: bool = False
    notes: tuple[str, ...] = ()
    error: AppError | None = None
    synced: Synced | None = None

    @property
    def alive(self) -> bool:
        return self.error is None and self.synced is None

    @property
    def native_id(self) -> str:
        return self.job.native_id

    @property
    def is_paired(self) -> bool:
        return self.pair is not None and self.pair.odoo_id is not None

    @property
    def is_adopted(self) -> bool:
        """Found by its name just now. One that takes over an older pair, or that we made, is nobody else's."""
        return self.target is not None and not self.is_paired and self.replaces is None and self.intent is None

    def shop_id(self, ends: Ends) -> str:
        """Of a work that has a target."""
        assert self.target is not None
        return ends.shop_id(self.native_id, self.target.ref.native_id)

    def named(self, prefix: str) -> frozenset[str]:
        """Fields that the job names with `TOUCH` or `FORCE`."""
        return frozenset(name.removeprefix(prefix) for name in self.job.payload if name.startswith(prefix))

    def is_back(self, side: Side) -> bool:
        """Whether the record on `side`, the source's, counted as gone, so that its other side was removed."""
        return self.pair is not None and self.pair.gone_side is side

    @property
    def insistent(self) -> bool:
        """Whether the job asks for more than a look at what changed."""
        return bool(self.named(TOUCH) or self.named(FORCE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """How a job of a pair ended well, and what `sync/finish.py` stores of it.

    `changes`: {field: {"before": …, "after": …}} of the target, for the timeline. `same`: fields that both sides hold
    alike now. `follow`: jobs that this one makes necessary.
    """

    job: ClaimedJob
    outcome: Outcome
    message: str
    side: Side
    target_id: str | None = None
    pair: PairSides | None = None
    drop: str | None = None
    conflicts: tuple[PairConflict, ...] = ()
    same: frozenset[str] = frozenset()
    follow: tuple[NewJob, ...] = ()
    changes: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    intent: Intent | None = None

    @property
    def odoo_id(self) -> str | None:
        return self.job.native_id if self.side is Side.ODOO else self.target_id

    @property
    def shop_id(self) -> str | None:
        return self.job.native_id if self.side is Side.SHOP else self.target_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a job would do, for `--dry-run`. `changes` as in `Synced`."""

    native_id: str
    target_id: str | None
    outcome: str
    message: str
    changes: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    conflicts: tuple[str, ...] = ()


def _named(source_id: str) -> str:
    """The id itself where it is a plain one."""
    if _PLAIN.fullmatch(source_id):
        return source_id
    digest = hashlib.sha1(source_id.encode(), usedforsecurity=False).hexdigest()[:12]
    return f"{_STRANGE.sub('-', source_id)[:40]}_{digest}"


def sided(side: Side, source: State | None, target: State | None) -> tuple[State | None, State | None]:
    """(Odoo's, the shop's)"""
    return (source, target) if side is Side.ODOO else (target, source)


def alive(works: Sequence[PairWork]) -> list[PairWork]:
    return [work for work in works if work.alive]
