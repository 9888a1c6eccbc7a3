"""What one API process holds, made in the lifespan and reached by routes through `deps.py`."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from app.api.limits import RateLimiter
from app.api.refusals import Refusals
from app.api.sightings import Sightings
from app.connections.store import LinkCache
from app.db.session import SessionMaker
from app.ingest.outcome import OutcomeWaiter
from app.ingest.service import Ingest
from app.queue.wake import Bell
from app.security.crypto import KeyRing
from app.settings import Settings
from app.sync.peers import Peers


@dataclass(slots=True, kw_only=True)
class ApiState:
    settings: Settings
    engine: AsyncEngine
    ingest_engine: AsyncEngine
    sessions: SessionMaker
    ring: KeyRing
    links: LinkCache
    limiter: RateLimiter
    refusals: Refusals
    sightings: Sightings
    ingest: Ingest
    outcomes: OutcomeWaiter
    bell: Bell
    peers: Peers
    redis_url: str
