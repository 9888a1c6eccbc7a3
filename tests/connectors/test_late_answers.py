"""A call that got no answer in time: the peer may still be at it."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from app.connectors.http import PeerClient
from app.errors import Retryable


def too_late(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("no answer in time", request=request)


@pytest.mark.parametrize(
    ("method", "reads", "wait"),
    [
        ("POST", None, timedelta(seconds=10)),
        ("PATCH", None, timedelta(seconds=10)),
        ("POST", True, None),
        ("GET", None, None),
    ],
)
async def test_the_retry_of_a_write_waits_as_long_as_a_call_may_take_and_that_of_a_read_as_usual(
    method: str, reads: bool | None, wait: timedelta | None
) -> None:
    """A retry that looks too soon sees nothing of what is about to be made, and makes it twice."""
    client = PeerClient("http://shop.test", name="boutique", timeout_s=5, transport=httpx.MockTransport(too_late))

    with pytest.raises(Retryable) as told:
        await client.request(method, "/api/customers", reads=reads)

    assert told.value.retry_in == wait
    await client.aclose()
