"""Two workers on the same pairs, and people who edit both sides of each at once."""

from __future__ import annotations

import asyncio
from itertools import islice, product
from string import ascii_lowercase

from app.entities.base import Side
from tests.chaos.crowd import Crowd
from tests.chaos.two_sides import TwoSides
from tests.chaos.windows import SCALE

NAMES = ["".join(letters) for letters in islice(product(ascii_lowercase, repeat=2), 8)]
ROUNDS = 4 * SCALE
OWN = {Side.ODOO: "company", Side.SHOP: "website"}


async def test_two_workers_share_the_pairs_and_neither_undoes_the_other(both: TwoSides) -> None:
    await both.reset(write_s=0.01)
    both.installation.settings |= {"BATCH_SIZE": "4"}
    [_, first, second] = await both.installation.start(workers=2)
    await both.odoo_tells(guarded=False)
    crowd = Crowd(both=both)
    await asyncio.gather(*(crowd.make(side, name) for name in NAMES for side in Side))
    await both.settled()

    for _ in range(ROUNDS):
        await asyncio.gather(*(crowd.edit(side, name, what) for name in NAMES for side, what in OWN.items()))
        await asyncio.gather(*(crowd.edit(side, NAMES[0], "company") for side in Side))
    await both.settled()

    await crowd.check()
    assert len(await both.pairs("customer")) == len(NAMES)
    assert first.entries("job.done")
    assert second.entries("job.done")
    assert (await both.shop.seen())["most_at_once_per_record"] == 1
    assert await crowd.writes() <= crowd.saved
