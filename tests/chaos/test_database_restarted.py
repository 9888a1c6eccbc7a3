"""PostgreSQL itself is stopped, crashes, comes back, and has no connection left: what was accepted is done, once.

While it is away senders get 503 and repeat themselves; both processes live on and go on by themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.chaos.balance import Note
from tests.chaos.installation import Installation, companies, last_values, open_installation
from tests.chaos.load import CUSTOMERS, Load
from tests.chaos.postgres import OwnPostgres
from tests.chaos.windows import SCALE
from tests.processes import Processes, until

OUR_NAME = "odoo-shop-sync"
ROUNDS = min(SCALE, 5)


@pytest.fixture(scope="module")
async def postgres(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[OwnPostgres]:
    directory = tmp_path_factory.mktemp("postgres")
    for path in (directory, *directory.parents[:2]):
        path.chmod(0o755)  # PostgreSQL may run as another account than ours
    server = OwnPostgres(directory)
    await server.open()
    yield server
    server.stop()


@pytest.fixture
async def on_own(
    postgres: OwnPostgres, redis_url: str, shop_url: str, processes: Processes, note: Note
) -> AsyncIterator[Installation]:
    async with open_installation(
        processes, shop_url=shop_url, database_url=await postgres.new_database(), redis_url=redis_url, note=note
    ) as opened:
        await opened.shop.reset(customers=CUSTOMERS, write_s=0.005)
        yield opened


async def test_a_database_that_stops_crashes_and_is_full_under_load_keeps_what_was_accepted(
    on_own: Installation, postgres: OwnPostgres
) -> None:
    started = await on_own.start()
    load = Load(on_own)

    async with asyncio.TaskGroup() as group:
        group.create_task(load.run())
        for fault in (_crash, _stop, _fill) * ROUNDS:
            await load.goes_on()
            await fault(on_own, postgres)
            on_own.fault_ended()
        load.enough.set()
    await on_own.settled()

    assert all(process.running for process in started)
    assert len(on_own.accepted) == len(load.events)
    assert await companies(on_own.shop) == last_values(load.events)
    assert (await on_own.shop.seen())["most_at_once_per_record"] == 1
    assert {status for status, _ in await on_own.outcomes()} == {"success"}
    await on_own.check_balance()


async def _crash(installation: Installation, postgres: OwnPostgres) -> None:
    await postgres.crash()
    await _refused(installation)
    postgres.start()


async def _stop(installation: Installation, postgres: OwnPostgres) -> None:
    postgres.stop()
    await _refused(installation)
    postgres.start()


async def _fill(installation: Installation, postgres: OwnPostgres) -> None:
    async with postgres.taken_by_somebody_else(from_whom=OUR_NAME):
        await _refused(installation)


async def _refused(installation: Installation) -> None:
    """Returns when senders were told that the database is away: the fault is felt, and load goes on during it."""
    before = installation.refused
    await until(lambda: installation.refused > before, within_s=30, what="a webhook is answered 503")
