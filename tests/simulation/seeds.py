"""Seed after seed in one process, over one PostgreSQL."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import cast

from tests.simulation.connections import Connections
from tests.simulation.database import open_database
from tests.simulation.loop import VirtualLoop
from tests.simulation.report import Report, broken_off
from tests.simulation.run import run
from tests.simulation.sabotage import Sabotage
from tests.simulation.trace import Trace, hush


def run_all(
    seeds: Iterable[int], *, kind: str | None = None, sabotage: Sabotage | None = None, keep: bool = False
) -> Iterator[tuple[Report, Trace]]:
    """`keep` every step's line."""
    with open_database() as url, asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = cast(VirtualLoop, runner.get_loop())
        connections = Connections(url, loop)
        gc.collect()
        gc.freeze()
        gc.disable()  # what it finds to tidy up would depend on what ran before
        for seed in seeds:
            trace = Trace(keep=keep)
            hush(trace)
            started = time.process_time()
            report = runner.run(_run(seed, connections, trace, kind, sabotage))
            loop.forget()
            gc.collect()
            yield replace(report, cpu_s=round(time.process_time() - started, 3)), trace
        runner.run(connections.close())


async def _run(
    seed: int, connections: Connections, trace: Trace, kind: str | None, sabotage: Sabotage | None
) -> Report:
    try:
        return await run(seed, connections, trace, kind=kind, sabotage=sabotage)
    except Exception as error:
        trace.note(error)
        return broken_off(seed, trace, error)
