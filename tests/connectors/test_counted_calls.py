"""Calls to peers are counted by what came of them, with the words that the dashboard has for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import httpx
import pytest

from app.connectors.http import PeerClient
from app.connectors.odoo.transport import is_read
from app.errors import AppError
from tests.counted import counted


def raising(kind: type[httpx.RequestError]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        raise kind("lost", request=request)

    return answer


def answering(status: int, **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status, headers=headers)


async def call(answer: Callable[[httpx.Request], httpx.Response], method: str = "GET", *, times: int = 1) -> None:
    peer = PeerClient("http://shop.test", name="boutique", kind="shop", transport=httpx.MockTransport(answer))
    for _ in range(times):
        with suppress(AppError):
            await peer.request(method, "/")
    await peer.aclose()


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (answering(200), "ok"),
        (answering(404), "refused"),
        (answering(302, Location="http://elsewhere.test/"), "redirected"),
        (answering(429), "rate_limited"),
        (answering(500), "failed"),
        (raising(httpx.ReadTimeout), "timeout"),
        (raising(httpx.ConnectTimeout), "unreachable"),
        (raising(httpx.ConnectError), "unreachable"),
        (raising(httpx.RemoteProtocolError), "unreachable"),
    ],
)
async def test_a_call_is_counted_once_by_its_result(
    answer: Callable[[httpx.Request], httpx.Response], result: str
) -> None:
    labels = {"connection": "boutique", "kind": "shop", "purpose": "read"}
    calls = counted("shopsync_peer_calls_total", result=result, **labels)
    timed = counted("shopsync_peer_call_seconds_count", **labels)

    await call(answer)

    assert counted("shopsync_peer_calls_total", result=result, **labels) == calls + 1
    assert counted("shopsync_peer_call_seconds_count", **labels) == timed + 1


async def test_what_is_not_sent_after_a_429_is_counted_apart() -> None:
    held_back = counted("shopsync_peer_calls_held_back_total", connection="boutique", kind="shop")
    labels = {"connection": "boutique", "kind": "shop", "purpose": "write", "result": "rate_limited"}
    refused = counted("shopsync_peer_calls_total", **labels)

    await call(answering(429), "POST", times=3)

    assert counted("shopsync_peer_calls_total", **labels) == refused + 1
    assert counted("shopsync_peer_calls_held_back_total", connection="boutique", kind="shop") == held_back + 2


@pytest.mark.parametrize(
    ("name", "reads"),
    [
        ("res.partner.search_read", True),
        ("common.version", True),
        ("res.users.context_get", True),
        ("product.product.load", False),
        ("sale.order.action_confirm", False),
        ("res.partner.write", False),
        ("stock.quant.unlink", False),
    ],
)
def test_odoos_calls_are_told_apart_by_their_method(name: str, reads: bool) -> None:
    assert is_read(name) is reads
