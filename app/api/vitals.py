"""What health and metrics look at, read within a deadline: an answer must come also when nothing else answers."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import redis.asyncio
from alembic.script import ScriptDirectory
from sqlalchemy import Row, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.api.link_holdings import Holdings, read_holdings
from app.api.link_store import Activity, find_pauses, find_refusals, read_activity, read_connections
from app.api.link_trouble import Trouble, read_troubles
from app.connections.models import Connection, Pause, Refusal
from app.connections.rotation import Sealed, check_seals
from app.db.migrate import configuration, find_revision, newest_revision
from app.db.session import SessionMaker
from app.queue.models import Worker
from app.security.crypto import KeyRing

DEADLINE_S = 2.0
WORKER_SEEN_WITHIN = "30 seconds"

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """No answer; `reason` names the kind of error only, its text may hold an address with a password."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """`behind`: migrations are missing. A database ahead of this process is fine: its successor is being rolled out."""

    found: str | None
    needed: str | None
    behind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """One look into the database; `now` is its clock. What follows `schema` is empty while that is behind."""

    now: datetime
    schema: Schema
    workers: int = 0
    activities: list[Activity] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    troubles: Mapping[int, Trouble] = field(default_factory=dict)
    holdings: Mapping[int, Holdings] = field(default_factory=dict)

    def trouble(self, link_id: int) -> Trouble:
        """A link that was made between two reads has none yet."""
        return self.troubles.get(link_id) or Trouble()

    def holding(self, link_id: int) -> Holdings:
        return self.holdings.get(link_id) or Holdings()


async def read_vitals(sessions: SessionMaker) -> Vitals:
    async with sessions() as session:
        now = (await session.execute(select(func.now()))).scalar_one()
        schema = await _read_schema(session)
        if schema.behind:
            return Vitals(now=now, schema=schema)
        return Vitals(
            now=now,
            schema=schema,
            workers=await _count_workers(session),
            activities=await read_activity(session),
            connections=await read_connections(session),
            pauses=await find_pauses(session),
            refusals=await find_refusals(session),
            troubles=await read_troubles(session),
            holdings=await read_holdings(session),
        )


async def read_seals(sessions: SessionMaker, ring: KeyRing) -> Sealed:
    """What this process' keys open."""
    async with sessions() as session:
        return await check_seals(session, ring)


async def read_schema(sessions: SessionMaker) -> Schema:
    async with sessions() as session:
        return await _read_schema(session)


async def _read_schema(session: AsyncSession) -> Schema:
    found = await find_revision(session)
    needed = await asyncio.to_thread(newest_revision)
    behind = found is None or (found != needed and found in await asyncio.to_thread(_known_revisions))
    return Schema(found=found, needed=needed, behind=behind)


@cache
def _known_revisions() -> frozenset[str]:
    scripts = ScriptDirectory.from_config(configuration()).walk_revisions()
    return frozenset(script.revision for script in scripts)


async def _count_workers(session: AsyncSession) -> int:
    alive = Worker.seen_at > func.now() - text(f"interval '{WORKER_SEEN_WITHIN}'")
    return (await session.execute(select(func.count()).select_from(Worker).where(alive))).scalar_one()


_OPERATIONS_LAST_HOUR = text(
    """
    SELECT l.slug, o.status, count(*) AS operations
    FROM reverse_operations o JOIN links l ON l.id = o.link_id
    WHERE o.created_at > now() - interval '1 hour'
    GROUP BY 1, 2
    """
)


async def count_operations_last_hour(sessions: SessionMaker) -> list[Row[Any]]:
    """`slug`, `status`, `operations`."""
    async with sessions() as session:
        return list((await session.execute(_OPERATIONS_LAST_HOUR)).all())


async def ping_redis(redis_url: str) -> None:
    async with redis.asyncio.Redis.from_url(
        redis_url, socket_timeout=DEADLINE_S, socket_connect_timeout=DEADLINE_S
    ) as client:
        await client.ping()


# A call that was given up may still be busy with giving up; nobody waits for it, but somebody has to hold it.
_given_up: set[asyncio.Task[Any]] = set()


async def in_time(call: Coroutine[Any, Any, Answer]) -> Answer | Silent:
    """The answer, or `Silent` for an error or when `DEADLINE_S` have passed, whatever the call is stuck in."""
    task = asyncio.create_task(call)
    done, _ = await asyncio.wait({task}, timeout=DEADLINE_S)
    if not done:
        _given_up.add(task)
        task.add_done_callback(_forget)
        task.cancel()
        return Silent(reason=f"no answer within {DEADLINE_S:g} s")
    error = task.exception()
    return task.result() if error is None else Silent(reason=type(error).__name__)


def _forget(task: asyncio.Task[Any]) -> None:
    _given_up.discard(task)
    if not task.cancelled():
        task.exception()  # looked at, so that it is not reported as never retrieved
