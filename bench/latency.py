"""How long from a webhook that comes in until the shop has carried out what it asks for, against the calls alone.

Two ways in: the envelope, which is written as it is, and the hint of a rule of Odoo, whose record is read, compared and
merged first. Both are timed from the post to the moment at which the shop has written, on the machine's one clock.
Theirs are the very calls that the service made on that way for a twin of the record, repeated by hand one after the
other over a connection that is kept. Rounds alternate, with a pause of random length between them, so that nothing runs
in step.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from app.sandbox.odoo.server import DEFAULT_KEY as ODOO_KEY
from app.sandbox.prestashop.server import DEFAULT_KEY as SHOP_KEY
from bench.figure import BenchContext, Figure, Wrong
from bench.installation import open_sandboxes
from tests.chaos.installation import LINK, SECRET, event
from tests.chaos.shop import FIRST_CUSTOMER
from tests.chaos.two_sides import TwoSides
from tests.processes import until

ROUNDS: Final = 250
QUICK_ROUNDS: Final = 5
WARM_UP: Final = 20
LONGEST_PAUSE_S: Final = 0.03
MORE_MS: Final = {"latency_p50": 25.0, "latency_p95": 60.0}
SHARE: Final = {"latency_p50": 0.50, "latency_p95": 0.95}
ODOO_VERSION: Final = 19
"""Tells after its commit. Older ones tell before it, which is what `ODOO_SETTLE_S` is for; here it is 0."""
SYNC: Final = {"entities": {"customer": {"direction": "both", "poll_every_s": 0}}}

OURS: Final = 0
TWIN: Final = 1
Sent = Callable[[int, str], Awaitable[float]]
"""Sends a change of the record, ours or its twin, to this value; the moment before it was sent."""


@dataclass(slots=True, kw_only=True)
class Way:
    """`ours` and `theirs` in milliseconds, round by round. `calls` that lead to the write."""

    name: str
    calls: int = 0
    ours: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def more_ms(self, share: float) -> float:
        return percentile(self.ours, share) - percentile(self.theirs, share)

    def line(self) -> str:
        """`envelope 21 / 6 ms at p50, 30 / 9 ms at p95 (2 calls)`"""
        shown = (
            f"{percentile(self.ours, share):.1f} / {percentile(self.theirs, share):.1f} ms at {name[8:]}"
            for name, share in SHARE.items()
        )
        return f"{self.name} {', '.join(shown)} ({self.calls} calls)"


async def measure(context: BenchContext, *, quick: bool) -> list[Figure]:
    async with open_sandboxes(context, "latency", sync=SYNC) as both:
        await both.odoo.reset(version=ODOO_VERSION)
        both.installation.start_api()
        both.installation.start_worker()
        await both.installation.api_answers()
        ways = [await _envelopes(both, quick=quick), await _hints(both, quick=quick)]
    return [_figure(name, ways) for name in SHARE]


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _figure(name: str, ways: list[Way]) -> Figure:
    """Of the way that adds more."""
    share, reach = SHARE[name], MORE_MS[name]
    worst = max(ways, key=lambda way: way.more_ms(share))
    ours, theirs = percentile(worst.ours, share), percentile(worst.theirs, share)
    return Figure(
        name=name,
        ours=ours,
        theirs=theirs,
        ratio=ours / theirs,
        unit="ms",
        reach=f"at most {reach:.0f} ms more than the calls alone",
        met=ours - theirs <= reach,
        note="; ".join(way.line() for way in ways),
    )


async def _envelopes(both: TwoSides, *, quick: bool) -> Way:
    await both.shop.reset(customers=2)

    async def post(record: int, value: str) -> float:
        change = event(value, "customer", "updated", {"id": FIRST_CUSTOMER + record, "company": value})
        started = time.monotonic()
        await both.installation.send(change)
        return started

    return await _rounds(both, "envelope", post, quick=quick)


async def _hints(both: TwoSides, *, quick: bool) -> Way:
    await both.shop.reset(customers=0)
    partners = [await both.odoo.add("res.partner", name="Ada", email=f"ada{number}@example.com") for number in (1, 2)]

    async def tell(record: int) -> float:
        hint = {"_model": "res.partner", "_id": partners[record], "_action": "Send Webhook Notification(#1)"}
        started = time.monotonic()
        answer = await both.installation.odoo.post(f"/webhooks/odoo/{LINK}/{SECRET}", json=hint)
        if answer.status_code != httpx.codes.ACCEPTED:
            raise Wrong(f"a hint was answered {answer.status_code}: {answer.text}")
        return started

    async def save_and_tell(record: int, value: str) -> float:
        await both.odoo.edit("res.partner", partners[record], company_name=value)
        return await tell(record)

    async def are_paired() -> bool:
        return len(await both.pairs("customer")) == len(partners)

    for record in (OURS, TWIN):
        await tell(record)
    await until(are_paired, within_s=30, what="the customers are on both sides")
    return await _rounds(both, "hint", save_and_tell, quick=quick)


async def _rounds(both: TwoSides, name: str, send: Sent, *, quick: bool) -> Way:
    way = Way(name=name)
    async with AsyncExitStack() as stack:
        by_hand = ByHand(
            shop=await stack.enter_async_context(
                httpx.AsyncClient(base_url=both.shop.client.base_url, auth=(SHOP_KEY, ""))
            ),
            odoo=await stack.enter_async_context(
                httpx.AsyncClient(base_url=both.odoo.client.base_url, headers={"Authorization": f"bearer {ODOO_KEY}"})
            ),
        )
        await _took_ms(both, send, OURS, f"{name}-first")
        await by_hand.learn(both, send, f"{name}-learnt")
        way.calls = by_hand.calls
        for number in range(-2 if quick else -WARM_UP, QUICK_ROUNDS if quick else ROUNDS):
            ours = await _took_ms(both, send, OURS, f"{name}-ours-{number}")
            theirs = await _took_ms(both, by_hand.send, TWIN, f"{name}-theirs-{number}")
            if number >= 0:
                way.ours.append(ours)
                way.theirs.append(theirs)
    return way


async def _took_ms(both: TwoSides, send: Sent, record: int, value: str) -> float:
    """From before it was sent until the shop has written it; then waits until nothing is under way any more."""
    await asyncio.sleep(random.uniform(0, LONGEST_PAUSE_S))
    before = (await both.shop.seen())["writes"]
    started, written = await asyncio.gather(send(record, value), both.shop.written_at(after=before))
    await until(lambda: _is_idle(both), within_s=10, what="the queue is empty")
    return (written - started) * 1000


async def _is_idle(both: TwoSides) -> bool:
    [row] = await both.installation.rows(
        "SELECT NOT EXISTS (SELECT 1 FROM sync_queue WHERE status IN ('pending', 'processing')) AS idle"
    )
    return bool(row["idle"])


@dataclass(slots=True, kw_only=True)
class ByHand:
    """The calls of one change of the twin up to its write, as the service made them; only the value is another."""

    shop: httpx.AsyncClient
    odoo: httpx.AsyncClient
    _learnt: str = ""
    _asked: list[dict[str, Any]] = field(default_factory=list)
    _sent: list[dict[str, Any]] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return len(self._asked) + len(self._sent)

    async def learn(self, both: TwoSides, send: Sent, value: str) -> None:
        shop_before, odoo_before = len(await both.shop.requests()), len(await both.odoo.calls())
        await _took_ms(both, send, TWIN, value)
        sent = (await both.shop.requests())[shop_before:]
        last = next(number for number, each in enumerate(sent) if each["method"] != "GET")
        self._sent = sent[: last + 1]
        # Odoo is asked before the shop; a person's edit is no call.
        self._asked = [each for each in (await both.odoo.calls())[odoo_before:] if each["transport"] == "json2"]
        self._learnt = value

    async def send(self, record: int, value: str) -> float:
        assert record == TWIN
        started = time.monotonic()
        for asked in self._asked:
            body = {"ids": asked["ids"], **asked["named"], "context": asked["context"]}
            answer = await self.odoo.post(f"/json/2/{asked['model']}/{asked['method']}", json=body)
            answer.raise_for_status()
        for each in self._sent:
            path = f"{each['path']}?{each['query']}" if each["query"] else each["path"]
            body = each["body"].replace(self._learnt, value)
            answer = await self.shop.request(each["method"], path, content=body)
            answer.raise_for_status()
        return started
