"""What a bulk sync goes through, in portions: one side's records, with their content where the port lists it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from app.connectors.base import Cursor, Listing, RecordPort, Snapshot

Entry: TypeAlias = tuple[str, Snapshot | None, Cursor]
"""A native id, what was listed of it, and the cursor behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """`ids` in their order; `snapshots` of those that were listed with content. `cursor`: where the next one begins.
    `since`: our database's clock before the peer was asked."""

    ids: tuple[str, ...]
    snapshots: Mapping[str, Snapshot] = field(default_factory=dict)
    cursor: Cursor
    since: datetime


async def portions(
    port: RecordPort, cursor: Cursor, *, most: int, clock: Callable[[], Awaitable[datetime]]
) -> AsyncGenerator[Portion, None]:
    """Every record behind `cursor` in portions of `most`, several of the peer's pages in one or one in several."""
    waiting: list[Entry] = []
    since = await clock()
    async for page in _pages(port, cursor):
        waiting += page
        while len(waiting) >= most:
            yield _portion(waiting[:most], since)
            waiting = waiting[most:]
        if not waiting:
            since = await clock()
    if waiting:
        yield _portion(waiting, since)


async def one_ahead(portions: AsyncGenerator[Portion, None]) -> AsyncGenerator[Portion, None]:
    """The same, the next one listed while the one before is carried out: one side is asked while the other writes. What
    the listing fails with is raised in its turn."""
    async with aclosing(portions):
        following = asyncio.create_task(_next(portions), name="next portion")
        try:
            while (portion := await following) is not None:
                following = asyncio.create_task(_next(portions), name="next portion")
                yield portion
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await following


async def _next(portions: AsyncGenerator[Portion, None]) -> Portion | None:
    return await anext(portions, None)


async def _pages(port: RecordPort, cursor: Cursor) -> AsyncIterator[list[Entry]]:
    if isinstance(port, Listing):
        async for listed in port.listed(cursor):
            pairs = zip(listed.snapshots, listed.cursors, strict=True)
            yield [(shot.ref.native_id, shot, at) for shot, at in pairs]
        return
    async for page in port.changed_since(cursor):
        # Within a page of ids there is no cursor: what is cut off begins anew at the page.
        ids = list(dict.fromkeys(page.ids))
        yield [(number, None, page.cursor if number == ids[-1] else cursor) for number in ids]
        cursor = page.cursor


def _portion(entries: list[Entry], since: datetime) -> Portion:
    return Portion(
        ids=tuple(dict.fromkeys(number for number, _, _ in entries)),
        snapshots={number: shot for number, shot, _ in entries if shot is not None},
        cursor=entries[-1][2],
        since=since,
    )
