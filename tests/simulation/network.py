"""The way of one process to one peer: late, cut, refused, or as it should be.

The peer works a request off in one go, as a web server's process does, whatever becomes of the one who asked.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from app.entities.base import Side
from tests.simulation.clock import CLOCK
from tests.simulation.life import Boundary, Life
from tests.simulation.sabotage import Sabotage, sent_again, without_values
from tests.simulation.sent import SentWrite, changes_in, label
from tests.simulation.weather import Fault, Weather

PAGE: Final = b"<!DOCTYPE html><html><title>Internal Server Error</title></html>"
_STATUS: Final = {Fault.UNAVAILABLE: 503, Fault.BROKEN_BEFORE: 500, Fault.DONE_BROKEN: 500, Fault.TOO_MANY: 429}


@dataclass(slots=True, kw_only=True)
class Network:
    """All ways, and what went over them. `kind` of shop; `servers`: what answers at each side."""

    kind: str
    rng: random.Random
    weather: dict[Side, Weather]
    servers: dict[Side, httpx.AsyncBaseTransport]
    writes: list[SentWrite] = field(default_factory=list)
    requests: int = 0
    sabotage: Sabotage | None = None
    under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def way_of(self, life: Life, side: Side) -> Way:
        return Way(self, life, side)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    @property
    def faults(self) -> int:
        return sum(weather.faults.total() for weather in self.weather.values())


class Way(httpx.AsyncBaseTransport):
    """`timeout`s are httpx' own transport's matter, so here they are ours."""

    def __init__(self, network: Network, life: Life, side: Side) -> None:
        self._network, self._life, self._side = network, life, side
        self._weather = network.weather[side]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self._network.requests += 1
        await self._life.reach(Boundary.BEFORE_REQUEST)
        fault = self._weather.draw()
        self._life.say(f"asks {label(self._side, request)}" + (f" [{fault}]" if fault else ""))
        await asyncio.sleep(self._weather.latency_s())
        if fault is Fault.REFUSED:
            raise httpx.ConnectError("connection refused", request=request)
        if fault is Fault.CARRIED_OUT_LATER:
            return await self._carried_out_later(request)
        if fault in (Fault.UNAVAILABLE, Fault.BROKEN_BEFORE, Fault.TOO_MANY):
            return await self._answered(self._page(fault, request))
        writes = self._noted(request)
        response = await self._served(request)
        await self._life.reach(Boundary.REQUEST_DONE)
        return await self._brought_back(request, response, writes, fault)

    async def _brought_back(
        self, request: httpx.Request, response: httpx.Response, writes: list[SentWrite], fault: Fault | None
    ) -> httpx.Response:
        if fault is Fault.DONE_TOO_LATE:
            await asyncio.sleep(_timeout_s(request))
            raise httpx.ReadTimeout("no answer in time", request=request)
        await asyncio.sleep(self._weather.latency_s())
        if fault is Fault.DONE_CUT:
            raise httpx.RemoteProtocolError("the connection was lost", request=request)
        if fault is Fault.DONE_BROKEN:
            return await self._answered(self._page(fault, request))
        answered = await self._answered(response)
        for write in writes:
            write.answered = True
        return answered

    async def _answered(self, response: httpx.Response) -> httpx.Response:
        await self._life.reach(Boundary.ANSWERED)
        return response

    async def _carried_out_later(self, request: httpx.Request) -> httpx.Response:
        timeout_s = _timeout_s(request)
        self._network.later(self._serve_later(request, timeout_s + self._network.rng.uniform(0.1, timeout_s)))
        await asyncio.sleep(timeout_s)
        raise httpx.ReadTimeout("no answer in time", request=request)

    async def _serve_later(self, request: httpx.Request, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        self._noted(request)
        await self._served(request)

    async def _served(self, request: httpx.Request) -> httpx.Response:
        if self._network.sabotage is Sabotage.LOST_WRITES:
            request = without_values(self._side, request)
        response = await self._network.servers[self._side].handle_async_request(request)
        body = await response.aread()
        if self._network.sabotage is Sabotage.CREATED_TWICE and (again := sent_again(self._side, request)):
            await self._network.servers[self._side].handle_async_request(again)
        self._life.trace.step(str(self._side), f"answers {response.status_code} {body.decode(errors='replace')}")
        return response

    def _noted(self, request: httpx.Request) -> list[SentWrite]:
        writes = [
            SentWrite(
                peer=self._side,
                entity_type=read.entity_type,
                record=read.record,
                fields=read.fields,
                creates=read.creates,
                at=CLOCK.elapsed_s,
            )
            for read in changes_in(self._side, self._network.kind, request)
        ]
        self._network.writes.extend(writes)
        return writes

    def _page(self, fault: Fault, request: httpx.Request) -> httpx.Response:
        headers = {"Content-Type": "text/html"}
        if fault is Fault.TOO_MANY:
            headers["Retry-After"] = str(self._weather.retry_after_s())
        return httpx.Response(_STATUS[fault], content=PAGE, headers=headers, request=request)


def _timeout_s(request: httpx.Request) -> float:
    return float(request.extensions.get("timeout", {}).get("read") or 30.0)
