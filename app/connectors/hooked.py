"""A shop whose webhooks are made through its API: what its connector offers, so that they are made and kept alive. Its
`Kind` says so (`makes_webhooks`).

What is there is planned against what should be (`plan`, one read), then carried out step by step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from app.entities.base import EntityType
from app.errors import AppError


@dataclass(frozen=True, slots=True, kw_only=True)
class HookTarget:
    """What the webhooks of one link should be like. `entity_types` are those that go from the shop to Odoo.

    `renew`: topics whose webhook may have an older secret, which no shop shows. `remake`: topics whose webhook is to
    be made anew, because its owner lost his rights.
    """

    slug: str
    url: str
    secret: str = field(repr=False)
    entity_types: frozenset[EntityType]
    renew: frozenset[str] = frozenset()
    remake: frozenset[str] = frozenset()

    @property
    def prefix(self) -> str:
        """By which ours are known among the shop's."""
        return f"shopsync {self.slug}: "


class Act(StrEnum):
    """`wake`: the shop or a person had switched it off. `renew`: it is given the newest secret."""

    MAKE = "make"
    WAKE = "wake"
    MEND = "mend"
    RENEW = "renew"
    REMAKE = "remake"
    REMOVE = "remove"


MISSING_OUT: Final = frozenset({Act.WAKE, Act.MEND, Act.REMAKE})
"""Before these, events may have been lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A webhook as the shop has it. `status`: `active`, `paused` by a person, `disabled` by the shop."""

    native_id: str
    name: str
    topic: str
    status: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One webhook, as it should be or not at all. `act` None: it is as it should be. `why`, for a person."""

    topic: str
    act: Act | None = None
    found: Hook | None = None
    why: tuple[str, ...] = ()


class Webhooks(Protocol):
    def topics(self, entity_types: frozenset[EntityType]) -> tuple[str, ...]:
        """Which are needed to hear of these; no call."""
        ...

    async def plan(self, target: HookTarget) -> list[Step]:
        """A step for each topic that is wanted and for each webhook of ours too many. Raises what the peer raises."""
        ...

    async def carry_out(self, target: HookTarget, steps: Sequence[Step]) -> list[Hook | AppError | None]:
        """Position by position: the webhook as it is now, None for one that is removed."""
        ...


@runtime_checkable
class Hooked(Protocol):
    """A connector of such a shop."""

    @property
    def webhooks(self) -> Webhooks: ...
