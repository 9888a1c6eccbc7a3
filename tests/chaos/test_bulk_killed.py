"""Workers that die by `kill -9` in the middle of an import: it goes on behind its cursor, and makes nothing twice."""

from __future__ import annotations

from collections import Counter

from app.db.session import open_engine, open_sessions
from app.entities.base import EntityType
from app.sync.models import RunKind
from app.sync.runs import open_run
from tests.chaos.two_sides import TwoSides
from tests.chaos.windows import SCALE
from tests.processes import until

RECORDS = 1200 * SCALE
KILLS = 2 * SCALE
WITHIN_S = 60.0 * SCALE


async def test_an_import_whose_workers_are_killed_again_and_again_makes_each_record_once(both: TwoSides) -> None:
    both.installation.settings |= {"MAX_ATTEMPTS": str(12 * SCALE), "LEASE_S": "1", "PEER_TIMEOUT_S": "20"}
    await both.reset(shop_tells=False)
    await both.shop.reset(customers=RECORDS)
    await _order(both)
    [_, worker] = await both.installation.start()

    for number in range(KILLS):
        await _has_written(both, number + 1)
        worker.kill()
        worker = both.installation.start_worker(f"worker-{number + 2}")
    await until(lambda: _has_ended(both), within_s=WITHIN_S, what="the import has ended")

    [run] = await both.installation.rows("SELECT status, total, seen, done, failed FROM runs")
    emails = Counter(row["email"] for row in await both.odoo.rows("res.partner") if row.get("email"))
    shops = [row["email"] for row in await both.shop.rows("customers")]
    assert (run["status"], run["failed"]) == ("completed", 0), run
    assert [email for email in shops if emails[email] != 1] == []
    assert run["done"] == run["seen"] >= RECORDS
    assert await both.unfinished() == []


async def _order(both: TwoSides) -> None:
    engine = open_engine(both.installation.settings["DATABASE_URL"], pool_size=2)
    async with open_sessions(engine).begin() as session:
        await open_run(session, link_id=1, kind=RunKind.IMPORT, entity_type=EntityType.CUSTOMER, options={})
    await engine.dispose()


async def _has_written(both: TwoSides, portions: int) -> None:
    """Returns when the import has begun so many portions, or has ended: whatever it does then is cut off."""

    async def begun() -> bool:
        [run] = await both.installation.rows("SELECT seen, status FROM runs")
        return bool(run["seen"] >= 400 * portions or run["status"] != "running")

    await until(begun, within_s=WITHIN_S, what=f"the import has begun portion {portions}")


async def _has_ended(both: TwoSides) -> bool:
    [run] = await both.installation.rows("SELECT status FROM runs")
    return bool(run["status"] != "running")
