"""The shop, Odoo or Redis is away for a while, or nobody tells us anything: both sides are the same in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.entities.base import Side
from tests.chaos.balance import Note
from tests.chaos.crowd import Crowd
from tests.chaos.two_sides import TwoSides, open_two_sides
from tests.processes import Processes, RedisServer, until

NAMES = ("anna", "berta", "carla", "dora")
POLLED = {"entities": {kind: {"direction": "both", "poll_every_s": 1} for kind in ("customer", "address")}}


@pytest.fixture
async def silent(
    database_url: str, redis_url: str, shop_url: str, odoo_url: str, processes: Processes, note: Note
) -> AsyncIterator[TwoSides]:
    """Neither side has anything installed that would tell us of a change."""
    async with open_two_sides(
        processes,
        shop_url=shop_url,
        odoo_url=odoo_url,
        database_url=database_url,
        redis_url=redis_url,
        note=note,
        sync=POLLED,
    ) as opened:
        await opened.reset(shop_tells=False)
        yield opened


async def test_after_outages_of_the_shop_of_odoo_and_of_redis_both_sides_are_the_same(
    both: TwoSides, processes: Processes
) -> None:
    redis = RedisServer(processes)
    both.installation.settings |= {"REDIS_URL": redis.url}
    await redis.start()
    started = await both.installation.start()
    await both.odoo_tells(guarded=True)
    crowd = Crowd(both=both)
    await _make_known(crowd)

    for window, new in ((both.shop, "emma"), (both.odoo, "frida")):
        await window.down()
        await _work(crowd, new)
        await _work_waits(both)
        await window.down(False)
        both.installation.fault_ended()
        await both.settled()
    redis.kill()
    await _work(crowd, "gerda")
    await both.settled()

    assert all(process.running for process in started)
    await crowd.check()


async def test_when_no_webhook_ever_comes_polling_alone_brings_everything_over(silent: TwoSides) -> None:
    crowd = Crowd(both=silent)
    await silent.installation.start()
    await until(lambda: _looked(silent), within_s=15, what="the poller knows where now is")

    await crowd.make(Side.ODOO, "anna")
    await crowd.make(Side.SHOP, "berta")
    await until(lambda: _same(crowd), within_s=20, what="both customers are on both sides")
    await crowd.edit(Side.SHOP, "anna", "company")
    await crowd.edit(Side.ODOO, "berta", "website")
    await until(lambda: _same(crowd), within_s=20, what="both edits have arrived")

    assert await silent.installation.rows("SELECT 1 FROM deliveries") == []
    await silent.settled()
    await crowd.check()


async def _make_known(crowd: Crowd) -> None:
    for number, name in enumerate(NAMES):
        await crowd.make((Side.ODOO, Side.SHOP)[number % 2], name)
    await crowd.both.settled()


async def _work(crowd: Crowd, new: str) -> None:
    """One record is edited on both sides in different fields, one in the same field, two on one side; two are new."""
    anna, berta, carla, dora = NAMES
    edits = [
        (Side.ODOO, anna, "company"),
        (Side.SHOP, anna, "website"),
        (Side.ODOO, berta, "company"),
        (Side.SHOP, berta, "company"),
        (Side.ODOO, carla, "website"),
        (Side.SHOP, dora, "website"),
    ]
    await asyncio.gather(*(crowd.edit(*edit) for edit in edits))
    await crowd.make(Side.ODOO, new)
    await crowd.make(Side.SHOP, f"{new}x")


async def _work_waits(both: TwoSides) -> None:
    """The outage was noticed: a direction pauses, and there is work that waits for its end."""

    async def paused() -> bool:
        return bool(await both.installation.rows("SELECT 1 FROM pauses WHERE until > now()"))

    await until(paused, within_s=15, what="a direction pauses")
    assert any(row["status"] == "pending" for row in await both.unfinished())


async def _looked(both: TwoSides) -> bool:
    rows = await both.installation.rows("SELECT count(polled_at) AS looked, count(*) AS cursors FROM poll_cursors")
    return bool(rows[0]["cursors"] == 4 == rows[0]["looked"])


async def _same(crowd: Crowd) -> bool:
    tally = await crowd.tally()
    return not tally.lost and not tally.apart
