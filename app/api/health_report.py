"""From what was looked at to a judgement: ok, degraded (it works, somebody should look), down. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, Field

from app.api.connection_health import ConnectionHealth, connection_health
from app.api.link_store import Activity
from app.api.link_trouble import Trouble
from app.api.links import PauseView, RefusalView
from app.api.paging import to_view
from app.api.vitals import Silent, Vitals
from app.connections.models import Pause, Refusal
from app.connections.rotation import Sealed
from app.entities.base import EntityType, Side

LATE_AFTER = timedelta(minutes=5)
REFUSALS_COUNT_FOR = timedelta(hours=1)


class Condition(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


class Part(BaseModel):
    status: Condition = Condition.OK
    detail: str | None = Field(None, examples=[None], description="What is wrong, and what it means.")


class MigrationsPart(Part):
    database: str | None = Field(None, examples=["20261121"])
    code: str | None = Field(None, examples=["20261121"])


class WorkersPart(Part):
    alive: int = 0


class QueuePart(Part):
    jobs: dict[str, int] = Field(default_factory=dict, examples=[{"pending": 3, "processing": 1, "failed": 2}])
    held: int = Field(0, description="Pending, but waiting for a person.")
    oldest_due_s: float | None = Field(
        None, description="How long the oldest job has been due that no worker has taken; held and paused ones aside."
    )


class PollingTrouble(BaseModel):
    """Changes of this side are not looked for as they should be."""

    side: Side
    entity_type: EntityType
    error: str | None = Field(description="Why the last look did not end well.")
    overdue_s: float = Field(description="How long the next look has been due; a few seconds are usual.")


class WebhookTrouble(BaseModel):
    """A webhook in the shop does not work, and could not be put right."""

    topic: str = Field(examples=["product.updated"], description="`*`: all of them.")
    problem: str


class LinkHealth(Part):
    slug: str = Field(examples=["boutique"])
    enabled: bool
    pauses: list[PauseView]
    refusals: list[RefusalView] = Field(
        description="Reasons for which webhooks were refused within the last hour; counted since the link exists."
    )
    unanswered: int = Field(description="Operations without an outcome yet.")
    jobs: dict[str, int] = Field(description="Those that are not finished.")
    open_conflicts: int = Field(description="Fields that both sides changed, and that a person has to decide.")
    blocked_pairs: int = Field(description="Pairs that kept flipping and wait for a person, with changes behind them.")
    runs: dict[str, int] = Field(examples=[{"import": 1}], description="Imports, exports, reconciliations under way.")
    documents: dict[str, int] = Field(examples=[{"invoice": 27}], description="What is kept for the portal.")
    polling: list[PollingTrouble] = Field(description="Looks for changes that failed or are late.")
    webhooks: list[WebhookTrouble] = Field(description="Webhooks in the shop that do not work.")
    last_accepted_at: datetime | None
    last_success_at: datetime | None


class Health(BaseModel):
    """`status` is the worst of the parts; Redis, workers, queue and links can only degrade it."""

    status: Condition
    version: str
    database: Part
    secrets: Part = Field(description="Whether this process' SECRET_KEYS open the credentials and webhook secrets.")
    redis: Part
    migrations: MigrationsPart
    workers: WorkersPart
    queue: QueuePart
    connections: list[ConnectionHealth]
    links: list[LinkHealth]


def report(
    *,
    version: str,
    vitals: Vitals | Silent,
    redis: Silent | None,
    seals: Sealed | Silent,
    public_url: str | None = None,
) -> Health:
    """`public_url`: where peers reach this service, if anybody said."""
    known = vitals if isinstance(vitals, Vitals) else None
    links = [] if known is None else [_link(activity, known, public_url) for activity in known.activities]
    health = Health(
        status=Condition.OK,
        version=version,
        database=_database(vitals),
        secrets=_secrets(seals),
        redis=_redis(redis),
        migrations=_migrations(known),
        workers=_workers(known),
        queue=_queue(known),
        connections=_connections(known),
        links=links,
    )
    parts = (health.database, health.secrets, health.redis, health.migrations, health.workers, health.queue, *links)
    health.status = worst([part.status for part in parts])
    return health


def _connections(vitals: Vitals | None) -> list[ConnectionHealth]:
    if vitals is None:
        return []
    names = {each.id: each.name for each in vitals.connections}
    return [connection_health(each, vitals, names) for each in vitals.connections]


def worst(conditions: Sequence[Condition]) -> Condition:
    return max(conditions, key=list(Condition).index, default=Condition.OK)


def _database(vitals: Vitals | Silent) -> Part:
    if isinstance(vitals, Silent):
        return Part(status=Condition.DOWN, detail=f"{vitals.reason}; no webhook can be accepted")
    return Part()


def _secrets(seals: Sealed | Silent) -> Part:
    if isinstance(seals, Silent):
        return Part(status=Condition.DEGRADED, detail="not known")
    if not seals.lost:
        return Part()
    detail = (
        f"no key of SECRET_KEYS opens {', '.join(seals.lost)}: restart this process if the keys were changed, put the "
        "key back, or apply the file again"
    )
    # Without its secret no webhook of a link can be told from a stranger's.
    links = any(name.startswith("link ") for name in seals.lost)
    return Part(status=Condition.DOWN if links else Condition.DEGRADED, detail=detail)


def _redis(redis: Silent | None) -> Part:
    if redis is None:
        return Part()
    effect = "workers find jobs by looking, rate limits are per process; nothing is lost"
    return Part(status=Condition.DEGRADED, detail=f"{redis.reason}; {effect}")


def _migrations(vitals: Vitals | None) -> MigrationsPart:
    if vitals is None:
        return MigrationsPart(status=Condition.DOWN, detail="not known while the database is away")
    schema = vitals.schema
    part = MigrationsPart(database=schema.found, code=schema.needed)
    if schema.behind:
        part.status, part.detail = Condition.DOWN, "run `shopsync migrate`"
    elif schema.found != schema.needed:
        part.detail = "the database is ahead: a newer version is being rolled out"
    return part


def _workers(vitals: Vitals | None) -> WorkersPart:
    if vitals is None or vitals.schema.behind:
        return WorkersPart(status=Condition.DEGRADED, detail="not known")
    if vitals.workers == 0:
        detail = "no worker has been seen for 30 s: webhooks are stored, nothing is written; start `shopsync worker`"
        return WorkersPart(status=Condition.DEGRADED, detail=detail)
    return WorkersPart(alive=vitals.workers)


def _queue(vitals: Vitals | None) -> QueuePart:
    if vitals is None or vitals.schema.behind:
        return QueuePart(status=Condition.DEGRADED, detail="not known")
    part = QueuePart()
    for activity in vitals.activities:
        for status, count in activity.open_jobs.items():
            part.jobs[status] = part.jobs.get(status, 0) + count
    part.held = part.jobs.pop("held", 0)
    due = min((each.due_since for each in vitals.activities if each.due_since is not None), default=None)
    if due is not None:
        waiting = vitals.now - due
        part.oldest_due_s = waiting.total_seconds()
        if waiting > LATE_AFTER:
            part.status = Condition.DEGRADED
            part.detail = "jobs wait longer than 5 minutes for a worker: add workers, or see what they are busy with"
    return part


def _link(activity: Activity, vitals: Vitals, public_url: str | None) -> LinkHealth:
    pauses = [pause for pause in vitals.pauses if pause.link_id == activity.link_id]
    refusals = _recent_refusals(activity, vitals)
    trouble = vitals.trouble(activity.link_id)
    polling = _polling(trouble, vitals)
    status, detail = _link_condition(activity, pauses, refusals, polling, vitals, public_url)
    return LinkHealth(
        status=status,
        detail=detail,
        slug=activity.slug,
        enabled=activity.enabled,
        pauses=[to_view(PauseView, pause) for pause in pauses],
        refusals=[to_view(RefusalView, refusal) for refusal in refusals],
        unanswered=activity.unanswered,
        jobs=activity.open_jobs,
        open_conflicts=trouble.open_conflicts,
        blocked_pairs=trouble.blocked_pairs,
        runs=vitals.holding(activity.link_id).runs,
        documents=vitals.holding(activity.link_id).documents,
        polling=polling,
        webhooks=[
            WebhookTrouble(topic=each.topic, problem=each.problem) for each in trouble.hooks if each.problem is not None
        ],
        last_accepted_at=activity.last_accepted_at,
        last_success_at=activity.last_success_at,
    )


def _link_condition(
    activity: Activity,
    pauses: Sequence[Pause],
    refusals: Sequence[Refusal],
    polling: Sequence[PollingTrouble],
    vitals: Vitals,
    public_url: str | None,
) -> tuple[Condition, str | None]:
    """A link that is switched off is as it should be, and one wrong guess among good webhooks is no trouble."""
    if not activity.enabled:
        return Condition.OK, "switched off"
    said = [f"paused: {pauses[0].reason}"] if pauses else []
    accepted = activity.last_accepted_at
    if refusals and (accepted is None or accepted < vitals.now - REFUSALS_COUNT_FOR):
        said.append(f"every webhook of the last hour was refused: {refusals[0].reason}")
    if polling and not pauses:  # what is paused is not looked for either
        said.append(_said_of(polling[0]))
    trouble = vitals.trouble(activity.link_id)
    said += [*_said_of_webhooks(trouble), *filter(None, [trouble.unheard(public_url)])]
    if trouble.blocked_pairs:
        said.append(f"blocked pairs: {trouble.blocked_pairs} (they kept flipping; mend the cause, then release them)")
    if trouble.open_conflicts:
        said.append(f"open conflicts: {trouble.open_conflicts} (both sides changed the same field; decide them)")
    return (Condition.DEGRADED, "; ".join(said)) if said else (Condition.OK, None)


def _said_of(polling: PollingTrouble) -> str:
    what = f"looking for changes of {polling.entity_type} in {polling.side}"
    return f"{what}: {polling.error}" if polling.error else f"{what} is {polling.overdue_s / 60:.0f} minutes late"


def _said_of_webhooks(trouble: Trouble) -> list[str]:
    """The first one's problem; as a rule the others have the same."""
    broken = [each for each in trouble.hooks if each.problem is not None]
    if not broken:
        return []
    which = "webhooks" if broken[0].topic == "*" else f"webhook {broken[0].topic}"
    others = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
    return [f"{which}{others}: {broken[0].problem}"]


def _polling(trouble: Trouble, vitals: Vitals) -> list[PollingTrouble]:
    """Those that failed first, then those that are late: no worker has come to them."""
    found = [
        PollingTrouble(
            side=watch.side,
            entity_type=watch.entity_type,
            error=watch.error,
            overdue_s=max((vitals.now - watch.next_at).total_seconds(), 0),
        )
        for watch in trouble.watches
        if watch.error is not None or vitals.now - watch.next_at > LATE_AFTER
    ]
    return sorted(found, key=lambda each: each.error is None)


def _recent_refusals(activity: Activity, vitals: Vitals) -> list[Refusal]:
    since = vitals.now - REFUSALS_COUNT_FOR
    return [each for each in vitals.refusals if each.link_id == activity.link_id and each.last_at > since]
