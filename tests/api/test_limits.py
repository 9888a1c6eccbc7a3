"""Rate limits: a valid sender's own share, whoever carries no secret a small one, shared through Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from app.api.limits import RateLimiter
from app.errors import TooMany

MakeLimiter = Callable[..., RateLimiter]


@pytest.fixture
async def make_limiter(redis_url: str) -> AsyncIterator[MakeLimiter]:
    made: list[RateLimiter] = []

    def make(url: str = redis_url, *, anonymous: int = 100, link: int = 600) -> RateLimiter:
        made.append(RateLimiter(url, anonymous=anonymous, link=link))
        return made[-1]

    yield make
    for limiter in made:
        await limiter.aclose()


async def test_a_burst_of_a_valid_sender_uses_its_whole_share_and_no_more(make_limiter: MakeLimiter) -> None:
    limiter = make_limiter()

    answers = await asyncio.gather(*[limiter.check_link("boutique") for _ in range(700)], return_exceptions=True)

    assert sum(isinstance(answer, TooMany) for answer in answers) == 100


async def test_processes_share_the_limit_of_a_link(make_limiter: MakeLimiter) -> None:
    processes = [make_limiter() for _ in range(3)]

    answers = await asyncio.gather(
        *[processes[number % 3].check_link("boutique") for number in range(900)], return_exceptions=True
    )

    accepted = sum(answer is None for answer in answers)
    assert 540 <= accepted <= 600


async def test_whoever_carries_no_secret_is_limited_by_address(make_limiter: MakeLimiter) -> None:
    limiter = make_limiter(anonymous=5)
    for _ in range(5):
        await limiter.check_anonymous("192.0.2.1")

    with pytest.raises(TooMany) as refused:
        await limiter.check_anonymous("192.0.2.1")

    assert 1 <= refused.value.retry_after_s <= 60
    await limiter.check_anonymous("192.0.2.2")


async def test_without_redis_the_limits_hold_in_this_process(make_limiter: MakeLimiter) -> None:
    limiter = make_limiter("redis://127.0.0.1:1/0", link=10)

    answers = [await _try(limiter) for _ in range(12)]

    assert answers == [True] * 10 + [False] * 2


async def _try(limiter: RateLimiter) -> bool:
    try:
        await limiter.check_link("boutique")
    except TooMany:
        return False
    return True
