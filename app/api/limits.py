"""Rate limits shared by all API processes through Redis; in this process's memory while Redis is away.

Whatever carries no valid secret: 100 per client address per 60 s. A link with a valid secret: its own, much higher
limit. Odoo posts once per record and never retries, so every refusal of a genuine event is a lost change.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from redis.asyncio import ConnectionPool
from starlette.requests import Request

from app.errors import Forbidden, TooMany
from app.settings import Settings

WINDOW_S = 60
# Permits of a link are taken from Redis in chunks: a round trip per hundred webhooks, not per webhook. A process
# leaves at most one chunk unused per window.
CHUNK_SHARE = 60
REDIS_AWAY_S = 2.0
CALL_S = 0.25

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Permits:
    left: int
    until: float


class RateLimiter:
    def __init__(self, redis_url: str, *, anonymous: int, link: int) -> None:
        self._anonymous = RateLimitItemPerMinute(anonymous)
        self._link = RateLimitItemPerMinute(link)
        self._chunk = max(1, link // CHUNK_SHARE)
        self._memory = FixedWindowRateLimiter(MemoryStorage())
        self._pool = ConnectionPool.from_url(redis_url, socket_timeout=CALL_S, socket_connect_timeout=CALL_S)
        storage = RedisStorage(f"async+{redis_url}", implementation="redispy", connection_pool=self._pool)  # type: ignore[arg-type] # its options are typed too narrowly
        self._shared = FixedWindowRateLimiter(storage)
        self._away_until = 0.0
        self._permits: dict[str, _Permits] = {}
        self._refilling: dict[str, asyncio.Lock] = {}

    async def check_anonymous(self, client: str) -> None:
        """Raises `TooMany` when this address has used up its share. Counts this request."""
        if not await self._hit(self._anonymous, f"address:{client}", 1):
            raise TooMany(
                f"too many requests without a valid secret from {client}; wait a minute", retry_after_s=_seconds_left()
            )

    async def check_link(self, slug: str) -> None:
        """Raises `TooMany` when the link's own limit is used up."""
        permits = self._permits.get(slug)
        if permits is None or permits.left <= 0 or permits.until <= time.time():
            permits = await self._refill(slug)
        if permits.left <= 0:
            raise TooMany(
                f"link {slug}: more than {self._link.amount} webhooks in a minute; raise RATE_LIMIT_LINK if this is "
                "genuine traffic",
                retry_after_s=_seconds_left(),
            )
        permits.left -= 1

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def _refill(self, slug: str) -> _Permits:
        """One request fetches a chunk; those that waited meanwhile share it instead of taking one each."""
        async with self._refilling.setdefault(slug, asyncio.Lock()):
            permits = self._permits.get(slug)
            now = time.time()
            if permits is None or permits.left <= 0 or permits.until <= now:
                permits = _Permits(await self._take(slug), _window_end(now))
                self._permits[slug] = permits
            return permits

    async def _take(self, slug: str) -> int:
        """A chunk, or the last single permits of the window."""
        for cost in (self._chunk, 1):
            if await self._hit(self._link, f"link:{slug}", cost):
                return cost
        return 0

    async def _hit(self, item: RateLimitItem, key: str, cost: int) -> bool:
        if time.monotonic() >= self._away_until:
            try:
                return await self._shared.hit(item, key, cost=cost)
            except Exception as error:  # the storage's driver raises its own kinds; memory serves meanwhile
                self._away_until = time.monotonic() + REDIS_AWAY_S
                log.warning("limits.redis_away", error=type(error).__name__, effect="limits are per process for now")
        return await self._memory.hit(item, key, cost=cost)


def _window_end(now: float) -> float:
    return (now // WINDOW_S + 1) * WINDOW_S


def _seconds_left() -> int:
    now = time.time()
    return max(1, round(_window_end(now) - now))


def client_address(request: Request, settings: Settings) -> str:
    """The peer's address; behind a trusted proxy, the last untrusted one of `X-Forwarded-For`."""
    peer = request.client.host if request.client else "unknown"
    if not settings.trusted_networks or not _is_in(peer, settings.trusted_networks):
        return peer
    hops = [hop.strip() for hop in ",".join(request.headers.getlist("x-forwarded-for")).split(",") if hop.strip()]
    for hop in reversed(hops):
        if not _is_in(hop, settings.trusted_networks):
            return hop
    return peer


def check_allowed(client: str, settings: Settings) -> None:
    """Raises `Forbidden` for an address outside `ALLOWED_IPS`, if that is set."""
    if settings.allowed_networks and not _is_in(client, settings.allowed_networks):
        raise Forbidden(f"address {client} is not in ALLOWED_IPS")


def _is_in(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)
