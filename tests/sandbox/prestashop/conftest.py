"""A sandbox shop in process, a client with its key, and a receiver that keeps the webhooks it gets."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest

from app.sandbox.prestashop import Sandbox, create_sandbox

SECRET = "whsec-sandbox"
Make = Callable[..., Sandbox]


@dataclass
class Receiver:
    """Stands where our API would; `answers` are the statuses still to be given, then 202."""

    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[httpx.Headers] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(orjson.loads(request.content))
        self.headers.append(request.headers)
        status = self.answers.pop(0) if self.answers else 202
        if status == 0:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def pauses() -> list[float]:
    """How long the sandbox would have slept."""
    return []


@pytest.fixture
def make(receiver: Receiver, pauses: list[float]) -> Make:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    def build(**options: Any) -> Sandbox:
        client = httpx.AsyncClient(transport=httpx.MockTransport(receiver))
        url = "http://api.test/webhooks/shop"
        return create_sandbox(webhook_url=url, webhook_secret=SECRET, webhook_client=client, sleep=sleep, **options)

    return build


@pytest.fixture
def sandbox(make: Make) -> Sandbox:
    return make()


@pytest.fixture
async def shop(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(sandbox) as client:
        yield client


def client_of(sandbox: Sandbox) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(sandbox)
    return httpx.AsyncClient(transport=transport, base_url="http://shop.test", auth=(sandbox.key, ""))
