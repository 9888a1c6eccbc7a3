"""Create intents: a create is announced in the database before it is sent, so that it happens once.

The story they prevent: the worker sends a create, the shop makes the customer, the worker dies before it can write the
id down. The retry finds the open intent and looks in the shop by natural key (or by the saved cart) before it sends
anything; and a webhook about the new customer that arrives meanwhile finds the intent and waits. An intent of the
two-way sync knows its source, so that the retry finds it though the source has another key by now, and what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.rows import as_rows
from app.db.session import SessionMaker
from app.entities.base import EntityType, Json, NaturalKey, Side, State
from app.errors import Retryable, Snoozed
from app.queue.store import ClaimedJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """`parked`: the job that holds it waits for a person, and may have made its record; `waits`: for its next attempt.

    Of the two-way sync: `source_id` is the record it was opened for, `source_state` that record as it was then, and
    `sent` what was sent, in the target's words. None for other creates, and once it is closed.
    """

    link_id: int
    id: int
    natural_key: str
    job_id: int
    saved: Mapping[str, Json]
    native_id: str | None
    closed: bool
    parked: bool = False
    waits: bool = False
    source_id: str | None = None
    source_state: State | None = None
    sent: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A create of the two-way sync that is about to be sent. `saved`: what is noted from the start."""

    job: ClaimedJob
    key: NaturalKey
    source_state: State
    sent: State
    saved: Mapping[str, Json]


# A closed intent is taken over: the record it once made is gone, or it would have been found and not created again.
# One of another record that waits for its next attempt is not: what it knows is how that attempt finds what it made.
_OPEN = text(
    """
    INSERT INTO create_intents AS i (link_id, entity_type, side, natural_key, job_id)
    VALUES (:link_id, :entity_type, :side, :natural_key, :job_id)
    ON CONFLICT (link_id, entity_type, side, natural_key) DO UPDATE SET
        job_id = excluded.job_id, opened_at = now(), closed_at = NULL, native_id = NULL,
        source_id = NULL, source_state = NULL, sent = NULL,
        saved = CASE WHEN i.closed_at IS NULL THEN i.saved ELSE '{}'::jsonb END
    WHERE i.closed_at IS NOT NULL OR i.job_id = excluded.job_id OR i.source_id = excluded.source_id
       OR NOT EXISTS (SELECT 1 FROM sync_queue q WHERE q.link_id = i.link_id AND q.id = i.job_id
                      AND (q.status = 'processing' OR (q.status = 'pending' AND i.source_id IS NOT NULL)))
    RETURNING link_id, id, natural_key, job_id, saved, native_id, closed_at, source_id, source_state, sent
    """
)
_OPEN_ALL = text(
    """
    INSERT INTO create_intents AS i (link_id, entity_type, side, natural_key, job_id, saved, source_id, source_state,
                                     sent)
    SELECT :link_id, :entity_type, :side, natural_key, job_id, saved, source_id, source_state, sent
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
      AS new(natural_key text, job_id bigint, saved jsonb, source_id text, source_state jsonb, sent jsonb)
    ORDER BY natural_key
    ON CONFLICT (link_id, entity_type, side, natural_key) DO UPDATE SET
        job_id = excluded.job_id, opened_at = now(), closed_at = NULL, native_id = NULL,
        source_id = excluded.source_id, source_state = excluded.source_state, sent = excluded.sent,
        saved = CASE WHEN i.closed_at IS NULL THEN i.saved ELSE excluded.saved END
    WHERE i.closed_at IS NOT NULL
          AND (i.native_id IS NULL OR i.closed_at < COALESCE(CAST(:looked_at AS timestamptz), 'infinity'))
       OR i.job_id = excluded.job_id OR i.source_id = excluded.source_id
       OR i.closed_at IS NULL AND NOT EXISTS (
           SELECT 1 FROM sync_queue q WHERE q.link_id = i.link_id AND q.id = i.job_id
                      AND (q.status = 'processing' OR (q.status = 'pending' AND i.source_id IS NOT NULL)))
    RETURNING link_id, id, natural_key, job_id, saved, native_id, closed_at, source_id,
              NULL AS source_state, NULL AS sent
    """
)
_ABOUT: Final = """
    SELECT i.*, q.status = 'parked' AS parked, q.status IN ('pending', 'processing') AS waits
    FROM create_intents i LEFT JOIN sync_queue q ON q.link_id = i.link_id AND q.id = i.job_id
    WHERE i.link_id = :link_id AND i.entity_type = :entity_type AND i.side = :side
"""
_FIND = text(_ABOUT + " AND i.natural_key = ANY(CAST(:keys AS text[]))")
# Of several, which only an upgrade can leave, the last counts.
_BEGUN = text(
    _ABOUT + " AND i.closed_at IS NULL AND i.source_id = ANY(CAST(:source_ids AS text[])) ORDER BY i.opened_at, i.id"
)
_SAVE = text("UPDATE create_intents SET saved = saved || CAST(:values AS jsonb) WHERE link_id = :link_id AND id = :id")
_CLOSE = text(
    """
    UPDATE create_intents i
    SET closed_at = now(), native_id = done.native_id, source_state = NULL, sent = NULL
    FROM unnest(CAST(:link_ids AS bigint[]), CAST(:ids AS bigint[]), CAST(:native_ids AS text[]))
      AS done(link_id, id, native_id)
    WHERE i.link_id = done.link_id AND i.id = done.id
      AND (done.native_id IS NOT NULL OR i.saved = '{}'::jsonb)
    """
)
_TAKE_OVER = text(
    """
    UPDATE create_intents i
    SET closed_at = now(), native_id = done.native_id, source_state = NULL, sent = NULL
    FROM unnest(CAST(:ids AS bigint[]), CAST(:native_ids AS text[])) AS done(id, native_id)
    WHERE i.link_id = :link_id AND i.id = done.id AND i.closed_at IS NULL AND i.sent IS NOT NULL
    RETURNING i.id
    """
)
_FORGET = text(
    """
    UPDATE create_intents SET closed_at = now(), source_state = NULL, sent = NULL
    WHERE link_id = :link_id AND closed_at IS NULL AND id = ANY(CAST(:ids AS bigint[]))
    """
)
_FORGET_OF_SOURCE = text(
    """
    UPDATE create_intents SET closed_at = now(), source_state = NULL, sent = NULL
    WHERE link_id = :link_id AND entity_type = :entity_type AND side = :side AND source_id = :source_id
      AND closed_at IS NULL
    """
)
CREATING_RETRY: Final = timedelta(seconds=1)
KEYLESS = "from:"
"""Begins the key of a create whose record has no natural key: `from:odoo:5`."""
MAYBE_CREATED = "maybe_created"
"""Code of a job that is parked because its keyless create may have happened: a person looks, and nothing else can."""


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
    sessions: SessionMaker, wanted: Sequence[Announcement], *, side: Side, looked_at: datetime | None = None
) -> dict[int, Intent]:
    """`open_intent` for a batch, whose keys differ, in one statement; by job id, without what was sent. An absent one
    is being created by another job, or was since `looked_at` (the database's clock), before which the caller has not
    looked at the other side, and after which it may not have seen what was made."""
    if not wanted:
        return {}
    first = wanted[0].job
    parameters = {
        **_of(first.link_id, first.entity_type, side),
        "rows": as_rows([_row(one) for one in wanted]),
        "looked_at": looked_at,
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
    rows = await session.execute(_FIND, {**_of(link_id, entity_type, side), "keys": [str(key) for key in keys]})
    return {row.natural_key: _found(row) for row in rows}


async def find_begun(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side, source_ids: Sequence[str]
) -> dict[str, Intent]:
    """Open ones by the record that they were opened for, whatever it is called by now."""
    if not source_ids:
        return {}
    rows = await session.execute(_BEGUN, {**_of(link_id, entity_type, side), "source_ids": list(source_ids)})
    return {row.source_id: _found(row) for row in rows}


async def take_over(session: AsyncSession, link_id: int, made: Mapping[int, str]) -> set[int]:
    """Closes those of `made`, {intent: native id}, that are open still; whoever closes one may say what it made."""
    rows = await session.execute(_TAKE_OVER, {"link_id": link_id, "ids": list(made), "native_ids": list(made.values())})
    return {row.id for row in rows}


async def forget_intents(session: AsyncSession, link_id: int, ids: Sequence[int]) -> None:
    """They have made nothing."""
    if ids:
        await session.execute(_FORGET, {"link_id": link_id, "ids": list(ids)})


async def forget_of_source(
    session: AsyncSession, *, link_id: int, entity_type: EntityType, side: Side, source_id: str
) -> None:
    """A person has looked: what a create of this record may have made on `side` is paired by hand, or not there."""
    await session.execute(_FORGET_OF_SOURCE, {**_of(link_id, entity_type, side), "source_id": source_id})


async def close_intents(session: AsyncSession, done: Sequence[tuple[Intent, str | None]]) -> None:
    """In the transaction that records the result.

    A create that ended without an id and has noted something (a cart) stays open: it may have made its record.
    """
    done = [(intent, native_id) for intent, native_id in done if not intent.closed]
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


def _of(link_id: int, entity_type: EntityType, side: Side) -> dict[str, object]:
    return {"link_id": link_id, "entity_type": entity_type.value, "side": side.value}


def _found(row: Any) -> Intent:
    return replace(_intent(row), parked=bool(row.parked), waits=bool(row.waits))


def _intent(row: Any) -> Intent:
    return Intent(
        link_id=row.link_id,
        id=row.id,
        natural_key=row.natural_key,
        job_id=row.job_id,
        saved=_object(row.saved),
        native_id=row.native_id,
        closed=row.closed_at is not None,
        source_id=row.source_id,
        source_state=None if row.source_state is None else _object(row.source_state),
        sent=None if row.sent is None else _object(row.sent),
    )


def _object(value: Any) -> dict[str, Json]:
    loaded: dict[str, Json] = value if isinstance(value, dict) else orjson.loads(value)
    return loaded


def _row(one: Announcement) -> dict[str, object]:
    return {
        "natural_key": str(one.key),
        "job_id": one.job.id,
        "saved": dict(one.saved),
        "source_id": one.job.native_id,
        "source_state": dict(one.source_state),
        "sent": dict(one.sent),
    }
