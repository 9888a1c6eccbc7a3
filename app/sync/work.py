"""What is applied in one go (`Unit`), and the same on its way through the steps (`Work`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.connectors.base import Resolved, Snapshot
from app.entities.base import Action, Json, NaturalKey
from app.errors import AppError
from app.queue.store import ClaimedJob
from app.sync.intents import Intent
from app.sync.operations import Operation
from app.sync.plan import Create, Unchanged, Update


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What is applied in one go: the merged patches of a job, or one of them."""

    job: ClaimedJob
    operations: Sequence[Operation]
    patch: dict[str, Json]

    @property
    def action(self) -> Action:
        creates = any(operation.action is Action.CREATED for operation in self.operations)
        return Action.CREATED if creates else Action.UPDATED

    @property
    def operation_id(self) -> str:
        return str(self.operations[-1].operation_id)


@dataclass(slots=True)
class Work:
    """One unit on its way through the steps; `error` ends it."""

    unit: Unit
    key: NaturalKey | None
    resolved: Resolved | None = None
    found: list[Snapshot] = field(default_factory=list)
    plan: Create | Update | Unchanged | None = None
    intent: Intent | None = None
    error: AppError | None = None
    notes: tuple[str, ...] = ()

    @property
    def job(self) -> ClaimedJob:
        return self.unit.job


def is_native_id(text: str) -> bool:
    return text.isascii() and text.isdigit()
