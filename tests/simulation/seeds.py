"""Seed after seed in one process, over one PostgreSQL."""

from __future__ import annotations

import asyncio
import gc
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from tests.simulation.clock import CLOCK
from tests.simulation.connections import Connections
from tests.simulation.database import open_database
from tests.simulation.loop import Stuck, VirtualLoop
from tests.simulation.report import Report, broken_off
from tests.simulation.run import run
from tests.simulation.sabotage import Sabotage
from tests.simulation.trace import Trace, hush


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked for. `kind` of every shop, else the seed's; `keep` every step's line."""

    kind: str | None = None
    sabotage: Sabotage | None = None
    keep: bool = False


def run_all(seeds: Iterable[int], order: Order) -> Iterator[tuple[Report, Trace]]:
    left = deque(seeds)
    with open_database() as url:
        gc.collect()
        gc.freeze()
        gc.disable()  # what it finds to tidy up would depend on what ran before
        while left:
            yield from _in_one_loop(url, left, order)


def _in_one_loop(url: str, left: deque[int], order: Order) -> Iterator[tuple[Report, Trace]]:
    """Until one world gets stuck: its loop is left behind as it is."""
    runner = asyncio.Runner(loop_factory=VirtualLoop)
    loop = cast(VirtualLoop, runner.get_loop())
    connections = Connections(url, loop)
    while left:
        seed, trace = left.popleft(), Trace(keep=order.keep)
        hush(trace)
        started = time.process_time()
        try:
            with CLOCK.travelling():
                report = runner.run(_run(seed, connections, trace, order))
        except Stuck as error:
            connections.drop()
            yield broken_off(seed, trace, error), trace
            return
        loop.forget()
        gc.collect()
        yield replace(report, cpu_s=round(time.process_time() - started, 3)), trace
    runner.run(connections.close())
    runner.close()


async def _run(seed: int, connections: Connections, trace: Trace, order: Order) -> Report:
    try:
        return await run(seed, connections, trace, kind=order.kind, sabotage=order.sabotage)
    except Exception as error:
        trace.note(error)
        return broken_off(seed, trace, error)
