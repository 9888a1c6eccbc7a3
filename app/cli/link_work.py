"""A link opened by a command: its database, its peers, its terms. No worker is needed for looking."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from app.cli.environment import database_url, find_redis_url
from app.connections.store import find_link
from app.db.session import SessionMaker, open_engine, open_sessions
from app.entities.base import EntityType, Json
from app.errors import NotFound
from app.queue.wake import Bell
from app.security.crypto import open_key_ring
from app.settings import Settings
from app.sync.asking import known_entity
from app.sync.ending import RetryPolicy
from app.sync.engine import Engine
from app.sync.peers import LinkTerms, Peers
from app.sync.runner import Runner

LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWork:
    settings: Settings
    sessions: SessionMaker
    peers: Peers
    terms: LinkTerms
    bell: Bell | None = None

    def runner(self) -> Runner:
        """Carries runs out in this process."""
        policy = RetryPolicy(base_s=self.settings.retry_base_s, cap_s=self.settings.retry_cap_s)
        return Runner(
            self.sessions,
            self.peers,
            Engine(self.sessions, self.peers, policy),
            holder=process_name(),
            max_attempts=self.settings.max_attempts,
            lease=timedelta(seconds=self.settings.lease_s),
            ring=self.ring,
        )

    def ring(self) -> None:
        """After a commit: workers look at once. Without Redis they find the jobs by looking."""
        if self.bell is not None:
            self.bell.ring()


@asynccontextmanager
async def open_link_work(settings: Settings, slug: str) -> AsyncIterator[LinkWork]:
    """Raises `NotFound` for a link that does not exist; the peers are not called yet."""
    engine = open_engine(database_url(settings), pool_size=4)
    sessions = open_sessions(engine)
    peers = Peers(
        sessions,
        open_key_ring(settings),
        timeout_s=settings.peer_timeout_s,
        width=settings.peer_width,
        ttl_s=settings.link_cache_s,
    )
    try:
        async with sessions() as session:
            link = await find_link(session, slug=slug)
        if link is None:
            raise NotFound(f"there is no link {slug}; see `shopsync link list`")
        terms = await peers.terms(link.id)
        async with _bell(settings) as bell:
            yield LinkWork(settings=settings, sessions=sessions, peers=peers, terms=terms, bell=bell)
    finally:
        await peers.aclose()
        await engine.dispose()


@asynccontextmanager
async def _bell(settings: Settings) -> AsyncIterator[Bell | None]:
    """A ring is carried out before it closes; a Redis that does not answer costs two seconds at most."""
    redis_url = find_redis_url(settings)
    if redis_url is None:
        yield None
        return
    bell = Bell(redis_url)
    bell.start()
    try:
        yield bell
    finally:
        await bell.aclose()


def named_entity(terms: LinkTerms, name: str) -> EntityType:
    """`prestashop/customer`, or `customer` alone. Raises `NotFound`."""
    module, _, entity = name.rpartition("/")
    return known_entity(terms, entity, module=module or None)


def operator() -> str:
    """Who is written into the journal."""
    return f"{os.environ.get('USER') or os.environ.get('USERNAME') or 'somebody'} on the command line"


def process_name() -> str:
    return f"cli:{socket.gethostname()}:{os.getpid()}"


def is_dead_process(name: str | None) -> bool:
    """Whether `name` is a command of this machine that does not run any more."""
    kind, _, rest = (name or "").partition(":")
    host, _, pid = rest.rpartition(":")
    if kind != "cli" or host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def shown(value: Json) -> str:
    """In a table's cell."""
    text = value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
