"""Concurrent requests share a commit: the cost of a durable write is paid once per group, not once per webhook.

A request hands in its item and waits. While one group is being committed the next gathers by itself, so there is no
timer and a lone request waits for nobody. If a group fails, its items are stored once more, one by one: a bad one fails
alone, and a connection that broke (the database restarted) costs nobody an event.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

import structlog

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_GROUP = 64
# Several groups in flight: while PostgreSQL flushes one to disk, the event loop reads and validates for the next.
# Both figures by `python -m bench.ingest` with 32 connections: fewer or larger groups leave the loop idle, more or
# smaller ones pay for more commits.
PARALLEL_GROUPS = 3
ENOUGH = 12

log = structlog.get_logger(__name__)


class GroupCommit(Generic[Item, Result]):
    """`store` gets 1–`max_group` items and answers in the same order; it must be atomic (all or nothing)."""

    def __init__(
        self,
        store: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        *,
        max_group: int = MAX_GROUP,
        parallel: int = PARALLEL_GROUPS,
    ) -> None:
        self._store = store
        self._max_group = max_group
        self._parallel = parallel
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._leaving = False
        self._flushes: set[asyncio.Task[None]] = set()

    async def turn(self) -> None:
        """To be awaited before the work that makes an item: lets a group that is large enough leave first.

        Requests that become readable together would otherwise all be parsed before the first group leaves, and then all
        wait for one commit with nobody left to parse. Parsing and committing are to overlap.
        """
        while self._leaving and len(self._waiting) >= ENOUGH:  # noqa: ASYNC110 - the loop's next turn is what we wait for
            await asyncio.sleep(0)

    async def submit(self, item: Item) -> Result:
        """Returns after the commit that holds `item`. A cancelled caller does not take its item back."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._start()
        return await future

    async def drain(self) -> None:
        """Wait until everything handed in is stored (shutdown)."""
        while self._flushes:
            await asyncio.wait(set(self._flushes))

    def _start(self) -> None:
        if self._waiting and not self._leaving and len(self._flushes) < self._parallel:
            self._leaving = True
            task = asyncio.create_task(self._flush(), name="group-commit")
            self._flushes.add(task)
            task.add_done_callback(self._flushed)

    def _flushed(self, task: asyncio.Task[None]) -> None:
        self._flushes.discard(task)
        if task.cancelled():
            self._leaving = False
        self._start()

    async def _flush(self) -> None:
        # As a task of its own this runs after the requests that are ready now: they are in the group.
        group = self._waiting[: self._max_group]
        del self._waiting[: self._max_group]
        self._leaving = False
        self._start()
        try:
            results = await self._store([item for item, _ in group])
        except Exception as error:
            log.warning("group_commit.failed", size=len(group), error=type(error).__name__)
            await self._one_by_one(group)
        else:
            for (_, future), result in zip(group, results, strict=True):
                if not future.done():
                    future.set_result(result)

    async def _one_by_one(self, group: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        for item, future in group:
            try:
                result: Result | Exception = (await self._store([item]))[0]
            except Exception as own:
                result = own
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
