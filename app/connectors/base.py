"""What the engine asks of any peer, and what it gets back. Batch-first: a batch of one is the common case.

A port works on *states*: the mapped fields of one record in the peer's own words and in canonical values
(`entities/base.py`), so that two states compare with `==` and the same state always has the same fingerprint.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from app.entities.base import Direction, EntityType, Json, NaturalKey, Record, Ref, State
from app.errors import AppError


class Gone(StrEnum):
    """`missing`: the peer has no such record (never had, deleted, or hidden from us). `hidden`: it is there and seen,
    and none of those that are kept the same, by its role, say."""

    MISSING = "missing"
    HIDDEN = "hidden"


MISSING: Final = Gone.MISSING
HIDDEN: Final = Gone.HIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One record as the peer stores it now. `modified_at`: aware UTC, None where the peer keeps no such date.

    `modified_by`: the native id of the user who saved it last, where the peer says so. `same_as`: the native id of the
    record that stands for this one, where a peer keeps one person several times.
    """

    ref: Ref
    state: State
    modified_at: datetime | None = None
    modified_by: int | None = None
    same_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Validated fields of a reverse-sync event in the shop's words, partial: an absent field is left alone."""

    fields: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A patch in canonical values of the peer: ISO codes became ids, texts became {language id: text}.

    `notes` say in plain words what was assumed or left out; they go into the operation's answer.
    """

    state: State
    notes: tuple[str, ...] = ()


class Checkpoint(Protocol):
    """Durable notes of a create that takes several calls, kept in the intent row.

    `saved` is what earlier attempts stored; `save` commits before it returns, so that a crash between two calls of one
    create is picked up where it stopped instead of being started again.
    """

    @property
    def saved(self) -> Mapping[str, Json]: ...

    async def save(self, **values: Json) -> None: ...


class Removal(StrEnum):
    """What becomes of a record whose other side is gone. A peer that cannot archive an entity type says so
    (`Rejected`, code `cannot_archive`); it never deletes instead."""

    ARCHIVE = "archive"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One record to create (`ref` is None), to change, or to remove (`removal`).

    `changes` holds only what has to differ afterwards. `base` is the state just read (None for a create).
    `operation_id` is bound as the call's origin. `checkpoint` is given for creates. `marker` names the create for ever,
    in letters, digits, `-`, `_` and `.` (`boutique.customer_67`): where the peer has a place for it (Odoo's external
    id), a second create with the same marker is the first one. `content` are the bytes of an image, where the change
    is one of its content.
    """

    ref: Ref | None
    changes: State
    operation_id: str
    base: State | None = None
    checkpoint: Checkpoint | None = None
    marker: str | None = None
    removal: Removal | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the peer holds after the write: read back, not what the answer of the write claimed.

    `sent` names the fields that the port set besides the `changes` it was given: defaults of a new record, a state
    that went with its country. They are as much ours as the changes are. `overwritten`: those of the changes that
    somebody else saved again before the read-back; what `state` holds there is theirs. `gone`: it was removed, `state`
    is empty.
    """

    ref: Ref
    state: State
    notes: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()
    overwritten: frozenset[str] = frozenset()
    gone: bool = False


class EntityPort(Protocol):
    """Reads and writes one entity type of one peer. A failure of one item never fails its neighbours in `write`."""

    @property
    def entity_type(self) -> EntityType: ...

    async def read(self, ids: Sequence[str]) -> dict[str, Snapshot | Gone]:
        """All of `ids`, in as few calls as the peer allows; every id is a key of the answer."""
        ...

    async def find(self, keys: Sequence[NaturalKey]) -> dict[NaturalKey, list[Snapshot]]:
        """Live records by natural key; every key is in the answer, an empty list means none."""
        ...

    async def resolve(self, patches: Sequence[Patch]) -> list[Resolved | AppError]:
        """Patches in the peer's canonical values, position by position."""
        ...

    async def write(self, writes: Sequence[Write]) -> list[Written | AppError]:
        """Per-item result, position by position, as stored."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a peer's changes were looked at: (moment, id) in the peer's own words. `""` is before everything."""

    moment: str = ""
    native_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Ids of records that may have changed, in cursor order, and the cursor after them."""

    ids: tuple[str, ...]
    cursor: Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """Fields of a record that a peer shall hold, in neutral words; references are ids of that peer already.

    `base` is what it holds now in its own words; None for a new record, which then gets all `fields` there are.
    """

    fields: Record
    base: State | None = None


class RecordPort(EntityPort, Protocol):
    """An entity type that is kept the same on both sides: the port also speaks neutral records.

    A port is made with the names of an operator's own fields, if there are any: they stand in the state, and are taken
    in `changes`, as `extra:<field>`, and are in no record.

    `entities/records.py` says which fields a record has and what their values look like. A record leaves out what
    its side cannot hold (Odoo 19 has no mobile number), and only fields that both sides have are compared.
    """

    async def to_records(self, states: Sequence[State]) -> list[Record]:
        """States in neutral words, position by position. References stay ids of this peer. Look-ups of what seldom
        changes (countries, languages) only, from memory; raises `Retryable` or `ActionRequired` when they fail."""
        ...

    async def from_records(self, wanted: Sequence[Desired]) -> list[Resolved | AppError]:
        """The fields in this peer's words, for `Write.changes`. What it cannot hold is left out with a note; what it
        must not hold is `Rejected` naming the field. `to_records([{**base, **resolved.state}])` has the wanted values.
        """
        ...

    def changed_since(self, cursor: Cursor) -> AsyncIterator[Page]:
        """Everything that may have changed since, oldest first, with overlap; from `Cursor()` on, every record.

        Ids only: the record is read when its job runs. Where the peer keeps no date of changes all ids come, by id.
        """
        ...

    async def native_fields(self) -> Mapping[str, str]:
        """The peer's real fields by name with their type in its own words, for checking an operator's own mappings."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPage:
    """Records with their content, and position by position the cursor behind each: a page may be cut anywhere."""

    snapshots: tuple[Snapshot, ...]
    cursors: tuple[Cursor, ...]


@runtime_checkable
class Listing(Protocol):
    """A port that lists records with their content, so that a bulk sync need not read what it lists."""

    def listed(self, cursor: Cursor) -> AsyncIterator[ListedPage]:
        """Every record behind `cursor`, each as `read` shows it, in an order in which new ones come last. `Cursor()` is
        before the first; other cursors are those of its own pages, never those of `changed_since`."""
        ...


@runtime_checkable
class Counting(Protocol):
    """A port whose peer says how many records there are."""

    async def count(self) -> int: ...


@runtime_checkable
class Selling(Protocol):
    """A port of orders that knows which of them have taken their goods off the shop's stock."""

    def takes_stock(self, state: State) -> bool: ...


@runtime_checkable
class InSteps(Protocol):
    """A port whose creates take several calls. What one that was cut off has made may be less than what was sent, so
    it is completed by the same create once more, and its empty fields are nobody's edit."""

    @property
    def creates_in_steps(self) -> bool: ...


@runtime_checkable
class ImagePort(RecordPort, Protocol):
    async def content(self, native_id: str) -> bytes:
        """The bytes of one image; raises `NotFound`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One cell of the matrix entity type × direction, and how a change is noticed there.

    `directions` in which a change of this peer can go or come. `signals`: what this peer tells by itself
    (`created`, `updated`, `deleted`). `polled`: `changed_since` shows changes by date. `unseen` says in plain words
    which changes neither shows, so that only a reconciliation finds them.
    """

    entity_type: EntityType
    directions: frozenset[Direction]
    signals: frozenset[str] = frozenset()
    polled: bool = False
    unseen: tuple[str, ...] = ()


HEARING: Final = "webhooks"
"""What a report calls a shop's own webhooks, among what the credentials do not let through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """What `shopsync connection test` and the API show. `problems` name what is missing and what to do."""

    ok: bool
    kind: str
    version: str | None = None
    details: Mapping[str, Json] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


@runtime_checkable
class Marking(Protocol):
    """A connector whose peer keeps the marker of a create with the record, so that a repeated create is the first."""

    async def find_marked(self, markers: Sequence[str]) -> Mapping[str, str]:
        """Native ids of the records that creates with these markers made; markers of none are absent."""
        ...

    async def markers_of(self, entity_type: EntityType, native_ids: Sequence[str]) -> Mapping[str, str]:
        """The marker of each of these records that has one, by native id."""
        ...


class Connector(Protocol):
    """One open connection to a peer; made at start-up, closed at shutdown, safe for concurrent use."""

    def port(self, entity_type: EntityType) -> EntityPort:
        """Raises `BadPayload` for an entity type this peer has no port for."""
        ...

    @property
    def capabilities(self) -> Sequence[Capability]: ...

    async def test(self) -> ConnectionReport:
        """Never raises for a peer that is down or refuses: that is what the report is for."""
        ...

    async def aclose(self) -> None: ...
