"""Workers that die by `kill -9` while people on both sides work on the same customers: nothing lost or doubled."""

from __future__ import annotations

import asyncio
from itertools import islice, product
from string import ascii_lowercase

from app.entities.base import Side
from tests.chaos.crowd import Crowd
from tests.chaos.two_sides import TwoSides
from tests.chaos.windows import SCALE

KILLS = 3 * SCALE
KNOWN = 9
NEW = 4 * SCALE
ROUNDS = 2 * SCALE
NAMES = ["".join(letters) for letters in islice(product(ascii_lowercase, repeat=3), 10_000)]


async def test_workers_killed_again_and_again_lose_and_double_nothing_of_both_sides(both: TwoSides) -> None:
    """Odoo's rules have no guard: each of our own writes comes back from both sides."""
    both.installation.settings |= {"MAX_ATTEMPTS": str(12 * SCALE)}
    await both.reset(write_s=0.02)
    [_, worker] = await both.installation.start()
    await both.odoo_tells(guarded=False)
    crowd = Crowd(both=both)
    known, new = NAMES[:KNOWN], NAMES[KNOWN : KNOWN + 3 * NEW]
    for name in known:
        await crowd.make(Side.SHOP, name)
    await both.settled()

    people = asyncio.create_task(_work(crowd, known, new))
    for number in range(KILLS):
        await _has_written(both, 3)
        worker.kill()
        worker = both.installation.start_worker(f"worker-{number + 2}")
    both.installation.fault_ended()
    await people
    await both.settled()

    await crowd.check()
    assert len(await both.pairs("customer")) >= len(known) + len(new)
    assert await crowd.writes() <= crowd.saved + KILLS * 4


async def _work(crowd: Crowd, known: list[str], new: list[str]) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_make(crowd, new))
        group.create_task(_edit(crowd, known))


async def _make(crowd: Crowd, names: list[str]) -> None:
    """In turn on one side, on the other, and on both at once."""
    for number, name in enumerate(names):
        sides = [(Side.ODOO,), (Side.SHOP,), (Side.ODOO, Side.SHOP)][number % 3]
        await asyncio.gather(*(crowd.make(side, name) for side in sides))


async def _edit(crowd: Crowd, names: list[str]) -> None:
    """A third is edited on one side, a third on both in different fields, a third on both in the same field."""
    for number, name in enumerate(names * ROUNDS):
        edits = [
            [(Side.ODOO, "company")],
            [(Side.ODOO, "company"), (Side.SHOP, "website")],
            [(Side.ODOO, "company"), (Side.SHOP, "company")],
        ][number % 3]
        await asyncio.gather(*(crowd.edit(side, name, what) for side, what in edits))


async def _has_written(both: TwoSides, more: int) -> None:
    """Returns when the service has written that often since, or when nobody does anything any more."""

    async def count() -> int:
        return int((await both.odoo.seen())["writes"]) + (await both.shop.seen())["writes"]

    before = await count()
    for _ in range(500):
        if await count() >= before + more:
            return
        await asyncio.sleep(0.01)
