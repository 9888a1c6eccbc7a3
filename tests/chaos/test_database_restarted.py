"""PostgreSQL itself is stopped, crashes, comes back, and has no connection left: what was accepted is done, once.

While it is away senders get 503 and repeat themselves; both processes live on and go on by themselves.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.chaos.balance import Note
from tests.chaos.installation import Installation, companies, edits, last_values, open_installation
from tests.chaos.postgres import OwnPostgres
from tests.chaos.windows import SCALE
from tests.processes import Process, Processes, until

OUR_NAME = "odoo-shop-sync"
CUSTOMERS = 40
ROUNDS = 2 * SCALE


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


async def test_a_database_that_is_stopped_and_crashes_again_and_again_under_load_keeps_what_was_accepted(
    on_own: Installation, postgres: OwnPostgres
) -> None:
    events = edits(200 * ROUNDS, customers=CUSTOMERS)
    started = await on_own.start()

    async with asyncio.TaskGroup() as group:
        group.create_task(on_own.send_all(events))
        for number in range(1, ROUNDS + 1):
            await on_own.has_accepted(len(events) * number // (ROUNDS + 1))
            if number % 2:
                await postgres.crash()
            else:
                postgres.stop()
            await _refused(on_own)
            postgres.start()
            on_own.fault_ended()
    await on_own.settled()

    await _check(on_own, started, len(events), last_values(events))


async def test_a_database_without_a_free_connection_delays_what_comes_and_loses_nothing(
    on_own: Installation, postgres: OwnPostgres
) -> None:
    events = edits(200 * ROUNDS, customers=CUSTOMERS)
    started = await on_own.start()

    async with asyncio.TaskGroup() as group:
        group.create_task(on_own.send_all(events))
        for number in range(1, ROUNDS):
            await on_own.has_accepted(len(events) * number // ROUNDS)
            async with postgres.taken_by_somebody_else(from_whom=OUR_NAME):
                await _refused(on_own)
            on_own.fault_ended()
    await on_own.settled()

    await _check(on_own, started, len(events), last_values(events))


async def _refused(installation: Installation) -> None:
    """Returns when senders were told that the database is away: the fault is felt, and load goes on during it."""
    before = installation.refused
    await until(lambda: installation.refused > before, within_s=30, what="a webhook is answered 503")


async def _check(
    installation: Installation, started: list[Process], accepted: int, companies_sent: dict[int, str]
) -> None:
    assert all(process.running for process in started)
    assert len(installation.accepted) == accepted
    assert await companies(installation.shop) == companies_sent
    assert (await installation.shop.seen())["most_at_once_per_record"] == 1
    assert {status for status, _ in await installation.outcomes()} == {"success"}
    await installation.check_balance()
