"""Create intents: a create is announced in the database before it is sent, so that it happens once.

The story they prevent: the worker sends a create, the shop makes the customer, the worker dies before it can write the
id down. The retry finds the open intent and looks in the shop by natural key (or by the saved cart) before it sends
anything; and a webhook about the new customer that arrives meanwhile finds the intent and waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, NaturalKey, Side, State
from app.entities.keys import natural_key
from app.errors import Retryable, Snoozed
from app.queue.store import ClaimedJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """`parked`: the job that holds it waits for a person, and may have made its record."""

    link_id: int
    id: int
    natural_key: str
    job_id: int
    saved: Mapping[str, Json]
    native_id: str | None
    closed: bool
    parked: bool = False


# A closed intent is taken over: the record it once made is gone, or it would have been found and not created again.
_OPEN = text(
    """
    INSERT INTO create_intents AS i (link_id, entity_type, side, natural_key, job_id)
    VALUES (:link_id, :entity_type, :side, :natural_key, :job_id)
    ON CONFLICT (link_id, entity_type, side, natural_key) DO UPDATE SET
        job_id = excluded.job_id, opened_at = now(), closed_at = NULL, native_id = NULL,
        saved = CASE WHEN i.closed_at IS NULL THEN i.saved ELSE '{}'::jsonb END
    WHERE i.closed_at IS NOT NULL OR i.job_id = excluded.job_id
       OR NOT EXISTS (SELECT 1 FROM sync_queue q WHERE q.link_id = i.link_id AND q.id = i.job_id
                      AND q.status = 'processing')
    RETURNING link_id, id, natural_key, job_id, saved, native_id, closed_at
    """
)
_OPEN_ALL = text(
    """
    INSERT INTO create_intents AS i (link_id, entity_type, side, natural_key, job_id, saved)
    SELECT :link_id, :entity_type, :side, natural_key, job_id, CAST(saved AS jsonb)
    FROM unnest(CAST(:keys AS text[]), CAST(:job_ids AS bigint[]), CAST(:saved AS text[]))
      AS new(natural_key, job_id, saved)
    ORDER BY natural_key
    ON CONFLICT (link_id, entity_type, side, natural_key) DO UPDATE SET
        job_id = excluded.job_id, opened_at = now(), closed_at = NULL, native_id = NULL,
        saved = CASE WHEN i.closed_at IS NULL THEN i.saved ELSE excluded.saved END
    WHERE i.closed_at IS NOT NULL OR i.job_id = excluded.job_id
       OR NOT EXISTS (SELECT 1 FROM sync_queue q WHERE q.link_id = i.link_id AND q.id = i.job_id
                      AND q.status = 'processing')
    RETURNING link_id, id, natural_key, job_id, saved, native_id, closed_at
    """
)
_FIND = text(
    """
    SELECT i.link_id, i.id, i.natural_key, i.job_id, i.saved, i.native_id, i.closed_at,
           EXISTS (SELECT 1 FROM sync_queue q WHERE q.link_id = i.link_id AND q.id = i.job_id
                   AND q.status = 'parked') AS parked
    FROM create_intents i
    WHERE i.link_id = :link_id AND i.entity_type = :entity_type AND i.side = :side
      AND i.natural_key = ANY(CAST(:keys AS text[]))
    """
)
_SAVE = text("UPDATE create_intents SET saved = saved || CAST(:values AS jsonb) WHERE link_id = :link_id AND id = :id")
_CLOSE = text(
    """
    UPDATE create_intents i SET closed_at = now(), native_id = done.native_id
    FROM unnest(CAST(:link_ids AS bigint[]), CAST(:ids AS bigint[]), CAST(:native_ids AS text[]))
      AS done(link_id, id, native_id)
    WHERE i.link_id = done.link_id AND i.id = done.id
      AND (done.native_id IS NOT NULL OR i.saved = '{}'::jsonb)
    """
)
KEYLESS = "from:"
"""Begins the key of a create whose record has no natural key: `from:odoo:5`."""
MAYBE_CREATED = "maybe_created"
"""Code of a job that is parked because its keyless create may have happened: a person looks, and nothing else can."""

# Only while the job that holds it is at work or waiting for its next attempt; or for a person, who has to say which of
# the new records it made, or to mend the one that it did make (an order whose total differs).
_OPEN_ONES = text(
    """
    SELECT i.natural_key, i.saved, i.job_id, q.status = 'parked' AS parked FROM create_intents i
    JOIN sync_queue q ON q.link_id = i.link_id AND q.id = i.job_id
    WHERE i.link_id = :link_id AND i.entity_type = :entity_type AND i.side = :side AND i.closed_at IS NULL
      AND (q.status IN ('pending', 'processing') OR (:parked_too AND q.status = 'parked'))
    """
)


async def open_intent(sessions: SessionMaker, job: ClaimedJob, key: NaturalKey) -> Intent:
    """Committed on return. Raises `Snoozed` while another job is creating the same record."""
    parameters = {
        "link_id": job.link_id,
        "entity_type": job.entity_type.value,
        "side": job.side.value,
        "natural_key": str(key),
        "job_id": job.id,
    }
    async with sessions.autocommit() as session:
        row = (await session.execute(_OPEN, parameters)).one_or_none()
    if row is None:
        raise Snoozed(f"{job.entity_type} {key} is being created by another job", code="being_created")
    return _intent(row)


async def open_intents(
    sessions: SessionMaker,
    wanted: Sequence[tuple[ClaimedJob, NaturalKey]],
    *,
    side: Side,
    notes: Mapping[str, Mapping[str, Json]],
) -> dict[int, Intent]:
    """`open_intent` for a batch, whose keys differ, in one statement; by job id. An absent one is being created by
    another job. `notes`: what is saved from the start, by natural key as text."""
    if not wanted:
        return {}
    first = wanted[0][0]
    parameters = {
        "link_id": first.link_id,
        "entity_type": first.entity_type.value,
        "side": side.value,
        "keys": [str(key) for _, key in wanted],
        "job_ids": [job.id for job, _ in wanted],
        "saved": [orjson.dumps(notes.get(str(key), {})).decode() for _, key in wanted],
    }
    async with sessions.autocommit() as session:
        rows = (await session.execute(_OPEN_ALL, parameters)).all()
    return {row.job_id: _intent(row) for row in rows}


async def find_intents(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side, keys: Sequence[NaturalKey]
) -> dict[str, Intent]:
    """By natural key as text."""
    if not keys:
        return {}
    rows = await session.execute(
        _FIND,
        {
            "link_id": link_id,
            "entity_type": entity_type.value,
            "side": side.value,
            "keys": [str(key) for key in keys],
        },
    )
    return {row.natural_key: replace(_intent(row), parked=row.parked) for row in rows}


async def close_intents(session: AsyncSession, done: Sequence[tuple[Intent, str | None]]) -> None:
    """In the transaction that records the result.

    A create that ended without an id and has noted something (a cart) stays open: it may have made its record.
    """
    if not done:
        return
    await session.execute(
        _CLOSE,
        {
            "link_ids": [intent.link_id for intent, _ in done],
            "ids": [intent.id for intent, _ in done],
            "native_ids": [native_id for _, native_id in done],
        },
    )


class Creating:
    """What is being created on one side right now and not recorded yet."""

    def __init__(self, entity_type: EntityType, rows: Sequence[tuple[str, Mapping[str, Json]]]) -> None:
        self._entity_type = entity_type
        self._keys = {key for key, _ in rows}
        self._saved = [saved for _, saved in rows if saved]

    def covers(self, state: State) -> bool:
        """Whether this record may be one of them: by natural key, or by what the create has noted (a cart id)."""
        key = natural_key(self._entity_type, state)
        if key is not None and str(key) in self._keys:
            return True
        return any(all(str(state.get(name)) == str(value) for name, value in saved.items()) for saved in self._saved)


async def find_creating(session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side) -> Creating:
    rows = await session.execute(_OPEN_ONES, _open_ones(link_id, entity_type, side, parked_too=False))
    return Creating(entity_type, [(row.natural_key, _object(row.saved)) for row in rows])


class CreatingKeys:
    """The same for records of the two-way sync: (natural key, job, whether it is parked) of creates that are open."""

    def __init__(self, rows: Sequence[tuple[str, int, bool]]) -> None:
        self._rows = rows

    def covers(self, key: str | None, *, not_of: int) -> bool:
        """Whether a record with this key may be one of them. One that has no natural key may be any that has none."""
        return bool(self._holders(key, not_of=not_of))

    def parked(self, key: str | None, *, not_of: int) -> bool:
        """Whether it is a person who has to say so."""
        holders = self._holders(key, not_of=not_of)
        return bool(holders) and all(holders.values())

    def _holders(self, key: str | None, *, not_of: int) -> dict[int, bool]:
        return {job_id: parked for name, job_id, parked in self._rows if _may_be(name, key) and job_id != not_of}


def _may_be(created: str, key: str | None) -> bool:
    return created.startswith(KEYLESS) if key is None else created == key


async def find_creating_keys(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side
) -> CreatingKeys:
    rows = await session.execute(_OPEN_ONES, _open_ones(link_id, entity_type, side, parked_too=True))
    return CreatingKeys([(row.natural_key, row.job_id, row.parked) for row in rows])


def _open_ones(link_id: int, entity_type: EntityType, side: Side, *, parked_too: bool) -> dict[str, object]:
    return {
        "link_id": link_id,
        "entity_type": entity_type.value,
        "side": side.value,
        "parked_too": parked_too,
    }


class IntentCheckpoint:
    """`connectors.base.Checkpoint` kept in the intent row."""

    def __init__(self, sessions: SessionMaker, intent: Intent) -> None:
        self._sessions = sessions
        self._intent = intent
        self._saved = dict(intent.saved)

    @property
    def saved(self) -> Mapping[str, Json]:
        return self._saved

    async def save(self, **values: Json) -> None:
        """Raises `Retryable` when the database is away: the create must not go on without its note."""
        parameters = {
            "values": orjson.dumps(values).decode(),
            "link_id": self._intent.link_id,
            "id": self._intent.id,
        }
        try:
            async with self._sessions.autocommit() as session:
                await session.execute(_SAVE, parameters)
        except (SQLAlchemyError, OSError) as error:
            raise Retryable("the database was away in the middle of a create", code="database_away") from error
        self._saved.update(values)


def _intent(row: Any) -> Intent:
    return Intent(
        link_id=row.link_id,
        id=row.id,
        natural_key=row.natural_key,
        job_id=row.job_id,
        saved=_object(row.saved),
        native_id=row.native_id,
        closed=row.closed_at is not None,
    )


def _object(value: Any) -> dict[str, Json]:
    loaded: dict[str, Json] = value if isinstance(value, dict) else orjson.loads(value)
    return loaded
