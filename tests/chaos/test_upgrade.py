"""Two versions of the code on one database, while work comes in: an upgrade of an installation that does not stop.

The older API and worker run; the database is migrated under them; today's worker joins; today's API takes over the
socket; the older ones are asked to stop. Nobody is refused meanwhile, and nothing is lost or done twice.
"""

from __future__ import annotations

import asyncio
import signal
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import asyncpg
import pytest
from sqlalchemy import make_url

from app.db.embedded import EmbeddedUrls
from app.db.migrate import newest_revision, upgrade
from tests.chaos.balance import Note
from tests.chaos.installation import Installation, companies, last_values, open_installation
from tests.chaos.load import CUSTOMERS, Load
from tests.chaos.versions import Version, check_out
from tests.chaos.windows import SCALE
from tests.processes import Processes

PREVIOUS: Final = (Path(__file__).parent / "previous_version").read_text().strip()
OLDER_TABLES: Final = "a6b07d8857b7d6bd971dd200326c76dc80ee1f5d"
"""The last commit whose newest migration is 0002: from there the upgrade changes tables that are in use."""


@pytest.fixture(params=[PREVIOUS, OLDER_TABLES], ids=["previous version", "older tables"])
def version(request: pytest.FixtureRequest, tmp_path: Path) -> Version:
    if request.param == OLDER_TABLES and SCALE == 1:
        pytest.skip("in the long form (CHAOS_SCALE): the steps are those of the previous version")
    return check_out(request.param, tmp_path / "version")


@pytest.fixture
async def old(
    version: Version, servers: EmbeddedUrls, redis_url: str, shop_url: str, processes: Processes, note: Note
) -> AsyncIterator[Installation]:
    """On a database that the older version has made."""
    name = f"upgrade_{uuid.uuid4().hex}"
    administrator = await asyncpg.connect(servers.database_url)
    await administrator.execute(f"CREATE DATABASE {name}")
    url = make_url(servers.database_url).set(database=name).render_as_string(hide_password=False)
    assert await version.migrate(processes, url).ended(within_s=60) == 0
    async with open_installation(
        processes, shop_url=shop_url, database_url=url, redis_url=redis_url, note=note
    ) as installation:
        yield installation
    processes.end()
    await administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await administrator.close()


async def test_an_upgrade_under_load_refuses_nobody_and_loses_nothing(old: Installation, version: Version) -> None:
    await old.shop.reset(customers=CUSTOMERS, write_s=0.01)
    old.settings |= {"BATCH_SIZE": "5"}  # so that there is always something left for the other worker
    old_api, old_worker = old.start_api(**version.settings), old.start_worker("old", **version.settings)
    await old.api_answers()
    await old_worker.says("worker.started")
    load = Load(old)

    async with asyncio.TaskGroup() as group:
        group.create_task(load.run())
        await load.goes_on()
        await upgrade(old.settings["DATABASE_URL"])
        await load.goes_on()
        worker = old.start_worker("new")
        await worker.says("job.done", within_s=60)
        await load.goes_on()
        api = old.start_api()
        await api.says("Application startup complete.")  # on the same socket; senders keep their connections
        for process in (old_api, old_worker):
            process.send(signal.SIGTERM)
            assert await process.ended(within_s=30) == 0, process.text()[-2000:]
        old.fault_ended()
        await api.says("deliveries.stored")
        await load.goes_on()
        load.enough.set()
    await old.settled()

    [row] = await old.rows("SELECT version_num FROM alembic_version")
    assert row["version_num"] == newest_revision()
    assert old.refused == 0
    assert old_worker.entries("job.done")
    assert len(old.accepted) == len(load.events)
    assert await companies(old.shop) == last_values(load.events)
    assert (await old.shop.seen())["most_at_once_per_record"] == 1
    assert {status for status, _ in await old.outcomes()} == {"success"}
    await old.check_balance()
