"""The mirror never delays, raises or grows without bound, whatever its receiver does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from app.debug_mirror import DebugMirror

URL = "http://debug.test:5000/"
Play = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


class Receiver:
    """Takes every post and keeps its body."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.bodies.append(json.loads(request.content))
        return httpx.Response(200)


def mirror_to(play: Play, *, url: str = URL, queue_size: int = 1000, timeout_s: float = 5.0) -> DebugMirror:
    client = httpx.AsyncClient(transport=httpx.MockTransport(play))
    return DebugMirror(url, client, queue_size, timeout_s=timeout_s)


async def test_a_result_arrives_in_the_agreed_envelope() -> None:
    receiver = Receiver()
    mirror = mirror_to(receiver)
    await mirror.start()

    mirror.post({"operation_id": "op-1", "success": True}, destination="prestashop")
    await mirror.aclose()

    assert receiver.bodies == [
        {
            "reverse_sync": True,
            "source": "odoo",
            "destination": "prestashop",
            "result": {"operation_id": "op-1", "success": True},
        }
    ]


async def test_results_posted_before_the_start_are_sent_in_order_after_it() -> None:
    receiver = Receiver()
    mirror = mirror_to(receiver)
    for number in range(5):
        mirror.post({"n": number}, destination="prestashop")

    await mirror.start()
    await mirror.start()
    await mirror.aclose()

    assert [body["result"]["n"] for body in receiver.bodies] == [0, 1, 2, 3, 4]


async def test_a_full_queue_drops_and_counts_and_does_not_wait() -> None:
    mirror = mirror_to(Receiver(), queue_size=3)

    for number in range(10):
        mirror.post({"n": number}, destination="prestashop")

    assert mirror.dropped == 7


async def test_a_receiver_that_never_answers_holds_up_neither_posts_nor_the_end() -> None:
    asked = asyncio.Event()

    async def silent(request: httpx.Request) -> httpx.Response:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError("never reached")

    mirror = mirror_to(silent, queue_size=2, timeout_s=0.01)
    await mirror.start()
    mirror.post({"n": 0}, destination="prestashop")
    await asked.wait()

    for number in range(5):
        mirror.post({"n": number}, destination="prestashop")
    await mirror.aclose()

    assert mirror.dropped == 3


async def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


async def too_slow(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("slow", request=request)


async def broken(request: httpx.Request) -> httpx.Response:
    return httpx.Response(500)


async def surprising(request: httpx.Request) -> httpx.Response:
    raise RuntimeError("nobody expects this")


@pytest.mark.parametrize("play", [refused, too_slow, broken, surprising])
async def test_a_receiver_in_trouble_loses_its_copies_and_nothing_else(play: Play) -> None:
    mirror = mirror_to(play)
    await mirror.start()

    mirror.post({"n": 1}, destination="prestashop")
    mirror.post({"n": 2}, destination="prestashop")
    await mirror.aclose()

    assert (mirror.lost, mirror.dropped) == (2, 0)


@pytest.mark.parametrize("url", ["", "not a url", "http://[broken", "ftp://debug.test/"])
async def test_an_address_that_is_none_is_found_out_by_the_task_and_not_by_the_caller(url: str) -> None:
    mirror = DebugMirror(url)
    await mirror.start()

    mirror.post({"n": 1}, destination="prestashop")
    await mirror.aclose()

    assert mirror.lost == 1


async def test_a_result_that_json_cannot_say_is_lost_and_the_next_one_sent() -> None:
    receiver = Receiver()
    mirror = mirror_to(receiver)
    await mirror.start()

    mirror.post({"n": 2**200}, destination="prestashop")
    mirror.post({"n": 1}, destination="prestashop")
    await mirror.aclose()

    assert mirror.lost == 1
    assert [body["result"] for body in receiver.bodies] == [{"n": 1}]


async def test_it_can_be_closed_unstarted_and_twice() -> None:
    mirror = mirror_to(Receiver())

    await mirror.aclose()
    await mirror.start()
    await mirror.aclose()
    await mirror.aclose()
