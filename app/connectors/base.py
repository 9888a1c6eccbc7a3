"""What the engine asks of any peer, and what it gets back. Batch-first: a batch of one is the common case.

A port works on *states*: the mapped fields of one record in the peer's own words and in canonical values
(`entities/base.py`), so that two states compare with `==` and the same state always has the same fingerprint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from app.entities.base import Direction, EntityType, Json, NaturalKey, Ref, State
from app.errors import AppError


class Gone(StrEnum):
    """The peer has no such record (never had, deleted, or hidden from us)."""

    MISSING = "missing"


MISSING: Final = Gone.MISSING


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One record as the peer stores it now."""

    ref: Ref
    state: State


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One record to create (`ref` is None) or to change.

    `changes` holds only what has to differ afterwards. `base` is the state just read (None for a create).
    `operation_id` is bound as the call's origin. `checkpoint` is given for creates.
    """

    ref: Ref | None
    changes: State
    operation_id: str
    base: State | None = None
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the peer holds after the write: read back, not what the answer of the write claimed.

    `sent` names the fields that the port set besides the `changes` it was given: defaults of a new record, a state
    that went with its country. They are as much ours as the changes are.
    """

    ref: Ref
    state: State
    notes: tuple[str, ...] = ()
    sent: frozenset[str] = frozenset()


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
class Capability:
    """One cell of the matrix entity type × direction, and how a change is noticed there."""

    entity_type: EntityType
    directions: frozenset[Direction]
    signals: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """What `shopsync connection test` and the API show. `problems` name what is missing and what to do."""

    ok: bool
    kind: str
    version: str | None = None
    details: Mapping[str, Json] = field(default_factory=dict)
    problems: tuple[str, ...] = ()


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
