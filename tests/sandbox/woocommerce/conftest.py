"""A sandbox shop in process, a client with its key, and a receiver that keeps the webhooks it gets."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from app.sandbox.woocommerce import Sandbox, create_sandbox

SECRET = 'whsec & "sandbox"'
NOON = datetime(2026, 11, 21, 11, tzinfo=UTC)  # 12:00 in Berlin
Make = Callable[..., Sandbox]


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def tick(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Receiver:
    """Stands where our API would; `answers` are the statuses still to be given, then 202. 0: no connection."""

    requests: list[httpx.Request] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status = self.answers.pop(0) if self.answers else 202
        if status == 0:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status, headers={"Location": "http://elsewhere.test/"} if status in (301, 302) else {})

    @property
    def told(self) -> list[httpx.Request]:
        """Without the pings."""
        return [one for one in self.requests if one.headers["content-type"] == "application/json"]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [orjson.loads(one.content) for one in self.told]

    @property
    def topics(self) -> list[str]:
        return [one.headers["x-wc-webhook-topic"] for one in self.told]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pauses() -> list[float]:
    """How long the sandbox would have slept."""
    return []


@pytest.fixture
def make(receiver: Receiver, clock: Clock, pauses: list[float]) -> Make:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    def build(**options: Any) -> Sandbox:
        client = httpx.AsyncClient(transport=httpx.MockTransport(receiver))
        return create_sandbox(webhook_client=client, sleep=sleep, clock=clock, **options)

    return build


@pytest.fixture
def sandbox(make: Make) -> Sandbox:
    return make()


@pytest.fixture
async def shop(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(sandbox) as client:
        yield client


def client_of(sandbox: Sandbox, **options: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(sandbox)
    given = {"base_url": "https://shop.test/wp-json", "auth": (sandbox.key, sandbox.secret), **options}
    return httpx.AsyncClient(transport=transport, **given)


async def subscribe(shop: httpx.AsyncClient, *topics: str) -> list[int]:
    """Ids of the webhooks made, one for each topic."""
    made = []
    for topic in topics:
        wanted = {"topic": topic, "delivery_url": f"http://api.test/{topic}", "secret": SECRET}
        made.append((await shop.post("/wc/v3/webhooks", json=wanted)).json()["id"])
    return made
