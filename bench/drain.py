"""`drain_vs_arq`, `drain_vs_procrastinate`: no-op jobs that one worker gets done per second, until none is left.

Ours is a record of each job in a durable PostgreSQL: claimed under a lease, judged by the engine, settled with its line
in the journal. arq has each job in Redis and no record of it; procrastinate in the same durable PostgreSQL, without a
journal. One job per event in all three: none of ours merge. All run under uvloop, in this process, logs at `warning`.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final, Protocol

from bench.drain_arq import open_arq
from bench.drain_ours import open_ours
from bench.drain_procrastinate import open_procrastinate
from bench.figure import BenchContext, Figure

REACH: Final = 5.0
ROUNDS: Final = 5
OURS, ARQ, PROCRASTINATE = 10_000, 3000, 800
QUICK: Final = 100


class Queue(Protocol):
    """One way of keeping jobs, and one worker on it."""

    async def drained(self, jobs: int) -> float:
        """Jobs per second: this many are stored, then worked on. Raises `Wrong` when one was not done."""
        ...


async def measure(context: BenchContext, *, quick: bool) -> list[Figure]:
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(open_ours(context))
        arq = await stack.enter_async_context(open_arq(context))
        procrastinate = await stack.enter_async_context(open_procrastinate(context))
        contest = ((ours, OURS), (arq, ARQ), (procrastinate, PROCRASTINATE))
        for queue, _ in contest:
            await queue.drained(QUICK)
        rounds = [[await _round(queue, jobs, quick) for queue, jobs in contest] for _ in range(1 if quick else ROUNDS)]
    return [
        _figure("drain_vs_arq", [(mine, arqs) for mine, arqs, _ in rounds], "arq in Redis, without a record"),
        _figure(
            "drain_vs_procrastinate",
            [(mine, its) for mine, _, its in rounds],
            "procrastinate in the same PostgreSQL, two commits a job",
        ),
    ]


async def _round(queue: Queue, jobs: int, quick: bool) -> float:
    return await queue.drained(QUICK if quick else jobs)


def _figure(name: str, rounds: Sequence[tuple[float, float]], note: str) -> Figure:
    ratio = statistics.median(ours / theirs for ours, theirs in rounds)
    return Figure(
        name=name,
        ours=statistics.median(ours for ours, _ in rounds),
        theirs=statistics.median(theirs for _, theirs in rounds),
        ratio=ratio,
        unit="jobs/s",
        reach=f"≥ {REACH:.0f}",
        met=ratio >= REACH,
        note=note,
    )
